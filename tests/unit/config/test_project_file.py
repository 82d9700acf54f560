"""`mlgate.yaml`: what it may hold, and what a mistake in it says."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.project import Project
from mlgate.config.project_file import parse_project, project_json_schema
from mlgate.errors import ConfigError
from mlgate.metrics.kernels.catalogue import FAMILY_OF
from mlgate.metrics.specs import METRICS

FULL = """\
version: 1
datasets:
  train: {path: data/train.parquet, schema: schemas/patients.yaml, environment: training, key: patient_id}
  test:  {path: data/test.parquet,  schema: schemas/patients.yaml, environment: training}
configs:
  - {files: "configs/*.yaml", schema: configs/train.schema.json}
evaluations:
  readmission:
    command: [python, -m, clinic.evaluate, --x, --x]
    predictions: outputs/predictions.parquet
    columns: {id: example_id, label: label, prediction: prediction, score: score}
    positive: true
    baseline: mlflow:models:/readmission@champion
    needs: models/readmission.json
    metrics:
      accuracy: {tolerance: 0.005, min: 0.80}
      roc_auc:  {tolerance: 1e-2}
    slices: [sex, age_group]
tiers:
  unit:  {tests: [tests/unit], budget: 2m}
  model: {tests: tests/model, budget: 30m, runner: [self-hosted, gpu], gpu: required, datasets: [test], python: .venv/bin/python}
privacy: {examples: masked}
accepted:
  - {id: data/train/age/between, reason: "known outlier, see ticket 12", until: 2026-12-31}
mode: enforce
"""


def parse(text: str, **settings: object) -> Project:
    return parse_project(text, "mlgate.yaml", root=Path("/project"), **settings)  # type: ignore[arg-type]  # test settings


def test_a_full_file_becomes_frozen_objects() -> None:
    project = parse(FULL)
    evaluation = project.evaluations["readmission"]
    assert evaluation.command == ("python", "-m", "clinic.evaluate", "--x", "--x")
    assert [metric.name for metric in evaluation.metrics] == ["accuracy", "roc_auc"]
    assert evaluation.metrics[1].tolerance == 0.01
    assert evaluation.metrics[0].location.line == 16
    assert evaluation.positive is True
    assert evaluation.needs == ("models/readmission.json",)
    assert project.tiers["model"].budget_s == 1800
    assert project.tiers["model"].tests == ("tests/model",)
    assert project.datasets["train"].key == ("patient_id",)
    assert project.accepted[0].until == dt.date(2026, 12, 31)
    assert project.mode == "enforce"


@pytest.mark.parametrize(
    ("old", "new", "words", "line"),
    [
        ("mode: enforce", "mod: enforce", "unknown key 'mod'", 24),
        ("mode: enforce", "mode: enforced", "'enforced' is not one of", 24),
        ("version: 1", "version: 2", "outside 1 to 1", 1),
        ("version: 1", "version: '1'", "expected a whole number", 1),
        ("path: data/train.parquet", "path: /data/train.parquet", "is not relative", 3),
        ("path: data/train.parquet", "path: ../../x.parquet", "leaves the repository", 3),
        ("path: data/train.parquet", "path: s3://bucket/x", "is a URL", 3),
        ("path: data/train.parquet", 'path: "data\\\\train"', "not a POSIX path", 3),
        ("path: data/train.parquet, ", "", "needs the key 'path'", 3),
        ("tolerance: 0.005", "tolerance: -0.1", "outside 0 or more", 16),
        ("tolerance: 0.005", "tolerance: .nan", "finite", 16),
        ("min: 0.80", "min: 0.8, max: 0.1", "min 0.8 is larger than max 0.1", 16),
        ("roc_auc:  {", "roc_aux: {", "unknown name 'roc_aux'", 17),
        (", score: score", "", "roc_auc needs the column 'score'", 9),
        ("positive: true\n", "inconclusive: warn\n", "roc_auc needs the positive class", 9),
        ("tolerance: 0.005", "tolerance: 2", "tolerance 2 is no accuracy", 15),
        ("min: 0.80", "min: 80", "min 80 is no accuracy", 15),
        ("prediction: prediction", "prediction: label", "is both prediction and label", 10),
        ("budget: 2m", "budget: 2 minutes", "not a duration", 20),
        ("  unit:  {", "  units: {", "unknown name 'units'", 20),
        ("datasets: [test]", "datasets: [tset]", "'tset', which is not declared", 21),
        ("  train: {path", "  drift: {path", "a dataset cannot be called drift: what `drift` finds has ids", 3),
        ("until: 2026-12-31", "until: soon", "not a date", 24),
        ("slices: [sex, age_group]", "slices: [sex, sex]", "stands twice in the list", 18),
        (
            "baseline: mlflow:models:/readmission@champion",
            "baseline: mlflow:readmission",
            "is not an MLflow reference",
            12,
        ),
        ("positive: true", "positive: true\n    stage: evaluate", "exclude each other", 13),
        (
            "accuracy: {tolerance: 0.005,",
            "accuracy: {higher_is_better: true,",
            "the direction of accuracy is known",
            15,
        ),
        ("roc_auc:  {", "ndgc@10:  {", "unknown name 'ndgc@10'", 16),
        (
            "predictions: outputs/predictions.parquet",
            "metrics_file: metrics.json\n    runs: []",
            "expected at least",
            10,
        ),
    ],
)
def test_a_mistake_names_the_fact_and_the_place(old: str, new: str, words: str, line: int) -> None:
    text = FULL.replace(old, new, 1)
    assert text != FULL
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert words in caught.value.message
    assert caught.value.line is not None
    assert abs(caught.value.line - line) <= 1
    assert caught.value.path == "mlgate.yaml"
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (["metrics: {accuracy: {key: test.acc}}", "predictions: p.csv"], "accuracy needs a metrics file"),
        (["metrics: {accuracy: {}}", "metrics_file: m.json", "slices: [a]"], "slices needs rows"),
        (["metrics: {accuracy: {}}", "metrics_file: m.json", "discover: [a]"], "discover needs rows"),
        (["metrics: {accuracy: {}}", "metrics_file: m.json", "golden: {path: g.csv}"], "golden needs rows"),
        (["metrics: {accuracy: {}}", "metrics_file: m.json", "simple_baseline: mean"], "simple_baseline needs rows"),
        (["metrics: {accuracy: {key: a}}", "metrics_file: m.json", "predictions: p.csv", "slices: [a]"], "needs rows"),
        (["metrics: {mae: {}}", "metrics_file: m.json", "predictions: p.csv"], "no metric is read from the metrics fi"),
        (["metrics: {mae: {}}", "predictions: p.csv", "golden: {}"], "golden names no file"),
        (["metrics: {mae: {}}", "predictions: p.csv", "golden: {may_move: 2}"], "golden names no file"),
        (["metrics: {mae: {}}", "predictions: p.csv", "max_gap: 0.1"], "max_gap needs rows of training"),
        (["metrics: {mae: {}}", "predictions: p.csv", "train_predictions: p.csv"], "are one file"),
        (["metrics: {mae: {}}", "predictions: p.csv", "weights: frequency"], "weights needs the column 'weight'"),
        (["metrics: {flips: {column: c, higher_is_better: true}}", "predictions: p.csv"], "is the name of a check"),
    ],
)
def test_what_would_have_no_effect_is_a_mistake(lines: list[str], words: str) -> None:
    columns = "columns: {prediction: p}"
    text = "version: 1\nevaluations:\n  e:\n" + "".join(f"    {line}\n" for line in [columns, *lines])
    with pytest.raises(ConfigError) as caught:
        parse(text)
    assert words in caught.value.message
    assert caught.value.line is not None


def test_an_end_of_an_interval_is_no_label_and_may_be_a_predicted_quantile() -> None:
    text = """\
version: 1
evaluations:
  e:
    predictions: p.csv
    columns: {label: y, prediction: q10, low: q10, high: q90}
    metrics: {interval_coverage: {}, pinball@0.1: {}}
"""
    assert parse(text).evaluations["e"].columns.low == "q10"
    with pytest.raises(ConfigError, match="the column 'y' is both low and label"):
        parse(text.replace("low: q10", "low: y"))


def test_the_nearest_key_is_offered_and_all_mistakes_are_shown_at_once() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("version: 1\ndataset: {}\nprivacy: {examples: all}\ntiers: {unit: {test: [x]}}\n")
    message = str(caught.value)
    assert "did you mean 'datasets'?" in message
    assert "'all' is not one of" in message
    assert "did you mean 'tests'?" in message


@pytest.mark.parametrize("text", ["", "# nothing\n", "[]", "just text"])
def test_an_empty_declaration_is_a_mistake(text: str) -> None:
    with pytest.raises(ConfigError):
        parse(text)


def test_extends_takes_defaults_from_another_file_and_resolves_its_paths_from_its_folder() -> None:
    shared = {
        "gates/base.yaml": "version: 1\nmode: advisory\ndatasets:\n  wards: {path: wards.csv}\ntiers: {unit: {tests: [../tests]}}\n",
    }
    project = parse(
        "version: 1\nextends: gates/base.yaml\ntiers: {unit: {budget: 5s}}\nmode: enforce\n", load=shared.__getitem__
    )
    assert project.mode == "enforce"
    assert project.datasets["wards"].path == "gates/wards.csv"
    assert project.tiers["unit"].tests == ("tests",)
    assert project.tiers["unit"].budget_s == 5


def test_extends_that_never_ends_or_cannot_be_read_is_a_mistake() -> None:
    with pytest.raises(ConfigError, match="deeper than"):
        parse("version: 1\nextends: mlgate.yaml\n", load=lambda _name: "version: 1\nextends: mlgate.yaml\n")

    def absent(_name: str) -> str:
        raise FileNotFoundError(2, "No such file or directory")

    with pytest.raises(ConfigError, match=r"cannot read gates/base\.yaml"):
        parse("version: 1\nextends: gates/base.yaml\n", load=absent)


def test_a_mistake_in_the_extended_file_names_that_file() -> None:
    with pytest.raises(ConfigError) as caught:
        parse("version: 1\nextends: base.yaml\nmode: enforce\n", load=lambda _name: "version: 1\n\n\nmod: advisory\n")
    assert (caught.value.path, caught.value.line) == ("base.yaml", 4)
    with pytest.raises(ConfigError, match="expected a mapping, found nothing"):
        parse("version: 1\nextends: base.yaml\n", load=lambda _name: "# nothing\n")


def test_a_subfolder_may_name_files_beside_it_but_not_outside_the_repository() -> None:
    text = "version: 1\ndatasets: {a: {path: ../shared/a.csv}}\n"
    assert parse(text, folder="services/a").datasets["a"].path == "../shared/a.csv"
    with pytest.raises(ConfigError, match="leaves the repository"):
        parse(text, folder="")


def test_the_metric_names_are_those_that_are_computed() -> None:
    """What has rows has a kernel; what has none comes from a metrics file."""
    computed = {name for name, spec in METRICS.items() if spec.needs != ("scalar",)}
    assert computed == set(FAMILY_OF)


def test_the_published_json_schema_takes_what_the_reader_takes() -> None:
    import jsonschema

    from mlgate.config.document import load_document

    validator = jsonschema.Draft202012Validator(project_json_schema())
    validator.check_schema(validator.schema)
    data = load_document(FULL, "mlgate.yaml").plain_data()
    assert not list(validator.iter_errors(data))
    assert isinstance(data, dict)
    assert list(validator.iter_errors({**data, "mod": "x"}))
    assert list(validator.iter_errors({**data, "mode": "x"}))


_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from([*"ab", "path", "tests", "metrics", "unit"]), inner, max_size=3)
    ),
    max_leaves=8,
)
_keys = ["version", "datasets", "configs", "evaluations", "tiers", "privacy", "accepted", "mode", "extends", "drift"]


@given(st.dictionaries(st.sampled_from(_keys), _values, max_size=5))
def test_whatever_stands_there_is_a_project_or_a_config_error(raw: dict[str, object]) -> None:
    import yaml

    try:
        assert isinstance(parse(yaml.safe_dump(raw), load=lambda _name: "version: 1\n"), Project)
    except ConfigError as mistake:
        assert mistake.exit_code == 2
        assert mistake.message


@pytest.mark.parametrize("size", ["512MiB", "2GiB", "1.5 GB", "64mib", "1tb"])
def test_a_memory_limit_is_a_size_that_the_engine_takes(size: str) -> None:
    from mlgate.sources.memory import memory_limit

    assert parse("version: 1\n").memory_limit is None
    written = parse(f"version: 1\ndata: {{memory_limit: {size}}}\n").memory_limit
    assert written == size
    assert memory_limit(written)
    assert published_mistakes(f"version: 1\ndata: {{memory_limit: {size}}}\n") == []


@pytest.mark.parametrize(
    ("size", "told"),
    [
        ("lots", "expected a size, found lots"),
        ("2", "expected a size, found 2"),
        ("-2GiB", "expected a size, found -2GiB"),
        ("null", "expected a size, found null"),
        ("[1GiB]", "expected a size, found a list"),
        ("63MiB", "63MiB is less than 64 MiB"),
        ("67MB", "67MB is less than 64 MiB"),
        ("0GB", "0GB is less than 64 MiB"),
    ],
)
def test_a_memory_limit_that_is_none_is_a_mistake_with_its_line(size: str, told: str) -> None:
    with pytest.raises(ConfigError, match=told) as raised:
        parse(f"version: 1\ndata:\n  memory_limit: {size}\n")
    assert raised.value.line == 3


def published_mistakes(text: str) -> list[object]:
    """What the published JSON Schema says of the text of a file."""
    import jsonschema

    from mlgate.config.document import load_document

    validator = jsonschema.Draft202012Validator(project_json_schema())
    return list(validator.iter_errors(load_document(text, "mlgate.yaml").plain_data()))
