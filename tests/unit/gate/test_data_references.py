"""Schemas that name other tables, from the command line to the outcome."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from mlgate.sources import open_tables, tables
from mlgate.sources.tables import OtherFiles
from mlgate_hooks.data import main

PROJECT = """\
version: 1
datasets:
  visits: {path: data/visits.csv, schema: schemas/visits.yaml}
  wards: {path: data/wards.csv, schema: schemas/wards.yaml}
"""
VISITS = """\
version: 1
columns: {id: {type: integer, unique: true}, ward: {type: string}}
table:
  foreign_keys: [{columns: [ward], references: REFERENCES}]
"""
WARDS = "version: 1\nread: {delimiter: ';', null: ['', '?']}\ncolumns: {code: {type: string}, beds: {type: integer}}\n"
BY_NAME = "{dataset: wards, columns: [code]}"
BY_PATH = "{path: data/wards.csv, columns: [code]}"
KEY = "data/visits/foreign_keys%3Award"


@pytest.fixture
def project(place: Any) -> Any:
    place.write("mlgate.yaml", PROJECT)
    place.write("schemas/wards.yaml", WARDS)
    place.write("schemas/visits.yaml", VISITS.replace("REFERENCES", BY_NAME))
    place.write("data/wards.csv", "code;beds\nA;1\nB;2\n?;3\n")
    place.write("data/visits.csv", "id,ward\n1,A\n2,B\n3,\n")
    return place


def check(place: Any, *arguments: str) -> Any:
    ran = place.mlgate("data", "check", "--format", "json", *arguments)
    if ran.out:
        ran.report = json.loads(ran.out)
    return ran


@pytest.mark.parametrize("references", [BY_NAME, BY_PATH])
def test_a_key_holds_or_not(project: Any, references: str) -> None:
    project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", references))
    for ran in (check(project, "data/visits.csv"), project.run()):
        assert ran.code == 0, ran.out + ran.err
        assert ran.outcome(KEY)["status"] == "pass"
    project.write("data/visits.csv", "id,ward\n1,A\n2,C\n3,?\n")
    for ran in (check(project, "data/visits.csv"), project.run()):
        assert ran.code == 1
        assert ran.outcome(KEY)["evidence"]["failing"] == 2  # the other table is read as its own schema says
    assert main(["data/visits.csv"]) == 1


def test_a_reference_on_the_command_line_goes_first(project: Any, tmp_path: Path) -> None:
    (tmp_path / "elsewhere").mkdir()
    pq.write_table(pa.table({"code": ["A"]}), tmp_path / "elsewhere" / "w.parquet")
    ran = check(project, "data/visits.csv", "--reference", f"wards={tmp_path}/elsewhere/w.parquet")
    assert ran.code == 1
    assert ran.outcome(KEY)["message"].startswith("1 of 2 rows is not found in elsewhere/w.parquet (code)")


def test_a_reference_from_the_environment(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("other.csv", "code\nA\n")
    monkeypatch.setenv("MLGATE_REFERENCE", "wards=other.csv")
    assert check(project, "data/visits.csv").code == 1


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--reference", "wards"], "'wards' is not NAME=FILE"),
        (["--reference", "=x.csv"], "is not NAME=FILE"),
        (["--reference", "wards="], "is not NAME=FILE"),
        (["--reference", "wards=a.csv", "--reference", "wards=b.csv"], "names 'wards' twice"),
        (["--reference", "warts=data/wards.csv"], "--reference warts: nothing refers to it"),
        (["--memory-limit", "much"], "the memory limit 'much' is no size"),
        (["--memory-limit", "1MiB"], "less than 64 MiB"),
    ],
)
def test_wrong_usage_is_2(project: Any, arguments: list[str], words: str) -> None:
    ran = check(project, "data/visits.csv", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert words in ran.err
    assert "hint:" in ran.err


def test_a_name_that_nothing_stands_for_is_2_before_anything_is_run(project: Any) -> None:
    project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", "{dataset: beds, columns: [code]}"))
    for ran in (check(project, "data/visits.csv"), project.run()):
        assert (ran.code, ran.out) == (2, "")
        assert "schemas/visits.yaml:4: foreign_keys names the dataset 'beds', which is not declared" in ran.err
        assert "--reference beds=FILE" in ran.err
    assert main(["data/visits.csv"]) == 2
    project.write("beds.csv", "code\nA\nB\n")
    assert check(project, "data/visits.csv", "--reference", "beds=beds.csv").code == 0


class TestWithoutAProject:
    @pytest.fixture
    def folder(self, place: Any) -> Any:
        place.write("s.yaml", VISITS.replace("REFERENCES", BY_PATH))
        place.write("data/wards.csv", "code,beds\nA,1\n")
        place.write("data/visits.csv", "id,ward\n1,A\n")
        return place

    def test_a_path_starts_where_the_file_was_named_from(self, folder: Any) -> None:
        assert check(folder, "data/visits.csv", "--schema", "s.yaml").code == 0

    def test_a_name_is_given_by_a_reference_only(self, folder: Any) -> None:
        folder.write("s.yaml", VISITS.replace("REFERENCES", BY_NAME))
        assert check(folder, "data/visits.csv", "--schema", "s.yaml").code == 2
        assert check(folder, "data/visits.csv", "--schema", "s.yaml", "--reference", "wards=data/wards.csv").code == 0

    def test_a_project_around_the_file_gives_the_folder(self, folder: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.write("mlgate.yaml", "version: 1\ndatasets: {wards: {path: data/wards.csv}}\n")
        monkeypatch.chdir(folder.root / "data")
        assert check(folder, "visits.csv", "--schema", "../s.yaml").code == 0
        folder.write("s.yaml", VISITS.replace("REFERENCES", BY_NAME))
        assert check(folder, "visits.csv", "--schema", "../s.yaml").code == 0


class TestUnreadable:
    def others_hold(self, ran: Any) -> None:
        assert ran.code == 3
        statuses = {name: status for name, status in ran.statuses().items() if name.startswith("data/visits/")}
        assert statuses.pop(KEY) == "error"
        assert set(statuses.values()) == {"pass"}

    @pytest.mark.parametrize(
        ("name", "content", "words"),
        [
            ("gone.csv", None, "data/gone.csv does not exist"),
            ("empty.csv", "", "data/empty.csv is empty (0 bytes)"),
            ("wards.xls", "x", "data/wards.xls is in no format that is read here"),
            ("broken.parquet", "PAR1 and no more", "data/broken.parquet is not a readable Parquet file"),
            ("no*.csv", None, "no file matches data/no*.csv"),
            ("short.csv", "beds,x\n1,2\n", "the column 'code' is not in data/short.csv"),
        ],
    )
    def test_it_is_an_error_of_that_check_alone(self, project: Any, name: str, content: str | None, words: str) -> None:
        if content is not None:
            project.write(f"data/{name}", content)
        project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", f"{{path: 'data/{name}', columns: [code]}}"))
        ran = check(project, "data/visits.csv")
        self.others_hold(ran)
        assert ran.outcome(KEY)["message"].startswith(words)
        assert ran.outcome(KEY)["hint"]

    def test_a_link_that_leads_outside_is_not_followed(self, project: Any, tmp_path_factory: Any) -> None:
        outside = tmp_path_factory.mktemp("outside") / "w.csv"
        outside.write_text("code\nA\nB\n")
        (project.root / ".git").mkdir()
        (project.root / "data" / "link.csv").symlink_to(outside)
        project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", "{path: data/link.csv, columns: [code]}"))
        ran = check(project, "data/visits.csv")
        self.others_hold(ran)
        assert "leads outside the repository" in ran.outcome(KEY)["message"]

    def test_a_file_that_is_not_what_its_pointer_says(self, project: Any) -> None:
        (project.root / ".dvc").mkdir()
        project.write("data/sites.csv", "code\nA\nB\n")
        project.write("data/sites.csv.dvc", f"outs:\n- md5: {'ab' * 16}\n  hash: md5\n  path: sites.csv\n")
        project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", "{path: data/sites.csv, columns: [code]}"))
        ran = project.run()
        self.others_hold(ran)
        assert "data/sites.csv" in ran.outcome(KEY)["message"]


def test_a_file_is_opened_once_however_it_is_named(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    opened: list[OtherFiles] = []
    make = open_tables.source_of

    def spy(wanted: OtherFiles, folder: Path, relation: str) -> Any:
        opened.append(wanted)
        return make(wanted, folder, relation)

    monkeypatch.setattr(tables, "source_of", spy)
    one = "foreign_keys: {columns: [ward], references: REFERENCES}"
    checks = [one.replace("REFERENCES", how) for how in (BY_NAME, BY_PATH)]
    more = ", ".join(f"{{{text}, name: n{place}}}" for place, text in enumerate(checks))
    project.write(
        "schemas/visits.yaml",
        VISITS.replace("REFERENCES", BY_NAME) + f"  row_count_equals_table: {{dataset: wards}}\n  checks: [{more}]\n",
    )
    ran = check(project, "data/visits.csv")
    assert ran.code == 0, ran.out
    assert [ran.statuses()[f"data/visits/{name}"] for name in ("n0", "n1", "row_count_equals_table")] == ["pass"] * 3
    assert [(files.shown, files.columns) for files in opened] == [("data/wards.csv", ("code",))]


def test_files_that_a_glob_names_are_one_table(project: Any) -> None:
    for part, code in (("1", "A"), ("2", "B")):
        project.write(f"data/w-{part}.csv", f"code,x\n{code},1\n")
    project.write("schemas/visits.yaml", VISITS.replace("REFERENCES", "{path: 'data/w-*.csv', columns: [code]}"))
    assert check(project, "data/visits.csv").code == 0


def test_at_commit_a_large_table_beside_the_file_is_left_to_the_pull_request(project: Any) -> None:
    project.write("data/wards.csv", "code;beds\n" + "A;1\n" * 1000)
    assert main(["data/visits.csv"]) == 1
    project.capsys.readouterr()
    assert main(["--max-megabytes", "0.001", "--format", "json", "data/visits.csv", "data/wards.csv"]) == 0
    report = json.loads(project.capsys.readouterr().out)
    statuses = {outcome["id"]: outcome["status"] for outcome in report["outcomes"]}
    assert statuses["data/data/wards.csv/size"] == "warn"
    assert statuses["data/visits/id/unique"] == "pass"
    assert KEY not in statuses


def test_freshness_is_counted_from_the_real_time(project: Any) -> None:
    table = "columns: {d: {type: date}}\ntable: {extra_columns: ignore, freshness: {column: d, max_age: 30d}}\n"
    project.write("schemas/visits.yaml", f"version: 1\n{table}")
    project.write("data/visits.csv", "d,x\n2001-01-01,1\n")
    for ran in (check(project, "data/visits.csv"), project.run()):
        assert ran.code == 0
        assert ran.outcome("data/visits/freshness")["status"] == "warn"
        assert ran.outcome("data/visits/freshness")["evidence"]["age_s"] > 20 * 365 * 86400
    assert check(project, "data/visits.csv", "--strict").code == 1


class TestMemoryLimit:
    @pytest.fixture
    def seen(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """The limits that engines were started with."""
        limits: list[str] = []
        connect = tables.connect

        def spy(folder: Path, limit: str) -> Any:
            limits.append(limit)
            return connect(folder, limit)

        monkeypatch.setattr(tables, "connect", spy)
        return limits

    def test_it_reaches_the_engine(self, project: Any, seen: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
        assert check(project, "data/visits.csv").code == 0
        assert check(project, "data/visits.csv", "--memory-limit", "512 MiB").code == 0
        monkeypatch.setenv("MLGATE_MEMORY_LIMIT", "0.5GB")
        assert check(project, "data/visits.csv").code == 0
        assert project.run("--tier", "data").code == 0
        assert main(["data/visits.csv"]) == 0
        assert seen == ["1GiB", "512MiB", "0.5GB", "0.5GB", "0.5GB", "0.5GB"]

    def test_the_option_goes_before_the_environment_that_before_the_file(
        self, project: Any, seen: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def judge_everywhere(*option: str) -> set[str]:
            seen.clear()
            project.write("data/undeclared.csv", "a\n1\n")
            assert check(project, "data/visits.csv", *option).code == 0
            assert check(project, "data/undeclared.csv", *option).code == 0
            assert project.run("--tier", "data", *option).code == 0
            assert project.mlgate("data", "diff", "data/visits.csv", "data/visits.csv", *option).code == 0
            assert main([*option, "data/visits.csv"]) == 0
            assert len(seen) == 6
            return set(seen)

        project.write("mlgate.yaml", f"{PROJECT}data: {{memory_limit: 3GiB}}\n")
        assert judge_everywhere() == {"3GiB"}
        monkeypatch.setenv("MLGATE_MEMORY_LIMIT", "1GiB")
        assert judge_everywhere() == {"1GiB"}
        assert judge_everywhere("--memory-limit", "2GiB") == {"2GiB"}

    def test_a_schema_is_inferred_within_it(self, project: Any, seen: list[str]) -> None:
        assert project.mlgate("data", "infer", "data/visits.csv", "--memory-limit", "512MiB").code == 0
        assert seen == ["512MiB"]
        assert project.mlgate("data", "infer", "data/visits.csv", "--memory-limit", "1KiB").code == 2

    def test_a_wrong_one_in_the_environment_is_2(self, project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("MLGATE_MEMORY_LIMIT", "lots")
        for ran in (check(project, "data/visits.csv"), project.run()):
            assert (ran.code, ran.out) == (2, "")
            assert "the memory limit 'lots' is no size" in ran.err
        assert main(["data/visits.csv"]) == 2


def test_progress_names_the_dataset_and_leaves_stdout_alone(project: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def told_at_once(_: Any, tell: Callable[[str], None] | None) -> Iterator[None]:
        if tell:
            tell("37 %")
        yield

    monkeypatch.setattr(tables, "progress_told", told_at_once)
    for ran in (check(project, "data/visits.csv"), project.run()):
        assert "data: visits: 37 %\n" in ran.err
        assert "37 %" not in ran.out
    assert main(["data/visits.csv"]) == 0
    assert "37 %" not in project.capsys.readouterr().err
