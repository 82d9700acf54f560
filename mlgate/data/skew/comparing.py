"""All outcomes of a comparison of what a model was trained on with what it was served."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from mlgate.config.skew_rules import SkewRules
from mlgate.data import words
from mlgate.data.outcomes import TIER, outcome_id
from mlgate.data.plan import Verdict
from mlgate.data.skew.checks import ZONES_HINT, no_rows, skew_columns, skew_join, skew_types, skew_values
from mlgate.data.skew.distributions import compare_distributions
from mlgate.data.skew.header import Header, header_of
from mlgate.data.skew.names import shown
from mlgate.data.skew.rows import compare_rows, empty_sides
from mlgate.data.skew.sides import Feature, Side, read_alike
from mlgate.outcome import Location, Outcome, Status

Named = tuple[str, str, Verdict]
"""A check, the feature that it is about (empty: all of them), and what it says."""


def compare_sides(
    training: Side, serving: Side, rules: SkewRules, *, location: Location, privacy: str = "masked"
) -> list[Outcome]:
    """Outcomes of two open tables of one connection: their columns, their types, their rows, their distributions.

    Parameters
    ----------
    rules : what is compared, and how near is near enough
    location : of the declaration, or of the served file
    privacy : `none`, `masked` or `full`: what of single rows may appear

    Raises
    ------
    SourceError
        The engine cannot read one of the files.
    """
    return [
        _outcome(training, serving, check, feature, verdict, location)
        for check, feature, verdict in _found(training, serving, rules, privacy)
    ]


def _found(training: Side, serving: Side, rules: SkewRules, privacy: str) -> Iterator[Named]:
    unread = [side for side in (training, serving) if side.table.problem_rows]
    if unread:
        yield "skew_join", "", _unread(unread[0])
        return
    header = header_of(training, serving, rules)
    yield "skew_columns", "", skew_columns(header)
    features = read_alike(training, serving, header.shared)
    if features:
        yield "skew_types", "", skew_types(features)
    yield from _rows(training, serving, rules, header, features, privacy)
    if features and rules.distribution:
        for name, verdict in compare_distributions(
            training, serving, header.shared, named=rules.columns, privacy=privacy
        ):
            yield "skew_distribution", name, verdict


def _rows(
    training: Side, serving: Side, rules: SkewRules, header: Header, features: Sequence[Feature], privacy: str
) -> Iterator[Named]:
    if not rules.key:
        hint = "name the columns that stand for one request in both"
        if empty := empty_sides(training, serving):
            yield "skew_join", "", Verdict(status=Status.ERROR, message=no_rows(empty), hint="bring a file with rows")
            return
        yield "skew_join", "", Verdict(status=Status.SKIP, message="no key is named: no rows are compared", hint=hint)
        return
    if header.without_key:
        lacking = ", ".join(f"{shown(name)} in {side}" for name, side in header.without_key)
        hint = "name columns that both have"
        yield "skew_join", "", Verdict(status=Status.ERROR, message=f"the key is absent: {lacking}", hint=hint)
        return
    keys = read_alike(training, serving, rules.key, keys=True)
    if zones := "; ".join(f"{shown(one.name)}: {one.zones}" for one in keys if one.zones):
        yield "skew_join", "", Verdict(status=Status.ERROR, message=zones, hint=ZONES_HINT)
        return
    found = compare_rows(training, serving, keys, features, rules)
    yield "skew_join", "", skew_join(found, rules)
    for feature in found.features:
        yield "skew_values", feature.feature.name, skew_values(feature, rules, privacy)


def _unread(side: Side) -> Verdict:
    rows = words.counted(side.table.problem_rows, "row")
    return Verdict(
        status=Status.ERROR,
        message=f"{rows} of {side.name} cannot be parsed, and would take no part",
        hint="`mlgate data check` shows them: correct the file",
    )


def _outcome(training: Side, serving: Side, check: str, feature: str, verdict: Verdict, location: Location) -> Outcome:
    parts: Sequence[str] = [f"{training.name}..{serving.name}", *([feature] if feature else []), check]
    return Outcome(
        id=outcome_id("skew", *parts),
        check=check,
        tier=TIER,
        subject=f"{serving.name}.{shown(feature)}" if feature else serving.name,
        status=verdict.status,
        message=verdict.message,
        hint=verdict.hint,
        observed=verdict.observed,
        expected=verdict.expected,
        location=location,
        evidence=verdict.evidence,
    )
