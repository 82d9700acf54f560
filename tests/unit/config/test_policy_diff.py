"""What a change of our files does to the gate; and that no setting is forgotten."""

from __future__ import annotations

import dataclasses
import importlib
import pkgutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import mlgate.config
from mlgate.config.policy_diff import policy_changes
from mlgate.config.policy_directions import WAYS
from mlgate.config.policy_values import MAX_SHOWN, Effect, bound_effect, shown
from mlgate.config.project_file import parse_project
from mlgate.config.schema import Bound
from mlgate.config.schema_file import parse_schema

EVALUATION = "{{predictions: p.csv, columns: {{prediction: p}}, {more}}}"


def project(*lines: str, evaluation: str = "") -> Any:
    whole = ["version: 1", *lines]
    if evaluation:
        whole.append(f"evaluations: {{r: {EVALUATION.format(more=evaluation)}}}")
    return parse_project("\n".join(whole), "mlgate.yaml", root=Path("/project"))


def schema(columns: str = "", table: str = "") -> Any:
    lines = ["version: 1", *([f"columns: {columns}"] if columns else []), *([f"table: {table}"] if table else [])]
    return parse_schema("\n".join(lines), "s.yaml")


def effects(before: Any, after: Any) -> dict[str, str]:
    return {change.place: change.effect.value for change in policy_changes(before, after, "x.yaml")}


DATA = "datasets: {a: {path: a.csv, schema: s.yaml}, b: {path: b.csv}}"
LOOSENED = [
    ("mode: enforce", "mode: advisory", "mode"),
    ("policy: base", "policy: head", "policy"),
    ("privacy: {examples: none}", "privacy: {examples: full}", "privacy.examples"),
    ("privacy: {examples: masked}", "privacy: {examples: full}", "privacy.examples"),
    (DATA, "datasets: {a: {path: a.csv}, b: {path: b.csv}}", "datasets.a.schema"),
    (DATA, "datasets: {a: {path: a.csv, schema: s.yaml}}", "datasets.b"),
    ("tiers: {unit: {tests: [a, b]}}", "tiers: {unit: {tests: [a]}}", "tiers.unit.tests"),
    ("tiers: {unit: {tests: [a]}}", "tiers: {}", "tiers.unit"),
    ("tiers: {unit: {tests: [a], budget: 2m}}", "tiers: {unit: {tests: [a], budget: 9m}}", "tiers.unit.budget"),
    ("tiers: {unit: {tests: [a], gpu: required}}", "tiers: {unit: {tests: [a]}}", "tiers.unit.gpu"),
    ("lint: {paths: [src]}", "", "lint"),
    ("lint: {paths: [src]}", "lint: {paths: [src], ignore: [src/x]}", "lint.ignore.src/x"),
    (
        "lint: {paths: [src], ignore: [{files: src/x, rules: [late-seed], reason: y}]}",
        "lint: {paths: [src], ignore: [{files: src/x, rules: [late-seed, hash-order], reason: y}]}",
        "lint.ignore.src/x late-seed hash-order",
    ),
    ("accepted: []", "accepted: [{id: a/b, reason: later, until: 2027-01-01}]", "accepted.a/b"),
    (
        "accepted: [{id: a/b, reason: later, until: 2027-01-01}]",
        "accepted: [{id: a/b, reason: later, until: 2028-01-01}]",
        "accepted.a/b.until",
    ),
    ("artifacts: {allow: [a.B]}", "artifacts: {allow: [a.B, c.*]}", "artifacts.allow"),
    ("configs: [{files: a.yaml, schema: s.json}]", "configs: [{files: a.yaml}]", "configs.a.yaml.schema"),
    (
        f"{DATA}\nsplits: [{{datasets: [a, b], entity: [p, q]}}]",
        f"{DATA}\nsplits: [{{datasets: [a, b], entity: [p]}}]",
        "splits.a-b.entity",
    ),
    (
        f"{DATA}\nsplits: [{{datasets: [a, b]}}]",
        f"{DATA}\nsplits: [{{datasets: [a, b], max: {{shared_rows: 0.1}}}}]",
        "splits.a-b.max.shared_rows",
    ),
    (f"{DATA}\ndrift: [{{reference: a, current: b}}]", DATA, "drift.a..b"),
    (
        f"{DATA}\ndrift: [{{reference: a, current: b}}]",
        f"{DATA}\ndrift: [{{reference: a, current: b, columns: [x]}}]",
        "drift.a..b.columns",
    ),
]
TIERS_LOOSENED = [
    ("budget: 2m", "budget: 3m", "budget"),
    ("budget: 2m", "", "budget"),
    ("budget: 2m", "budget: 2m, over_budget: warn", "over_budget"),
    ("budget: 2m, over_budget: fail", "budget: 2m, over_budget: warn", "over_budget"),
    ("budget: 2m, over_budget: fail, timeout: 3m", "budget: 2m, over_budget: fail", "timeout"),
    ("test_budget: 1s", "test_budget: 2s", "test_budget"),
    ("test_budget: 1s, over_test_budget: fail", "test_budget: 1s", "over_test_budget"),
    ("test_timeout: 10s", "", "test_timeout"),
    ("", "retries: 1", "retries"),
    ("retries: 1", "retries: 2", "retries"),
    ("", "quarantine: [{test: a.py::b, reason: bug, until: 2027-01-01}]", "quarantine.a.py::b"),
    (
        "quarantine: [{test: a.py::b, reason: bug, until: 2027-01-01}]",
        "quarantine: [{test: a.py::b, reason: bug, until: 2027-01-02}]",
        "quarantine.a.py::b.until",
    ),
    ("inputs: [data/*.csv, weights.bin]", "inputs: [data/*.csv]", "inputs"),
    ("environment: [MODE, REGION]", "environment: [MODE]", "environment"),
]
EVALUATIONS_LOOSENED = [
    ("metrics: {accuracy: {tolerance: 0.01}}", "metrics: {accuracy: {tolerance: 0.02}}", "metrics.accuracy.tolerance"),
    ("metrics: {accuracy: {min: 0.8}}", "metrics: {accuracy: {min: 0.7}}", "metrics.accuracy.min"),
    ("metrics: {accuracy: {min: 0.8}}", "metrics: {accuracy: {}}", "metrics.accuracy.min"),
    ("metrics: {accuracy: {}}", "metrics: {accuracy: {tolerance: 0.9}}", "metrics.accuracy.tolerance"),
    ("metrics: {accuracy: {}}", "metrics: {accuracy: {blocking: false}}", "metrics.accuracy.blocking"),
    ("metrics: {accuracy: {}, f1_macro: {}}", "metrics: {accuracy: {}}", "metrics.f1_macro"),
    ("slices: [sex, age]", "slices: [sex]", "slices"),
    ("baseline: git", "baseline: none", "baseline"),
    ("inconclusive: fail", "inconclusive: warn", "inconclusive"),
    ("min_overlap: 0.99", "min_overlap: 0.5", "min_overlap"),
    ("baseline: git, max_age: 2d", "baseline: git", "max_age"),
]


@pytest.mark.parametrize(("before", "after", "place"), LOOSENED)
def test_a_setting_that_accepts_more_is_looser_and_the_other_way_round_tighter(
    before: str, after: str, place: str
) -> None:
    old, new = project(before), project(after)
    assert effects(old, new)[place] == "looser"
    assert effects(new, old)[place] == "tighter"
    assert effects(old, old) == {}


@pytest.mark.parametrize(("before", "after", "place"), TIERS_LOOSENED)
def test_a_tier_that_accepts_more_is_looser(before: str, after: str, place: str) -> None:
    both = [project(f"tiers: {{unit: {{tests: [t], {side}}}}}") for side in (before, after)]
    assert effects(*both) == {f"tiers.unit.{place}": "looser"}
    assert effects(*reversed(both)) == {f"tiers.unit.{place}": "tighter"}


def test_a_timeout_is_held_against_the_one_that_was_not_written() -> None:
    old = project("tiers: {unit: {tests: [t], budget: 1m, over_budget: warn}}")
    new = project("tiers: {unit: {tests: [t], budget: 1m, over_budget: warn, timeout: 1h}}")
    assert effects(old, new) == {"tiers.unit.timeout": "looser"}


@pytest.mark.parametrize(("before", "after", "place"), EVALUATIONS_LOOSENED)
def test_an_evaluation_that_accepts_more_is_looser(before: str, after: str, place: str) -> None:
    both = [
        project(evaluation=side if "metrics" in side else f"metrics: {{accuracy: {{}}}}, {side}")
        for side in (before, after)
    ]
    assert effects(*both) == {f"evaluations.r.{place}": "looser"}
    assert effects(*reversed(both)) == {f"evaluations.r.{place}": "tighter"}


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("{a: {between: [0, 9]}}", "{a: {between: [0, 10]}}", "columns.a.between"),
        ("{a: {between: [0, 9]}}", "{a: {between: [0, null]}}", "columns.a.between"),
        ("{a: {between: {strict_min: 0}}}", "{a: {between: {min: 0}}}", "columns.a.between"),
        ("{a: {not_null: true, unique: true}}", "{a: {unique: true}}", "columns.a.not_null"),
        ("{a: {type: integer}}", "{a: {type: any}}", "columns.a.type"),
        ("{a: {in_set: [x, y]}}", "{a: {in_set: [x, y, z]}}", "columns.a.in_set"),
        ("{a: {not_in_set: [x, y]}}", "{a: {not_in_set: [x]}}", "columns.a.not_in_set"),
        ("{a: {quantile: {0.5: [1, 2]}}}", "{a: {quantile: {0.5: [1, 3]}}}", "columns.a.quantile.0.5"),
        ("{a: {checks: [{unique: true}]}}", "{a: {checks: [{unique: true, severity: warn}]}}", "columns.a.unique.severity"),
        ("{a: {checks: [{in_set: [x]}]}}", "{a: {checks: [{in_set: [x], mostly: 0.9}]}}", "columns.a.in_set.mostly"),
        ("{a: {in_set: [x]}}", "{a: {checks: [{in_set: [x], where: 'b > 1'}]}, b: {}}", "columns.a.in_set.where"),
        ("{a: {}}", "{a: {pii: allowed, reason: agreed}}", "columns.a.pii"),
        ("{a: {}, b: {}}", "{a: {}}", "columns.b"),
    ],
)  # fmt: skip
def test_a_schema_that_accepts_more_is_looser(before: str, after: str, place: str) -> None:
    old, new = schema(before), schema(after)
    assert effects(old, new)[place] == "looser"
    assert effects(new, old)[place] == "tighter"


def test_the_table_counts_too() -> None:
    old, new = (
        schema("{a: {}}", "{row_count: {min: 9}}"),
        schema("{a: {}}", "{row_count: {min: 1}, extra_columns: ignore}"),
    )
    assert effects(old, new) == {"row_count": "looser", "extra_columns": "looser"}


@pytest.mark.parametrize(
    ("before", "after", "place"),
    [
        ("{a: {regex: x}}", "{a: {regex: .*}}", "columns.a.regex"),
        ("{a: {between: [0, 9]}}", "{a: {between: [1, 10]}}", "columns.a.between"),
        ("{a: {in_set: [x, y]}}", "{a: {in_set: [x, z]}}", "columns.a.in_set"),
        ("{a: {type: integer}}", "{a: {type: string}}", "columns.a.type"),
    ],
)
def test_what_cannot_be_told_is_said_to_be_either_never_nothing(before: str, after: str, place: str) -> None:
    assert effects(schema(before), schema(after)) == {place: "either"}
    assert effects(schema(after), schema(before)) == {place: "either"}


def test_a_change_says_where_and_from_what_to_what() -> None:
    old = project(evaluation="metrics: {accuracy: {tolerance: 0.01}}")
    new = project(evaluation="metrics: {accuracy: {tolerance: 0.02}}")
    (change,) = policy_changes(old, new, "mlgate.yaml")
    assert (change.before, change.after, change.path, change.line) == ("0.01", "0.02", "mlgate.yaml", 2)
    (gone,) = policy_changes(old, project(), "mlgate.yaml")
    assert (gone.place, gone.after, gone.line) == ("evaluations.r", "", None)


def test_the_looser_stand_first() -> None:
    old, new = schema("{a: {not_null: true, regex: x}}"), schema("{a: {unique: true, regex: y}}")
    assert [change.effect for change in policy_changes(old, new, "s.yaml")] == list(Effect)


ENDS = st.one_of(st.none(), st.integers(-3, 3))


@given(ENDS, ENDS, ENDS, ENDS, st.booleans(), st.booleans())
def test_a_bound_is_looser_only_if_it_holds_more(
    a: int | None, b: int | None, c: int | None, d: int | None, first: bool, second: bool
) -> None:
    def bound(low: int | None, high: int | None, strict: bool) -> Bound:
        return Bound(strict_min=low, strict_max=high) if strict else Bound(min=low, max=high)

    def held(low: int | None, high: int | None, strict: bool) -> set[float]:
        inside = 0 if strict else -0.5
        return {
            x / 2
            for x in range(-9, 10)
            if (low is None or x / 2 > low + inside * 0.2) and (high is None or x / 2 < high - inside * 0.2)
        }

    effect = bound_effect(bound(a, b, first), bound(c, d, second))
    old, new = held(a, b, first), held(c, d, second)
    if effect is Effect.LOOSER:
        assert old <= new
    if effect is Effect.TIGHTER:
        assert new <= old


def test_every_setting_has_a_direction() -> None:
    """A field that is added to a declaration must say which way it loosens."""
    reachable = set(WAYS)
    for module in pkgutil.iter_modules(mlgate.config.__path__):
        for name, found in vars(importlib.import_module(f"mlgate.config.{module.name}")).items():
            if isinstance(found, type) and dataclasses.is_dataclass(found) and name in reachable:
                fields = {field.name for field in dataclasses.fields(found)} - {"location"}
                if found.__module__.endswith(("policy_directions", "expression_tree")):
                    continue
                assert set(WAYS[name]) == fields, name


@given(
    st.recursive(st.one_of(st.none(), st.text(), st.floats(), st.booleans()), lambda inner: st.lists(inner).map(tuple))
)
def test_a_value_is_told_on_a_bounded_line(value: Any) -> None:
    assert len(shown(value)) <= MAX_SHOWN
