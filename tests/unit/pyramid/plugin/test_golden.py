"""Golden sets: likeness of values, the file beside the test, and writing it."""

from __future__ import annotations

import json
import math
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate_pytest.golden import WRITTEN, pytest_terminal_summary, written_in
from mlgate_pytest.likeness import NotPlainError, Tolerance, as_data, differences, not_finite

pytest_plugins = ["pytester"]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=3), inner, max_size=4),
    max_leaves=12,
)


def unlike(expected: Any, found: Any, **tolerance: float) -> list[str]:
    return list(differences(as_data(expected), as_data(found), Tolerance(**tolerance)))


@given(JSON)
def test_a_value_is_like_itself_also_through_its_file(value: Any) -> None:
    data = as_data(value)
    assert list(differences(json.loads(json.dumps(data)), data, Tolerance())) == []


@given(JSON, JSON)
def test_likeness_has_no_side(one: Any, two: Any) -> None:
    exact = Tolerance(0.0, 0.0)
    assert bool(list(differences(one, two, exact))) == bool(list(differences(two, one, exact)))


@given(st.floats(-1e6, 1e6), st.floats(0, 1e3), st.floats(0, 2))
def test_a_number_within_the_tolerance_is_like(value: float, allowed: float, part: float) -> None:
    found = value + allowed * part
    assert bool(unlike(value, found, absolute=allowed)) == (not abs(found - value) <= allowed)


class Tensor:
    """As a tensor of torch is asked for its values."""

    def __init__(self, values: list[float]) -> None:
        self.values = values

    def detach(self) -> Tensor:
        return self

    def cpu(self) -> Tensor:
        return self

    def tolist(self) -> list[float]:
        return self.values


class Eager:
    """As a tensor of TensorFlow is asked for its values."""

    def numpy(self) -> Any:
        return np.array([1.0, 2.0])


@pytest.mark.parametrize(
    "value",
    [
        [1.0, 2.0],
        (1.0, 2.0),
        np.array([1.0, 2.0]),
        np.array([1.0, 2.0], dtype=np.float32),
        pd.Series([1.0, 2.0]),
        Tensor([1.0, 2.0]),
        Eager(),
        [np.float64(1.0), np.float32(2.0)],
    ],
    ids=lambda value: type(value).__name__,
)
def test_arrays_are_known_by_what_they_can_do(value: Any) -> None:
    assert as_data(value) == [1.0, 2.0]


def test_frames_and_keys() -> None:
    frame = pd.DataFrame({"a": [1, 2], "b": ["x", "y"]})
    assert as_data({1: frame, "n": np.int64(3), "ok": np.bool_(True)}) == {
        "1": {"a": [1, 2], "b": ["x", "y"]},
        "n": 3,
        "ok": True,
    }


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": [object()]}, "a[0] is of type object"),
        ({"a": {1: 0, "1": 0}}, "a has two keys that are written '1'"),
        ({1, 2}, "the value is of type set"),
        ([10**5000], "[0] is a whole number of more than 4,000 digits"),
    ],
)
def test_what_cannot_be_kept_is_told_with_its_place(value: Any, told: str) -> None:
    with pytest.raises(NotPlainError) as problem:
        as_data(value)
    assert str(problem.value).startswith(told)


def test_a_value_that_holds_itself_is_told() -> None:
    value: list[Any] = []
    value.append(value)
    with pytest.raises(NotPlainError, match="nested too deeply"):
        as_data(value)


@pytest.mark.parametrize(
    ("expected", "found", "told"),
    [
        ({"a": [1.0, 2.0]}, {"a": [1.0, 2.5]}, ["a[1]: expected 2.0, found 2.5 (off by 0.5, allowed 2e-06)"]),
        ([1, 2], [1], ["the value has 1 items, expected 2"]),
        ({"a": 1}, {"b": 1}, ["a is absent, expected 1", "b is not expected, found 1"]),
        (1, True, ["the value: expected 1, found True"]),
        ("1", 1, ["the value: expected '1', found 1"]),
        (10**9, 10**9 + 1, ["the value: expected 1000000000, found 1000000001 (off by 1)"]),
        (10**400, 0.5, ["off by inf"]),
        (None, 0, ["the value: expected None, found 0"]),
    ],
)
def test_differences_are_told_with_their_place(expected: Any, found: Any, told: list[str]) -> None:
    lines = unlike(expected, found)
    assert len(lines) == len(told)
    assert all(part in line for part, line in zip(told, lines, strict=True))


def test_nan_is_like_nothing() -> None:
    assert unlike(math.nan, math.nan, absolute=1e9)
    assert unlike(1.0, math.nan, absolute=1e9)
    assert list(not_finite({"a": [1.0, math.nan], "b": math.inf})) == ["a[1] is nan", "b is inf"]


# --- the fixture ---------------------------------------------------------------------------------------------------

TEST = """
def test_scores(golden):
    golden("scores", {"auc": %s, "n": 3}, rel=0.01)
"""


def test_a_golden_set_is_written_only_when_asked_to_and_compared_after(pytester: pytest.Pytester, run: Any) -> None:
    path = pytester.path / "golden" / "test_it" / "scores.json"
    pytester.makepyfile(test_it=TEST % "0.91")
    absent = run()
    absent.assert_outcomes(failed=1)
    absent.stdout.fnmatch_lines(["*golden/test_it/scores.json does not exist: write it with*--mlgate-update-golden*"])
    assert not path.exists()
    written = run("--mlgate-update-golden")
    written.assert_outcomes(passed=1)
    written.stdout.fnmatch_lines(["written: golden/test_it/scores.json"])
    assert json.loads(path.read_text(encoding="utf-8")) == {"auc": 0.91, "n": 3}
    run().assert_outcomes(passed=1)


def test_within_the_tolerance_the_file_stays_beyond_it_the_test_fails(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(test_it=TEST % "0.91")
    run("--mlgate-update-golden").assert_outcomes(passed=1)
    path = pytester.path / "golden" / "test_it" / "scores.json"
    before = path.read_text(encoding="utf-8")
    pytester.makepyfile(test_it=TEST % "0.912")
    near = run("--mlgate-update-golden")
    near.assert_outcomes(passed=1)
    near.stdout.fnmatch_lines(["nothing to write"])
    assert path.read_text(encoding="utf-8") == before
    pytester.makepyfile(test_it=TEST % "0.80")
    far = run()
    far.assert_outcomes(failed=1)
    far.stdout.fnmatch_lines(["*auc: expected 0.91, found 0.8 (off by 0.11, allowed 0.0091)*"])
    run("--mlgate-update-golden").assert_outcomes(passed=1)
    assert json.loads(path.read_text(encoding="utf-8"))["auc"] == 0.8


@pytest.mark.parametrize(
    ("call", "told"),
    [
        ('golden("a", float("nan"))', "a has 1 value that no golden set can expect: the value is nan"),
        ('golden("../a", 1)', "'../a' cannot name a golden set"),
        ('golden("a", object())', "a cannot be kept in a golden set: the value is of type object"),
        ('golden("a", 1, rel=float("nan"))', "a tolerance is a number of at least 0, got nan"),
        ('golden("a", 1, abs=-1)', "a tolerance is a number of at least 0, got -1"),
        ('golden("a", 1); golden("a", 2)', "golden/test_it/a.json was written in this run by test_it.py::test_it"),
    ],
)
def test_what_proves_nothing_is_not_written(pytester: pytest.Pytester, run: Any, call: str, told: str) -> None:
    pytester.makepyfile(test_it=f"def test_it(golden):\n    {call}\n")
    found = run("--mlgate-update-golden")
    found.assert_outcomes(failed=1)
    assert told in found.stdout.str()
    kept = pytester.path / "golden" / "test_it" / "a.json"
    assert not kept.exists() or json.loads(kept.read_text(encoding="utf-8")) == 1


def test_a_broken_file_is_told_and_written_anew(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(test_it='def test_it(golden):\n    golden("a", [1])\n')
    path = pytester.path / "golden" / "test_it" / "a.json"
    path.parent.mkdir(parents=True)
    path.write_text("<<<<<<< HEAD\n", encoding="utf-8")
    broken = run()
    broken.assert_outcomes(failed=1)
    assert "golden/test_it/a.json cannot be read" in broken.stdout.str()
    run("--mlgate-update-golden").assert_outcomes(passed=1)
    assert json.loads(path.read_text(encoding="utf-8")) == [1]


def test_a_text_that_is_no_unicode_is_kept_as_it_is(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(test_it='def test_it(golden):\n    golden("a", ["\\ud800", "\\xfc"])\n')
    run("--mlgate-update-golden").assert_outcomes(passed=1)
    assert [path.name for path in (pytester.path / "golden" / "test_it").iterdir()] == ["a.json"]
    run().assert_outcomes(passed=1)


def test_a_set_that_several_processes_wrote_is_named() -> None:
    first = SimpleNamespace(nodeid="t.py::a", user_properties=[(WRITTEN, "golden/t/x.json")])
    second = SimpleNamespace(nodeid="t.py::b", user_properties=[[WRITTEN, "golden/t/x.json"]])
    assert written_in([first, first, second]) == {"golden/t/x.json": {"t.py::a", "t.py::b"}}
    lines: list[str] = []
    pytest_terminal_summary(
        SimpleNamespace(stats={"passed": [first], "failed": [second]}, section=lines.append, write_line=lines.append)
    )
    assert "by 2 tests, of which the last one counts" in lines[1]


def test_nothing_is_written_in_ci_or_under_the_gate(
    pytester: pytest.Pytester, run: Any, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    pytester.makepyfile(test_it='def test_it(golden):\n    golden("a", 1)\n')
    under_the_gate = run("--mlgate-update-golden", f"--mlgate-results={tmp_path / 'results.jsonl'}")
    monkeypatch.setenv("CI", "true")
    for found, by in ((run("--mlgate-update-golden"), "CI (CI=true)"), (under_the_gate, "mlgate run")):
        assert found.ret == pytest.ExitCode.USAGE_ERROR
        assert f"--mlgate-update-golden is refused in {by}" in found.stderr.str()
    assert not (pytester.path / "golden").exists()
