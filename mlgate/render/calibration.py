"""Calibration curves of a report: parsed once, and told in words and rows."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from mlgate.late import dataclass
from mlgate.render.facts import as_count, as_number, as_text
from mlgate.render.visible import label
from mlgate.render.words import short_number

_MOST_BINS = 20


@dataclass(frozen=True, slots=True)
class Point:
    """One bin of the score: its ends, its rows, mean score and frequency, None where it has no row."""

    low: float
    high: float
    n: int
    score: float | None
    frequency: float | None

    @property
    def distance(self) -> float:
        """How far frequency and mean score lie apart; 0 where they are not known."""
        return 0.0 if self.score is None or self.frequency is None else abs(self.frequency - self.score)


@dataclass(frozen=True, slots=True)
class Calibration:
    """Curves of both models over the same bins; `of` names what the score is a probability of."""

    of: str
    baseline: tuple[Point, ...]
    candidate: tuple[Point, ...]


def calibration_of(value: object) -> Calibration | None:
    """From evidence; None where it is no pair of curves."""
    if not isinstance(value, Mapping):
        return None
    before, after = (tuple(_points(value.get(side))) for side in ("baseline", "candidate"))
    if not before or len(before) != len(after):
        return None
    return Calibration(as_text(value.get("of")), before, after)


def _points(value: object) -> Iterable[Point]:
    for entry in value[:_MOST_BINS] if isinstance(value, list | tuple) else ():
        if not isinstance(entry, Mapping):
            continue
        low, high, n = as_number(entry.get("low")), as_number(entry.get("high")), as_count(entry.get("n"))
        if low is not None and high is not None and n is not None and 0 <= low < high <= 1:
            yield Point(low, high, n, _share(entry.get("score")), _share(entry.get("frequency")))


def _share(value: object) -> float | None:
    number = as_number(value)
    return number if number is not None and 0 <= number <= 1 else None


def told(calibration: Calibration) -> str:
    """The curves in one sentence, for who cannot see them: where either is farthest off."""
    parts = []
    for name, points in (("baseline", calibration.baseline), ("candidate", calibration.candidate)):
        worst = max(points, key=lambda point: round(point.distance, 4))
        if worst.score is None or worst.frequency is None:
            parts.append(f"the {name} has no rows")
            continue
        parts.append(
            f"the {name} is farthest off at scores {worst.low:g} to {worst.high:g}: mean score "
            f"{worst.score:.2f}, frequency {worst.frequency:.2f}"
        )
    return "; ".join(parts)


def curve_rows(calibration: Calibration) -> list[tuple[str, ...]]:
    """The curves as a table: scores, then rows, mean score and frequency of either model. Bins without rows are out."""
    return [
        (f"{before.low:g} to {before.high:g}", *_numbers(before), *_numbers(after))
        for before, after in zip(calibration.baseline, calibration.candidate, strict=True)
        if before.n or after.n
    ]


def subject(calibration: Calibration) -> str:
    """What the score is a probability of, in words."""
    return "the largest score being right" if calibration.of == "largest score" else label(calibration.of, 60)


def _numbers(point: Point) -> tuple[str, str, str]:
    score, frequency = ("" if x is None else short_number(x) for x in (point.score, point.frequency))
    return f"{point.n:,}", score, frequency
