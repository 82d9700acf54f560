"""Entries of `drift:` in mlgate.yaml: what is read, and what is a mistake with its place."""

from __future__ import annotations

from pathlib import Path

import jsonschema
import pytest

from mlgate.config.document import load_document
from mlgate.config.drift_rules import STATISTICS, DriftRules, Thresholds
from mlgate.config.project import Project
from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.errors import ConfigError

HEAD = "version: 1\ndatasets:\n  train: {path: a.csv}\n  test: {path: b.csv}\ndrift:\n"


def parsed(text: str) -> Project:
    return parse_project(HEAD + text, "mlgate.yaml", root=Path())


def test_all_keys() -> None:
    text = (
        "  - reference: train\n    current: test\n    columns: [age, ward]\n    label: y\n    alpha: 0.05\n"
        "    thresholds: {share: 0.03, distance: 0.1, auc: 0.6}\n    statistics: {psi: 0.25, wasserstein: 1}\n"
        "    multivariate: true\n    minimum_rows: 500\n"
        "  - {reference: train, current: test, name: by_patient, group: patient_id}\n"
        "  - {reference: profiles/train.yaml, current: test, statistics: [psi, l_infinity]}\n"
    )
    full, grouped, profile = parsed(text).drift
    assert (full.reference, full.current, full.is_profile, full.location.line) == ("train", "test", False, 6)
    assert full.rules == DriftRules(
        columns=("age", "ward"),
        label="y",
        alpha=0.05,
        thresholds=Thresholds(share=0.03, distance=0.1, auc=0.6),
        statistics={"psi": 0.25, "wasserstein": 1},
        multivariate=True,
        minimum_rows=500,
    )
    assert grouped.rules == DriftRules(group="patient_id")
    assert (full.shown, grouped.shown) == ("train..test", "by_patient")
    assert profile.is_profile
    assert profile.rules.statistics == {"psi": STATISTICS["psi"], "l_infinity": STATISTICS["l_infinity"]}
    errors = jsonschema.Draft202012Validator(project_json_schema()).iter_errors(
        load_document(HEAD + text, "m").plain_data()
    )
    assert not list(errors)


@pytest.mark.parametrize(
    ("entry", "words", "line"),
    [
        ("{current: test}", "needs the key 'reference'", 6),
        ("{reference: train}", "needs the key 'current'", 6),
        ("{reference: train, current: train}", "'train' is compared with itself", 6),
        ("{reference: trian, current: test}", "drift names the dataset 'trian', which is not declared", 6),
        ("{reference: train, current: prod}", "drift names the dataset 'prod'", 6),
        ("{reference: train, current: test, colums: [a]}", "unknown key 'colums'", 6),
        ("{reference: train, current: test, columns: []}", "at least 1 item", 6),
        ("{reference: train, current: test, alpha: 0}", "outside", 6),
        ("{reference: train, current: test, alpha: .nan}", "finite", 6),
        ("{reference: train, current: test, thresholds: {share: 2}}", "outside", 6),
        ("{reference: train, current: test, thresholds: {auc: 0.5}}", "outside", 6),
        ("{reference: train, current: test, statistics: [pis]}", "'pis' is not one of", 6),
        ("{reference: train, current: test, statistics: {psi: 0}}", "outside", 6),
        ("{reference: train, current: test, minimum_rows: 5}", "outside 20 or more", 6),
        ("{reference: train, current: test, multivariate: 1}", "true or false", 6),
        ("{reference: ../../p.yaml, current: test}", "leaves the repository", 6),
        ("{reference: p.yaml, current: test, group: id}", "'group' needs the rows of the reference", 6),
        ("{reference: p.yml, current: test, multivariate: true}", "'multivariate' needs the rows", 6),
        ("{reference: train, current: test, group: id, statistics: psi}", "take rows for independent", 6),
        ("{reference: train, current: test, group: id, label: id}", "'id' is the column of groups", 6),
        (
            "{reference: train, current: test}\n  - {reference: train, current: test}",
            "train..test is compared twice",
            7,
        ),
        (
            "{reference: train, current: test, name: a}\n  - {reference: p.yaml, current: test, name: a}",
            "a is compared twice",
            7,
        ),
        ("train..test", "expected a mapping", 6),
    ],
)
def test_mistakes_have_their_line(entry: str, words: str, line: int) -> None:
    with pytest.raises(ConfigError) as caught:
        parsed(f"  - {entry}\n")
    assert words in str(caught.value)
    assert f"mlgate.yaml:{line}" in str(caught.value)
    assert caught.value.exit_code == 2
