"""What is kept between runs comes back as it was, or not at all."""

from __future__ import annotations

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.finding import Edit, Finding
from mlgate.lint.ignores import Ignore
from mlgate.lint.judging import Judged, Problem
from mlgate.lint.stored import from_plain, to_plain
from mlgate.outcome import Status

texts = st.text(max_size=8)
numbers = st.integers(0, 99)
findings = st.builds(
    Finding,
    rule=texts, path=texts, line=numbers, column=numbers, message=texts, hint=texts, verdict=texts, scope=texts,
    status=st.sampled_from(Status),
    edits=st.lists(st.builds(Edit, numbers, numbers, texts), max_size=2).map(tuple),
    evidence=st.dictionaries(texts, numbers | texts | st.lists(numbers), max_size=2),
)  # fmt: skip
ignores = st.builds(
    Ignore, line=numbers, rules=st.lists(texts, max_size=2).map(tuple), reason=texts, first=numbers, last=numbers,
    cell=st.none() | numbers, line_in_cell=numbers,
)  # fmt: skip
problems = st.builds(
    Problem, message=texts, hint=texts, status=st.sampled_from(Status), line=st.none() | numbers, passing=st.just(False)
)  # what is passing is not kept
judged = st.builds(
    Judged,
    path=texts,
    families=st.lists(texts, max_size=2).map(tuple),
    findings=st.lists(findings, max_size=2).map(tuple),
    ignores=st.dictionaries(texts, st.lists(ignores, min_size=1, max_size=2).map(tuple), max_size=2),
    problems=st.lists(problems, max_size=2).map(tuple),
)


@given(judged)
def test_what_is_kept_comes_back(value: Judged) -> None:
    assert from_plain(json.loads(json.dumps(to_plain(value)))) == value


PLAIN = to_plain(
    Judged(
        path="a.py",
        families=("seeds",),
        findings=(Finding(rule="r", path="a.py", line=1, message="m", hint="h", edits=(Edit(0, 1, "x"),)),),
        ignores={"a.py": (Ignore(line=1, rules=("r",), reason="why", first=1, last=1),)},
        problems=(Problem(message="m"),),
    )
)


@pytest.mark.parametrize("place", range(len(PLAIN)))
@pytest.mark.parametrize("odd", [None, 5, [1], {"a": 1}, [[1]], [None], True])
def test_anything_else_is_refused(odd: Any, place: int) -> None:
    damaged = copy.deepcopy(PLAIN)
    damaged[place] = odd
    for value in (damaged, odd, PLAIN[:-1]):
        with pytest.raises(ValueError, match="not what was stored"):
            from_plain(value)
