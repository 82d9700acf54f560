"""Entries of `skew:` and `refreshed:` in mlgate.yaml: what is read, and what is a mistake with its place."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from mlgate.config.document import load_document
from mlgate.config.project import Project
from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.config.skew_rules import SkewRules, Tolerance
from mlgate.errors import ConfigError
from mlgate.outcome import Status

HEAD = "version: 1\ndatasets:\n  train: {path: a.csv}\n  logs: {path: b.csv}\n  same: {path: a.csv}\nskew:\n"


def parsed(text: str) -> Project:
    return parse_project(text, "mlgate.yaml", root=Path())


def test_all_keys() -> None:
    text = HEAD + (
        "  - training: train\n    serving: logs\n    key: [site, request]\n    columns: [x, amount, at]\n    ignore: y\n"
        "    tolerance: {absolute: 0.5, relative: 1e-3, columns: {amount: 0.01, x: {relative: 0}, at: {duration: 2s}}}\n"
        "    mostly: 0.99\n    joined: 0.9\n    distribution: false\n"
        "  - {training: logs, serving: train}\n"
        "  - {training: train, serving: same2, key: id, tolerance: 0.1}\n"
    ).replace("same2", "logs2")
    text = text.replace("same: {path: a.csv}", "logs2: {path: c.csv}")
    full, plain, one = parsed(text).skew
    assert (full.training, full.serving, full.location.line) == ("train", "logs", 7)
    assert full.rules == SkewRules(
        key=("site", "request"),
        columns=("x", "amount", "at"),
        ignore=("y",),
        tolerance=Tolerance(absolute=0.5, relative=0.001),
        tolerances={"amount": Tolerance(absolute=0.01), "x": Tolerance(relative=0), "at": Tolerance(seconds=2)},
        mostly=0.99,
        joined=0.9,
        distribution=False,
    )
    assert plain.rules == SkewRules()
    assert one.rules == SkewRules(key=("id",), tolerance=Tolerance(absolute=0.1))
    found = jsonschema.Draft202012Validator(project_json_schema()).iter_errors(load_document(text, "m").plain_data())
    assert not list(found)


@pytest.mark.parametrize(
    ("entry", "words"),
    [
        ("{training: train}", "an entry of skew needs the key 'serving'"),
        ("{training: train, serving: log}", "skew names the dataset 'log', which is not declared"),
        ("{training: train, serving: train}", "'train' is compared with itself"),
        ("{training: train, serving: same}", "train and same are the same file (a.csv)"),
        ("{training: train, serving: logs, keys: id}", "unknown key 'keys'"),
        ("{training: train, serving: logs, key: []}", "expected at least 1 items"),
        ("{training: train, serving: logs, key: id, tolerance: {}, mostly: 2}", "2 is outside"),
        ("{training: train, serving: logs, key: id, tolerance: -1}", "-1 is outside"),
        ("{training: train, serving: logs, key: id, tolerance: {columns: {x: {}}}}", "a tolerance says how much"),
        (
            "{training: train, serving: logs, key: id, tolerance: {columns: {x: {duration: 1s, absolute: 1}}}}",
            "a column holds numbers or times",
        ),
        ("{training: train, serving: logs, key: id, tolerance: {duration: 1s}}", "unknown key 'duration'"),
        ("{training: train, serving: logs, tolerance: 0.1}", "rows are compared by a key, and none is named"),
        ("{training: train, serving: logs, distribution: false}", "no value is compared: no key is named"),
        ("{training: train, serving: logs, key: id, ignore: id}", "'id' is ignored and named"),
        ("{training: train, serving: logs, key: id, columns: [id]}", "'id' is a part of the key and no feature"),
        (
            "{training: train, serving: logs, key: id, columns: x, tolerance: {columns: {y: 1}}}",
            "'y' has a tolerance and is not compared",
        ),
        ("train", "expected a mapping"),
    ],
)
def test_a_mistake_has_its_line(entry: str, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parsed(f"{HEAD}  - {entry}\n")
    assert words in str(raised.value)
    assert raised.value.line == 7


def test_an_entry_twice() -> None:
    with pytest.raises(ConfigError, match="train and logs are compared twice"):
        parsed(HEAD + "  - {training: train, serving: logs}\n  - {training: train, serving: logs, key: id}\n")


def test_refreshed() -> None:
    text = (
        "version: 1\ndatasets:\n  test: {path: a.csv, refreshed: {max_age: 180d, severity: fail}}\n  b: {path: b.csv}\n"
    )
    datasets = parsed(text).datasets
    rule = datasets["test"].refreshed
    assert rule is not None
    assert (rule.max_age.seconds, rule.max_age.written, rule.severity, rule.location.line) == (
        180 * 86400, "180d", Status.FAIL, 3,
    )  # fmt: skip
    assert datasets["b"].refreshed is None


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("{}", "refreshed needs the key 'max_age'"),
        ("180d", "expected a mapping"),
        ("{max_age: 6 months}", "'6 months' is not a duration"),
        ("{max_age: 1d, severity: error}", "'error' is not one of fail, warn"),
    ],
)
def test_a_mistake_in_refreshed(value: str, words: str) -> None:
    with pytest.raises(ConfigError) as raised:
        parsed(f"version: 1\ndatasets:\n  test: {{path: a.csv, refreshed: {value}}}\n")
    assert words in str(raised.value)
    assert raised.value.line == 3
