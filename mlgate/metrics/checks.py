"""One function per check of an evaluation: facts in, outcomes out. Its docstring is its documentation."""

from __future__ import annotations

import math
from collections.abc import Iterator
from urllib.parse import quote

from mlgate.config.evaluation import Evaluation, MetricPolicy
from mlgate.errors import MlgateError
from mlgate.metrics.joined import Joined
from mlgate.metrics.paired import Coded
from mlgate.outcome import Outcome, Status

MAX_SLICE_VALUES = 200
"""A slice column with more distinct values looks like an identifier."""

RESCORE = "score the baseline's model on these rows with `mlgate baseline save --rescore`"


def quote_part(text: str) -> str:
    """A part of an outcome's id that comes from data."""
    return quote(text, safe="=._-", errors="surrogatepass")


def show_value(value: str, *, limit: int = 60) -> str:
    """A slice value for a message: on one line, and not longer than `limit`."""
    line = " ".join(value.split()) or repr(value)
    return line if len(line) <= limit else f"{line[:limit]}..."


def _outcome_id(evaluation: Evaluation, *parts: str) -> str:
    return "/".join(("model", quote_part(evaluation.name), *parts))


def predictions(problem: MlgateError, evaluation: Evaluation) -> Outcome:
    """The candidate's predictions can be judged.

    An `error` where they cannot: a declared column is absent, there are no rows, an id is missing or repeated, a
    label or prediction is missing, a score is not a finite number, no label is the positive class, `roc_auc` is
    asked of labels that are not binary, or no prediction is spelled like any label. Scores may lie in any range
    where a metric uses their order alone; a metric of probabilities names those outside 0 to 1.
    """
    return Outcome(
        id=_outcome_id(evaluation, "predictions"),
        check="predictions",
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR,
        message=f"the predictions cannot be judged: {problem.message}",
        hint=problem.hint,
        expected="predictions that can be judged",
        location=evaluation.location,
    )


def baseline(evaluation: Evaluation, problem: str = "", hint: str = "") -> Outcome:
    """There is a baseline, and it is comparable with the candidate.

    A `warn` where none is declared (`baseline: none`): bounds are judged, and nothing is compared. An `error` where
    the baseline's predictions cannot be judged, or where it was recorded with another positive class or under
    another definition of a metric.

    Parameters
    ----------
    problem : why the declared baseline cannot be used; empty where none is declared
    hint : the next step, if it is not to score the baseline again
    """
    return Outcome(
        id=_outcome_id(evaluation, "baseline"),
        check="baseline",
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR if problem else Status.WARN,
        message=f"not comparable: {problem}" if problem else "no baseline is declared: nothing was compared",
        hint=hint or (RESCORE if problem else "name one under `baseline`, e.g. `mlflow:models:/NAME@champion`"),
        expected="a baseline that is comparable",
        location=evaluation.location,
    )


def baseline_remark(evaluation: Evaluation, what: str, message: str, hint: str) -> Outcome:
    """The baseline is recent enough, and the run that recorded it can be relied on.

    A `warn` where it is older than `max_age`, further behind than `max_commits_behind`, or where its run failed, its
    gate did not pass, or it was recorded from few rows. The comparison is made all the same.

    Parameters
    ----------
    what : `age` or `reliable`
    """
    return Outcome(
        id=_outcome_id(evaluation, "baseline", what),
        check="baseline_remark",
        tier="model",
        subject=evaluation.name,
        status=Status.WARN,
        message=message,
        hint=hint,
        expected="a recent baseline of a run that passed",
        location=evaluation.location,
    )


def overlap(joined: Joined, evaluation: Evaluation) -> Outcome:
    """Baseline and candidate are predictions of the same examples.

    Rows are paired by id. The overlap is the share of all ids that both sides have (intersection over union). Below
    `min_overlap` (0.99 unless written) nothing is compared: `error`. Above it the paired rows are compared, and the
    others are a `warn`, since a model may be better merely because its hard rows are gone.
    """
    share = joined.overlap
    counts = f"{joined.only_baseline:,} rows only in the baseline, {joined.only_candidate:,} only in the candidate"
    if joined.incomplete:
        counts += f", {joined.incomplete:,} not in every run"
    hint = ""
    if not (joined.n_rows > 0 and share >= evaluation.min_overlap):
        status, hint = Status.ERROR, joined.id_hint or RESCORE
        message = (
            f"not comparable: both sides have {share:.2%} of the ids, {evaluation.min_overlap:.2%} needed ({counts})"
        )
    elif joined.only_baseline or joined.only_candidate or joined.incomplete:
        status = Status.WARN
        message = f"compared on {joined.n_rows:,} rows that both sides have ({counts})"
        hint = f"look at why the rows differ, or {RESCORE}"
    else:
        status, message = Status.PASS, f"both sides have the same {joined.n_rows:,} ids"
    return Outcome(
        id=_outcome_id(evaluation, "overlap"),
        check="overlap",
        tier="model",
        subject=evaluation.name,
        status=status,
        message=message,
        hint=hint,
        observed=share,
        expected=f"at least {evaluation.min_overlap:g}",
        location=evaluation.location,
        evidence={
            "n": joined.n_rows,
            "only_baseline": joined.only_baseline,
            "only_candidate": joined.only_candidate,
        },
    )


def labels_agree(joined: Joined, evaluation: Evaluation) -> Outcome:
    """An example has the same label on both sides.

    An `error` where labels of paired rows differ: the two models were measured against different truths, and their
    difference means nothing.
    """
    failing = joined.label_disagreements
    return Outcome(
        id=_outcome_id(evaluation, "labels"),
        check="labels_agree",
        tier="model",
        subject=evaluation.name,
        status=Status.ERROR if failing else Status.PASS,
        message=(
            f"not comparable: {failing:,} of {joined.n_rows:,} paired rows have another label in the baseline"
            if failing
            else f"the labels of {joined.n_rows:,} paired rows agree"
        ),
        hint=(joined.label_hint or f"if the labels were corrected, {RESCORE}") if failing else "",
        observed=failing,
        expected="0 paired rows with different labels",
        location=evaluation.location,
        evidence={"judged": joined.n_rows, "failing": failing},
    )


def weights_agree(joined: Joined, evaluation: Evaluation) -> Iterator[Outcome]:
    """An example weighs the same, and is in the same group and query, on both sides.

    An `error` where weights of paired rows differ between files, since a model must not choose which rows count; a
    `warn` where groups or queries do: then the candidate's are used.
    """
    for name, failing, status in (
        ("weight", joined.weights_disagree, Status.ERROR),
        ("group", joined.groups_disagree, Status.WARN),
        ("query", joined.queries_disagree, Status.WARN),
    ):
        if failing:
            yield Outcome(
                id=_outcome_id(evaluation, "queries" if name == "query" else f"{name}s"),
                check="weights_agree",
                tier="model",
                subject=evaluation.name,
                status=status,
                message=f"{failing:,} of {joined.n_rows:,} paired rows have another {name} in the baseline",
                hint=f"write the same {name} for an example in both files, or {RESCORE}",
                observed=failing,
                expected=f"the same {name} on both sides",
                location=evaluation.location,
                evidence={"judged": joined.n_rows, "failing": failing},
            )


def examples_agree(joined: Joined, evaluation: Evaluation) -> Iterator[Outcome]:
    """What a metric divides by is the same on both sides.

    An `error` where `scale` of paired rows differs, since it belongs to the example as its label does; a `warn` where
    `tokens` do: values per token of two tokenisers are not comparable.
    """
    before, after = joined.paired.baseline.columns, joined.paired.candidate.columns
    for role, status in (("scale", Status.ERROR), ("tokens", Status.WARN)):
        if role not in before or role not in after:
            continue
        failing = int((before[role] != after[role]).sum())
        if failing:
            yield Outcome(
                id=_outcome_id(evaluation, role),
                check="examples_agree",
                tier="model",
                subject=evaluation.name,
                status=status,
                message=f"{failing:,} of {joined.n_rows:,} paired rows have another {role} in the baseline",
                hint=RESCORE,
                observed=failing,
                expected=f"the same {role} on both sides",
                location=evaluation.location,
                evidence={"judged": joined.n_rows, "failing": failing},
            )


def runs_agree(baselines: int, candidates: int, evaluation: Evaluation) -> Iterator[Outcome]:
    """Both sides have as many runs (seeds).

    A `warn` where the numbers differ, since a run that crashed leaves those that went well; an `error` where the
    baseline has several and the candidate one.
    """
    if baselines != candidates:
        yield Outcome(
            id=_outcome_id(evaluation, "runs"),
            check="runs_agree",
            tier="model",
            subject=evaluation.name,
            status=Status.ERROR if candidates == 1 else Status.WARN,
            message=f"the baseline has {baselines:,} runs and the candidate {candidates:,}",
            hint="look at whether a run crashed; give as many seeds on both sides",
            observed=candidates,
            expected=f"{baselines:,} runs",
            location=evaluation.location,
        )


def slice_values(name: str, values: Coded, evaluation: Evaluation) -> Outcome | None:
    """A slice column has at most 200 distinct values.

    More are an `error`: the column looks like an identifier, and a comparison per value would cost every other
    comparison its power.
    """
    distinct = len(values.values)
    if distinct <= MAX_SLICE_VALUES:
        return None
    return Outcome(
        id=_outcome_id(evaluation, "slices", quote_part(name), "values"),
        check="slice_values",
        tier="model",
        subject=f"{evaluation.name}[{show_value(name)}]",
        status=Status.ERROR,
        message=f"slice column {show_value(name)} has {distinct:,} distinct values: it looks like an identifier",
        hint="bin it into a column of a few values, or remove it from `slices`",
        observed=distinct,
        expected=f"at most {MAX_SLICE_VALUES} distinct values",
        location=evaluation.location,
    )


def slices_agree(name: str, joined: Joined, evaluation: Evaluation) -> Outcome | None:
    """An example lies in the same slice on both sides.

    A `warn` where paired rows have another slice value in the baseline, or where the baseline's file has no such
    column (then a slice that vanished cannot be noticed). Rows are grouped by the candidate's values.
    """
    failing = joined.slice_disagreements[name]
    evidence = {}
    if failing is None:
        message = f"the baseline has no slice column {show_value(name)}: a slice that vanished would go unnoticed"
    else:
        if not failing:
            return None
        message = f"{failing:,} of {joined.n_rows:,} paired rows have another {show_value(name)} in the baseline"
        evidence = {"judged": joined.n_rows, "failing": failing}
    return Outcome(
        id=_outcome_id(evaluation, "slices", quote_part(name)),
        check="slices_agree",
        tier="model",
        subject=f"{evaluation.name}[{show_value(name)}]",
        status=Status.WARN,
        message=f"{message}; rows are grouped by the candidate's values",
        hint=RESCORE,
        expected="the same slice on both sides",
        location=evaluation.location,
        evidence=evidence,
    )


def slice_present(name: str, joined: Joined, evaluation: Evaluation) -> Iterator[Outcome]:
    """A slice that the baseline has is there in the candidate.

    An `error` for every slice value of the baseline without a candidate row that weighs something: the group can no
    longer be judged, and its absence must not look like a pass. A missing value is the slice `(missing)`.
    """
    counts = joined.baseline_slice_counts.get(name)
    if counts is None:
        return
    for value in sorted(counts.keys() - _weighing(name, joined)):
        shown = f"{show_value(name)}={show_value(value)}"
        yield Outcome(
            id=_outcome_id(evaluation, "slices", f"{quote_part(name)}={quote_part(value)}"),
            check="slice_present",
            tier="model",
            subject=f"{evaluation.name}[{shown}]",
            status=Status.ERROR,
            message=f"slice {shown} vanished: {counts[value]:,} rows in the baseline, 0 to compare",
            hint=f"bring its rows back, or, if they were renamed on purpose, {RESCORE}",
            observed=0,
            expected="at least 1 row",
            location=evaluation.location,
            evidence={"slice": {name: value}, "baseline_rows": counts[value]},
        )


def _weighing(name: str, joined: Joined) -> set[str]:
    """Slices with a row that weighs something."""
    column, weights = joined.paired.slices[name], joined.paired.candidate.weights
    present = column.codes if weights is None else column.codes[weights > 0]
    return {column.values[code] for code in set(present.tolist())}


def metric_bound(metric: MetricPolicy, value: float, n_rows: int, evaluation: Evaluation) -> Iterator[Outcome]:
    """The candidate's own value lies within `min` and `max` (both inclusive).

    Judged over all rows of the candidate, whether or not there is a baseline. The value itself is compared, without
    an interval. A value that is not a number holds no bound. A metric with `blocking: false` at most warns.
    """
    spec = metric.spec
    rows = f"; {n_rows:,} rows" if n_rows else ""
    for kind, bound, holds, words in (
        ("min", metric.min, metric.min is None or value >= metric.min, "at least"),
        ("max", metric.max, metric.max is None or value <= metric.max, "at most"),
    ):
        if bound is None:
            continue
        yield Outcome(
            id=_outcome_id(evaluation, quote_part(metric.name), kind),
            check="metric_bound",
            tier="model",
            subject=f"{evaluation.name}.{metric.name}",
            status=Status.PASS if holds else Status.FAIL if metric.blocking else Status.WARN,
            message=(
                f"{metric.name} is {value:.6g} ({words} {bound:g} asked{rows})"
                if math.isfinite(value)
                else f"{metric.name} cannot be computed from these rows ({words} {bound:g} asked{rows})"
            ),
            hint="" if holds else f"improve the model, or change `{kind}` if the bound no longer holds",
            observed=value,
            expected=f"{words} {bound:g}",
            location=metric.location,
            evidence={
                "metric": metric.name,
                "value": value,
                kind: bound,
                "n": n_rows,
                "unit": spec.unit,
                "higher_is_better": spec.higher_is_better,
                "evaluation": evaluation.name,
            },
        )


def is_bounded(metric: MetricPolicy) -> bool:
    """Whether a bound is asked of the metric's value."""
    return metric.min is not None or metric.max is not None


def metric_undefined(metric: MetricPolicy, problem: str, evaluation: Evaluation) -> Outcome:
    """A declared metric has a value.

    An `error` where the candidate's rows do not define it and nothing else would say so; a `warn` of a metric with
    `blocking: false`.
    """
    return Outcome(
        id=_outcome_id(evaluation, quote_part(metric.name), "value"),
        check="metric_undefined",
        tier="model",
        subject=f"{evaluation.name}.{metric.name}",
        status=Status.ERROR if metric.blocking else Status.WARN,
        message=f"{metric.name} cannot be computed: {problem}",
        hint="evaluate on rows that define it, or remove the metric",
        expected="a finite value",
        location=metric.location,
    )
