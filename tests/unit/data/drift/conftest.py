"""Tables in memory compared, outcomes by column and check."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from mlgate.config.drift_rules import DriftRules
from mlgate.config.schema import Column as Declared
from mlgate.data.drift import Between, Sketch, judge_drift, parse_profile, profile_text, sketch_like, sketch_reference
from mlgate.outcome import Location, Outcome, to_json
from mlgate.sources.frames import open_frame

Columns = Mapping[str, Any]
Outcomes = dict[str, Outcome]
Compare = Callable[..., Outcomes]


def frame(columns: Columns) -> Any:
    import pyarrow as pa

    return pa.table({name: pa.array(values) for name, values in columns.items()})


def sketch(columns: Columns, declared: Mapping[str, Declared] | None = None, **options: Any) -> Sketch:
    with open_frame(frame(columns), shown="before") as table:
        return sketch_reference(table, name="before", declared=declared or {}, **options)


def newer(columns: Columns, reference: Sketch, **options: Any) -> Sketch:
    with open_frame(frame(columns), shown="after") as table:
        return sketch_like(table, reference, name="after", **options)


def outcomes_of(reference: Sketch, current: Sketch, privacy: str = "masked", **rules: Any) -> Outcomes:
    between = Between(reference=reference, current=current, rules=DriftRules(**rules), privacy=privacy)
    found = judge_drift(between, location=Location("after.csv"))
    for outcome in found:
        to_json(outcome.evidence)
        assert outcome.id.startswith("data/drift/before..after/")
        assert outcome.tier == "data"
        assert outcome.message
    by_id = {outcome.id.removeprefix("data/drift/before..after/"): outcome for outcome in found}
    assert len(by_id) == len(found)
    return by_id


def _is_personal(reference: Sketch, name: str) -> bool:
    column = reference.columns.get(name.rpartition("/")[0])
    return column is not None and bool(column.personal)


@pytest.fixture
def compare() -> Compare:
    """Outcomes of two tables, which must be those of the profile, too."""

    def run(before: Columns, after: Columns, *, privacy: str = "masked", **rules: Any) -> Outcomes:
        named = (*rules.get("columns", ()), *((rules["label"],) if "label" in rules else ()))
        reference = sketch(before, asked_for=named)
        found = outcomes_of(reference, newer(after, reference), privacy, **rules)
        profile = parse_profile(profile_text(reference, 5), "profile.yaml")
        again = outcomes_of(profile, newer(after, profile), privacy, **rules)
        kept = {name for name in found if not _is_personal(reference, name)}
        assert set(again) == set(found)
        assert {name: again[name].status for name in kept} == {name: found[name].status for name in kept}
        return found

    return run
