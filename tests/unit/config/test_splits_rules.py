"""`splits:` of `mlgate.yaml`: what is read, and mistakes with their line."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from mlgate.config.document import load_document
from mlgate.config.project import Project
from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.config.splits_rules import Limits, Near, limit_names
from mlgate.data.leakage.catalogue import CATALOGUE
from mlgate.errors import ConfigError

HEAD = """\
version: 1
datasets:
  train: {path: data/train.csv}
  test: {path: data/test.csv}
  holdout: {path: data/holdout.csv}
  again: {path: data/train.csv}
splits:
"""
WHOLE = """\
  - datasets: [train, test]
    entity: [patient, visit]
    time: day
    gap: 1d
    label: ill
    ignore: note
    near: {tolerance: 0.02, similarity: 0.8, text: [report]}
    max: {shared_rows: 0.01, target_leakage: 0.9}
    proportions: {train: 0.8, test: 0.2}
"""


def parse(text: str) -> Project:
    return parse_project(HEAD + text, "mlgate.yaml", root=Path("/project"))


def test_every_key_is_read() -> None:
    (entry,) = parse(WHOLE).splits
    assert entry.datasets == ("train", "test")
    assert (entry.entity, entry.time, entry.gap_s, entry.label) == (("patient", "visit"), "day", 86400.0, "ill")
    assert entry.ignore == ("note",)
    assert entry.near == Near(tolerance=0.02, similarity=0.8, text=("report",))
    assert entry.limits == Limits(shared_rows=0.01, target_leakage=0.9)
    assert entry.proportions == {"train": 0.8, "test": 0.2}
    assert (entry.location.path, entry.location.line) == ("mlgate.yaml", 8)
    assert entry.named_columns == ("patient", "visit", "day", "ill")


def test_the_shortest_entry_and_no_near_duplicates() -> None:
    short, off = parse("  - {datasets: [train, test]}\n  - {datasets: [train, holdout], near: false}\n").splits
    assert (short.near, short.limits, short.entity) == (Near(), Limits(), ())
    assert off.near is None


def test_the_published_schema_takes_it() -> None:
    validator = jsonschema.Draft202012Validator(project_json_schema())
    assert not list(validator.iter_errors(load_document(HEAD + WHOLE, "mlgate.yaml").plain_data()))
    wrong = load_document(HEAD + "  - {datasets: [train], max: {shared_row: 1}}\n", "mlgate.yaml").plain_data()
    assert list(validator.iter_errors(wrong))


@pytest.mark.parametrize(
    ("entry", "told", "hint"),
    [
        ("{datasets: [train]}", "expected at least 2 items, found 1", ""),
        ("{entity: [a]}", "an entry of splits needs the key 'datasets'", ""),
        ("{datasets: [train, tset]}", "splits name the dataset 'tset', which is not declared", "did you mean 'test'?"),
        ("{datasets: [train, again]}", "train and again are the same file (data/train.csv)", "name the file"),
        ("{datasets: [train, test], gap: 1d}", "a gap needs the column `time`", "name the column"),
        ("{datasets: [train, test], time: t, gap: soon}", "'soon' is not a duration", "write 90s"),
        ("{datasets: [train, test], max: {shared: 0}}", "unknown key 'shared' in max", "did you mean 'shared_rows'?"),
        ("{datasets: [train, test], max: {row_order: 2}}", "2 is outside 0 to 1", ""),
        ("{datasets: [train, test], near: {tolerance: 0}}", "0 is outside above 0 to 1", ""),
        ("{datasets: [train, test], proportions: {train: 0.8, test: 0.3}}", "the shares add up to 1.1", "add up to 1"),
        ("{datasets: [train, test], proportions: {train: 0.8, x: 0.2}}", "proportions name 'x'", "known: train, test"),
        ("{datasets: [train, test], label: y, ignore: [y]}", "'y' is declared, and ignored", "take it out"),
        ("{datasets: [train, test], label: y, entity: [y]}", "'y' is the label, and the entity or time", "another"),
        ("{datasets: [train, test], near: {text: [a]}, ignore: [a]}", "'a' is compared as text, and ignored", "take"),
        ("{datasets: [train, test], lable: y}", "unknown key 'lable'", "did you mean 'label'?"),
    ],
)
def test_mistakes_have_their_line(entry: str, told: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        parse(f"  - {entry}\n")
    assert told in caught.value.reason
    assert hint in f"{caught.value.reason} {caught.value.hint}"
    assert (caught.value.path, caught.value.line) == ("mlgate.yaml", 8)


def test_two_entries_of_one_pair_need_names() -> None:
    with pytest.raises(ConfigError, match="train-test is compared twice"):
        parse("  - {datasets: [train, test]}\n  - {datasets: [train, test, holdout], entity: [a]}\n")
    first, second = parse(
        "  - {datasets: [train, test]}\n  - {datasets: [train, test, holdout], entity: [a], name: house}\n"
    ).splits
    assert (first.name, second.name) == ("", "house")


def test_limits_are_of_checks() -> None:
    assert set(limit_names()) <= {name for name, _, _ in CATALOGUE}
