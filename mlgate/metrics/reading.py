"""One column of a predictions file in the form that its role asks for, or why it cannot be judged."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.errors import MlgateError
from mlgate.metrics.canonical import (
    Ids,
    InexactIdError,
    Texts,
    as_array,
    canonical_ids,
    exact_texts,
    is_missing,
    plain_items,
)
from mlgate.metrics.coding import Column, Dictionary, code_labels, code_slices, lookup
from mlgate.metrics.numbers import to_numbers
from mlgate.metrics.sample import Codes, Flags, Floats
from mlgate.metrics.times import code_times

_LISTED_COLUMNS = 10
_LARGEST_WEIGHT = 1e100
"""Weight above which squares and sums leave the range of numbers."""
_INDICATORS = {"0": False, "false": False, "1": True, "true": True}


class PredictionsError(MlgateError):
    """A predictions table that cannot be judged; the gate reports it as an `error` outcome."""


@dataclass(frozen=True, slots=True)
class Table:
    """The columns of one side's predictions; every method raises `PredictionsError` with counts, never with values.

    Parameters
    ----------
    columns : arrays of shape (n_rows,) or dictionaries, by name
    side : `candidate` or `baseline`, as messages name it
    """

    columns: Mapping[str, Any]
    side: str

    def require(self, names: Sequence[str]) -> None:
        """Every column is there, and all have one length, which is not 0."""
        for name in names:
            if name not in self.columns:
                raise self._absent(name)
        shapes = {_shape(self.column(name)) for name in names}
        if len(shapes) > 1 or any(len(shape) != 1 for shape in shapes):
            raise PredictionsError(
                f"the columns of the {self.side}'s predictions have different shapes",
                hint="write one value per row and column",
            )
        if shapes == {(0,)}:
            raise PredictionsError(
                f"the {self.side}'s predictions have zero rows",
                hint="look at what writes the file: nothing was evaluated",
            )

    def column(self, name: str) -> Any:
        """The column as an array, or as the dictionary that it is."""
        values = self.columns[name]
        return values if isinstance(values, Dictionary) else as_array(values)

    def n_rows(self, name: str) -> int:
        return _shape(self.column(name))[0]

    def _absent(self, name: str) -> PredictionsError:
        header: tuple[str, ...] = getattr(self.columns, "header", tuple(self.columns))
        by_lower_case = {known.lower(): known for known in header}
        near = difflib.get_close_matches(name.lower(), by_lower_case, n=1)
        listed = ", ".join(header[:_LISTED_COLUMNS]) or "none"
        more = f" and {len(header) - _LISTED_COLUMNS:,} more" if len(header) > _LISTED_COLUMNS else ""
        meant = f"did you mean {by_lower_case[near[0]]!r}? " if near else ""
        return PredictionsError(
            f"column {name!r} is absent from the {self.side}'s predictions",
            hint=f"{meant}the file's columns are {listed}{more}",
        )

    def ids(self, name: str) -> Ids:
        """Ids that are present; whether they are distinct is seen once they are sorted."""
        try:
            ids = canonical_ids(_plain(self.column(name)))
        except InexactIdError as inexact:
            raise PredictionsError(
                f"column {name!r} of the {self.side} holds floats that no longer tell one id from the next "
                f"in {inexact.n_rows:,} of {self.n_rows(name):,} rows ({inexact.limit} and above)",
                hint="write ids as integers or text: a float has lost their last digits",
            ) from None
        if ids.dtype == object:
            self._refuse_missing(int(np.count_nonzero(is_missing(ids))), ids.size, name)
        return ids

    def classes(self, name: str) -> Column:
        """Canonical labels, all present."""
        return self._present(name, code_labels)

    def keys(self, name: str) -> Column:
        """Values that tell rows apart (groups, queries), all present; none is merged with another."""
        return self._present(name, code_slices)

    def _present(self, name: str, code: Callable[[Any], Column]) -> Column:
        column = code(self.column(name))
        self._refuse_missing(column.n_missing, column.codes.size, name)
        return column

    def texts(self, name: str) -> Texts:
        """Texts exactly as written, all present; an empty text is one."""
        values = self.column(name)
        texts = _plain(values) if isinstance(values, Dictionary) else exact_texts(plain_items(values))
        missing = int(np.count_nonzero(is_missing(texts)))
        self._refuse_missing(missing, texts.size, name, more="; CSV cannot tell an empty text from a missing one")
        return texts

    def indicators(self, names: Sequence[str]) -> Flags:
        """Indicator columns (0 or 1, false or true), shape (n_rows, n_labels)."""
        found = np.empty((self.n_rows(names[0]), len(names)), dtype=bool)
        for place, name in enumerate(names):
            column = self.classes(name)
            others = [value for value in column.values if value not in _INDICATORS]
            if others:
                raise PredictionsError(
                    f"column {name!r} of the {self.side} is an indicator of a label set and holds "
                    f"{len(others):,} values other than 0, 1, true and false",
                    hint="write 1 where the label is set and 0 where it is not",
                )
            found[:, place] = lookup(np.array([*(_INDICATORS[value] for value in column.values), False]), column.codes)
        return found

    def numbers(self, name: str, *, low: float | None = None, above: float | None = None) -> Floats:
        """Finite numbers; `low` is the smallest allowed value, `above` the largest that is not."""
        try:
            found = to_numbers(self.column(name))
        except (TypeError, ValueError, OverflowError):
            raise PredictionsError(
                f"column {name!r} of the {self.side} holds values that are not numbers",
                hint="write numbers, with a point as the decimal mark and no other sign",
            ) from None
        broken = int(np.count_nonzero(~np.isfinite(found)))
        if broken:
            raise PredictionsError(
                f"column {name!r} of the {self.side} is not a finite number in {broken:,} of {found.size:,} rows",
                hint="NaN or infinity usually is a fault in the model: no metric is computed from it",
            )
        outside = 0
        if low is not None:
            outside, bound = int(np.count_nonzero(~(found >= low))), f"below {low:g}"
        elif above is not None:
            outside, bound = int(np.count_nonzero(~(found > above))), f"not above {above:g}"
        if outside:
            raise PredictionsError(
                f"column {name!r} of the {self.side} is {bound} in {outside:,} of {found.size:,} rows",
                hint="look at what writes it, or correct the column's name",
            )
        return found

    def weights(self, name: str, *, whole: bool) -> Floats:
        """Weights of at least 0 that are not all 0; `whole` where a weight counts identical rows."""
        found = self.numbers(name, low=0.0)
        if not (found > 0).any():
            raise PredictionsError(
                f"column {name!r} of the {self.side} is 0 in every row",
                hint="a row counts only if its weight is above 0",
            )
        extreme = int(np.count_nonzero(~((found == 0) | ((found >= 1 / _LARGEST_WEIGHT) & (found <= _LARGEST_WEIGHT)))))
        if extreme:
            raise PredictionsError(
                f"column {name!r} of the {self.side} lies outside {1 / _LARGEST_WEIGHT:g} to {_LARGEST_WEIGHT:g} "
                f"in {extreme:,} of {found.size:,} rows",
                hint="divide all weights by one number: only their ratios count",
            )
        fractions = int(np.count_nonzero(found != np.floor(found))) if whole else 0
        if fractions:
            raise PredictionsError(
                f"column {name!r} of the {self.side} is no whole number in {fractions:,} of {found.size:,} rows",
                hint="weights that count rows are whole; others are `weights: importance`",
            )
        return found

    def times(self, name: str) -> Codes:
        """Codes in order of time, all present."""
        try:
            codes = code_times(self.column(name))
        except ValueError as problem:
            raise PredictionsError(
                f"column {name!r} of the {self.side} {problem}",
                hint="write numbers or ISO times such as 2026-01-31T10:00:00, all in one way",
            ) from None
        self._refuse_missing(int(np.count_nonzero(codes < 0)), codes.size, name)
        return codes

    def _refuse_missing(self, missing: int, n_rows: int, name: str, *, more: str = "") -> None:
        if missing:
            raise PredictionsError(
                f"column {name!r} of the {self.side} is missing in {missing:,} of {n_rows:,} rows",
                hint=f"a row without it cannot be judged: write it, or leave the row out of both files{more}",
            )


def _shape(values: Any) -> tuple[int, ...]:
    return np.shape(values.codes) if isinstance(values, Dictionary) else np.shape(values)


def _plain(values: Any) -> NDArray[Any]:
    """An array of a column; a dictionary as its texts."""
    if not isinstance(values, Dictionary):
        return as_array(values)
    table = np.empty(len(values.texts) + 1, dtype=object)
    table[:-1] = list(values.texts)
    return lookup(table, np.asarray(values.codes))
