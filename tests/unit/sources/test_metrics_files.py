"""Files of values without rows."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
from hypothesis import HealthCheck, given, settings

from mlgate.errors import SourceError
from mlgate.sources.metrics_files import MAX_BYTES, load_metrics


def written(folder: Path, text: str | bytes, name: str = "metrics.json") -> Path:
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_nested_numbers_have_dotted_names(tmp_path: Path) -> None:
    text = (
        '{"test": {"accuracy": 0.91, "auc": 1, "by": {"F": 0.5}}, "epoch": 12, "name": "run", "done": true, "h": [1]}'
    )
    assert load_metrics(written(tmp_path, text)) == {
        "test.accuracy": 0.91,
        "test.auc": 1,
        "test.by.F": 0.5,
        "epoch": 12,
    }


def test_yaml_is_read_by_its_core(tmp_path: Path) -> None:
    text = "train:\n  loss: 1e-3\n  rate: .nan\n  day: 2026-01-01\n  on: NO\ntop: 5\n"
    found = load_metrics(written(tmp_path, text, "m.yaml"))
    assert math.isnan(found.pop("train.rate"))
    assert found == {"train.loss": 0.001, "top": 5.0}


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "null", "1e999", "1" + "0" * 400])
def test_what_is_no_finite_number_is_nan(tmp_path: Path, literal: str) -> None:
    assert math.isnan(load_metrics(written(tmp_path, f'{{"a": {literal}, "b": 1}}'))["a"])


@pytest.mark.parametrize("start", ["", "\ufeff", " \n"])
def test_mark_and_space_before_the_text(tmp_path: Path, start: str) -> None:
    assert load_metrics(written(tmp_path, start + '{"a": 1}')) == {"a": 1.0}


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("", "m.json", "is not JSON"),
        ('{"a": 1,}', "m.json", r"is not JSON: .* in line 1, column 9"),
        ("{'a': 1}", "m.json", "is not JSON"),
        ("[1]", "m.json", "no mapping"),
        ("1", "m.json", "no mapping"),
        ('{"a": "0.9"}', "m.json", "holds no number"),
        ('{"a": 1, "a": 2}', "m.json", "'a' stands twice"),
        ('{"a": {"b": 1}, "a.b": 2}', "m.json", r"'a\.b' stands twice"),
        ('{"a": ' * 100_000, "m.json", "nested too deeply|is not JSON"),
        ('{"a": ' + "1" * 5000 + "}", "m.json", "too long"),
        (b'{"a\xff": 1}', "m.json", "is not UTF-8"),
        (" " * (MAX_BYTES + 1), "m.json", "larger than"),
        ("a: 1\na: 2\n", "m.yaml", "stands twice"),
        ("a: [\n", "m.yml", "not valid YAML"),
        ("a: !!python/object:os.system 1\n", "m.yaml", "not allowed"),
        ("", "m.yaml", "no mapping"),
        ("a,b\n1,2\n", "m.csv", "no metrics file"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, text: str | bytes, name: str, reason: str) -> None:
    with pytest.raises(SourceError, match=reason) as refusal:
        load_metrics(written(tmp_path, text, name), shown=f"out/{name}")
    assert f"out/{name}" in refusal.value.message
    assert refusal.value.hint


def test_absent_file_and_folder(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="does not exist"):
        load_metrics(tmp_path / "m.json")
    (tmp_path / "d.json").mkdir()
    with pytest.raises(SourceError, match="cannot be read: Is a directory"):
        load_metrics(tmp_path / "d.json")


NUMBERS = st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(2**53), 2**53)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters="."), max_size=5)
TREES = st.recursive(NUMBERS, lambda tree: st.dictionaries(NAMES, tree, min_size=1, max_size=3), max_leaves=8)


def leaves(tree: dict[str, Any], prefix: str = "") -> dict[str, float]:
    found: dict[str, float] = {}
    for key, value in tree.items():
        found |= leaves(value, f"{prefix}{key}.") if isinstance(value, dict) else {f"{prefix}{key}": float(value)}
    return found


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=50)
@given(tree=st.dictionaries(NAMES, TREES, min_size=1, max_size=3))
def test_every_number_comes_back(tmp_path: Path, tree: dict[str, Any]) -> None:
    assert load_metrics(written(tmp_path, json.dumps(tree))) == leaves(tree)
