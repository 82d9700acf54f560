"""Numbers and verdicts in the words of a reviewer. Plain ASCII around the data; each medium escapes and typesets."""

from __future__ import annotations

import math
from collections.abc import Mapping

from mlgate.outcome import Outcome
from mlgate.render.facts import Comparison, as_text, comparison_of
from mlgate.render.origins import Baseline

_PERCENT_METRICS = frozenset(
    (
        "accuracy",
        "balanced_accuracy",
        "error_rate",
        "exact_match",
        "f1",
        "f1_macro",
        "f1_micro",
        "f1_weighted",
        "jaccard",
        "precision",
        "recall",
        "specificity",
        "top_k_accuracy",
    )
)
"""Shares that people say in percent; their changes are said in points."""

_UNSAID = ("", "1", "label")
"""Units that a number does not carry: none, and that of a label, which only the reader knows."""

VERDICTS = {
    "regression": "worse",
    "improved": "better",
    "equivalent": "unchanged",
    "pass": "not worse",
    "inconclusive": "cannot tell yet",
    "invalid": "could not be compared",
}


def count(n: int, singular: str, plural: str = "") -> str:
    """`1 test`, `1,204 rows`."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def is_percent(comparison: Comparison) -> bool:
    return comparison.unit in ("fraction", "share") or (
        comparison.metric in _PERCENT_METRICS and comparison.unit in ("", "1")
    )


def decimals(comparison: Comparison) -> int:
    """Digits after the point, enough that numbers which decide the verdict do not look equal.

    A change of 0.54 points against a tolerance of 0.5 must not be printed as 0.5 against 0.5.
    """
    if comparison.digits is not None:
        return comparison.digits
    factor = 100.0 if is_percent(comparison) else 1.0
    shown = [
        comparison.oriented(x) * factor for x in (comparison.delta, comparison.low, comparison.high) if x is not None
    ]
    limit = -(comparison.tolerance or 0.0) * factor
    digits = 1
    if not is_percent(comparison):
        scale = -limit or max(map(abs, shown), default=0.0)
        digits = 3 if scale <= 0 else max(0, min(6, 1 - math.floor(math.log10(scale))))
    close = [x for x in shown if not math.isclose(x, limit, abs_tol=1e-9)]
    for more in range(2):
        if all(round(x, digits + more) != round(limit, digits + more) for x in close):
            return digits + more
    return digits + 2


def value(comparison: Comparison, number: float | None) -> str:
    """A value of the metric: `87.3 %`, `0.912`, `130.4 ms`."""
    if number is None:
        return "n/a"
    if is_percent(comparison):
        return f"{_fixed(100 * number, decimals(comparison))} %"
    unit = "" if comparison.unit in _UNSAID else f" {comparison.unit}"
    return f"{_fixed(number, decimals(comparison))}{unit}"


def amount(comparison: Comparison, number: float | None, *, signed: bool = False, unit: bool = True) -> str:
    """A difference of the metric, with its unit unless that is told elsewhere: `6.1 points`, `+0.012`, `-3.4 ms`."""
    if number is None:
        return "n/a"
    return f"{_difference(comparison, number, signed=signed)}{unit_of_changes(comparison) if unit else ''}"


def interval(comparison: Comparison, *, unit: bool = True) -> str:
    """The interval of the change, with its unit unless that is told elsewhere: `-9.0 to -3.1 points`."""
    if comparison.low is None or comparison.high is None:
        return "n/a"
    low, high = (_difference(comparison, x, signed=True) for x in (comparison.low, comparison.high))
    return f"{low} to {high}{unit_of_changes(comparison) if unit else ''}"


def share(fraction: float) -> str:
    """A share of rows with one digit: `2.7 %`, `0.0 %`."""
    return f"{100 * fraction:.1f} %"


def short_number(number: float) -> str:
    """Four digits: `0.9125`, `17`, `1.2e+06`; zero never carries a sign."""
    return f"{number or 0.0:.4g}"


def percent(share: float) -> str:
    """`90 %`, `99.5 %`."""
    return f"{round(100 * share, 1):g} %"


def significance(comparison: Comparison) -> str:
    """`p < 0.001, corrected for 12 comparisons`; only of a regression, where it is what the verdict rests on."""
    p = comparison.p_adjusted
    if p is None or not 0 <= p <= 1 or comparison.verdict != "regression":
        return ""
    said = "p < 0.001" if p < 0.001 else f"p = {p:.3f}"
    family = comparison.family_size or 1
    return f"{said}, corrected for {family:,} comparisons" if family > 1 else said


def how_sure(comparison: Comparison) -> str:
    """`90 % interval -9.0 to -3.1 points`; nothing without an interval."""
    if comparison.low is None or comparison.high is None:
        return ""
    return f"{percent(comparison.confidence)} interval {interval(comparison)}"


def runs(comparison: Comparison) -> str:
    """`3 runs of the baseline, 4 of the candidate`; nothing where each side has one."""
    before, after = comparison.runs
    return f"{count(before, 'run')} of the baseline, {after:,} of the candidate" if max(before, after) > 1 else ""


def finding(outcome: Outcome) -> list[str]:
    """What was found, one fact per line: the numbers of a comparison instead of a message that repeats them."""
    comparison = comparison_of(outcome)
    if comparison is None or not comparison.measured:
        return [outcome.message]
    said = [moved(comparison), certainty(comparison)]
    said += [verdict(comparison)] if comparison.verdict == "inconclusive" else []
    if not comparison.was_accepted:
        return said
    agreed = acceptance(comparison)
    return [agreed, *said] if agreed else [outcome.message]


def certainty(comparison: Comparison) -> str:
    """How sure, and what is accepted, in one sentence; the parts that are known."""
    parts = (how_sure(comparison), runs(comparison), significance(comparison), accepted(comparison))
    return "; ".join(part for part in parts if part)


def accepted(comparison: Comparison) -> str:
    """`up to 0.5 points worse is accepted`."""
    if comparison.tolerance is None:
        return ""
    if comparison.tolerance == 0:
        return "no worsening is accepted"
    return f"up to {amount(comparison, comparison.tolerance)} worse is accepted"


def acceptance(comparison: Comparison) -> str:
    """`accepted until 2026-12-31 (known, being worked on)`; nothing if that is known from the message alone."""
    agreed = comparison.outcome.evidence.get("accepted")
    if not isinstance(agreed, Mapping) or not as_text(agreed.get("until")):
        return ""
    reason = as_text(agreed.get("reason"))
    return f"accepted until {as_text(agreed.get('until'))}{f' ({reason})' if reason else ''}"


def change(comparison: Comparison) -> str:
    """The change as a person says it: `6.1 points worse`, `0.012 better`, `unchanged`."""
    if comparison.delta is None:
        return VERDICTS.get(comparison.verdict, comparison.verdict)
    if comparison.delta == 0:
        return "unchanged"
    direction = "better" if comparison.oriented(comparison.delta) > 0 else "worse"
    return f"{amount(comparison, abs(comparison.delta))} {direction}"


def moved(comparison: Comparison) -> str:
    """`6.1 points worse (87.3 % -> 81.2 %, 1,204 rows)`; nothing without a change."""
    if comparison.delta is None:
        return ""
    values = " -> ".join(value(comparison, x) for x in (comparison.baseline, comparison.candidate))
    return f"{change(comparison)} ({values}{'' if comparison.n is None else ', ' + count(comparison.n, 'row')})"


def verdict(comparison: Comparison) -> str:
    """The verdict as a person says it; what was accepted or only slightly worse says so."""
    said = VERDICTS.get(comparison.verdict, comparison.verdict)
    if comparison.was_accepted:
        return f"{said}, accepted"
    if comparison.verdict == "regression" and not comparison.blocking:
        return f"{said}, does not block"
    if comparison.outcome.status == "warn" and comparison.verdict == "pass":
        return "slightly worse, within what is accepted"
    return f"{said}: {_why_undecided(comparison)}" if comparison.verdict == "inconclusive" else said


def _why_undecided(comparison: Comparison) -> str:
    needed, family, limit = more_rows(comparison), comparison.family_size or 1, comparison.tolerance
    if comparison.low is None or comparison.high is None:
        return "too few rows to compare"
    if needed:
        return f"about {needed:,} rows needed"
    worse = limit is not None and max(map(comparison.oriented, (comparison.low, comparison.high))) < -limit
    return f"worse if looked at alone, not among {family:,} comparisons" if worse else "too close to what is accepted"


def more_rows(comparison: Comparison) -> int:
    """The rows that would settle a comparison, if these are more than it has; else 0."""
    needed = comparison.rows_needed or 0
    return needed if needed > (comparison.n or 0) else 0


def duration(seconds: float | None) -> str:
    """`31 ms`, `0.4 s`, `12 s`, `2 min 5 s`, `1 h 3 min`; nothing for a time that is not known."""
    if seconds is None or not 0 <= seconds < 1e9:
        return ""
    if 0 < seconds < 0.0995:
        return f"{max(1, round(1000 * seconds))} ms"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60} s"
    return f"{whole // 3600} h {whole % 3600 // 60} min"


def age(seconds: float | None) -> str:
    """`12 days old`, `3 hours old`; nothing for an age that is not known."""
    if seconds is None or not 0 <= seconds < 1e10:
        return ""
    for length, unit in ((86400, "day"), (3600, "hour"), (60, "minute")):
        if seconds >= length:
            return f"{count(int(seconds // length), unit)} old"
    return "less than a minute old"


def maker(made_by: str) -> str:
    """Where the candidate's predictions come from; anything unknown counts as a given file."""
    if made_by in ("command", "stage"):
        return f"predictions made in this run by its {'DVC stage' if made_by == 'stage' else 'command'}"
    return "a given file; mlgate cannot know that this commit made it"


def uncommitted(*, dirty: bool) -> str:
    """What follows a commit from which the files differ."""
    return " with uncommitted changes" if dirty else ""


def distance(baseline: Baseline) -> list[str]:
    """How far away a baseline is, as far as known: its age, the commits since, its rows, whether it was reached."""
    behind, rows = baseline.commits_behind, baseline.rows
    told = (
        age(baseline.age_s),
        f"{count(behind, 'commit')} back" if behind else "",
        "" if rows is None else count(rows, "row"),
        "" if baseline.compared else "not compared in this run",
    )
    return [part for part in told if part]


def listed(names: list[str], most: int, noun: str) -> str:
    """`a`, `a and b`, `a, b and 3 more slices`; at most `most` names."""
    shown, rest = names[:most], len(names) - most
    if rest > 0:
        return f"{', '.join(shown)} and {rest:,} more {noun if rest == 1 else noun + 's'}"
    return " and ".join((", ".join(shown[:-1]), shown[-1]) if len(shown) > 1 else shown)


def _difference(comparison: Comparison, number: float, *, signed: bool) -> str:
    factor = 100.0 if is_percent(comparison) else 1.0
    return _fixed(factor * number, decimals(comparison), signed=signed)


def unit_of_changes(comparison: Comparison) -> str:
    if is_percent(comparison) or comparison.unit == "%":
        return " points"
    return "" if comparison.unit in _UNSAID else f" {comparison.unit}"


def _fixed(number: float, digits: int, *, signed: bool = False) -> str:
    """Fixed digits with thousands separators; zero never carries a sign, and very large numbers an exponent."""
    if abs(number) >= 1e12:
        return f"{number:+.3e}" if signed else f"{number:.3e}"
    rounded = round(number, digits)
    if rounded == 0:
        return f"{0:.{digits}f}"
    return f"{rounded:+,.{digits}f}" if signed else f"{rounded:,.{digits}f}"
