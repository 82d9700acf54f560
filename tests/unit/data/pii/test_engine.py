"""What the engine looks for: no finding of Python may be outside it, and what chance explains is worked out exactly."""

from __future__ import annotations

import random
import string
from collections import defaultdict
from functools import cache

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from benchmarks.pii_corpus import made_items
from benchmarks.pii_hand import BY_HAND
from benchmarks.pii_held_out import HELD_OUT, held_out_items
from benchmarks.pii_lookalikes import look_alikes
from mlgate.config.personal_data import ENTITIES
from mlgate.data.pii.chance import chance_of
from mlgate.data.pii.questions import Scanned
from mlgate.data.pii.shapes import gates_of, shape_of
from mlgate.data.pii.text import candidates_in_text
from mlgate.data.plan import Field

NAMES = ("x", "phone", "national_id", "bsn", "card_number")
PIECES = st.sampled_from(
    ["ann@x.org", "ann\uff20x.org", "\uff20x\uff0eorg", "\ufe6b", "\uff0e", "\ufe52", "\uff20", "org", "+1 202 555 0143", "4111 1111 1111 1111", "DE89370400440532013000", "536-90-4399", "203.0.113.7", "bsn 111222333", " ",
     "\\n", "\n", "\u00a0", "(", ")", "-", "/", ":", "=", "x", "ID", "tel ", "00:1B:44:11:3A:B7", "2001:db8::7", "AB 12 34 56 C", "."]
)  # fmt: skip


@cache
def engine() -> duckdb.DuckDBPyConnection:
    return duckdb.connect()


def outside(name: str, texts: list[str]) -> list[str]:
    """Texts with a candidate that the engine's conditions leave out."""
    field = Field(name=name, kind="string", raw="v", value="v", engine_type="VARCHAR", is_text=True)
    column = Scanned(field, tuple(ENTITIES))
    conditions = column.conditions("v")
    asked = ", ".join(f"coalesce({one}, false)" for one in (column.gate("v"), *conditions.values()))
    connection = engine()
    connection.execute(
        "CREATE OR REPLACE TABLE t AS SELECT unnest(range(?)) AS i, unnest(?::VARCHAR[]) AS v", [len(texts), texts]
    )
    left_out = []
    for place, gate, *flags in connection.execute(f"SELECT i, {asked} FROM t ORDER BY i").fetchall():  # noqa: S608  # ours
        holds = dict(zip(conditions, flags, strict=True))
        left_out += [
            f"{found.entity} ({found.kind}) in {texts[place]!r}"
            for found in candidates_in_text(texts[place], name=name)
            if not (gate and (holds[found.entity] or holds["numbers"]))
        ]
    return left_out


def test_nothing_of_the_corpus_is_left_out() -> None:
    rng = random.Random(3)
    by_name: dict[str, list[str]] = defaultdict(list)
    for item in [*BY_HAND, *HELD_OUT, *made_items(rng, 60), *look_alikes(rng, 40), *held_out_items(rng, 30)]:
        by_name[item.name].append(item.text)
    assert [line for name, texts in by_name.items() for line in outside(name, texts)] == []


@settings(max_examples=40, deadline=None)
@given(
    texts=st.lists(
        st.lists(PIECES | st.text(string.digits + " -/()+.", max_size=12), min_size=1, max_size=6).map("".join),
        min_size=1,
        max_size=30,
    )
)
def test_nothing_that_is_put_together_is_left_out(texts: list[str]) -> None:
    for name in NAMES:
        assert outside(name, texts) == []


def test_every_pattern_is_one_that_the_engine_can_run() -> None:
    for entity in ENTITIES:
        for name in NAMES:
            duckdb.execute("SELECT regexp_matches('x', ?)", [shape_of(entity, name)]).fetchall()
    assert len(gates_of(ENTITIES)) == 4
    assert gates_of(["secret"]) == [shape_of("secret")]


@given(tried=st.integers(0, 400), part=st.floats(0, 1), share=st.floats(1e-6, 0.999))
def test_chance_is_the_tail_of_the_binomial_distribution(tried: int, part: float, share: float) -> None:
    hits = round(tried * part)
    found = chance_of(hits, tried, share)
    if hits <= tried * share:
        assert found == 1
    else:
        assert found == pytest.approx(float(stats.binom.sf(hits - 1, tried, share)), rel=1e-6, abs=1e-300)


def test_chance_at_its_ends() -> None:
    assert chance_of(0, 0, 0.5) == chance_of(3, 9, 1.0) == 1
    assert chance_of(2, 1, 0.5) == chance_of(1, 9, 0.0) == 0
    assert chance_of(100_000, 100_000, 0.1) == 0
