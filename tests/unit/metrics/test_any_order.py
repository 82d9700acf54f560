"""The order of rows, how they are split over files, and how a column is held change nothing: bit by bit."""

from __future__ import annotations

import dataclasses
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from hypothesis import HealthCheck, given, settings

from mlgate.config.evaluation import Columns, Evaluation, Fairness, MetricPolicy
from mlgate.metrics.coding import Column
from mlgate.metrics.joined import join
from mlgate.metrics.rows import Rows, parse_rows
from mlgate.outcome import Location
from mlgate.sources.arrays import DictionaryColumn
from mlgate.sources.tables import read_columns

PLACE = Location("mlgate.yaml", 1)
EVALUATION = Evaluation(
    name="e",
    columns=Columns(
        prediction="prediction", score={"1": "p1", "x": "px"}, weight="w", group="g", time="t", series="s", query="q"
    ),
    metrics=(
        MetricPolicy(name="accuracy", location=PLACE),
        MetricPolicy(name="log_loss", location=PLACE),
        MetricPolicy(name="cost", column="cost", higher_is_better=False, location=PLACE),
    ),
    slices=("slice",),
    discover=("cost", "g"),
    fairness=(Fairness(column="s"),),
    positive="x",
    location=PLACE,
)


def bits(value: Any) -> Any:
    """Everything that a value holds, to the last bit."""
    if isinstance(value, np.ndarray):
        return value.dtype.str, value.shape, value.tolist() if value.dtype == object else value.tobytes()
    if dataclasses.is_dataclass(value):
        return {part.name: bits(getattr(value, part.name)) for part in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {name: bits(part) for name, part in value.items()}
    return [bits(part) for part in value] if isinstance(value, tuple) else value


def test_bits_tell_values_apart() -> None:
    assert bits(np.array([0.0])) != bits(np.array([-0.0]))
    assert bits(Column(codes=np.array([0]), values=("a",))) != bits(Column(codes=np.array([0]), values=("b",)))


ROWS = st.integers(1, 40)
SEEDS = st.integers(0, 2**32 - 1)


def made(n_rows: int, seed: int, *, text_ids: bool) -> dict[str, list[Any]]:
    rng = np.random.default_rng(seed)
    score = rng.random(n_rows)
    ids = rng.permutation(10 * n_rows)[:n_rows].tolist()
    label = [("1", "x")[place % 2] for place in range(n_rows)] if n_rows > 1 else ["x"]
    return {
        "id": [f"{'é' * (place % 2)}{value}" for place, value in enumerate(ids)] if text_ids else ids,
        "label": label,
        "prediction": [label[0], *rng.choice(["1", "x"], n_rows - 1).tolist()],
        "p1": (1 - score).tolist(),
        "px": score.tolist(),
        "w": [1.0, *rng.choice([0.0, 1.0, 0.5], n_rows - 1).tolist()],
        "g": rng.integers(8, 13, n_rows).tolist(),
        "t": rng.choice(["2026-01-03", "2026-01-02T10:00", "2025-12"], n_rows).tolist() if seed % 2 else score.tolist(),
        "s": rng.choice(["a", "b,c", "d"], n_rows).tolist(),
        "q": rng.choice(["q1", "q2"], n_rows).tolist(),
        "cost": rng.normal(size=n_rows).tolist(),
        "slice": rng.choice(np.array(["1.0", "1.00", "", None], dtype=object), n_rows).tolist(),
    }


def as_arrays(table: dict[str, list[Any]], order: list[int]) -> dict[str, Any]:
    columns = {}
    for name, values in table.items():
        taken = [values[place] for place in order]
        columns[name] = np.array(taken, dtype=object if {str, type(None)} & set(map(type, taken)) else None)
    return columns


def as_dictionaries(columns: dict[str, Any], rng: np.random.Generator) -> dict[str, Any]:
    """Text as codes of its values in an arbitrary order, among them one that no row has."""
    found = dict(columns)
    for name, values in columns.items():
        if values.dtype == object:
            texts = [*dict.fromkeys(value for value in values.tolist() if value is not None), "no row has it"]
            texts = [texts[place] for place in rng.permutation(len(texts))]
            place_of = {text: place for place, text in enumerate(texts)}
            found[name] = DictionaryColumn(np.array([place_of.get(value, -1) for value in values], np.int16), texts)
    return found


def parsed(columns: Mapping[str, Any], side: str = "candidate") -> Rows:
    return parse_rows(columns, EVALUATION, side=side)


@settings(max_examples=60, deadline=None)
@given(n_rows=ROWS, seeds=st.tuples(SEEDS, SEEDS, SEEDS), text_ids=st.booleans())
def test_order_and_form_of_columns_change_nothing(n_rows: int, seeds: tuple[int, int, int], *, text_ids: bool) -> None:
    rng = np.random.default_rng(seeds[0])
    sides = [made(n_rows, seed, text_ids=text_ids) for seed in seeds[1:]]
    own = "!" if text_ids else 10**6
    sides[1]["id"] = [
        value if place <= n_rows // 2 else value + own for place, value in enumerate(sides[0]["id"])
    ]  # half the ids are common
    plain = [as_arrays(side, list(range(n_rows))) for side in sides]
    expected = bits(join([parsed(plain[0], "baseline")], [parsed(plain[1])]))
    shuffled = [as_arrays(side, rng.permutation(n_rows).tolist()) for side in sides]
    coded = [as_dictionaries(side, rng) for side in shuffled]
    for before, after in (shuffled, coded, (plain[0], coded[1])):
        assert bits(join([parsed(before, "baseline")], [parsed(after)])) == expected


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(n_rows=ROWS, seed=SEEDS, n_shards=st.integers(1, 6), text_ids=st.booleans())
def test_sharding_changes_nothing(tmp_path: Path, n_rows: int, seed: int, n_shards: int, *, text_ids: bool) -> None:
    side = made(n_rows, seed, text_ids=text_ids)
    expected = bits(parsed(as_arrays(side, list(range(n_rows)))))
    table = pa.table(side)
    order = np.random.default_rng(seed).permutation(n_rows)
    step = math.ceil(n_rows / n_shards)
    paths = [tmp_path / f"shard-{start}.parquet" for start in range(0, n_rows, step)]
    for place, path in enumerate(paths):
        pq.write_table(table.take(order[place * step : (place + 1) * step]), path)
    assert bits(parsed(read_columns(paths))) == expected
