"""Tables on disk and outcomes by id, for the tests of the data checks."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.schema import Bound, Column, Read, Rule, Schema
from mlgate.data import check_hygiene, check_table
from mlgate.outcome import Location, Outcome, to_json
from mlgate.sources.tables import open_table
from tests.unit.shared_engine import shared_engine

PLACE = Location("schemas/s.yaml", 3)
Outcomes = Mapping[str, Outcome]
Check = Callable[..., Outcomes]


def bound(ends: Any) -> Any:
    return Bound(min=ends[0], max=ends[1]) if isinstance(ends, list) else ends


def make_rule(check: str, argument: Any, **modifiers: Any) -> Rule:
    """A rule; `[low, high]` is a bound, a dict becomes pairs of key and bound."""
    if isinstance(argument, dict):
        argument = tuple((key, bound(ends)) for key, ends in argument.items())
    if check == "unique" and isinstance(argument, tuple):
        modifiers = {"columns": argument, **modifiers}
    return Rule(**{"check": check, "argument": bound(argument), "name": check, "location": PLACE, **modifiers})


def make_column(name: str, type_: str = "any", *rules: Rule, **more: Any) -> Column:
    return Column(name=name, type=type_, rules=rules, location=PLACE, **more)


def make_schema(
    *columns: Column, rules: tuple[Rule, ...] = (), read: Read | None = None, extra: str = "ignore"
) -> Schema:
    return Schema(
        path="schemas/s.yaml",
        read=read or Read(delimiter=","),
        columns={column.name: column for column in columns},
        rules=rules,
        extra_columns=extra,
    )


@pytest.fixture(autouse=True, scope="module")
def _one_engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with shared_engine(tmp_path_factory.mktemp("spill")):
        yield


@pytest.fixture
def rule() -> Callable[..., Rule]:
    return make_rule


@pytest.fixture
def column() -> Callable[..., Column]:
    return make_column


@pytest.fixture
def schema() -> Callable[..., Schema]:
    return make_schema


@pytest.fixture
def save(tmp_path: Path) -> Callable[..., Path]:
    """Write text as `t.csv`, or a mapping of columns as `t.parquet`."""

    def write(content: str | Mapping[str, Any], name: str = "") -> Path:
        if isinstance(content, str):
            path = tmp_path / (name or "t.csv")
            path.write_text(content, encoding="utf-8", newline="")
            return path
        import pyarrow as pa
        import pyarrow.parquet as pq

        path = tmp_path / (name or "t.parquet")
        pq.write_table(pa.table(dict(content)), path)
        return path

    return write


@pytest.fixture
def check(save: Callable[..., Path]) -> Check:
    """Outcomes of a table, by the id after `data/t/`; every one is plain data of the right tier."""

    def run(content: str | Mapping[str, Any] | Path, declared: Schema, **options: Any) -> Outcomes:
        path = content if isinstance(content, Path) else save(content)
        with open_table([path], shown=path.name, read=declared.read) as table:
            found = check_table(table, declared, **{"dataset": "t", **options})
        return by_id(found)

    return run


@pytest.fixture
def one(check: Check) -> Callable[..., Outcome]:
    """Outcome of one rule on the column `x`."""

    def run(content: str | Mapping[str, Any], type_: str, name: str, argument: Any, **modifiers: Any) -> Outcome:
        privacy = modifiers.pop("privacy", "full")
        declared = make_schema(make_column("x", type_, make_rule(name, argument, **modifiers)))
        return check(content, declared, privacy=privacy)[f"x/{name}"]

    return run


@pytest.fixture
def hygiene(save: Callable[..., Path]) -> Check:
    def run(content: str | Mapping[str, Any], read: Read | None = None, **options: Any) -> Outcomes:
        path = save(content)
        with open_table([path], shown=path.name, read=read) as table:
            return by_id(check_hygiene(table, dataset="t", **options))

    return run


def by_id(outcomes: list[Outcome]) -> Outcomes:
    assert all(outcome.id.startswith("data/t/") and outcome.tier == "data" for outcome in outcomes)
    assert all(outcome.location and outcome.message for outcome in outcomes)
    assert all(outcome.hint for outcome in outcomes if outcome.status in ("fail", "error", "warn"))
    for outcome in outcomes:
        to_json([outcome.observed, outcome.expected, outcome.evidence])
    named = {outcome.id.removeprefix("data/t/"): outcome for outcome in outcomes}
    assert len(named) == len(outcomes)
    return named
