"""`mlgate data drift`, `mlgate data profile` and `drift:` of mlgate.yaml: options, exit codes, bad input."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest

HEAD = "id,age,ward,score,seen,y\n"


def rows(seed: int, n: int = 600, *, shift: float = 0.0, rare: float = 0.05) -> str:
    draw = random.Random(seed)
    return HEAD + "".join(
        f"{seed * 100_000 + place},{draw.randint(18, 90)},{'C' if draw.random() < rare else draw.choice('AB')},"
        f"{draw.gauss(shift, 1):.4f},2024-0{draw.randint(1, 9)}-01,{int(draw.random() < 0.3)}\n"
        for place in range(n)
    )


@pytest.fixture
def tables(place: Any) -> Any:
    place.write("train.csv", rows(1))
    place.write("same.csv", rows(2))
    place.write("new.csv", rows(3, shift=0.8, rare=0.2))
    return place


def outcomes(ran: Any) -> dict[str, dict[str, Any]]:
    return {item["id"].split("/", 3)[3]: item for item in json.loads(ran.out)["outcomes"]}


def test_unchanged_data_passes(tables: Any) -> None:
    ran = tables.mlgate("data", "drift", "train.csv", "same.csv", "--format", "json")
    assert ran.code == 0
    assert {name: item["status"] for name, item in outcomes(ran).items()} == {
        "drift_rows": "pass", "id/drift": "skip", "age/drift": "pass", "ward/drift": "pass", "score/drift": "pass",
        "seen/drift": "skip", "y/drift": "pass",
    }  # fmt: skip


def test_drift_is_a_failure_in_every_format(tables: Any) -> None:
    ran = tables.mlgate("data", "drift", "train.csv", "new.csv", "--format", "json")
    assert ran.code == 1
    found = outcomes(ran)
    assert [name for name, item in found.items() if item["status"] == "fail"] == ["ward/drift", "score/drift"]
    assert found["ward/drift"]["id"] == "data/drift/train.csv..new.csv/ward/drift"
    assert found["ward/drift"]["message"].startswith("drifted: 'C' rose from ")
    assert found["ward/drift"]["location"] == {"path": "new.csv", "line": None}
    assert found["score/drift"]["message"].startswith("drifted: values above ")
    for fmt in ("text", "markdown", "junit", "sarif", "github"):
        shown = tables.mlgate("data", "drift", "train.csv", "new.csv", "--format", fmt)
        assert shown.code == 1
        assert "rose from" in shown.out


@pytest.mark.parametrize(
    ("content", "fact"),
    [
        (rows(1) + "1,2,3,4,5,6,7,8\n9\n", "2 rows cannot be parsed, and a profile would not show it"),
        (HEAD, "has no rows to compare with"),
        ("", "is empty"),
        (None, "does not exist"),
    ],
)
def test_no_profile_is_written_of_what_could_not_be_read_whole(tables: Any, content: str | None, fact: str) -> None:
    if content is not None:
        tables.write("bad.csv", content)
    ran = tables.mlgate("data", "profile", "bad.csv", "-o", "p.yaml")
    assert ran.code == 3
    assert fact in ran.err
    assert not (tables.root / "p.yaml").exists()


def test_a_profile_stands_for_its_data(tables: Any) -> None:
    assert tables.mlgate("data", "profile", "train.csv", "-o", "profiles/train.yaml").code == 0
    for newer in ("same.csv", "new.csv"):
        raw = outcomes(tables.mlgate("data", "drift", "train.csv", newer, "--format", "json"))
        by_profile = outcomes(tables.mlgate("data", "drift", "profiles/train.yaml", newer, "--format", "json"))
        assert {name: (item["status"], item["message"]) for name, item in by_profile.items()} == {
            name: (item["status"], item["message"].replace("train.csv", "profiles/train.yaml"))
            for name, item in raw.items()
        }
    printed = tables.mlgate("data", "profile", "train.csv")
    assert printed.out == (tables.root / "profiles/train.yaml").read_text(encoding="utf-8")
    assert tables.mlgate("data", "profile", "same.csv", "-o", "profiles/train.yaml").code == 0  # it is made anew


def test_options(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drift = ("data", "drift", "train.csv", "new.csv")
    assert tables.mlgate(*drift, "--columns", "age", "--columns", "y").code == 0
    named = outcomes(tables.mlgate(*drift, "--columns", "seen", "--columns", "id", "--format", "json"))
    assert set(named) == {"drift_rows", "seen/drift", "id/drift"}
    assert named["id/drift"]["status"] == "fail"
    labelled = outcomes(tables.mlgate(*drift, "--label", "y", "--format", "json"))
    assert labelled["y/label_drift"]["status"] == "pass"
    large = ("--threshold", "share:0.5", "--threshold", "distance:0.9")
    assert tables.mlgate(*drift, *large).code == 0
    assert tables.mlgate(*drift, "--minimum-rows", "1000").code == 0
    assert "cannot say" in tables.mlgate(*drift, "--minimum-rows", "1000").out
    assert tables.mlgate(*drift, "--minimum-rows", "1000", "--strict").code == 1
    statistics = outcomes(
        tables.mlgate(*drift, "--statistic", "psi", "--statistic", "wasserstein:5", "--format", "json")
    )
    assert statistics["score/psi"]["status"] == "fail"
    assert statistics["score/wasserstein"]["status"] == "pass"
    assert statistics["ward/wasserstein"]["status"] == "skip"
    assert "'C'" not in tables.mlgate(*drift, "--privacy", "none").out
    monkeypatch.setenv("MLGATE_COLUMNS", "age")
    monkeypatch.setenv("MLGATE_ALPHA", "0.2")
    found = outcomes(tables.mlgate(*drift, "--format", "json"))
    assert set(found) == {"drift_rows", "age/drift"}
    assert found["age/drift"]["evidence"]["alpha"] == 0.2


def test_groups_and_a_classifier(tables: Any) -> None:
    for name, seed in (("g1.csv", 4), ("g2.csv", 5)):
        head, *lines = rows(seed, 1600).splitlines()
        grouped = "\n".join([f"patient,{head}", *(f"{seed}-{place // 4},{line}" for place, line in enumerate(lines))])
        tables.write(name, grouped.replace(",A,", ",B,") if seed == 5 else grouped)
    drift = ("data", "drift", "g1.csv", "g2.csv", "--group", "patient", "--multivariate", "--format", "json")
    ran = tables.mlgate(*drift)
    found = outcomes(ran)
    assert found["ward/drift"]["evidence"]["groups"] == [400, 400]
    assert found["ward/drift"]["status"] == "fail"
    assert found["age/drift"]["status"] == "pass"
    assert found["multivariate_drift"]["status"] == "fail"
    assert found["multivariate_drift"]["evidence"]["by"] == ["ward"]
    assert "patient/drift" not in found
    assert outcomes(tables.mlgate(*drift))["ward/drift"]["evidence"] == found["ward/drift"]["evidence"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--alpha", "0"], "--alpha"),
        (["--threshold", "size:1"], "'size' is not one of share, distance, auc"),
        (["--threshold", "share:much"], "'much' is no number"),
        (["--threshold", "share:nan"], "is not above 0"),
        (["--statistic", "pis"], "'pis' is not one of psi"),
        (["--statistic", "psi", "--group", "id"], "take rows for independent"),
        (["--group", "id", "--columns", "id"], "'id' is the column of groups"),
        (["--minimum-rows", "3"], "--minimum-rows"),
        (["--memory-limit", "much"], "much"),
        (["--schema", "nix.yaml"], "nix.yaml"),
        (["--privacy", "some"], "some"),
    ],
)
def test_wrong_usage(tables: Any, arguments: list[str], words: str) -> None:
    ran = tables.mlgate("data", "drift", "train.csv", "new.csv", *arguments)
    assert ran.code == 2
    assert words in ran.err


def test_profiles_that_cannot_judge_are_wrong_usage(tables: Any) -> None:
    tables.mlgate("data", "profile", "train.csv", "-o", "p.yaml")
    for asked in (["--group", "id"], ["--multivariate"]):
        ran = tables.mlgate("data", "drift", "p.yaml", "new.csv", *asked)
        assert ran.code == 2
        assert "needs the rows of the reference, p.yaml is a profile" in ran.err
    tables.write("broken.yaml", (tables.root / "p.yaml").read_text(encoding="utf-8").replace("rows: 600", "rows: 601"))
    ran = tables.mlgate("data", "drift", "broken.yaml", "new.csv")
    assert ran.code == 2
    assert "cells add up to 600 rows, 601 have a value" in ran.err
    assert tables.mlgate("data", "drift", "nix.yaml", "new.csv").code == 2
    assert tables.mlgate("data", "profile", "train.csv", "-o", "p.txt").code == 2
    assert tables.mlgate("data", "profile", "nix.csv").code == 3


def test_the_same_file_is_told_and_no_pass(tables: Any) -> None:
    (tables.root / "link.csv").symlink_to("train.csv")
    (tables.root / "hard.csv").hardlink_to(tables.root / "train.csv")
    for newer in ("train.csv", "./train.csv", "link.csv", "hard.csv"):
        ran = tables.mlgate("data", "drift", "train.csv", newer)
        assert ran.code == 3
        assert "are the same data: nothing drifts from itself" in ran.out
    shared = tables.mlgate("data", "drift", "train.csv", "[st]*.csv", "--format", "json")
    assert shared.code == 3
    assert list(outcomes(shared)) == ["same_files"]
    assert outcomes(shared)["same_files"]["status"] == "error"
    assert outcomes(shared)["same_files"]["message"] == (
        "1 of 2 files of [st]*.csv is in train.csv, too: what both share hides drift"
    )


def test_what_is_named_and_not_there_is_an_error(tables: Any) -> None:
    for asked in (["--label", "yy"], ["--columns", "yy"], ["--columns", "age", "--label", "yy"]):
        ran = tables.mlgate("data", "drift", "train.csv", "same.csv", *asked, "--format", "json")
        assert ran.code == 3
        assert outcomes(ran)["yy/drift_columns"]["status"] == "error"
    head, *lines = rows(6).splitlines()
    tables.write(
        "more.csv", "\n".join([f"{head},extra", *(f"{line},{place}" for place, line in enumerate(lines))]) + "\n"
    )
    tables.mlgate("data", "profile", "train.csv", "-o", "p.yaml")
    for reference in ("train.csv", "p.yaml"):
        for option in ("--columns", "--label"):
            assert tables.mlgate("data", "drift", reference, "more.csv", option, "extra").code == 3
        assert tables.mlgate("data", "drift", reference, "more.csv").code == 0
    ran = tables.mlgate("data", "profile", "train.csv", "--columns", "yy")
    assert ran.code == 3
    assert "train.csv has no column 'yy'" in ran.err


def test_a_label_of_mlgate_yaml_that_is_not_there_is_an_error(tables: Any) -> None:
    head = "version: 1\ndatasets: {train: {path: train.csv}, same: {path: same.csv}}\n"
    tables.write("mlgate.yaml", f"{head}drift: [{{reference: train, current: same, label: yy}}]\n")
    assert tables.mlgate("run", "--output", "out").code == 3
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    states = {item["id"]: item["status"] for item in report["outcomes"]}
    assert states["data/drift/train..same/yy/drift_columns"] == "error"


def test_a_variable_that_makes_the_check_blunt_is_told(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MLGATE_THRESHOLD", "share:0.5 distance:0.9")
    ran = tables.mlgate("data", "drift", "train.csv", "new.csv", "--format", "json")
    assert ran.code == 0
    assert outcomes(ran)["drift_rows"]["message"].endswith("; judged with share 0.5, distance 0.9")


def test_what_cannot_be_read_is_an_error(tables: Any) -> None:
    assert tables.mlgate("data", "drift", "nix.csv", "new.csv").code == 3
    assert tables.mlgate("data", "drift", "train.csv", "nix.csv").code == 3
    tables.write("broken.csv", rows(5) + "1,2\n")
    ran = tables.mlgate("data", "drift", "train.csv", "broken.csv", "--format", "json")
    assert ran.code == 3
    assert outcomes(ran)["drift_rows"]["message"].startswith("1 row of broken.csv cannot be parsed")
    tables.write("empty.csv", HEAD)
    assert tables.mlgate("data", "drift", "train.csv", "empty.csv").code == 3


def test_other_formats_and_types(tables: Any) -> None:
    import pyarrow as pa
    import pyarrow.csv
    import pyarrow.parquet as pq

    table = pyarrow.csv.read_csv(tables.root / "same.csv")
    pq.write_table(table, tables.root / "same.parquet")
    assert tables.mlgate("data", "drift", "train.csv", "same.parquet").code == 0
    text = table.set_column(1, "age", pa.array([str(value) for value in table["age"].to_pylist()]))
    pq.write_table(text, tables.root / "text.parquet")
    ran = tables.mlgate("data", "drift", "same.parquet", "text.parquet", "--format", "json")
    assert ran.code == 1
    assert (
        outcomes(ran)["age/drift_columns"]["message"] == "stored as VARCHAR in text.parquet, as BIGINT in same.parquet"
    )
    lines = [json.dumps(row, default=str) for row in table.to_pylist()]
    tables.write("same.jsonl", "\n".join(lines) + "\n")
    assert tables.mlgate("data", "drift", "train.csv", "same.jsonl").code == 0


PROJECT = """\
version: 1
datasets:
  train: {path: train.csv, schema: s.yaml}
  new: {path: new.csv, schema: s.yaml}
  same: {path: same.csv}
drift:
  - {reference: train, current: new}
  - {reference: profiles/train.yaml, current: same, columns: [age, score]}
"""
SCHEMA = (
    "version: 1\ncolumns:\n  y: {type: integer, label: true}\n  id: {type: string}\ntable: {extra_columns: ignore}\n"
)


def test_a_run_judges_what_is_declared(tables: Any) -> None:
    tables.write("s.yaml", SCHEMA)
    tables.mlgate("data", "profile", "train.csv", "-o", "profiles/train.yaml")
    tables.write("mlgate.yaml", PROJECT)
    ran = tables.mlgate("run", "--output", "out")
    assert ran.code == 1
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    found = {item["id"]: item for item in report["outcomes"] if item["id"].startswith("data/drift/")}
    assert found["data/drift/train..new/ward/drift"]["status"] == "fail"
    assert found["data/drift/train..new/ward/drift"]["location"] == {"path": "mlgate.yaml", "line": 7}
    assert found["data/drift/train..new/y/label_drift"]["status"] == "pass"
    assert found["data/drift/profiles%2Ftrain.yaml..same/age/drift"]["status"] == "pass"
    assert found["data/drift/profiles%2Ftrain.yaml..same/score/drift"]["status"] == "pass"
    (tables.root / "new.csv").unlink()
    again = tables.mlgate("run", "--output", "out")
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    states = {item["id"]: item["status"] for item in report["outcomes"]}
    assert again.code == 3
    assert states["data/drift/train..new/readable"] == "error"


def test_two_entries_of_one_pair_are_told_apart(tables: Any) -> None:
    head = "version: 1\ndatasets: {train: {path: train.csv}, new: {path: new.csv}}\ndrift:\n"
    twice = "  - {reference: train, current: new}\n  - {reference: train, current: new, columns: [age]}\n"
    tables.write("mlgate.yaml", head + twice)
    ran = tables.mlgate("run", "--output", "out")
    assert ran.code == 2
    assert "mlgate.yaml:5" in ran.err
    assert "train..new is compared twice" in ran.err
    assert "give one of the entries a `name`" in ran.err
    tables.write("mlgate.yaml", head + twice.replace("columns:", "name: ages, columns:"))
    assert tables.mlgate("run", "--output", "out").code == 1
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    ids = [item["id"] for item in report["outcomes"] if item["id"].startswith("data/drift/")]
    assert len(ids) == len(set(ids))
    assert "data/drift/ages/age/drift" in ids
    assert "data/drift/train..new/age/drift" in ids
    (tables.root / "new.csv").unlink()
    assert tables.mlgate("run", "--output", "out").code == 3
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    assert "data/drift/ages/readable" in [item["id"] for item in report["outcomes"]]


def test_a_label_that_is_not_expected_is_no_finding(tables: Any) -> None:
    served = "\n".join(line.rpartition(",")[0] for line in rows(2).splitlines())
    tables.write("served.csv", served + "\n")
    tables.write("s.yaml", SCHEMA.replace("label: true", "label: true, environments: [training]"))
    tables.write(
        "mlgate.yaml",
        "version: 1\ndatasets:\n  train: {path: train.csv, schema: s.yaml, environment: training}\n"
        "  served: {path: served.csv, schema: s.yaml, environment: serving}\n"
        "drift: [{reference: train, current: served}]\n",
    )
    assert tables.mlgate("run", "--output", "out").code == 0
    report = json.loads((tables.root / "out/report.json").read_text(encoding="utf-8"))
    (label,) = [one for one in report["outcomes"] if one["id"] == "data/drift/train..served/y/label_drift"]
    assert (label["status"], label["message"]) == ("skip", "expected in training only, this is serving")


def test_a_broken_profile_stops_a_run_before_it_starts(tables: Any) -> None:
    tables.write("s.yaml", SCHEMA)
    tables.write("mlgate.yaml", PROJECT)
    ran = tables.mlgate("run")
    assert ran.code == 2
    assert "profiles/train.yaml" in ran.err


def test_what_mlgate_yaml_declares_counts_on_the_command_line(tables: Any) -> None:
    tables.write("s.yaml", SCHEMA)
    tables.write("mlgate.yaml", PROJECT.partition("drift:")[0] + "privacy: {examples: none}\n")
    found = outcomes(tables.mlgate("data", "drift", "train.csv", "new.csv", "--format", "json"))
    assert found["y/label_drift"]["id"] == "data/drift/train..new/y/label_drift"
    assert "'C'" not in json.dumps(found)


def test_large_text_is_read_in_typed_passes(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from mlgate.sources import open_tables

    drift = ("data", "drift", "train.csv", "new.csv", "--format", "json")
    plain = {name: item["message"] for name, item in outcomes(tables.mlgate(*drift)).items()}
    monkeypatch.setattr(open_tables, "LARGE_BYTES", 1)
    assert {name: item["message"] for name, item in outcomes(tables.mlgate(*drift)).items()} == plain


def test_many_rows_are_drawn_by_content(tables: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Above some rows the cells are chosen from a part of them: in any order of the rows the same."""
    from mlgate.data.drift import counting

    monkeypatch.setattr(counting, "FEW_ROWS", 100)
    monkeypatch.setattr(counting, "FEW_DISTINCT", 50)
    first = tables.mlgate("data", "profile", "train.csv").out
    head, *lines = rows(1).splitlines(keepends=True)
    random.Random(0).shuffle(lines)
    Path(tables.root / "train.csv").write_text(head + "".join(lines), encoding="utf-8")
    assert tables.mlgate("data", "profile", "train.csv").out == first
    assert tables.mlgate("data", "drift", "train.csv", "same.csv").code == 0
    assert tables.mlgate("data", "drift", "train.csv", "new.csv").code == 1
