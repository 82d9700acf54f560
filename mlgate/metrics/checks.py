"""One function per check of an evaluation: facts in, outcomes out. Its docstring is its documentation."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import quote

from mlgate.config.evaluation import Evaluation
from mlgate.errors import MlgateError
from mlgate.metrics.joined import Joined
from mlgate.outcome import Outcome, Status

RESCORE = "score the baseline's model on these rows with `mlgate baseline save --rescore`"


def quote_part(text: str) -> str:
    """A part of an outcome's id that comes from data."""
    return quote(text, safe="=._-", errors="surrogatepass")


def show_value(value: str, *, limit: int = 60) -> str:
    """A slice value for a message: on one line, and not longer than `limit`."""
    line = " ".join(value.split()) or repr(value)
    return line if len(line) <= limit else f"{line[:limit]}..."


def outcome_id(evaluation: Evaluation, *parts: str) -> str:
    """Id of an outcome of an evaluation; the parts are quoted."""
    return "/".join(("model", quote_part(evaluation.name), *parts))


def predictions(problem: MlgateError, evaluation: Evaluation) -> Outcome:
    """The candidate's predictions can be judged.

    An `error` where they cannot: a declared column is absent, there are no rows, an id is missing or repeated, a
    label or prediction is missing, a score is not a finite number, no label is the positive class, `roc_auc` is
    asked of labels that are not binary, or no prediction is spelled like any label. Scores may lie in any range
    where a metric uses their order alone; a metric of probabilities names those outside 0 to 1.
    """
    return Outcome(
        id=outcome_id(evaluation, "predictions"),
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
        id=outcome_id(evaluation, "baseline"),
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
        id=outcome_id(evaluation, "baseline", what),
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
        id=outcome_id(evaluation, "overlap"),
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
        id=outcome_id(evaluation, "labels"),
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
                id=outcome_id(evaluation, "queries" if name == "query" else f"{name}s"),
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
                id=outcome_id(evaluation, role),
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
            id=outcome_id(evaluation, "runs"),
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
