"""Comparisons that look worse without being regressions: a list for a person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import NormalDist
from typing import Any

from mlgate.metrics.broken.naming import counted, slice_text
from mlgate.metrics.multiplicity import adjust_benjamini_hochberg
from mlgate.metrics.verdict import Verdict
from mlgate.outcome import Outcome, Status

FALSE_SHARE = 0.10
"""Expected share of false entries of the list."""

_NORMAL = NormalDist()
_FEW = 10
"""Rows that differ under which an interval says little of a p-value."""

_MOST = 50
_NAMED = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspect:
    """A comparison that was decided.

    Parameters
    ----------
    outcome : its outcome, with the evidence of a comparison
    p_value : one-sided, of the hypothesis that the candidate is no worse at all; in [0, 1]
    """

    outcome: Outcome
    p_value: float

    @classmethod
    def of(cls, outcome: Outcome) -> Suspect | None:
        """From the evidence of a comparison; None where it has no interval, or is invalid.

        The p-value is `p_no_worse` where the evidence has it. Else it is the level at which the interval would end at
        no change, its nearer end taken as a normal one: at most alpha if and only if the whole interval is worse. That
        is too small where very few rows differ, so that such a comparison takes no part.
        """
        evidence = outcome.evidence
        numbers = [evidence.get(key) for key in ("delta", "low", "high", "confidence")]
        if evidence.get("verdict") in (None, Verdict.INVALID) or not all(isinstance(x, int | float) for x in numbers):
            return None
        delta, low, high, confidence = (float(number) for number in numbers if number is not None)
        if evidence.get("higher_is_better") is False:
            delta, low, high = -delta, -high, -low
        if not (low <= delta <= high and 0 < confidence < 1):
            return None
        known, discordant = evidence.get("p_no_worse"), evidence.get("discordant")
        if isinstance(known, int | float) and 0 <= known <= 1:
            return cls(outcome=outcome, p_value=float(known))
        if isinstance(discordant, int) and 0 < discordant < _FEW:
            return None
        if delta == 0:
            return cls(outcome=outcome, p_value=0.5)
        away = high - delta if delta < 0 else delta - low
        z = _NORMAL.inv_cdf((1 + confidence) / 2)
        return cls(outcome=outcome, p_value=_NORMAL.cdf(z * delta / away) if away > 0 else float(delta > 0))

    @property
    def is_regression(self) -> bool:
        return self.outcome.evidence.get("verdict") == Verdict.REGRESSION

    @property
    def harm(self) -> float:
        """Worsening in tolerances, where there is one, else in the metric's unit: larger is worse."""
        evidence = self.outcome.evidence
        delta, tolerance = evidence.get("delta"), evidence.get("tolerance")
        if not isinstance(delta, int | float):
            return 0.0
        worse = -delta if evidence.get("higher_is_better", True) else delta
        return float(worse / tolerance if tolerance else worse)

    @property
    def name(self) -> str:
        """`accuracy of readmission in sex=F`."""
        evidence = self.outcome.evidence
        where = f" in {slice_text(evidence['slice'])}" if evidence.get("slice") else ""
        return f"{evidence.get('metric')} of {evidence.get('evaluation')}{where}"


def look_at_these(outcomes: Iterable[Outcome], *, false_share: float = FALSE_SHARE) -> Outcome | None:
    """Comparisons that are worse by more than chance, though maybe within their tolerance: a list for a person.

    Benjamini and Hochberg's procedure over all comparisons of the gate, of the hypotheses that the candidate is no
    worse at all; one in ten of those listed is expected to be listed by chance. A `warn` where one is listed that is
    no regression already, else a `pass`; it never blocks. The list is sorted by harm: the worsening in tolerances.

    Parameters
    ----------
    outcomes : of the gate; those of comparisons with an interval are looked at
    false_share : expected share of false entries, in (0, 1)

    Returns
    -------
    Outcome or None
        None where nothing was compared.
    """
    suspects = [found for outcome in outcomes if (found := Suspect.of(outcome)) is not None]
    if not suspects:
        return None
    adjusted = adjust_benjamini_hochberg([suspect.p_value for suspect in suspects])
    listed = [(suspect, p_value) for suspect, p_value in zip(suspects, adjusted, strict=True) if p_value <= false_share]
    listed.sort(key=lambda entry: (-entry[0].harm, entry[0].outcome.id))
    new = [suspect for suspect, _ in listed if not suspect.is_regression]
    known = len(listed) - len(new)
    beside = f", beside {counted(known, 'regression')}" if known else ""
    compared = counted(len(suspects), "comparison")
    if new:
        named = "; ".join(suspect.name for suspect in new[:_NAMED])
        more = f" and {len(new) - _NAMED:,} more" if len(new) > _NAMED else ""
        verb = "is" if len(new) == 1 else "are"
        message = f"{len(new):,} of {compared} {verb} worse by more than chance{beside}: {named}{more}"
    else:
        message = f"none of {compared} is worse by more than chance{beside}"
    return Outcome(
        id="model/look_at_these",
        check="look_at_these",
        tier="model",
        subject="comparisons",
        status=Status.WARN if new else Status.PASS,
        message=message,
        hint="none of them blocks; several in one direction are a reason to look closer" if new else "",
        observed=len(new),
        expected="no comparison that is worse by more than chance",
        evidence={
            "false_share": false_share,
            "family_size": len(suspects),
            "listed": [_facts(suspect, p_value) for suspect, p_value in listed[:_MOST]],
            "not_shown": max(0, len(listed) - _MOST),
        },
    )


def _facts(suspect: Suspect, p_adjusted: float) -> dict[str, Any]:
    evidence = suspect.outcome.evidence
    kept = {key: evidence.get(key) for key in ("evaluation", "slice", "n", "delta", "low", "high", "tolerance", "unit")}
    return {
        "outcome": suspect.outcome.id,
        "compared": evidence.get("metric"),
        **kept,
        "higher_is_better": evidence.get("higher_is_better"),
        "is_regression": suspect.is_regression,
        "harm": suspect.harm,
        "p_value": suspect.p_value,
        "p_adjusted": p_adjusted,
    }
