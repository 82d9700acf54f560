"""`mlgate data diff` from the command line: files, revisions, formats, and what may be shown."""

from __future__ import annotations

import doctest
import json
import subprocess
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.render import data_diff_facts
from mlgate.render.data_diff import diff_text
from mlgate.render.data_diff_markdown import diff_markdown

CSV = "id,sex,age\n" + "".join(f"{n},{'FM'[n % 2]},{20 + n}\n" for n in range(30))
SCHEMA = (
    "version: 1\ncolumns:\n  id: {type: integer, unique: true}\n  sex: {in_set: [F, M, X]}\n  age: {type: integer}\n"
)


def git(place: Any, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b.c", *arguments],
        cwd=place.root,
        check=True,
        capture_output=True,
        timeout=30,
    )


@pytest.fixture
def repository(place: Any) -> Any:
    """Two commits of a data file, and a changed one in the working copy."""
    git(place, "init", "-q", "-b", "main")
    place.write("data/p.csv", CSV)
    git(place, "add", ".")
    git(place, "commit", "-qm", "one")
    place.write("data/p.csv", CSV + "30,F,50\n")
    git(place, "commit", "-qam", "two")
    git(place, "checkout", "-qb", "work")
    place.write("data/p.csv", CSV.replace("sex", "sex_code") + "30,X,50\n31,secret,51\n")
    return place


def test_two_files(place: Any) -> None:
    place.write("a.csv", CSV)
    place.write("b.csv", CSV.replace("0,F,20\n", ""))
    ran = place.mlgate("data", "diff", "a.csv", "b.csv", "--key", "id")
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.splitlines()[:5] == [
        "a.csv -> b.csv",
        "  30 -> 29 rows, 3 columns",
        "",
        "rows",
        "  by id: 0 added, 1 removed, 0 changed, 29 the same",
    ]


def test_nothing_changed(place: Any) -> None:
    place.write("a.csv", CSV)
    ran = place.mlgate("data", "diff", "a.csv", "a.csv")
    assert "30 the same in the 3 columns of both, 0 only before, 0 only after" in ran.out
    assert ran.out.endswith("the same figures: id, sex, age\n")
    assert "content" not in ran.out


def test_a_revision_against_the_working_copy(repository: Any) -> None:
    ran = repository.mlgate("data", "diff", "git:main", "data/p.csv", "--key", "id", "--format", "json")
    found = json.loads(ran.out)
    assert ran.code == 0
    assert (found["before"]["shown"], found["before"]["rows"]) == ("git:main:data/p.csv", 31)
    assert (found["after"]["shown"], found["after"]["rows"]) == ("data/p.csv", 32)
    assert [(one["before"], one["after"]) for one in found["schema"]["renamed"]] == [("sex", "sex_code")]
    assert (found["key"]["added"], found["key"]["changed"]) == (1, 1)
    older = repository.mlgate("data", "diff", "git:main~1:data/p.csv", "git:main:data/p.csv", "--format", "json")
    assert [json.loads(older.out)[side]["rows"] for side in ("before", "after")] == [30, 31]
    git(repository, "commit", "-qam", "three")
    base = repository.mlgate("data", "diff", "git", "data/p.csv", "--format", "json")
    assert json.loads(base.out)["before"]["rows"] == 31


def test_what_mlgate_yaml_declares_of_the_file(repository: Any) -> None:
    repository.write("mlgate.yaml", "version: 1\ndatasets:\n  p: {path: data/p.csv, schema: s.yaml, key: [id]}\n")
    repository.write("s.yaml", SCHEMA.replace("sex", "sex_code"))
    found = json.loads(repository.mlgate("data", "diff", "git:main", "data/p.csv", "--format", "json").out)
    assert found["key"]["columns"] == ["id"]
    (sex,) = [change for change in found["columns"] if change["column"] == "sex_code"]
    assert [value["value"] for value in sex["values"]["appeared_values"]] == ["X", None]
    shown = repository.mlgate("data", "diff", "git:main", "data/p.csv", "--privacy", "full", "--format", "json").out
    assert "secret" not in shown  # privacy of the project goes before the option
    repository.write("mlgate.yaml", "version: 1\ndatasets:\n  p: {path: data/p.csv}\nprivacy: {examples: full}\n")
    assert "secret" in repository.mlgate("data", "diff", "git:main", "data/p.csv", "--format", "json").out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["git:nix", "data/p.csv"], 3, "'nix' is not known here"),
        (["git:main:nix.csv", "data/p.csv"], 3, "nix.csv is not in revision main"),
        (["git:main", "git:work"], 2, "neither version names a file"),
        (["git:main:../p.csv", "data/p.csv"], 2, "must not contain '..'"),
        (["git:--help:p.csv", "data/p.csv"], 2, "must not start with '-'"),
        (["dvc:main", "data/p.csv"], 3, "no DVC repository"),
        (["nix.csv", "data/p.csv"], 3, "nix.csv does not exist"),
        (["data/p.csv", "nix.csv"], 3, "nix.csv does not exist"),
        (["data/p.csv", "data/p.csv", "--key", "nix"], 3, "not in both tables: nix"),
        (["data/p.csv", "data/p.csv", "--schema", "nix.yaml"], 2, "cannot be read"),
        (["data/p.csv"], 2, "Missing argument"),
    ],
)
def test_what_cannot_be_compared(repository: Any, arguments: list[str], code: int, words: str) -> None:
    ran = repository.mlgate("data", "diff", *arguments)
    assert ran.code == code
    assert words in ran.err
    assert ran.out == ""


def test_a_file_that_is_none(repository: Any) -> None:
    repository.write("bad.parquet", "no parquet")
    for pair in (["bad.parquet", "data/p.csv"], ["data/p.csv", "bad.parquet"]):
        ran = repository.mlgate("data", "diff", *pair)
        assert (ran.code, ran.out) == (3, "")
        assert "bad.parquet" in ran.err


HOSTILE = "a|b`<img src=x>@all\n::error::x"


def test_hostile_names_and_values_stay_text(place: Any) -> None:
    quoted = '"' + HOSTILE.replace('"', '""') + '"'
    rows = "".join(f"{n},v{n % 2}\n" for n in range(20))
    place.write("a.csv", f"id,{quoted}\n{rows}")
    place.write("b.csv", f"id,{quoted}\n{rows}20,{quoted}\n")
    text = place.mlgate("data", "diff", "a.csv", "b.csv", "--privacy", "full").out
    assert "\n::" not in text
    assert "a|b`<img src=x>@all ::error::x" in text
    comment = place.mlgate("data", "diff", "a.csv", "b.csv", "--privacy", "full", "--format", "markdown").out
    assert "<img" not in comment
    assert "@all" not in comment
    table = [line for line in comment.splitlines() if line.startswith("| ")]
    assert len(table) == 4
    assert {line.count(" | ") for line in table} == {table[0].count(" | ")}


def test_the_comment_reads_well(repository: Any) -> None:
    comment = repository.mlgate("data", "diff", "git:main", "data/p.csv", "--format", "markdown").out
    assert comment.splitlines()[0] == (
        "<details><summary><b>Data</b>: <code>data/p.csv</code> against <code>git:&#8203;main:data/p.csv</code>: "
        "31 \u2192 32 rows, 3 columns</summary>"
    )
    assert "- renamed: `sex` \u2192 `sex_code`, likely renamed" in comment
    assert comment.endswith("</details>\n")


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)
KEYS = ("before", "after", "schema", "rows", "key", "columns", "unchanged", "values", "added", "renamed", "low", "high")


@settings(max_examples=50)
@given(
    st.dictionaries(st.sampled_from(KEYS), JSON | st.lists(st.dictionaries(st.sampled_from(KEYS), JSON)), max_size=8)
)
def test_any_plain_data_is_rendered(found: dict[str, Any]) -> None:
    assert diff_text(found).endswith("\n")
    assert diff_markdown(found).startswith("<details>")


def test_examples_in_the_docstrings_hold() -> None:
    found = doctest.testmod(data_diff_facts)
    assert found.attempted
    assert not found.failed
