"""Pairs by id, whatever the order, and the key of a baseline."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Evaluation
from mlgate.metrics.joined import check_key, comparability_key, join
from mlgate.metrics.rows import Rows, parse_rows
from mlgate.metrics.specs import METRICS

Build = Callable[..., Evaluation]
Tables = Callable[..., dict[str, Any]]


def rows_of(ids: Any, labels: list[str] | None = None) -> Rows:
    column = np.asarray(ids)
    texts = np.empty(column.size, dtype=object)
    texts[:] = labels or [f"label of {value}" for value in column.tolist()]
    return Rows(ids=column, labels=texts, predictions=texts, scores=None, slices={}, positive=None)


def as_text(ids: list[int]) -> Any:
    texts = np.empty(len(ids), dtype=object)
    texts[:] = [str(value) for value in ids]
    return texts


UNIQUE = st.lists(st.integers(-(2**63), 2**63 - 1), unique=True, min_size=1, max_size=30)


@given(baseline=UNIQUE, candidate=UNIQUE, shared=UNIQUE, texts=st.tuples(st.booleans(), st.booleans()))
def test_join_is_the_intersection_by_id(
    baseline: list[int], candidate: list[int], shared: list[int], texts: tuple[bool, bool]
) -> None:
    left, right = list(dict.fromkeys(baseline + shared)), list(dict.fromkeys(shared[::-1] + candidate))
    sides = [
        rows_of(as_text(ids) if text else np.array(ids, dtype=np.int64))
        for ids, text in zip((left, right), texts, strict=True)
    ]
    joined = join(*sides)
    both = set(left) & set(right)
    assert {int(value) for value in joined.baseline.ids} == both
    assert [int(value) for value in joined.baseline.ids] == [int(value) for value in joined.candidate.ids]
    assert joined.baseline.labels.tolist() == [f"label of {value}" for value in joined.baseline.ids]
    assert joined.candidate.labels.tolist() == [f"label of {value}" for value in joined.candidate.ids]
    assert (joined.only_baseline, joined.only_candidate) == (len(left) - len(both), len(right) - len(both))
    assert joined.overlap == len(both) / len(set(left) | set(right))


def test_no_common_id_is_an_overlap_of_zero() -> None:
    joined = join(rows_of([1, 2]), rows_of([3]))
    assert joined.n_rows == 0
    assert joined.overlap == 0.0


def test_labels_that_disagree_are_counted() -> None:
    joined = join(rows_of([1, 2, 3], ["a", "b", "c"]), rows_of([3, 2, 1], ["c", "x", "y"]))
    assert joined.label_disagreements == 2


def test_a_million_rows_are_joined_by_sorting() -> None:
    n_rows = 1_000_000
    order = np.random.default_rng(0).permutation(n_rows)
    labels = np.full(n_rows, "a", dtype=object)
    sides = [
        Rows(ids=ids, labels=labels, predictions=None, scores=None, slices={}, positive=None)
        for ids in (np.arange(n_rows), order)
    ]
    joined = join(*sides)
    assert joined.n_rows == n_rows
    assert np.array_equal(joined.baseline.ids, joined.candidate.ids)


def test_key_does_not_depend_on_order_or_file_format(evaluation: Build, table: Tables) -> None:
    columns = table(20)
    order = np.random.default_rng(0).permutation(20)
    shuffled = {name: values[order] for name, values in columns.items()}
    shuffled["id"] = as_text(shuffled["id"].tolist())
    shuffled["label"] = np.array(["true" if value else "false" for value in shuffled["label"]], dtype=object)
    keys = [comparability_key(parse_rows(side, evaluation()), evaluation()) for side in (columns, shuffled)]
    assert keys[0] == keys[1]
    assert keys[0]["rows"] == 20
    assert keys[0]["positive"] == "true"
    assert keys[0]["metrics"] == {name: spec.definition for name, spec in METRICS.items()}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ((["1", "2"], ["a", "b"]), (["1", "2"], ["b", "a"])),
        ((["1"], ["12:3"]), (["11"], ["2:3"])),
        ((["ab"], ["c"]), (["a"], ["bc"])),
        ((["\ud800"], ["c"]), (["\ud801"], ["c"])),
    ],
)
def test_key_tells_pairs_apart(evaluation: Build, one: Any, other: Any) -> None:
    digests = [
        comparability_key(rows_of(np.array(ids, dtype=object), labels), evaluation())["labels"]
        for ids, labels in (one, other)
    ]
    assert digests[0] != digests[1]
    assert digests[0].startswith("sha256:")


def test_recorded_key_is_compared(evaluation: Build, table: Tables) -> None:
    declared = evaluation()
    rows = parse_rows(table(20), declared)
    joined = join(rows, rows)
    key = comparability_key(rows, declared)
    assert check_key(key, joined, declared) is None
    assert check_key(key | {"positive": True, "labels": "sha256:other", "more": 1}, joined, declared) is None
    assert check_key(key | {"metrics": {}}, joined, declared) is None
    assert "positive class 'false'" in str(check_key(key | {"positive": False}, joined, declared))
    changed = key | {"metrics": {"accuracy": "accuracy/0: something else"}}
    assert "another definition of accuracy (accuracy/0" in str(check_key(changed, joined, declared))


@pytest.mark.parametrize("recorded", [{}, {"positive": "true"}, {"positive": "true", "metrics": None}])
def test_record_that_is_not_ours_is_a_problem(evaluation: Build, table: Tables, recorded: dict[str, Any]) -> None:
    rows = parse_rows(table(20), evaluation())
    assert "does not name" in str(check_key(recorded, join(rows, rows), evaluation()))
