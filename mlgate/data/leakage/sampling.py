"""Rows with a label, as arrays: what the checks of the label look at.

Some 100,000 evenly spaced rows of all splits stand for all of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mlgate.data import aggregates as sql
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.strength import MOST_CLASSES, Label

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_ROWS, MOST_CELLS = 100_000, 10_000_000
LEAST_ROWS, LEAST_OF_CLASS = 50, 10


@dataclass(frozen=True, slots=True)
class Sample:
    """Rows with a label: values of the columns by name (categories as codes), the place in the file, and the moment."""

    values: dict[str, Floats]
    label: Label
    split: NDArray[np.int64]
    row: Floats
    time: Floats | None

    @property
    def rows(self) -> int:
        return int(self.row.size)

    @property
    def too_few(self) -> bool:
        """Whether there are too few rows, or rows of a class, to tell anything."""
        smaller = self.second_class
        return self.rows < LEAST_ROWS or (smaller is not None and smaller < LEAST_OF_CLASS)

    @property
    def second_class(self) -> int | None:
        """Rows of the second largest class; None of a label of many numbers."""
        import numpy as np

        if self.label.codes is None:
            return None
        counts = np.bincount(self.label.codes)
        return int(np.sort(counts)[-2]) if counts.size > 1 else 0


def sample(known: Known) -> Sample:
    """The rows that the checks of this module look at."""
    import numpy as np

    roles = known.roles
    if roles.label is None:
        raise ValueError("there is no label")
    columns = [*roles.features, *roles.identifiers]
    most = max(1000, min(MOST_ROWS, MOST_CELLS // (len(columns) + 3)))
    every = max(1, -(-sum(split.rows for split in known.splits) // most))
    parts = []
    for place, split in enumerate(known.splits):
        chosen = [f"{_fetched(column, place)} AS x{n}" for n, column in enumerate(columns)]
        time = _moment(roles.time, place) if roles.time else "NULL"
        label = (
            f"{roles.label.keys[place]} AS y, {roles.label.values[place] if roles.label.is_numeric else 'NULL'} AS v"
        )
        number = split.table.row_number
        parts.append(
            f"SELECT {', '.join([*chosen, label])}, {place} AS split, {number} AS r, {time} AS t "  # noqa: S608  # names of ours
            f"FROM {split.table.relation} WHERE {number} % {every} = 0 AND {roles.label.keys[place]} IS NOT NULL"
        )
    query = f"SELECT * FROM ({' UNION ALL '.join(parts)}) AS every_split ORDER BY split, r"  # noqa: S608  # names of ours
    found = known.splits[0].table.connection.execute(query).fetchnumpy()
    values = {
        column.name: _codes(found[f"x{n}"]) if is_category(column) else _floats(found[f"x{n}"])
        for n, column in enumerate(columns)
    }
    time_values = _floats(found["t"]) if roles.time else None
    label_values = _label(found["y"], _floats(found["v"]) if roles.label.is_numeric else None)
    return Sample(values, label_values, np.asarray(found["split"], np.int64), _floats(found["r"]), time_values)


def _moment(column: Compared, place: int) -> str:
    value = column.values[place]
    return sql.in_double(f"epoch_us({value})" if column.kind == "datetime" else value)


def is_category(column: Compared) -> bool:
    return column.kind not in ("integer", "number", "datetime")


def _fetched(column: Compared, place: int) -> str:
    if column.kind == "datetime":
        return sql.in_double(f"epoch_us({column.values[place]})")
    return column.values[place] if column.kind in ("integer", "number", "string") else column.keys[place]


def _floats(values: Any) -> Floats:
    import numpy as np

    if isinstance(values, np.ma.MaskedArray):
        return np.where(np.ma.getmaskarray(values), np.nan, np.ma.getdata(values).astype(np.float64))
    if values.dtype.kind == "O":
        return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
    return np.asarray(values, dtype=np.float64)


def _codes(values: Any) -> Floats:
    """Codes of categories in the order of their values, NaN where missing."""
    import numpy as np

    missing = np.ma.getmaskarray(values) if isinstance(values, np.ma.MaskedArray) else np.zeros(len(values), bool)
    data = np.ma.getdata(values)
    if data.dtype.kind == "O":
        missing = missing | np.array([value is None for value in data], dtype=bool)
    known = data[~missing]
    codes = np.full(len(data), np.nan)
    codes[~missing] = np.unique(known.astype(str) if data.dtype.kind == "O" else known, return_inverse=True)[1]
    return codes


def _label(keys: Any, numbers: Floats | None) -> Label:
    import numpy as np

    different, codes = np.unique(np.ma.getdata(keys), return_inverse=True)
    if numbers is not None and different.size > MOST_CLASSES and np.isfinite(numbers).all():
        return Label(None, numbers)
    return Label(codes.astype(np.int64), None)


def part_of(sample_: Sample, place: int) -> Sample:
    """The rows of one split, with the classes that occur there."""
    import numpy as np

    here = sample_.split == place
    codes, numbers = sample_.label.codes, sample_.label.numbers
    label = Label(
        None if codes is None else np.unique(codes[here], return_inverse=True)[1].astype(np.int64),
        None if numbers is None else numbers[here],
    )
    time = None if sample_.time is None else sample_.time[here]
    return Sample({}, label, sample_.split[here], sample_.row[here], time)
