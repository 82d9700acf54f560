"""`mlgate power`: how many rows settle it, from what was assumed or from two predictions files of a first batch."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import MetricPolicy
from mlgate.config.metric_specs import MetricSpec
from mlgate.errors import SourceError, UsageError
from mlgate.gate.compare import CompareRequest, compare_files
from mlgate.gate.compare_request import Asked, make_metric, parse_metrics, parse_tolerance
from mlgate.gate.power_answers import Answer, Power

if TYPE_CHECKING:
    from mlgate.metrics.power import Question

_NORMAL = NormalDist()
_DETECTED = 0.8
"""Power at which `minimum_detectable_effect` of a comparison is stated."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PowerRequest:
    """What `mlgate power` was asked for; None where it was not said.

    Parameters
    ----------
    metric : its name
    tolerance : a number in the metric's unit, or a share of the baseline as `2%`; None takes the metric's default
    drop : worsening to be found; None for twice the tolerance
    disagreement, sd, correlation, baseline_value, positive_fraction : what is assumed, see `mlgate.metrics.power`
    group_size, icc : rows per group, and their correlation
    pilot : baseline and candidate of a first batch, in place of assumptions
    columns, positive : of the pilot's files
    """

    metric: str
    tolerance: str | None = None
    drop: float | None = None
    disagreement: float | None = None
    sd: float | None = None
    correlation: float | None = None
    baseline_value: float | None = None
    positive_fraction: float | None = None
    alpha: float = 0.05
    power: float = 0.8
    comparisons: int = 1
    group_size: float | None = None
    icc: float | None = None
    pilot: tuple[str, str] | None = None
    columns: Mapping[str, Any] = field(default_factory=dict)
    positive: str | None = None
    start: Path = Path()


def plan_rows(request: PowerRequest, *, now: dt.datetime) -> Power:
    """Rows needed.

    Raises
    ------
    UsageError
        An assumption that is missing, or makes no sense.
    SourceError
        The pilot cannot be judged.
    """
    from mlgate.metrics import power

    (policy,) = parse_metrics([request.metric])
    if policy.tolerance is not None or policy.relative:
        raise UsageError(f"{request.metric} names a tolerance", hint="write it as --tolerance")
    spec = policy.spec
    _refuse_unused(request, spec)
    pilot = None if request.pilot is None else _read_pilot(request, policy, now)
    value = pilot.baseline if pilot is not None and request.baseline_value is None else request.baseline_value
    try:
        question = _question(request, spec, value)
        if pilot is not None:
            return _from_pilot(spec, question, pilot)
        match power.kind_of(spec):
            case "share":
                return _shares(request, spec, question)
            case "auc":
                return _areas(request, spec, question)
            case "mean":
                return _means(request, spec, question)
    except ValueError as problem:
        raise UsageError(str(problem), hint="correct the option") from None
    raise UsageError(
        f"no single number says how much {spec.name} varies",
        hint="measure it: --pilot BASELINE CANDIDATE, predictions of both models on a first batch of rows",
    )


def _refuse_unused(request: PowerRequest, spec: MetricSpec) -> None:
    """Refuse an assumption that would be ignored."""
    from mlgate.metrics.power import kind_of

    used = {
        "share": ("disagreement",),
        "auc": ("correlation", "positive_fraction", "baseline_value"),
        "mean": ("sd", "baseline_value"),
        "": ("baseline_value",),
    }[kind_of(spec)]
    taken = used if request.pilot is None else ("baseline_value",)
    for name in ("disagreement", "sd", "correlation", "positive_fraction"):
        if getattr(request, name) is not None and name not in taken:
            why = "the pilot is measured" if request.pilot is not None else f"{spec.name} does not depend on it"
            raise UsageError(f"--{name.replace('_', '-')} is given, and {why}", hint="leave it out")
    if (request.group_size is None) != (request.icc is None):
        raise UsageError("--group-size and --icc belong together", hint="give both: rows per group, their correlation")
    if request.pilot is not None and request.icc is not None:
        raise UsageError("--icc is given, and the pilot is measured", hint="name the pilot's --group instead")
    if request.pilot is None and (request.columns or request.positive is not None):
        raise UsageError("columns are named, and no file", hint="add --pilot BASELINE CANDIDATE")


def _question(request: PowerRequest, spec: MetricSpec, value: float | None) -> Question:
    from mlgate.metrics.power import Question

    tolerance = _tolerance(request, spec, value)
    drop = 2 * tolerance if request.drop is None else request.drop
    if request.drop is None and tolerance == 0:
        raise UsageError("at tolerance 0 twice of it is no drop", hint="name the drop that has to be found: --drop X")
    return Question(
        tolerance=tolerance,
        drop=drop,
        alpha=request.alpha,
        power=request.power,
        comparisons=request.comparisons,
        rows_per_group=1.0 if request.group_size is None else request.group_size,
        icc=0.0 if request.icc is None else request.icc,
    )


def _tolerance(request: PowerRequest, spec: MetricSpec, value: float | None) -> float:
    """In the metric's unit; a share is one of the baseline's value."""
    share, relative = spec.default_tolerance, spec.relative
    if request.tolerance is not None:
        policy = make_metric(spec.name, {"tolerance": parse_tolerance(spec.name, request.tolerance)})
        share, relative = policy.tolerance or 0.0, policy.relative
    if not relative:
        return share
    if value is None:
        raise UsageError(
            f"a tolerance of {share:.3g} of the baseline's value needs that value",
            hint="add --baseline-value V, or a --tolerance in the metric's unit",
        )
    return share * abs(value)


def _shares(request: PowerRequest, spec: MetricSpec, question: Question) -> Power:
    from mlgate.metrics.power import DISAGREEMENTS, compute_share_rows

    if request.disagreement is not None and not question.drop <= request.disagreement:
        raise UsageError(
            f"a drop of {question.drop:g} needs a disagreement of at least as much, got {request.disagreement:g}",
            hint="name a smaller --drop, or a larger --disagreement",
        )
    given = DISAGREEMENTS if request.disagreement is None else (request.disagreement,)
    notes = ["disagreement: share of rows that exactly one of the two models gets right"]
    if request.disagreement is None:
        notes.append("not given, so a range: measure it on a first batch with --pilot BASELINE CANDIDATE")
    answers = [Answer(assumed={"disagreement": d}, rows=compute_share_rows(d, question)) for d in given]
    return _power(spec, question, answers, notes)


def _areas(request: PowerRequest, spec: MetricSpec, question: Question) -> Power:
    from mlgate.metrics.power import CORRELATIONS, compute_auc_rows

    if request.baseline_value is None or request.positive_fraction is None:
        raise UsageError(
            f"the variance of {spec.name} depends on its value and on the share of positive rows",
            hint="add --baseline-value AUC and --positive-fraction P, or --pilot BASELINE CANDIDATE",
        )
    auc, positive = request.baseline_value, request.positive_fraction
    given = CORRELATIONS if request.correlation is None else (request.correlation,)
    notes = ["correlation: of the two models' areas over samples of rows; 0.9 and more where one model was changed"]
    if request.correlation is None:
        notes.append("not given, so a range: measure it on a first batch with --pilot BASELINE CANDIDATE")
    answers = [
        Answer(assumed={"correlation": r}, rows=compute_auc_rows(auc, positive, question, correlation=r)) for r in given
    ]
    return _power(spec, question, answers, notes, {"baseline_value": auc, "positive_fraction": positive})


def _means(request: PowerRequest, spec: MetricSpec, question: Question) -> Power:
    from mlgate.metrics.power import compute_mean_rows

    if request.sd is None:
        raise UsageError(
            f"the variance of {spec.name} depends on the data",
            hint="add --sd S, of the difference of the two models per row, or --pilot BASELINE CANDIDATE",
        )
    answer = Answer(assumed={"sd": request.sd}, rows=compute_mean_rows(request.sd, question))
    return _power(spec, question, [answer], ["sd: standard deviation of the per-row difference of the two models"])


@dataclass(frozen=True, slots=True)
class _Pilot:
    """What a first batch has shown: the standard error of the change on `n` rows."""

    n: int
    standard_error: float
    baseline: float

    @property
    def sd(self) -> float:
        """Standard deviation per row."""
        return self.standard_error * math.sqrt(self.n)


def _read_pilot(request: PowerRequest, policy: MetricPolicy, now: dt.datetime) -> _Pilot:
    baseline, candidate = request.pilot or ("", "")
    asked = Asked(metrics=(make_metric(policy.name, {}),), columns=request.columns, positive=request.positive)
    compared = compare_files(
        CompareRequest(baseline=baseline, candidate=candidate, asked=asked, start=request.start),
        progress=lambda _line: None,
        now=now,
    )
    evidence: Mapping[str, Any] = {}
    for outcome in compared.outcomes:
        if outcome.check == "metric_change":
            evidence = outcome.evidence
        if outcome.status == "error":
            raise SourceError(f"the pilot cannot be judged: {outcome.message}", hint=outcome.hint)
    effect = evidence.get("minimum_detectable_effect")
    if not isinstance(effect, float) or not evidence.get("n"):
        raise SourceError(f"the pilot shows no variance of {policy.name}", hint="use more rows")
    quantiles = _NORMAL.inv_cdf((1 + evidence["confidence"]) / 2) + _NORMAL.inv_cdf(_DETECTED)
    return _Pilot(int(evidence["n"]), effect / quantiles, float(evidence["baseline"]))


def _from_pilot(spec: MetricSpec, question: Question, pilot: _Pilot) -> Power:
    from mlgate.metrics.power import compute_mean_rows, compute_share_rows, kind_of
    from mlgate.metrics.proportions import wilson

    notes = [f"measured on {pilot.n:,} rows: standard error of the change {pilot.standard_error:.3g}"]
    if kind_of(spec) != "share":
        answer = Answer(assumed={"sd": pilot.sd}, rows=compute_mean_rows(pilot.sd, question))
        return _power(spec, question, [answer], notes, {"baseline_value": pilot.baseline})
    disagreement = min(pilot.sd**2, 1.0)
    low, high = (float(end) for end in wilson(disagreement * pilot.n, pilot.n, alpha=0.05))
    notes.append("disagreement: as measured, between the ends of its 90 % interval")
    answers = [
        Answer(assumed={"disagreement": d}, rows=compute_share_rows(d, question)) for d in (low, disagreement, high)
    ]
    return _power(spec, question, answers, notes, {"baseline_value": pilot.baseline})


def _power(
    spec: MetricSpec,
    question: Question,
    answers: Sequence[Answer],
    notes: Sequence[str],
    assumed: Mapping[str, float] | None = None,
) -> Power:
    more = []
    if question.comparisons > 1:
        more.append(f"to detect among {question.comparisons:,} comparisons asks more of each (Holm); to pass does not")
    if question.design_effect > 1:
        more.append(
            f"groups of {question.rows_per_group:g} rows with a correlation of {question.icc:g} count as "
            f"1 / {question.design_effect:.3g} of independent rows; at least 30 groups"
        )
    more.append("a slice that is to be judged on its own needs as many rows of its own")
    return Power(spec=spec, question=question, answers=tuple(answers), assumed=assumed or {}, notes=(*notes, *more))
