"""`mlgate init`: datasets, splits, configs and code, and what of them stands in a comment."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.document import load_document
from mlgate.gate.starter_text import Entry, mapped, project_text, quoted, shown


@pytest.fixture
def repository(place: Any) -> Any:
    (place.root / ".git").mkdir()
    return place


def table(rows: int, start: int = 0) -> str:
    lines = ["patient,age,sex,dose"]
    for number in range(start, start + rows):
        draw = random.Random(number)
        lines.append(f"p{number},{draw.randint(18, 90)},{draw.choice('FM')},{draw.uniform(0, 10):.4f}")
    return "\n".join([*lines, ""])


def project(repository: Any) -> str:
    return str((repository.root / "mlgate.yaml").read_text())


def test_the_whole_file(repository: Any) -> None:
    repository.write("data/train.csv", table(200))
    repository.write("data/test.csv", table(100, start=200))
    repository.write("data/odd.csv", "a,a\n1,2\n")
    repository.write("conf/train.yaml", "seed: 1\nlr: 0.1\n")
    repository.write("src/train.py", "import sklearn\n")
    assert repository.mlgate("init").code == 0
    assert project(repository) == (Path(__file__).parent / "starter.snapshot.yaml").read_text()
    assert repository.run().code == 0


@pytest.mark.parametrize(
    ("names", "declared"),
    [
        (("data/train.csv", "data/test.csv"), "[train, test]"),
        (("train/visits.csv", "test/visits.csv"), "[train-visits, test-visits]"),
        (("visits.csv", "visits_test.csv"), "[visits, visits_test]"),
        (("visits-test.csv", "visits-train.csv", "visits-val.csv"), "[visits-train, visits-val, visits-test]"),
        (("trainer.csv", "contest.csv"), None),
        (("test.csv", "val.csv"), None),
    ],
)
def test_splits_by_name(repository: Any, names: tuple[str, ...], declared: str | None) -> None:
    for number, name in enumerate(names):
        repository.write(name, table(120, start=number * 120))
    ran = repository.mlgate("init")
    assert ran.code == 0
    text = project(repository)
    assert (f"\nsplits:\n  # told by their names, training first\n  - {{datasets: {declared}}}" in text) is bool(
        declared
    )
    assert ("# splits:" in text) is not bool(declared)


def test_splits_that_leak_are_a_comment_with_the_reason(repository: Any) -> None:
    repository.write("data/train.csv", table(200))
    repository.write("data/test.csv", table(100, start=150))
    ran = repository.mlgate("init")
    assert "#   # it would block: " in project(repository)
    assert "#   - {datasets: [train, test]}" in project(repository)
    assert "the split train, test stands in a comment: it would block: " in ran.out
    assert repository.run("--tier", "data").code == 0


def test_personal_data_are_for_a_person_to_confirm(repository: Any) -> None:
    repository.write("data/people.csv", "id,mail\n" + "".join(f"{n},u{n}@example.org\n" for n in range(60)))
    ran = repository.mlgate("init")
    told = (
        "decide data/people.csv: mail may hold email: confirm the reason in schemas/people.yaml, or take the column out"
    )
    assert told in ran.out
    assert "to be confirmed" in (repository.root / "schemas/people.yaml").read_text()
    assert repository.run("--tier", "data").code == 0


def test_a_large_file_has_a_schema_of_its_first_rows(repository: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.gate.starter_data.MAX_INFERRED", 1000)
    monkeypatch.setattr("mlgate.sources.survey_sample.SAMPLE_BYTES", 900)
    repository.write("data/like.csv", "number,ward\n" + "".join(f"{n % 9},{'AB'[n % 2]}\n" for n in range(3000)))
    repository.write("data/unlike.csv", "number\n" + "1\n" * 2000 + "text\n")
    assert repository.mlgate("init").code == 0
    text = project(repository)
    assert "bytes: the schema comes from its first rows\n  like: {path: data/like.csv" in text
    assert "  # it would block: " in text
    assert "  # unlike: {path: data/unlike.csv" in text
    assert "# From the first rows of data/like.csv alone" in (repository.root / "schemas/like.yaml").read_text()
    assert repository.run("--tier", "data").code == 0


def test_a_file_of_ten_gigabytes_is_not_read_through(repository: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.sources.survey_sample.SAMPLE_BYTES", 20_000)
    repository.write("data/huge.csv", table(1000))
    with (repository.root / "data/huge.csv").open("r+b") as stream:
        stream.truncate(10_000_000_000)  # the rest is a hole, which takes no room
    repository.write("data/small.csv", table(60))
    ran = repository.mlgate("init")
    assert ran.code == 0
    text = project(repository)
    assert (
        "  # 10,000,000,000 bytes: the schema comes from its first rows; take the # away once `mlgate data check"
        in text
    )
    assert "  # huge: {path: data/huge.csv, schema: schemas/huge.yaml}" in text
    assert repository.run("--tier", "data").code == 0


def test_configs_that_block_are_a_comment(repository: Any) -> None:
    repository.write("conf/good.yaml", "lr: 0.1\n")
    repository.write("config.json", '{"a": 1, "a": 2}\n')
    repository.write("params.yaml", "lr: [0.1\n")
    ran = repository.mlgate("init")
    text = project(repository)
    assert "\n  - {files: conf/**/*.yaml}\n  # it would block" in text
    assert "  # - {files: config.json}" in text
    assert "  # - {files: params.yaml}" in text
    assert "params.yaml stands in a comment: it would block: params.yaml" in ran.out
    assert repository.run("--tier", "static").code == 0


def test_code_that_cannot_be_parsed_is_left_out(repository: Any) -> None:
    repository.write("old/a.py", "print 'two'\n")
    repository.write("new/b.py", "print 'two'\n")
    repository.write("new/c.py", "print('three')\n")
    assert repository.mlgate("init").code == 0
    assert "  paths: [new]   # " in project(repository)
    assert "    - new/b.py   # " in project(repository)
    assert repository.run("--tier", "static").code == 0


def test_many_files_are_judged_in_part(repository: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.gate.starter_code.MAX_JUDGED", 3)
    for name in ("big/a", "big/b", "big/c", "big/d", "small/a", "small/b"):
        repository.write(f"{name}.py", "X = 1\n")
    assert repository.mlgate("init").code == 0
    assert "paths: [small]" in project(repository)
    assert repository.run("--tier", "static").code == 0
    assert "nothing is new" not in repository.mlgate("init").out


def test_tests_that_cannot_run_are_a_comment(repository: Any) -> None:
    repository.write("tests/test_a.py", "import no_such_module\n\n\ndef test_a():\n    assert f() == 1\n")
    ran = repository.mlgate("init")
    assert "tier unit stands in a comment: tests/test_a.py imports no_such_module" in ran.out
    assert "#   unit: {tests: [tests]}" in project(repository)


@given(st.text(st.characters(codec="utf-8"), min_size=1))
def test_any_name_is_read_back_as_it_was(name: str) -> None:
    document = load_document(f"a: {mapped({'path': name})}\nb: [{quoted(name)}]\n", "x.yaml").plain_data()
    assert document == {"a": {"path": name}, "b": [name]}


@given(st.text(), st.booleans())
def test_a_reason_never_leaves_its_comment(why: str, active: bool) -> None:
    entry = Entry(section="datasets", name="a", lines=("a: {path: a.csv}",), why=why, active=active)
    document = load_document(project_text([entry]), "mlgate.yaml").plain_data()
    assert document == ({"version": 1, "datasets": {"a": {"path": "a.csv"}}} if active else {"version": 1})
    assert shown(why).isprintable() or not shown(why)
