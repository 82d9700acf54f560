"""`mlgate` as a library: compare two models in a notebook, or in a test."""

from __future__ import annotations

import datetime as dt
import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypedDict, Unpack

from mlgate.gate import compare_given as given
from mlgate.gate.compare_judge import Settings
from mlgate.gate.compare_request import Asked, as_argument
from mlgate.outcome import Outcome, Report, Status

__all__ = ["Comparison", "NotSettledWarning", "assert_not_worse", "compare"]

Metrics = Mapping[str, Any] | Iterable[str]
Column = str | Sequence[str] | Mapping[str, str] | None
Label = str | float | bool | None

_SHOWN = ("n", "baseline", "candidate", "delta", "low", "high", "tolerance", "p_adjusted", "rows_needed", "verdict")


class NotSettledWarning(UserWarning):
    """Nothing is shown to be worse, but something is for a person to look at, or needs more rows to tell."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a comparison has found. `str()` of it is the report as text; a notebook shows it as tables.

    Parameters
    ----------
    report : the whole report, as `mlgate compare` writes it
    """

    report: Report

    @property
    def verdict(self) -> str:
        """`pass`, `warn`, `fail` (something is worse) or `error` (something could not be checked)."""
        return self.report.verdict.value

    @property
    def ok(self) -> bool:
        """Whether nothing blocks: exit code 0 of the command."""
        return self.report.exit_code == 0

    @property
    def outcomes(self) -> tuple[Outcome, ...]:
        """Every outcome: of metrics and slices, of overlap and labels, and whatever could not be checked."""
        return self.report.outcomes

    def table(self) -> list[dict[str, Any]]:
        """One row per metric and slice, for `pandas.DataFrame` and the like.

        Returns
        -------
        list of dict
            `metric`, `slice` (`sex=F`; None is overall), `n`, `baseline`, `candidate`, `delta` (candidate - baseline),
            `low`, `high`, `tolerance`, `p_adjusted`, `rows_needed`, `verdict`, `status`. A number that there is none
            of is None.
        """
        from mlgate.render.facts import comparison_of

        rows = []
        for outcome in self.outcomes:
            found = comparison_of(outcome)
            if found is not None:
                facts = {name: outcome.evidence.get(name) for name in _SHOWN}
                rows.append(
                    {"metric": found.metric, "slice": found.where or None, **facts, "status": outcome.status.value}
                )
        return rows

    def __str__(self) -> str:
        from mlgate.render import RENDERERS

        return RENDERERS["text"](self.report)

    def _repr_html_(self) -> str:
        """The tables of the report for a notebook: no script, no style of its own, every text escaped."""
        from mlgate.render.notebook import render_notebook

        return render_notebook(self.report)


class CompareOptions(TypedDict, total=False):
    """Keyword arguments of `compare`."""

    metrics: Metrics
    slices: Iterable[str]
    id: str
    label: Column
    prediction: Column
    score: Column
    weight: str | None
    group: str | None
    query: str | None
    time: str | None
    series: str | None
    columns: Mapping[str, str] | None
    positive: Label
    inconclusive: str
    resamples: int
    seed: int
    workers: int
    device: str
    privacy: str
    strict: bool


def compare(  # noqa: PLR0913  # all by name: each is an option of the command, too
    baseline: Any,
    candidate: Any,
    *,
    metrics: Metrics = (),
    slices: Iterable[str] = (),
    id: str = "id",  # noqa: A002  # the option's own name
    label: Column = None,
    prediction: Column = None,
    score: Column = None,
    weight: str | None = None,
    group: str | None = None,
    query: str | None = None,
    time: str | None = None,
    series: str | None = None,
    columns: Mapping[str, str] | None = None,
    positive: Label = None,
    inconclusive: str = "warn",
    resamples: int = 2000,
    seed: int = 0,
    workers: int = 1,
    device: str = "cpu",
    privacy: str = "masked",
    strict: bool = False,
) -> Comparison:
    """Is the candidate worse than the baseline, where, and how sure are we?

    Parameters
    ----------
    baseline, candidate : table, path or list
        Predictions with one row per example: a dict of arrays of shape (n_rows,), a frame of pandas, polars or Arrow,
        or the path (or glob) of a file. A list of them holds the runs (seeds) of one recipe. Rows are paired by id,
        never by position: for arrays in one order give both an `id`, such as `range(n)`.
    metrics : what is compared
        `{"accuracy": 0.01, "mae": "2%"}`: name to the accepted worsening, in the metric's unit or as a share of the
        baseline, None for the default; or to a dict of the settings that `metrics` of mlgate.yaml knows, whose
        `function` may also be a Python function. Or a list of `NAME[:TOLERANCE]`. Empty: what the columns allow.
    slices : columns whose values are judged one by one
    id, label, prediction, score, weight, group, query, time, series : names of columns
        A role that a metric needs is the column of its own name unless one is named. Several labels are the indicators
        of a set; scores of several classes are a dict of class to column.
    columns : names of other columns by role: `low`, `high`, `scale`, `latency`, `nll`, `tokens`
    positive : label of the positive class
    inconclusive : `warn`, `fail` or `pass`: status of what cannot be told yet
    resamples : bootstrap replicates, 200 to 100,000
    seed : of every draw: the same seed and rows give the same report, to the bit, in any order of the rows
    workers, device : threads, and `cpu` or `cuda`; no figure depends on them
    privacy : `none`, `masked` or `full`: what of single rows may appear, e.g. the ids of examples that turned wrong
    strict : whether a warning blocks

    Returns
    -------
    Comparison

    Raises
    ------
    UsageError
        What was asked for makes no sense, whatever the tables hold: an unknown metric, a negative tolerance, no
        positive class. What they hold is never raised: it is an outcome with the status `error`.

    Notes
    -----
    All metrics and slices form one family (Holm), so that a look at many slices does not cry wolf.

    Examples
    --------
    >>> import mlgate
    >>> label = [0, 1] * 200
    >>> old = {"id": range(400), "label": label, "prediction": label}
    >>> new = {**old, "prediction": [0] * 40 + label[40:]}
    >>> found = mlgate.compare(old, new, metrics={"accuracy": 0.01})
    >>> found.verdict
    'fail'
    >>> [(row["metric"], row["slice"], row["delta"], row["verdict"]) for row in found.table()]
    [('accuracy', None, -0.05, 'regression')]
    """
    named = {"id": id, "label": label, "prediction": prediction, "score": score, "weight": weight, "group": group}
    named |= {"query": query, "time": time, "series": series}
    policies, functions = given.read_metrics(metrics)
    asked = Asked(
        metrics=policies,
        slices=given.read_texts(slices, "slices"),
        columns=given.read_columns(named, columns or {}),
        positive=positive,
        inconclusive=given.require_one_of(inconclusive, ("warn", "fail", "pass"), "inconclusive"),
        resamples=given.require_between(resamples, 200, 100_000, "resamples"),
        spell=as_argument,
    )
    settings = Settings(
        seed=given.require_between(seed, 0, 2**63 - 1, "seed"),
        workers=given.require_between(workers, 1, 256, "workers"),
        device=given.require_one_of(device, ("cpu", "cuda"), "device"),
        privacy=given.require_one_of(privacy, ("none", "masked", "full"), "privacy"),
        root=Path.cwd(),
        functions=functions,
    )
    now = dt.datetime.now(dt.UTC)
    return Comparison(given.compare_given(baseline, candidate, asked, settings, strict=strict, now=now))


def assert_not_worse(baseline: Any, candidate: Any, **options: Unpack[CompareOptions]) -> Comparison:
    """Fail a test where the candidate is worse than the baseline, or where that could not be checked.

    Parameters
    ----------
    baseline, candidate, options : as for `compare`. With `inconclusive="fail"` also what the rows cannot tell fails,
        with `strict=True` every warning

    Returns
    -------
    Comparison
        Of what has not failed. Where a person should look, or more rows are needed, a `NotSettledWarning` says so.

    Raises
    ------
    AssertionError
        With what is worse, or could not be checked, and the next step.
    UsageError
        As for `compare`.

    Examples
    --------
    >>> import mlgate
    >>> label = [0, 1] * 200
    >>> old = {"id": range(400), "label": label, "prediction": label}
    >>> mlgate.assert_not_worse(old, dict(old), metrics={"accuracy": 0.01}).verdict
    'pass'
    >>> mlgate.assert_not_worse(old, {**old, "prediction": [0] * 400}, metrics={"accuracy": 0.01})
    Traceback (most recent call last):
        ...
    AssertionError: mlgate (compare): model is worse, accuracy down 50.0 points
    ...
    """
    __tracebackhide__ = True  # pytest shows the line of the test
    found = compare(baseline, candidate, **options)
    if not found.ok:
        raise AssertionError(_what_blocks(found.report))
    if found.report.verdict is not Status.PASS:
        warnings.warn(_what_blocks(found.report), NotSettledWarning, stacklevel=2)
    return found


def _what_blocks(report: Report) -> str:
    """The heading, and what blocks, or else what is to be looked at: fact and next step."""
    from mlgate.render.headline import headline

    lines = [headline(report)]
    shown = [outcome for outcome in report.outcomes if outcome.status.blocks]
    for outcome in shown or report.outcomes:
        if outcome.status not in (Status.PASS, Status.SKIP):
            lines.append(f"{outcome.status.value}: {outcome.message}")
            lines += [f"  next: {outcome.hint}"] if outcome.hint else []
    return "\n".join(lines)
