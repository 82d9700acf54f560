"""`mlgate data infer` as a person calls it, and `mlgate data check` with what it wrote."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from mlgate.cli import main
from tests.unit.data.infer_cases import csv_of

CSV = csv_of(patient_id=list(range(60)), sex=["F", "M"] * 30, age=[20 + row % 41 for row in range(60)])


def call(*arguments: str) -> int:
    with pytest.raises(SystemExit) as ended:
        main(list(arguments))
    return int(ended.value.code or 0)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("ranges", [False, True])
def test_what_is_written_holds_for_the_file(folder: Path, capsys: pytest.CaptureFixture[str], ranges: bool) -> None:
    Path("t.csv").write_text(CSV, encoding="utf-8")
    assert call("data", "infer", "t.csv", "-o", "s.yaml", *["--ranges"] * ranges) == 0
    assert capsys.readouterr() == ("", "wrote s.yaml\n")
    assert ("between: [0, 100]}" in Path("s.yaml").read_text(encoding="utf-8")) is ranges
    assert call("data", "check", "t.csv", "--schema", "s.yaml") == 0
    Path("t.csv").write_text(CSV.replace("M", "m", 1), encoding="utf-8")
    assert call("data", "check", "t.csv", "--schema", "s.yaml") == 1


def test_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    Path("t.csv").write_text(CSV, encoding="utf-8")
    Path("s.yaml").write_text("mine", encoding="utf-8")
    assert call("data", "infer", "t.csv", "-o", "s.yaml") == 2
    assert "s.yaml exists" in capsys.readouterr().err
    assert Path("s.yaml").read_text(encoding="utf-8") == "mine"


def test_stdout_gets_the_schema_and_nothing_else(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for part in range(2):
        Path(f"part{part}.csv.gz").write_bytes(gzip.compress(CSV.encode()))
    assert call("data", "infer", "part*.csv.gz") == 0
    out, err = capsys.readouterr()
    assert out.startswith("# Proposed by `mlgate data infer` from part*.csv.gz (120 rows, 3 columns).\n")
    assert out.endswith("\n")
    assert err == ""


@pytest.mark.parametrize(("name", "content"), [("absent.csv", None), ("empty.csv", ""), ("head.csv", "a,b\n")])
def test_what_cannot_be_read_is_an_error(
    folder: Path, capsys: pytest.CaptureFixture[str], name: str, content: str | None
) -> None:
    if content is not None:
        Path(name).write_text(content, encoding="utf-8")
    assert call("data", "infer", name) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert name in err
    assert "hint:" in err


@pytest.mark.parametrize("named", [".", "../parts", "../parts/"])
def test_a_folder_may_be_the_one_that_one_stands_in(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, named: str
) -> None:
    Path("parts").mkdir()
    for part in range(2):
        Path(f"parts/{part}.csv").write_text(CSV, encoding="utf-8")
    monkeypatch.chdir("parts")
    assert call("data", "infer", named, "-o", "../s.yaml") == 0
    assert f"from {named} (120 rows, 3 columns)" in Path("../s.yaml").read_text(encoding="utf-8")
    assert call("data", "check", named, "--schema", "../s.yaml") == 0
