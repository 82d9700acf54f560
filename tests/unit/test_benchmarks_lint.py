"""The benchmark of lint scores as it says, and takes nothing but plain members out of an archive."""

from __future__ import annotations

import io
import tarfile
from collections import Counter
from pathlib import Path

import pytest

from benchmarks import lint_corpus
from benchmarks.lint_corpus import HELD_OUT, SECOND, TUNED, Label, Package, Script, read_labels
from benchmarks.lint_scripts import Found, Tally, _found, count
from mlgate.lint.rules import BY_FAMILY, ONCE_PER_FILE
from mlgate.outcome import Location, Outcome, Status

PACKAGE = Package(name="some", sdist="some-1.tar.gz", sha256="", lot=TUNED, scripts=())


def label(rule: str, *lines: tuple[str, int, int], verdict: str = "uncontrolled", debatable: bool = False) -> Label:
    return Label(rule=rule, verdict=verdict, lines=lines, note="a reason", debatable=debatable)


def found(rule: str, *places: tuple[str, int, int], verdict: str = "uncontrolled") -> Found:
    return Found(rule, verdict, places)


def tallied(labels: list[Label], findings: list[Found], *files: str) -> Tally:
    tally = Tally()
    count(tally, PACKAGE, Script("a.py", files, tuple(labels)), findings)
    return tally


def counts(tally: Tally) -> tuple[int, int, int, int]:
    whole = tally.whole
    return whole.right, whole.false, whole.found, whole.missed


def test_the_rules_of_the_tests_below_are_what_they_are_taken_for() -> None:
    assert "unseeded-numpy" in ONCE_PER_FILE
    assert "unseeded-split" not in ONCE_PER_FILE


@pytest.mark.parametrize(
    ("line", "expected"), [(10, (1, 0, 1, 0)), (12, (1, 0, 1, 0)), (13, (0, 1, 0, 1)), (7, (0, 1, 0, 1))]
)
def test_a_place_is_right_within_two_lines(line: int, expected: tuple[int, int, int, int]) -> None:
    tally = tallied([label("unseeded-split", ("a.py", 0, 10))], [found("unseeded-split", ("a.py", 0, line))])
    assert counts(tally) == expected


def test_a_rule_that_is_told_once_is_right_on_any_line_of_the_script_and_its_files() -> None:
    wanted = [label("unseeded-numpy", ("a.py", 0, 10))]
    assert counts(tallied(wanted, [found("unseeded-numpy", ("a.py", 0, 90))])) == (1, 0, 1, 0)
    assert counts(tallied(wanted, [found("unseeded-numpy", ("b.py", 0, 1))], "b.py")) == (1, 0, 1, 0)
    assert counts(tallied(wanted, [found("unseeded-numpy", ("b.py", 0, 1))])) == (0, 1, 0, 1)


def test_a_place_that_the_message_names_is_a_place_of_the_finding() -> None:
    outcome = Outcome(
        id="static/a.py/unseeded-split",
        check="unseeded-split",
        tier="static",
        subject="a.py",
        status=Status.FAIL,
        message="train_test_split (parts/b.py:31): nothing seeds it",
        location=Location("a.py", 5),
        evidence={"verdict": "uncontrolled"},
    )
    assert _found(outcome) == found("unseeded-split", ("a.py", 0, 5), ("parts/b.py", 0, 31))


def test_another_cell_is_another_place() -> None:
    wanted = [label("unseeded-split", ("a.py", 3, 2))]
    assert counts(tallied(wanted, [found("unseeded-split", ("a.py", 3, 1))])) == (1, 0, 1, 0)
    assert counts(tallied(wanted, [found("unseeded-split", ("a.py", 4, 2))])) == (0, 1, 0, 1)


def test_an_unknown_finding_finds_nothing_and_is_not_false() -> None:
    wanted = [label("unseeded-split", ("a.py", 0, 10))]
    findings = [found("unseeded-split", ("a.py", 0, line), verdict="unknown") for line in (10, 50)]
    tally = tallied(wanted, findings)
    assert counts(tally) == (0, 0, 0, 1)
    assert len(tally.noise) == 1


def test_debatable_and_unknown_labels_count_neither_way() -> None:
    wanted = [
        label("unseeded-split", ("a.py", 0, 10), debatable=True),
        label("unseeded-split", ("a.py", 0, 30), verdict="unknown"),
    ]
    findings = [found("unseeded-split", ("a.py", 0, 10)), found("unseeded-split", ("a.py", 0, 30))]
    assert counts(tallied(wanted, findings)) == (0, 0, 0, 0)
    assert counts(tallied(wanted, [])) == (0, 0, 0, 0)


def test_another_verdict_is_told_but_right() -> None:
    tally = tallied(
        [label("unseeded-split", ("a.py", 0, 10))], [found("unseeded-split", ("a.py", 0, 10), verdict="conditional")]
    )
    assert counts(tally) == (1, 0, 1, 0)
    assert tally.whole.same_verdict == 0
    assert "conditional, not uncontrolled" in tally.noise[0]


def archive(*members: tuple[tarfile.TarInfo, bytes]) -> bytes:
    written = io.BytesIO()
    with tarfile.open(fileobj=written, mode="w:gz") as opened:
        for member, content in members:
            member.size = len(content)
            opened.addfile(member, io.BytesIO(content))
    return written.getvalue()


def test_named_members_are_read_out_of_an_archive() -> None:
    made = archive((tarfile.TarInfo("some-1/a.py"), b"x = 1"), (tarfile.TarInfo("some-1/b.py"), b"x = 2"))
    assert list(lint_corpus._members(made, ["a.py"])) == [("a.py", b"x = 1")]


def test_a_link_and_a_missing_member_are_refused() -> None:
    link = tarfile.TarInfo("some-1/a.py")
    link.type, link.linkname = tarfile.SYMTYPE, "/etc/hosts"
    with pytest.raises(ValueError, match="no regular file"):
        list(lint_corpus._members(archive((link, b"")), ["a.py"]))
    with pytest.raises(ValueError, match=r"lacks a\.py"):
        list(lint_corpus._members(archive((tarfile.TarInfo("some-1/b.py"), b"")), ["a.py"]))


def test_a_member_outside_the_folder_is_refused() -> None:
    made = archive((tarfile.TarInfo("some-1/../../a.py"), b""))
    with pytest.raises(ValueError, match="no regular file"):
        list(lint_corpus._members(made, ["../../a.py"]))


def test_a_distribution_with_another_digest_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lint_corpus, "CACHE", tmp_path)
    (tmp_path / PACKAGE.sdist).write_bytes(b"something else")
    with pytest.raises(ValueError, match="damaged"):
        lint_corpus.fetch(PACKAGE)


@pytest.mark.parametrize(
    "page",
    [
        b'{"files": [{"filename": "some-1.tar.gz", "url": "../p/some-1.tar.gz"}]}',
        b'<a href="../p/some-1.tar.gz#sha256=00">some-1.tar.gz</a>',
    ],
)
def test_a_page_of_the_index_is_read_in_both_forms(page: bytes) -> None:
    assert list(lint_corpus._links(page)) == [("some-1.tar.gz", "../p/some-1.tar.gz")]


def test_the_labels_are_enough_and_split_in_halves() -> None:
    packages = read_labels()
    scripts = [script for package in packages for script in package.scripts]
    sizes = Counter(dict.fromkeys((TUNED, HELD_OUT, SECOND), 0))
    for package in packages:
        sizes[package.lot] += len(package.scripts)
    assert min(sizes.values()) >= 50
    assert len({package.name for package in packages}) == len(packages)
    assert max(len(package.scripts) for package in packages) <= 4
    assert sum(not script.labels for script in scripts) >= 12
    assert sum(script.path.endswith(".ipynb") for script in scripts) >= 6
    assert sum(bool(script.files) for script in scripts) >= 8


def test_every_label_names_rules_that_exist_and_places_in_files_that_are_fetched() -> None:
    rules = {rule.id for rule in BY_FAMILY["seeds"]}
    verdicts: Counter[str] = Counter()
    for package in read_labels():
        for script in package.scripts:
            for one in script.labels:
                assert {one.rule, *one.others} <= rules
                assert {path for path, _, _ in one.lines} <= {script.path, *script.files}
                verdicts[one.verdict] += 1
    assert set(verdicts) == {"uncontrolled", "conditional", "unknown"}
