"""`mlgate data check` shows the change of the schema that would accept a file, and `--accept` makes it."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.schema_file import parse_schema
from mlgate.errors import SourceError
from mlgate.gate import data_accept
from mlgate.outcome import Report
from mlgate.render.schema_patch import patch_markdown, patch_text
from mlgate.sources.own_files import replace_exact

SCHEMA = """\
version: 1
columns:
  id: {type: integer, unique: true}   # the key
  ward: {type: string, in_set: [A, B]}
  age: {type: integer, between: [0, 90]}
"""
GOOD = "id,ward,age\n" + "".join(f"{n},{'AB'[n % 2]},{20 + n}\n" for n in range(20))
BAD = GOOD + "20,Intensive,131\n"
CHECK = ("data", "check", "p.csv", "--schema", "s.yaml")


@pytest.fixture
def bad(place: Any) -> Any:
    place.write("s.yaml", SCHEMA)
    place.write("p.csv", BAD)
    return place


def text(place: Any, name: str = "s.yaml") -> str:
    return Path(place.root / name).read_bytes().decode()


def test_a_file_that_passes_has_no_patch(bad: Any) -> None:
    bad.write("p.csv", GOOD)
    ran = bad.mlgate(*CHECK)
    assert ran.code == 0
    assert "change" not in ran.out
    report = json.loads(bad.mlgate(*CHECK, "--format", "json").out)
    assert "schema_patches" not in report["provenance"]


def test_the_patch_is_shown_without_values_of_rows(bad: Any) -> None:
    ran = bad.mlgate(*CHECK)
    assert ran.code == 1
    assert "this change of s.yaml would accept the file:" in ran.out
    assert '+  ward: {type: string, in_set: [A, B, "<hidden I*** (9 characters)>"]}' in ran.out
    assert "+  age: {type: integer, between: [0, 131]}" in ran.out
    assert "- age: between [0, 90] becomes [0, 131]" in ran.out
    assert "--privacy full shows them" in ran.out
    assert "Intensive" not in ran.out
    assert "Intensive" not in ran.err
    assert text(bad) == SCHEMA
    for fmt in ("markdown", "json"):
        assert "Intensive" not in bad.mlgate(*CHECK, "--format", fmt).out
    assert "I***" not in bad.mlgate(*CHECK, "--privacy", "none").out
    assert "in_set: [A, B, Intensive]" in bad.mlgate(*CHECK, "--privacy", "full").out


def test_an_engine_that_a_broken_file_has_stopped_proposes_nothing(bad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def stopped(*_: Any, **__: Any) -> Any:
        raise duckdb.FatalException("database has been invalidated because of a previous fatal error")

    monkeypatch.setattr("mlgate.data.accept.propose", stopped)
    ran = bad.mlgate(*CHECK, "--accept")
    assert ran.code == 1
    assert "data/p.csv/ward/in_set: the file is broken so that the engine has stopped" in ran.out + ran.err
    assert "unexpected" not in ran.err
    assert text(bad) == SCHEMA


def test_the_json_report_carries_the_patch(bad: Any) -> None:
    report = json.loads(bad.mlgate(*CHECK, "--privacy", "full", "--format", "json").out)
    (patch,) = report["provenance"]["schema_patches"]
    assert (patch["schema"], patch["settles"], patch["applied"], patch["hidden_values"]) == ("s.yaml", True, False, 0)
    assert [change["outcome"] for change in patch["changes"]] == ["data/p.csv/ward/in_set", "data/p.csv/age/between"]
    assert patch["diff"].startswith("--- a/s.yaml\n+++ b/s.yaml\n@@ ")
    assert report["verdict"] == "fail"
    assert len(report["outcomes"]) == len(json.loads(bad.mlgate(*CHECK, "--format", "json").out)["outcomes"])


def test_accept_writes_the_change_and_the_file_passes(bad: Any) -> None:
    ran = bad.mlgate(*CHECK, "--accept")
    assert ran.code == 0
    assert text(bad) == SCHEMA.replace("[A, B]", "[A, B, Intensive]").replace("[0, 90]", "[0, 131]")
    assert "+  ward: {type: string, in_set: [A, B, Intensive]}" in ran.err
    assert "s.yaml was changed and accepts the file:" in ran.out
    assert "Intensive" not in ran.out
    again = bad.mlgate(*CHECK, "--accept")
    assert (again.code, again.err) == (0, "")


def test_accept_leaves_what_is_ruled_out(bad: Any) -> None:
    bad.write("p.csv", BAD + "3,A,20\n")
    ran = bad.mlgate(*CHECK, "--accept")
    assert ran.code == 1
    assert "between: [0, 131]" in text(bad)
    assert "s.yaml was changed and accepts all but 1 finding:" in ran.out
    assert "data/p.csv/id/unique: a key is never loosened" in ran.out


def test_accept_keeps_line_ends_byte_order_mark_permissions_and_links(bad: Any) -> None:
    odd = "\ufeff" + SCHEMA.replace("\n", "\r\n")
    real = bad.root / "real.yaml"
    real.write_bytes(odd.encode())
    real.chmod(0o600)
    (bad.root / "s.yaml").unlink()
    (bad.root / "s.yaml").symlink_to("real.yaml")
    assert bad.mlgate(*CHECK, "--accept").code == 0
    assert (bad.root / "s.yaml").is_symlink()
    assert real.read_bytes().decode() == odd.replace("[A, B]", "[A, B, Intensive]").replace("[0, 90]", "[0, 131]")
    assert stat.S_IMODE(real.stat().st_mode) == 0o600
    assert {path.name for path in bad.root.iterdir()} == {"p.csv", "real.yaml", "s.yaml"}


def test_accept_refuses_a_schema_that_changed_meanwhile(bad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    patches = data_accept._patches

    def meanwhile(*arguments: Any) -> Any:
        found = patches(*arguments)
        bad.write("s.yaml", SCHEMA + "# mine\n")
        return found

    monkeypatch.setattr(data_accept, "_patches", meanwhile)
    ran = bad.mlgate(*CHECK, "--accept")
    assert ran.code == 3
    assert "s.yaml has changed meanwhile: nothing is written" in ran.err
    assert text(bad) == SCHEMA + "# mine\n"


def test_accept_without_a_schema_or_with_a_broken_one(bad: Any) -> None:
    ran = bad.mlgate("data", "check", "p.csv", "--accept")
    assert (ran.code, ran.out) == (2, "")
    assert "p.csv has no schema to change" in ran.err
    bad.write("s.yaml", SCHEMA + "nix: 1\n")
    assert bad.mlgate(*CHECK, "--accept").code == 2


def test_a_schema_that_names_a_json_schema_by_path_is_changed_too(bad: Any) -> None:
    bad.write("schemas/j.json", '{"type": "object"}')
    bad.write("schemas/s.yaml", "version: 1\ncolumns:\n  a: {between: [0, 1]}\n  j: {json_schema: j.json}\n")
    bad.write("p.csv", "a,j\n5,{}\n")
    shown = bad.mlgate("data", "check", "p.csv", "--schema", "schemas/s.yaml")
    assert (shown.code, shown.err) == (1, "")
    assert "+  a: {between: [0, 5]}" in shown.out
    assert bad.mlgate("data", "check", "p.csv", "--schema", "schemas/s.yaml", "--accept").code == 0


def test_accept_of_a_folder_that_cannot_be_written(bad: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("mlgate.sources.own_files.tempfile.mkstemp", refuse)
    ran = bad.mlgate(*CHECK, "--accept")
    assert ran.code == 3
    assert "s.yaml cannot be written: Permission denied" in ran.err
    assert text(bad) == SCHEMA


def test_a_file_that_cannot_be_read_has_no_patch(bad: Any) -> None:
    (bad.root / "p.csv").write_bytes(b"")
    ran = bad.mlgate(*CHECK)
    assert ran.code == 3
    assert "would accept" not in ran.out


def test_what_is_accepted_by_name_is_no_part_of_the_patch(bad: Any) -> None:
    accepted = "accepted: [{id: data/p/age/between, reason: known, until: 2999-01-01}]\n"
    bad.write("mlgate.yaml", f"version: 1\ndatasets:\n  p: {{path: p.csv, schema: s.yaml}}\n{accepted}")
    ran = bad.mlgate("data", "check", "p.csv", "--accept")
    assert ran.code == 0
    assert "between: [0, 90]" in text(bad)
    assert "Intensive" in text(bad)


def test_strict_accepts_warnings_too(bad: Any) -> None:
    bad.write("s.yaml", SCHEMA.replace("between: [0, 90]", "checks: [{between: [0, 90], severity: warn}]"))
    assert bad.mlgate(*CHECK, "--accept").code == 0
    assert "between: [0, 90]" in text(bad)
    assert bad.mlgate(*CHECK, "--accept", "--strict").code == 0
    assert "between: [0, 131]" in text(bad)


def test_one_file_declared_twice_with_one_schema(bad: Any) -> None:
    datasets = "  p: {path: p.csv, schema: s.yaml}\n  q: {path: p.csv, schema: s.yaml, environment: serving}\n"
    bad.write("mlgate.yaml", f"version: 1\ndatasets:\n{datasets}")
    assert bad.mlgate("data", "check", "p.csv", "--accept").code == 0
    assert text(bad).count("Intensive") == 1


COLUMN_CHECKS = [
    ("min: [20, 30]", "min: [20, 500]", "x\n500\n600\n"),
    ("max: {max: 100}", "max: {max: 600}", "x\n500\n600\n"),
    ("unique_count: [3, 9]", "unique_count: [2, 9]", "x\n500\n600\n"),
    ("unique_fraction: {max: 0.5}", "unique_fraction: {max: 1}", "x\n500\n600\n"),
    ("distinct_in_set: [500]", "distinct_in_set: [500, 600]", "x\n500\n600\n"),
    ("domain_mass: {values: [500], min: 0.9}", "domain_mass: {values: [500], min: 0.5}", "x\n500\n600\n"),
    ("iqr: [1, 10]", "iqr: [1, 50]", "x\n500\n600\n"),
    ("entropy: {max: 0.5}", "entropy: {max: 0.7}", "x\n500\n600\n"),
    ("sum: [0, 1000]", "sum: [0, 1100]", "x\n500\n600\n"),
    ("median: {strict_max: 550}", "median: {max: 550}", "x\n500\n600\n"),
]


@pytest.mark.parametrize(("declared", "accepted", "rows"), COLUMN_CHECKS)
def test_other_bounds_give_way(place: Any, declared: str, accepted: str, rows: str) -> None:
    start = "version: 1\ncolumns:\n  x: {type: integer, "
    parse_schema(f"{start}{declared}}}\n", "s.yaml")
    place.write("s.yaml", f"{start}{declared}}}\n")
    place.write("p.csv", rows)
    ran = place.mlgate(*CHECK, "--accept")
    assert (ran.code, text(place)) == (0, f"{start}{accepted}}}\n")


def test_a_schema_of_one_column_and_dates(place: Any) -> None:
    place.write("s.yaml", "version: 1\ncolumns:\n  d: {type: date, max: {max: 2026-01-01}}\n")
    place.write("p.csv", "d\n2026-02-03\n")
    assert place.mlgate(*CHECK, "--accept").code == 0
    assert "max: {max: 2026-02-03}" in text(place)


def test_a_fence_cannot_be_closed_from_inside(place: Any) -> None:
    place.write("s.yaml", 'version: 1\ncolumns:\n  x: {in_set: ["````"]}\n')
    place.write("p.csv", "x\n```\n\u202e<b>@all\n")
    comment = place.mlgate(*CHECK, "--privacy", "full", "--format", "markdown").out
    assert "\n`````diff\n" in comment
    assert "\u202e" not in comment
    assert comment.rstrip().endswith("</details>")


def test_replace_exact_needs_the_text_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "s.yaml").write_text("new", encoding="utf-8")
    with pytest.raises(SourceError, match="has changed meanwhile"):
        replace_exact(tmp_path, "s.yaml", "old", "after")
    assert (tmp_path / "s.yaml").read_text(encoding="utf-8") == "new"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=8,
)
PATCHES = st.lists(st.dictionaries(st.sampled_from(["schema", "diff", "changes", "not_proposed", "applied"]), JSON))


@settings(max_examples=40, deadline=None)
@given(JSON | PATCHES)
def test_any_provenance_is_rendered(kept: Any) -> None:
    report = Report(
        gate="g", outcomes=(), started_at="2026-01-01T00:00:00Z", duration_s=0, provenance={"schema_patches": kept}
    )
    assert "\n::" not in patch_text(report)
    assert patch_markdown(report).count("<details>") == patch_markdown(report).count("</details>")
