"""Ids of several files: what all have, what one lacks, and why ids are not found."""

from __future__ import annotations

from typing import Any

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from mlgate.metrics.pairing import Pairing, pair_ids


def ids_of(values: list[Any]) -> Any:
    """Distinct values as a parsed column has them."""
    if all(isinstance(value, int) for value in values):
        return np.array(sorted(values), dtype=np.int64)
    texts = np.empty(len(values), dtype=object)
    texts[:] = sorted(values)
    return texts


def paired(baselines: list[list[Any]], candidates: list[list[Any]]) -> Pairing:
    return pair_ids([ids_of(values) for values in baselines], [ids_of(values) for values in candidates])


SOME = st.lists(st.integers(-5, 12), unique=True, min_size=1, max_size=12)


@given(
    baselines=st.lists(SOME, min_size=1, max_size=3),
    candidates=st.lists(SOME, min_size=1, max_size=3),
    text=st.sampled_from(["none", "all", "first"]),
)
def test_runs_are_paired_by_the_ids_that_all_have(
    baselines: list[list[int]], candidates: list[list[int]], text: str
) -> None:
    files: list[list[Any]] = [*baselines, *candidates]
    given_files: list[Any] = [
        list(map(str, values)) if text == "all" or (text == "first" and place == 0) else values
        for place, values in enumerate(files)
    ]
    found = paired(given_files[: len(baselines)], given_files[len(baselines) :])
    common = set(files[0]).intersection(*files[1:])
    before, after = set().union(*baselines), set().union(*candidates)
    assert found.ids.tolist() == (sorted(common) if text == "none" else sorted(map(str, common)))
    assert (found.only_baseline, found.only_candidate) == (len(before - after), len(after - before))
    assert found.incomplete == len(before & after) - len(common)
    for values, index in zip(given_files, found.indices, strict=True):
        rows = ids_of(values)
        taken = rows if index is None else rows[index]
        assert list(map(str, taken.tolist())) == list(map(str, found.ids.tolist()))


def test_same_ids_need_no_index() -> None:
    found = paired([[1, 2], [1, 2]], [[2, 1]])
    assert found.indices == (None, None, None)
    assert (found.only_baseline, found.only_candidate, found.incomplete, found.hint) == (0, 0, 0, "")


@pytest.mark.parametrize(
    ("baseline", "candidate", "words"),
    [
        (["007", "008", "x"], [7, 8], "leading zeros"),
        ([7, 8], ["007", "008"], "leading zeros"),
        (["-07", "08"], ["-7", "8"], "leading zeros"),
        (["7.0", "8.0"], [7, 8], "decimals"),
        (["7.", "8.000"], ["7", "8"], "decimals"),
        (["Ann", "BO"], ["ann", "bo"], "upper and lower case"),
        ([" a", "b "], ["a", "b"], "spaces"),
        ([" A01.0", "B02"], ["a01.0", "b02 "], "zeros, decimals, case and spaces"),
        (["007", "other", "b"], ["7", "z", "y"], ""),
        (["a", "b"], ["c", "d"], ""),
        (["0", "1"], ["00", "01"], "leading zeros"),
        (["a"], [], ""),
    ],
)
def test_spelling_that_keeps_ids_apart_is_named(baseline: list[Any], candidate: list[Any], words: str) -> None:
    hint = paired([baseline], [candidate]).hint
    assert words in hint
    assert bool(hint) == bool(words)
    assert "Ann" not in hint


def test_hint_is_found_among_many() -> None:
    found = paired([[f"{place:06}" for place in range(30_000)]], [list(range(30_000))])
    assert found.only_candidate == 30_000
    assert "leading zeros" in found.hint
