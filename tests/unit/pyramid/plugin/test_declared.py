"""What mlgate.yaml declares, as tests of pytest: which there are, what they say, and that nothing is lost."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.api_declared import DeclaredChecks, read_declared
from mlgate_pytest import declared
from mlgate_pytest.declared import CheckFailedError, claimed, in_place_of

pytest_plugins = ["pytester"]

SCHEMA = """\
version: 1
columns:
  id: {type: integer, unique: true}
  age: {type: integer, between: [0, 120], checks: [{between: [0, 60], severity: warn, name: young}]}
"""
PROJECT = """\
version: 1
datasets:
  train: {path: data/train.csv, schema: schema.yaml}
  plain: {path: data/plain.csv}
splits:
  - {datasets: [train, plain], entity: id}
evaluations:
  e:
    predictions: out/candidate.csv
    columns: {prediction: prediction}
    baseline: file:base/predictions.csv
    metrics: {accuracy: {tolerance: 0.01, min: 0.5}}
    resamples: 200
"""


def rows(start: int, ages: str) -> str:
    return "id,age\n" + "".join(f"{start + number},{age}\n" for number, age in enumerate(ages.split()))


def predictions(wrong: int) -> str:
    lines = (f"{n},{n % 2},{1 - n % 2 if n < wrong else n % 2}\n" for n in range(200))
    return "id,label,prediction\n" + "".join(lines)


def write(folder: Path, files: dict[str, str]) -> None:
    for name, text in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")


FILES = {
    "mlgate.yaml": PROJECT,
    "schema.yaml": SCHEMA,
    "data/train.csv": rows(0, "20 30 40 50"),
    "data/plain.csv": rows(10, "21 31 41"),
    "base/predictions.csv": predictions(10),
    "out/candidate.csv": predictions(10),
    "tests/test_it.py": "def test_it(): pass\n",
}


@pytest.fixture(scope="module", autouse=True)
def _imported(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Judge once: pytester forgets what a run within this process imports, and numpy is not imported twice."""
    folder = tmp_path_factory.mktemp("first")
    write(folder, FILES)
    checks = read_declared(folder / "mlgate.yaml")
    for job in dict.fromkeys(check.job for check in checks.checks()):
        assert checks.judge(job, ["model/e"])


@pytest.fixture
def project(pytester: pytest.Pytester) -> Path:
    write(pytester.path, FILES)
    return pytester.path


def results(run: pytest.RunResult) -> dict[str, str]:
    """Word of each test of a verbose run."""
    words = ("PASSED", "FAILED", "ERROR", "SKIPPED", "XFAIL")
    lines = (line.split() for line in run.stdout.lines if line.startswith("mlgate.yaml::"))
    return {parts[0].removeprefix("mlgate.yaml::"): parts[1] for parts in lines if parts[1:] and parts[1] in words}


ALL = [
    "data/train::row_count",
    "data/train::extra_columns",
    "data/train::id/column_exists",
    "data/train::id/type",
    "data/train::id/unique",
    "data/train::age/column_exists",
    "data/train::age/type",
    "data/train::age/between",
    "data/train::age/young",
    "data/train::everything-else",
    "data/plain::everything",
    "data/splits/train-plain::everything",
    "model/e::accuracy",
    "model/e::everything-else",
]


def test_every_declared_check_is_a_test(project: Path, run: Any) -> None:
    found = run("-v", "mlgate.yaml")
    assert results(found) == dict.fromkeys(ALL, "PASSED")
    listed = run("--collect-only", "-q", "mlgate.yaml")
    assert [line.removeprefix("mlgate.yaml::") for line in listed.stdout.lines if "::" in line] == ALL


def test_what_is_collected_is_what_was_named(project: Path, run: Any) -> None:
    run("tests").assert_outcomes(passed=1)
    run().assert_outcomes(passed=len(ALL) + 1)  # the folder itself holds the file
    run(f"--mlgate-results={project / 'r.jsonl'}").assert_outcomes(passed=1)  # the gate judges it itself
    assert set(results(run("-v", "mlgate.yaml::data/train"))) == set(ALL[:10])
    assert set(results(run("-v", "mlgate.yaml::data/train::age/young"))) == {"data/train::age/young"}
    assert set(results(run("-v", "-k", "age and not type", "mlgate.yaml"))) == set(ALL[5:6] + ALL[7:9])
    assert set(results(run("-v", "--mlgate-tier=model"))) == set(ALL[12:])


def test_a_failure_is_told_as_the_report_tells_it(project: Path, run: Any) -> None:
    write(project, {"data/train.csv": rows(0, "20 70 131 50")})
    found = run("-v", "mlgate.yaml")
    assert {node: word for node, word in results(found).items() if word != "PASSED"} == {
        "data/train::age/between": "FAILED"
    }
    found.assert_outcomes(failed=1, passed=len(ALL) - 1, warnings=1)
    text = found.stdout.str()
    assert "train.age between: 1 of 4 values is outside 0 to 120 (largest 131)\n" in text
    assert "  next: correct the rows, or the schema if the values are right\n  at: schema.yaml:4\n" in text
    assert "mlgate.yaml:3: DeclaredCheckWarning: train.age between: 2 of 4 values are outside 0 to 60" in text
    assert "Traceback" not in text
    assert "declared.py" not in text
    strict = run("-v", "--mlgate-strict", "mlgate.yaml")
    assert [node for node, word in results(strict).items() if word == "FAILED"] == [
        "data/train::age/between",
        "data/train::age/young",
    ]
    first = run("-x", "-q", "mlgate.yaml")
    first.assert_outcomes(passed=7, failed=1)
    errors = run("-q", "-W", "error::mlgate_pytest.declared.DeclaredCheckWarning", "mlgate.yaml")
    errors.assert_outcomes(passed=len(ALL) - 2, failed=2)
    assert "declared.py" not in errors.stdout.str()


def test_what_cannot_be_checked_is_an_error_of_every_check_of_it(project: Path, run: Any) -> None:
    (project / "data/train.csv").unlink()
    found = run("-v", "mlgate.yaml")
    words = results(found)
    assert {words[node] for node in ALL[:10]} == {"ERROR"}
    assert words["data/splits/train-plain::everything"] == "ERROR"
    assert {words[node] for node in ("data/plain::everything", *ALL[12:])} == {"PASSED"}
    assert "could not be checked: data/train.csv does not exist" in found.stdout.str()
    assert "ERROR at setup" in found.stdout.str()


def test_a_metric_that_was_not_compared_is_an_error_although_its_bounds_hold(project: Path, run: Any) -> None:
    (project / "base/predictions.csv").unlink()
    found = run("-v", "mlgate.yaml::model/e::accuracy")
    assert results(found) == {"model/e::accuracy": "ERROR"}
    assert "During handling" not in found.stdout.str()
    write(project, {"mlgate.yaml": PROJECT.replace("file:base/predictions.csv", "none")})
    assert results(run("-v", "mlgate.yaml::model/e::accuracy")) == {"model/e::accuracy": "PASSED"}


def test_what_no_check_was_known_for_fails_too(project: Path, run: Any) -> None:
    write(project, {"data/train.csv": rows(0, "20 30") + "4,50,3,3\n"})
    words = results(run("-v", "mlgate.yaml"))
    assert words["data/train::everything-else"] == "FAILED"
    write(project, {"out/candidate.csv": predictions(60)})
    found = run("-v", "mlgate.yaml::model/e")
    assert results(found)["model/e::accuracy"] == "FAILED"
    assert "accuracy down 25.0 points" in found.stdout.str() or "accuracy" in found.stdout.str()


def test_accepted_and_advisory_are_kept(project: Path, run: Any) -> None:
    write(project, {"data/train.csv": rows(0, "20 30 131 50")})
    accepted = "accepted: [{id: data/train/age/between, reason: known, until: 2999-01-01}]\n"
    write(project, {"mlgate.yaml": PROJECT + accepted})
    found = run("-v", "-k", "between", "mlgate.yaml")
    found.assert_outcomes(passed=1, deselected=len(ALL) - 1, warnings=1)
    assert "accepted until 2999-01-01 (known)" in found.stdout.str()
    write(project, {"mlgate.yaml": PROJECT + "mode: advisory\n"})
    (project / "data/plain.csv").unlink()
    words = results(run("-v", "mlgate.yaml"))
    assert words["data/train::age/between"] == "XFAIL"
    assert words["data/plain::everything"] == "XFAIL"


def test_a_mistake_is_an_error_of_collection_with_its_place(project: Path, run: Any) -> None:
    write(project, {"mlgate.yaml": "version: 1\ndatasets:\n  train: {paht: data/train.csv}\n"})
    found = run("mlgate.yaml")
    found.assert_outcomes(errors=1)
    assert "mlgate.yaml:3:11: unknown key 'paht' in a dataset" in found.stdout.str()
    assert "did you mean 'path'?" in found.stdout.str()
    assert "Traceback" not in found.stdout.str()
    write(project, {"mlgate.yaml": PROJECT, "schema.yaml": "version: 1\ncolumns:\n  age: {type: whole}\n"})
    assert "schema.yaml:3:15: " in run("mlgate.yaml").stdout.str()


def test_without_mlgate_the_file_is_an_error_that_says_what_to_do(
    project: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(declared, "_api", lambda: None)
    found = run("mlgate.yaml")
    found.assert_outcomes(errors=1)
    assert "mlgate.yaml cannot be read here\n" in found.stdout.str()
    assert "hint: run the tests with `mlgate run`, or install mlgate beside pytest" in found.stdout.str()


def test_a_tier_that_needs_a_gpu_is_skipped_where_there_is_none(
    project: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    write(project, {"mlgate.yaml": PROJECT + "tiers:\n  model: {gpu: required}\n"})
    assert {results(run("-v", "mlgate.yaml::model/e"))[node] for node in ALL[12:]} == {"SKIPPED"}
    monkeypatch.setenv("CI", "1")
    assert {results(run("-v", "mlgate.yaml::model/e"))[node] for node in ALL[12:]} == {"ERROR"}


def test_a_defect_is_told_by_every_test_of_the_job_and_not_tried_again(
    project: Path, run: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def broken(_: Any, job: str, groups: Any) -> Any:
        tried.append((job, groups))
        raise ZeroDivisionError("no")

    monkeypatch.setattr(DeclaredChecks, "judge", broken)
    found = run("mlgate.yaml::data/train", "mlgate.yaml::model/e::accuracy")
    found.assert_outcomes(errors=11)
    assert "could not be checked: unexpected ZeroDivisionError: no\n" in found.stdout.str()
    assert tried == [("data/train", ["data/train"]), ("model", ["model/e"])]


# --- which outcome belongs to which check --------------------------------------------------------------------------

CLAIMS = st.lists(st.sampled_from(["a", "b"]), min_size=1, max_size=3).map("/".join)


def check(claim: str, *, rest: bool = False) -> Any:
    return SimpleNamespace(claim=claim, rest=rest)


def outcome(name: str, status: str = "pass") -> dict[str, str]:
    return {"id": name, "status": status, "message": f"{name} is {status}", "text": name}


@given(st.lists(CLAIMS, unique=True, max_size=5), st.lists(CLAIMS, max_size=6))
def test_every_outcome_belongs_to_a_check(claims: list[str], ids: list[str]) -> None:
    checks = [*(check(claim) for claim in claims), check("group", rest=True)]
    outcomes = [outcome(name) for name in ids]
    owned = {id(found) for one in checks for found in claimed(one, checks, outcomes)}
    assert owned == {id(found) for found in outcomes}
    for one in checks[:-1]:
        assert all(f"{found['id']}/".startswith(f"{one.claim}/") for found in claimed(one, checks, outcomes))


def test_the_longest_claim_has_an_outcome_and_each_rest_what_nobody_claims() -> None:
    metric, rest, other = check("model/e/auc"), check("model/e", rest=True), check("model/f", rest=True)
    outcomes = [outcome("model/e/auc/sex=F"), outcome("model/e/aucpr"), outcome("model/history")]
    ids = [[found["id"] for found in claimed(one, [metric, rest, other], outcomes)] for one in (metric, rest, other)]
    assert ids == [["model/e/auc/sex=F"], ["model/e/aucpr", "model/history"], ["model/history"]]


def test_only_the_rest_may_have_found_nothing() -> None:
    one, rest = check("data/t/age/between"), check("data/t", rest=True)
    with pytest.raises(CheckFailedError, match="could not be checked: data/t/readable is error"):
        in_place_of(one, [outcome("data/t/readable", "error")])
    with pytest.raises(CheckFailedError, match="nothing was reported of it"):
        in_place_of(one, [outcome("data/t/row_count")])
    with pytest.raises(CheckFailedError, match="nothing was reported of it"):
        in_place_of(rest, [])
    assert in_place_of(rest, [outcome("data/t/row_count")]) == []
    assert in_place_of(one, [outcome("data/gpu", "skip")]) == [outcome("data/gpu", "skip")]
