"""Real public tables that statsmodels and scikit-learn ship, as plain columns, and their files."""

from __future__ import annotations

import csv
import datetime as dt
import importlib
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

STATSMODELS: Mapping[str, tuple[str, ...]] = {
    "anes96": (),
    "cancer": (),
    "ccard": (),
    "china_smoking": ("Location",),
    "co2": ("date",),
    "committee": (),
    "copper": ("TIME",),
    "cpunish": (),
    "danish_data": ("period",),
    "elec_equip": ("DATE",),
    "elnino": ("YEAR",),
    "engel": (),
    "fair": (),
    "fertility": ("Country Code",),
    "grunfeld": ("firm", "year"),
    "heart": (),
    "interest_inflation": ("year", "quarter"),
    "longley": ("YEAR",),
    "macrodata": ("year", "quarter"),
    "modechoice": ("individual", "mode"),
    "nile": ("year",),
    "randhie": (),
    "scotland": (),
    "spector": (),
    "stackloss": (),
    "star98": (),
    "statecrime": ("state",),
    "strikes": (),
    "sunspots": ("YEAR",),
}
"""Tables of statsmodels, and the columns that name a row by their documentation; none where nothing does."""

SKLEARN = ("iris", "wine", "breast_cancer", "diabetes", "digits", "linnerud")
"""Tables of scikit-learn; no column names a row."""


@dataclass(frozen=True, slots=True)
class RealTable:
    """Columns of plain values, `None` where one is missing, and the columns that name a row."""

    name: str
    columns: Mapping[str, Sequence[Any]]
    key: tuple[str, ...] = ()

    @property
    def rows(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def present(self, name: str) -> list[Any]:
        return [value for value in self.columns[name] if value is not None]

    def is_numeric(self, name: str) -> bool:
        return self._all(name, (int, float))

    def is_text(self, name: str) -> bool:
        return self._all(name, (str,))

    def is_date(self, name: str) -> bool:
        return self._all(name, (dt.datetime,))

    def is_complete(self, name: str) -> bool:
        return len(self.present(name)) == self.rows

    def _all(self, name: str, types: tuple[type, ...]) -> bool:
        present = self.present(name)
        return bool(present) and all(isinstance(value, types) for value in present)

    def with_column(self, name: str, values: Sequence[Any]) -> RealTable:
        return replace(self, columns={**self.columns, name: values})

    def with_rows(self, order: Sequence[int]) -> RealTable:
        """The rows of these numbers, in this order, a number that stands twice twice."""
        return replace(self, columns={name: [values[row] for row in order] for name, values in self.columns.items()})


def load_tables(names: Iterable[str] = ()) -> list[RealTable]:
    """The named tables, or all of them."""
    every = (*STATSMODELS, *SKLEARN)
    return [_from_sklearn(name) if name in SKLEARN else _from_statsmodels(name) for name in names or every]


def _from_statsmodels(name: str) -> RealTable:
    frame = importlib.import_module(f"statsmodels.datasets.{name}").load_pandas().data
    if type(frame.index).__name__ != "RangeIndex":
        frame = frame.rename_axis(frame.index.name or "date").reset_index()
    return RealTable(name, _columns(frame), STATSMODELS[name])


def _from_sklearn(name: str) -> RealTable:
    bunch = getattr(importlib.import_module("sklearn.datasets"), f"load_{name}")(as_frame=True)
    columns = _columns(bunch.frame)
    if name in ("iris", "wine", "breast_cancer"):
        columns["target_name"] = [str(bunch.target_names[code]) for code in columns["target"]]
    return RealTable(name, columns)


def _columns(frame: Any) -> dict[str, list[Any]]:
    return {str(name): [_plain(value) for value in frame[name].tolist()] for name in frame.columns}


def _plain(value: Any) -> Any:
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return None
    return value.to_pydatetime() if hasattr(value, "to_pydatetime") else value


def write_csv(table: RealTable, path: Path, *, delimiter: str = ",", line_end: str = "\n") -> None:
    days = {name for name in table.columns if table.is_date(name)}
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, delimiter=delimiter, lineterminator=line_end)
        writer.writerow(table.columns)
        shown = (
            [_day(value) for value in values] if name in days else values for name, values in table.columns.items()
        )
        writer.writerows(zip(*shown, strict=True))


def _day(value: dt.datetime | None) -> str | None:
    return None if value is None else value.date().isoformat()


def write_parquet(table: RealTable, path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    pq.write_table(pa.table({name: pa.array(list(values)) for name, values in table.columns.items()}), path)
