"""ROC curves and counts of rows by score, as a report carries them: parsed once, and told in words."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Mapping
from itertools import pairwise

from mlgate.late import dataclass
from mlgate.render.facts import as_count, as_number, as_text

_MOST_POINTS = 200
_MOST_BINS = 50


@dataclass(frozen=True, slots=True)
class Roc:
    """Shares of the negatives taken for positives, and of the positives found, both rising from 0 to 1."""

    false_positive: tuple[float, ...]
    true_positive: tuple[float, ...]

    @property
    def area(self) -> float:
        """The area below the curve, by trapezoids."""
        steps = zip(pairwise(self.false_positive), pairwise(self.true_positive), strict=True)
        return sum((b - a) * (low + high) / 2 for (a, b), (low, high) in steps)

    def found_at(self, false_positive: float) -> float:
        """The share of the positives found where this share of the negatives is taken for one."""
        after = bisect_right(self.false_positive, false_positive)
        if after >= len(self.false_positive):
            return self.true_positive[-1]
        (a, b), (low, high) = (part[after - 1 : after + 1] for part in (self.false_positive, self.true_positive))
        return low + (high - low) * (false_positive - a) / (b - a)


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of either class in equal-width bins of a score from 0 to 1."""

    positive: tuple[int, ...]
    negative: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Curves:
    """Both models on the same rows; a part is None where the report does not hold it. `of` is the positive class."""

    of: str
    positive: int
    negative: int
    roc: tuple[Roc, Roc] | None
    scores: tuple[Counts, Counts] | None


def curves_of(value: object) -> Curves | None:
    """From evidence; None where it holds neither of both."""
    if not isinstance(value, Mapping):
        return None
    rows = value.get("rows")
    rows = rows if isinstance(rows, Mapping) else {}
    roc = [_roc(side) for side in _sides(value.get("roc"))]
    scores = [_counts(side) for side in _sides(value.get("scores"))]
    found = Curves(
        of=as_text(value.get("of")),
        positive=as_count(rows.get("positive")) or 0,
        negative=as_count(rows.get("negative")) or 0,
        roc=(roc[0], roc[1]) if roc[0] and roc[1] else None,
        scores=(scores[0], scores[1])
        if scores[0] and scores[1] and len(scores[0].positive) == len(scores[1].positive)
        else None,
    )
    return found if found.roc or found.scores else None


def _sides(value: object) -> tuple[object, object]:
    return (value.get("baseline"), value.get("candidate")) if isinstance(value, Mapping) else (None, None)


def _roc(value: object) -> Roc | None:
    if not isinstance(value, Mapping):
        return None
    false, found = (_rising(value.get(key)) for key in ("false_positive_fraction", "true_positive_fraction"))
    return Roc(false, found) if false and found and len(false) == len(found) else None


def _rising(value: object) -> tuple[float, ...]:
    """Shares that never fall; nothing where they are none."""
    if not isinstance(value, list | tuple) or not 2 <= len(value) <= _MOST_POINTS:
        return ()
    shares = [as_number(each) for each in value]
    known = [share for share in shares if share is not None and 0 <= share <= 1]
    rising = len(known) == len(value) and all(a <= b for a, b in pairwise(known))
    return tuple(known) if rising else ()


def _counts(value: object) -> Counts | None:
    if not isinstance(value, Mapping):
        return None
    positive, negative = (_bins(value.get(key)) for key in ("positive", "negative"))
    return Counts(positive, negative) if positive and len(positive) == len(negative) else None


def _bins(value: object) -> tuple[int, ...]:
    if not isinstance(value, list | tuple) or not 1 <= len(value) <= _MOST_BINS:
        return ()
    counts = [as_count(each) for each in value]
    known = [count for count in counts if count is not None]
    return tuple(known) if len(known) == len(value) else ()
