"""`mlgate data import`: what goes where, and every exit code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from mlgate.cli import cli, run_command
from mlgate.config.schema_file import parse_schema
from mlgate.gate.data_import import MAX_BYTES
from tests.unit.data.imports.importing import FILES, suite

GOOD = suite(
    ("column_values_to_be_between", {"column": "age", "min_value": 0}),
    ("column_values_to_be_dateutil_parseable", {"column": "day"}),
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "suite.json").write_text(json.dumps(GOOD), encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> int:
    return run_command(cli, ["data", "import", *arguments])


def test_the_schema_goes_to_stdout_and_what_was_left_to_stderr(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("suite.json") == 0
    said = capsys.readouterr()
    assert set(parse_schema(said.out, "s.yaml").columns) == {"age", "day"}
    assert "a Great Expectations suite: 1 declaration imported, 1 not\n" in said.err
    assert "not imported: expect_column_values_to_be_dateutil_parseable of day: there is no such check" in said.err


def test_the_schema_is_written_and_nothing_is_overwritten(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("suite.json", "-o", "schemas/s.yaml") == 0
    assert capsys.readouterr().out == ""
    written = (folder / "schemas/s.yaml").read_text(encoding="utf-8")
    assert "age" in parse_schema(written, "s.yaml").columns
    assert run("suite.json", "-o", "schemas/s.yaml") == 2
    assert (folder / "schemas/s.yaml").read_text(encoding="utf-8") == written


def test_a_written_schema_judges_a_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "good.csv").write_text("age,day\n1,x\n", encoding="utf-8")
    (folder / "bad.csv").write_text("age,day\n-1,x\n", encoding="utf-8")
    assert run("suite.json", "-o", "s.yaml") == 0
    assert run_command(cli, ["data", "check", "good.csv", "--schema", "s.yaml"]) == 0
    assert run_command(cli, ["data", "check", "bad.csv", "--schema", "s.yaml"]) == 1
    capsys.readouterr()


@pytest.mark.parametrize("name", sorted(path.name for path in FILES.iterdir()))
def test_every_example_is_imported(name: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    resource = ("--resource", "visits") if name.startswith("datapackage") else ()
    assert run(str(FILES / name), *resource) == 0
    parse_schema(capsys.readouterr().out, "s.yaml")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("absent.json",), 2, "absent.json cannot be read"),
        (("folder",), 2, "folder cannot be read"),
        (("other.json",), 2, "other.json: nothing that can be imported"),
        (("binary.json",), 2, "binary.json: is not UTF-8 text"),
        (("large.json",), 2, "large.json is larger than"),
        (("suite.json", "--from", "pandera"), 2, "this is not a Pandera schema"),
        (("suite.json", "--from", "dbt"), 2, "'dbt' is not one of"),
        (("suite.json", "--resource", "x"), 2, "only a Frictionless package has resources"),
        (("nothing.json",), 3, "nothing of a Great Expectations suite could be imported"),
        ((), 2, "Missing argument"),
    ],
)
def test_what_cannot_be_imported_says_why(
    arguments: tuple[str, ...], code: int, words: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "folder").mkdir()
    (folder / "other.json").write_text('{"a": 1}', encoding="utf-8")
    (folder / "binary.json").write_bytes(b"\xff\xfe{")
    with (folder / "large.json").open("wb") as stream:
        stream.truncate(MAX_BYTES + 1)
    nothing = suite(("column_values_to_be_dateutil_parseable", {"column": "day"}))
    (folder / "nothing.json").write_text(json.dumps(nothing), encoding="utf-8")
    assert run(*arguments) == code
    said = capsys.readouterr()
    assert words in said.err
    assert said.out == ""
    assert "Traceback" not in said.err


def test_a_byte_order_mark_is_no_part_of_the_text(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "marked.json").write_text(json.dumps(GOOD), encoding="utf-8-sig")
    assert run("marked.json") == 0
    assert "age" in capsys.readouterr().out


def test_nothing_of_the_other_tools_is_imported() -> None:
    import mlgate.data.imports as package

    sources = [path.read_text(encoding="utf-8") for path in Path(package.__file__).parent.glob("*.py")]
    for tool in ("great_expectations", "pandera", "frictionless"):
        assert not any(
            line.split()[:2] in (["import", tool], ["from", tool]) for text in sources for line in text.splitlines()
        )
