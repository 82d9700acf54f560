"""The expected outputs of a golden set beside what the candidate says."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from mlgate.metrics.broken.naming import show_text
from mlgate.metrics.canonical import id_texts
from mlgate.metrics.numbers import to_numbers
from mlgate.metrics.reading import PredictionsError, Table
from mlgate.metrics.sample import Flags, Floats, Index, Sample

GOLDEN = "golden set"
_ROUNDING = 4 * float(np.finfo(np.float64).eps)
"""Relative rounding of decimal numbers: 0.4 - 0.3 is above 0.1 in the last bit."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Expected:
    """Golden examples that the candidate has, in order of id; arrays of shape (n_found,).

    Parameters
    ----------
    rows : their rows in the candidate
    missing : number of golden examples that the candidate lacks
    misses : whether an example misses what is expected
    wanted, said : both outputs as texts
    off : how far a number is off, and how far it may be; None for classes and texts
    kind : `classes`, `texts` or `numbers`
    hint : what may be wrong with the file where nothing agrees, else empty
    """

    rows: Index
    missing: int
    misses: Flags
    wanted: Sequence[str]
    said: Sequence[str]
    off: tuple[Floats, Floats] | None
    kind: str
    hint: str = ""

    def differences(self, index: Index, privacy: str) -> list[str]:
        """What was expected and what came, of the examples at `index`, as far as it may be shown."""
        if self.off is not None and privacy != "full":
            distance, allowed = self.off
            return [f"off by {distance[place]:.6g}, {allowed[place]:g} allowed" for place in index.tolist()]
        show = privacy if self.kind == "texts" else "full"
        pairs = ((show_text(self.wanted[place], show), show_text(self.said[place], show)) for place in index.tolist())
        return [f"expected {wanted}, got {said}" for wanted, said in pairs]


def find_rows(names: Sequence[str], candidate: Sample) -> tuple[Index, Index]:
    """Rows of the candidate with these ids, ascending, and the place of each in `names`.

    Raises
    ------
    PredictionsError
        The candidate's rows have no ids.
    """
    if candidate.ids is None:
        raise PredictionsError("the candidate's rows have no ids", hint="name the column under columns: {id: NAME}")
    place_of = {name: place for place, name in enumerate(names)}
    known = enumerate(id_texts(candidate.ids))
    found = [(row, place) for row, name in known if (place := place_of.get(name)) is not None]
    return np.array([row for row, _ in found], dtype=np.intp), np.array([place for _, place in found], dtype=np.intp)


def read_ids(table: Table, name: str, *, repeats: bool) -> list[str]:
    """Ids of a file, each once, in the order of the file.

    Raises
    ------
    PredictionsError
        The column is absent or empty, an id is missing, or one is repeated where `repeats` is False.
    """
    require(table, name)
    names = id_texts(table.ids(name))
    distinct = list(dict.fromkeys(names))
    if len(distinct) < len(names) and not repeats:
        raise PredictionsError(
            f"column {name!r} of the {table.side} repeats an id in {len(names) - len(distinct):,} of "
            f"{len(names):,} rows",
            hint="name every example once",
        )
    return distinct


def require(table: Table, *names: str) -> None:
    """Every column is there and has rows.

    Raises
    ------
    PredictionsError
        One is not, or has none.
    """
    for name in names:
        if name not in table.columns:
            raise PredictionsError(
                f"the {table.side} has no column {name!r}", hint=f"its columns are {', '.join(table.columns) or 'none'}"
            )
        if not table.n_rows(name):
            raise PredictionsError(
                f"the {table.side} is empty", hint="list its examples, or remove it from mlgate.yaml"
            )


def read_expected(columns: Mapping[str, Any], id_column: str, candidate: Sample) -> Expected:
    """A golden set joined to the candidate's rows.

    Raises
    ------
    PredictionsError
        The file or the candidate's predictions are not of a kind that can be compared.
    """
    table = Table(columns, GOLDEN)
    names = read_ids(table, id_column, repeats=False)
    require(table, "expected")
    rows, places = find_rows(names, candidate)
    found = candidate.take(rows)
    kind = _kind(candidate, tolerance="tolerance" in columns)
    if kind == "numbers":
        return _numbers(table, found, rows, places)
    if kind == "texts":
        all_wanted = table.texts("expected").tolist()
        said = [] if found.hypotheses is None else found.hypotheses.tolist()
    else:
        column = table.classes("expected")
        all_wanted = column.texts().tolist()
        said = [] if found.predictions is None else [found.classes[code] for code in found.predictions.tolist()]
    wanted = [all_wanted[place] for place in places.tolist()]
    misses = [one.strip() != other.strip() for one, other in zip(wanted, said, strict=True)]
    foreign = kind == "classes" and bool(wanted) and not set(wanted) & set(candidate.classes)
    return Expected(
        rows=rows,
        missing=len(names) - rows.size,
        misses=np.array(misses, dtype=bool),
        wanted=wanted,
        said=said,
        off=None,
        kind=kind,
        hint="write `expected` in the spelling of the predictions: no value of it is one of theirs" if foreign else "",
    )


def _kind(candidate: Sample, *, tolerance: bool) -> str:
    """What is compared; a file with tolerances asks for numbers."""
    numbers = candidate.estimate is not None or (candidate.scores is not None and candidate.scores.ndim == 1)
    if tolerance and not numbers:
        raise PredictionsError(
            "the golden set has tolerances, and the predictions are no numbers",
            hint="remove the column 'tolerance', or evaluate a metric of numbers or scores",
        )
    if not tolerance and candidate.hypotheses is not None:
        return "texts"
    if not tolerance and candidate.predictions is not None:
        return "classes"
    if numbers:
        return "numbers"
    raise PredictionsError(
        "these predictions have no single output per example",
        hint="a golden set needs predicted classes, numbers, scores or texts",
    )


def _numbers(table: Table, found: Sample, rows: Index, places: Index) -> Expected:
    expected = table.numbers("expected")
    tolerance = _tolerances(table) if "tolerance" in table.columns else np.zeros(expected.size)
    wanted, allowed = expected[places], tolerance[places]
    said = found.estimate if found.estimate is not None else found.scores
    assert said is not None  # noqa: S101  # narrowing only: `_kind` has seen to it
    distance = np.abs(said - wanted)
    rounding = _ROUNDING * np.maximum(np.abs(said), np.abs(wanted))
    return Expected(
        rows=rows,
        missing=expected.size - rows.size,
        misses=~(distance <= allowed + rounding),
        wanted=[f"{number:.6g}" for number in wanted.tolist()],
        said=[f"{number:.6g}" for number in said.tolist()],
        off=(distance, allowed),
        kind="numbers",
    )


def _tolerances(table: Table) -> Floats:
    """Of each example, 0 where none is written."""
    try:
        found = to_numbers(table.column("tolerance"))
    except (TypeError, ValueError, OverflowError):
        raise PredictionsError(
            "a tolerance of the golden set is no number", hint="write numbers of at least 0"
        ) from None
    found = np.where(np.isnan(found), 0.0, found)
    wrong = int(np.count_nonzero(~((found >= 0) & (found < np.inf))))
    if wrong or found.size != table.n_rows("expected"):
        raise PredictionsError(
            f"{wrong:,} tolerances of the golden set are negative or infinite", hint="write numbers of at least 0"
        )
    return found
