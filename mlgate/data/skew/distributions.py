"""The distributions of the features in training and in serving, compared as those of a reference and newer data are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from mlgate.config.drift_rules import DriftRules
from mlgate.data.asking import reason
from mlgate.data.drift.checks import drift
from mlgate.data.drift.comparing import compare_column
from mlgate.data.drift.counting import sketch_like, sketch_reference
from mlgate.data.drift.judged import Between, Judged
from mlgate.data.drift.judging import judge_family
from mlgate.data.plan import Verdict
from mlgate.data.skew.sides import Side
from mlgate.errors import SourceError
from mlgate.outcome import Status

_HINT = (
    "find out why serving sees other values: another source, a default, a filter; train on what is served, or accept it"
)


def skew_distribution(judged: Judged, between: Between) -> Verdict:
    """`skew_distribution`: a feature is distributed in serving as it was in training.

    Judged over all rows of both, joined or not, as `drift` judges a column against its reference: it fails where a
    difference is more than chance over all features, and large enough to matter. Identifiers and timestamps are skipped
    unless they are named under `columns`.
    """
    verdict = drift(judged, between)
    if verdict.status is not Status.FAIL:
        return replace(verdict, message=verdict.message.replace("no drift: ", "", 1))
    return replace(verdict, message=f"distributed otherwise: {verdict.message.removeprefix('drifted: ')}", hint=_HINT)


def compare_distributions(
    training: Side, serving: Side, names: Sequence[str], *, named: Sequence[str], privacy: str
) -> Iterator[tuple[str, Verdict]]:
    """The verdict of each feature, those without one left out.

    Parameters
    ----------
    names : features that both have
    named : those that are compared although they look like identifiers or are timestamps

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    import duckdb

    rules = DriftRules()
    try:
        reference = sketch_reference(
            training.table, name=training.name, declared=training.declared, asked_for=named, only=names
        )
        current = sketch_like(serving.table, reference, name=serving.name, asked_for=[*names])
    except duckdb.Error as problem:
        hint = "a file may be broken, or the work too large for the memory limit"
        raise SourceError(f"the distributions cannot be compared: {reason(problem)}", hint=hint) from None
    between = Between(reference=reference, current=current, rules=rules, privacy=privacy)
    if min(reference.rows, current.rows) < rules.minimum_rows:
        message = (
            f"cannot say: {reference.rows:,} rows of training and {current.rows:,} of serving are there, "
            f"at least {rules.minimum_rows} of each are needed"
        )
        yield "", Verdict(status=Status.WARN, message=message, hint="log more rows, or write `distribution: false`")
        return
    left_out = {name: reference.columns[name].left_out for name in names}
    compared = {
        name: compare_column(reference.columns[name], current.columns[name], least_rows=rules.minimum_rows)
        for name in names
        if not left_out[name]
    }
    judged = dict(zip(compared, judge_family(compared.values(), between), strict=True))
    for name in names:
        if name in judged:
            yield name, skew_distribution(judged[name], between)
        else:
            yield name, Verdict(status=Status.SKIP, message=left_out[name])
