"""From files to outcomes: ids, places, problems, projects, what is kept between runs, and what `--fix` changes."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import ConfigError, UsageError
from mlgate.gate import lint as gate_lint
from mlgate.gate import lint_kept
from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.gate.lint_worker import Worker
from mlgate.outcome import Outcome, Report, Status
from mlgate.sources.lint_files import list_files

UNSEEDED = "import random\n\nprint(random.random())\n"
SEEDED = "import random\n\nrandom.seed(42)\nprint(random.random(), random.random())\n"


class Place:
    """A repository, and what `mlgate lint` says of it."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / ".git").mkdir()
        (root / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")

    def write(self, name: str, text: str) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def lint(self, *paths: str, **more: Any) -> Report:
        return lint_paths(LintRequest(paths=paths, start=self.root, **{"cache": False, **more}))

    def found(self, *paths: str, **more: Any) -> dict[str, Outcome]:
        return {outcome.id: outcome for outcome in self.lint(*paths, **more).outcomes}


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


def test_a_finding_is_an_outcome_with_a_stable_id_and_a_line(place: Place) -> None:
    place.write("src/train.py", UNSEEDED)
    place.write("src/fine.py", SEEDED)
    place.write("src/plain.py", "x = 1\n")
    found = place.found("src")
    assert list(found) == [
        "static/src/fine.py/seeds",
        "static/src/plain.py/seeds",
        "static/src/train.py/unseeded-random",
    ]
    outcome = found["static/src/train.py/unseeded-random"]
    assert (outcome.check, outcome.status, outcome.tier, outcome.subject) == (
        "unseeded-random", Status.FAIL, "static", "src/train.py",
    )  # fmt: skip
    assert outcome.location is not None
    assert (outcome.location.path, outcome.location.line) == ("src/train.py", 3)
    assert outcome.evidence["verdict"] == "uncontrolled"
    assert found["static/src/fine.py/seeds"].message.endswith("draws, all seeded")
    assert found["static/src/plain.py/seeds"].message == "nothing is drawn"


def test_ids_name_the_scope_and_count_repeats(place: Place) -> None:
    split = "from sklearn.model_selection import train_test_split\n\n\ndef main():\n"
    place.write("a.py", split + "    train_test_split(a)\n    train_test_split(b)\n\n\nmain()\n")
    assert list(place.found("a.py")) == ["static/a.py/unseeded-split:main", "static/a.py/unseeded-split:main#2"]


def test_a_finding_in_an_imported_module_is_told_there_and_once(place: Place) -> None:
    place.write("train.py", "from tools.data import noise\n\nprint(noise())\n")
    place.write("again.py", "from tools.data import noise\n\nprint(noise())\n")
    place.write("tools/__init__.py", "")
    place.write("tools/data.py", "import random\n\n\ndef noise():\n    return random.random()\n")
    alone = place.found("tools/data.py")
    assert [item.evidence["verdict"] for item in alone.values()] == ["unknown"]
    together = [
        item for item in place.lint("train.py", "again.py", "tools").outcomes if item.check == "unseeded-random"
    ]
    assert [item.evidence["verdict"] for item in together].count("unknown") == 0
    assert len({item.location for item in together}) == len(together)
    place.write("train.py", "import random\nfrom tools.data import noise\n\nrandom.seed(1)\nprint(noise())\n")
    assert {item.status for item in place.lint("train.py", "tools").outcomes} == {Status.PASS}


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b"x = 1\ny = (\n", "line 2: not valid Python: '(' was never closed"),
        (b"x = 1\nprint 'x'\n", "line 2: written for Python 2 ("),
        (b"try:\n    f()\nexcept E, e:\n    pass\n", "line 3: written for Python 2 ("),
        (b"import random\nraise E, 'x'\n", "line 2: written for Python 2 ("),
        (b"x = '\xe9'\n", "line 1: not utf-8 text"),
        (b"x = 1\0\n", "null bytes"),
        (b"(" * 5000, "not valid Python: "),
    ],
)
def test_what_is_not_python_is_an_error_and_the_others_are_judged(place: Place, raw: bytes, message: str) -> None:
    (place.root / "bad.py").write_bytes(raw)
    place.write("train.py", UNSEEDED)
    report = place.lint(".")
    bad, train = report.outcomes
    assert (bad.id, bad.status) == ("static/bad.py/python", Status.ERROR)
    assert message in bad.message
    assert train.status is Status.FAIL
    assert report.exit_code == 1


def test_a_file_that_is_removed_between_listing_and_reading_is_an_error(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    place.write("a.py", SEEDED)
    gone = place.write("b.py", SEEDED)
    listed = list_files

    def then_remove(*args: Any, **more: Any) -> Any:
        files = listed(*args, **more)
        gone.unlink()
        return files

    monkeypatch.setattr(gate_lint, "list_files", then_remove)
    report = place.lint(".")
    assert [item.status for item in report.outcomes] == [Status.PASS, Status.ERROR]
    assert "No such file" in report.outcomes[1].message
    assert report.exit_code == 3


def test_absent_paths_and_folders_without_python_are_errors(place: Place) -> None:
    assert [item.message for item in place.lint("no.py").outcomes] == ["there is no such file or folder"]
    (place.root / "empty").mkdir()
    report = place.lint("empty")
    assert report.outcomes[0].message == "no Python file and no notebook in empty"
    assert report.exit_code == 3


def test_a_defect_of_a_rule_is_an_error_of_the_file_and_not_a_pass(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise KeyError("oops")

    monkeypatch.setattr("mlgate.lint.seeds.judge", broken)
    place.write("a.py", UNSEEDED)
    (only,) = place.lint("a.py").outcomes
    assert only.status is Status.ERROR
    assert "the rules of seeds stopped: KeyError: 'oops'" in only.message


def notebook(*sources: str, language: str = "python") -> str:
    cells = [
        {"cell_type": "code", "metadata": {}, "source": source, "outputs": [], "execution_count": number}
        for number, source in enumerate(sources, 1)
    ]
    metadata = {"kernelspec": {"language": language}}
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": cells})


def test_a_finding_in_a_notebook_has_cell_and_line(place: Place) -> None:
    place.write("a.ipynb", notebook("import random", "x = 1\nprint(random.random())", "y = ("))
    found = place.found("a.ipynb", families=("seeds",))
    outcome = found["static/a.ipynb/unseeded-random"]
    assert outcome.message.startswith("cell 2, line 2: random.random draws")
    assert (outcome.evidence["cell"], outcome.evidence["line"]) == (2, 2)
    assert outcome.location is not None
    assert outcome.location.line is None
    broken = found["static/a.ipynb/python"]
    assert (broken.status, broken.message) == (Status.ERROR, "cell 3, line 1: not valid Python: '(' was never closed")


def test_a_notebook_of_another_language_is_skipped(place: Place) -> None:
    place.write("a.ipynb", notebook("x <- 1", language="R"))
    (only,) = place.lint("a.ipynb", families=("seeds",)).outcomes
    assert (only.status, only.message) == (Status.SKIP, "its kernel is r: only Python is judged for randomness")


def test_an_ignored_finding_is_counted_with_its_reason(place: Place) -> None:
    place.write("a.py", UNSEEDED.replace("())\n", "())  # mlgate: ignore[unseeded-random] only a demo\n"))
    (only,) = place.lint("a.py").outcomes
    assert only.status is Status.PASS
    assert only.message == "nothing is drawn; 1 finding is ignored with a reason"
    assert only.evidence == {"ignored": [{"rule": "unseeded-random", "line": 3, "reason": "only a demo"}]}


def test_ignores_of_rules_that_were_not_asked_are_not_called_unused(place: Place) -> None:
    place.write("a.py", "x = 1  # mlgate: ignore[unseeded-random] why\n")
    assert "static/a.py/unused-ignore" in place.found("a.py")
    assert list(place.found("a.py", rules=("unseeded-numpy", "unused-ignore"))) == ["static/a.py/seeds"]


def test_only_the_named_rules_are_told(place: Place) -> None:
    place.write("a.py", UNSEEDED)
    assert {item.check for item in place.lint("a.py", rules=("unseeded-numpy",)).outcomes} == {"seeds"}
    assert {item.check for item in place.lint("a.py", rules=("unseeded-random",)).outcomes} == {"unseeded-random"}
    with pytest.raises(UsageError, match="there is no rule 'unseeded-nump'") as raised:
        place.lint("a.py", rules=("unseeded-nump",))
    assert "unseeded-numpy" in raised.value.hint


def test_the_project_says_what_is_left_out(place: Place) -> None:
    place.write(
        "ml/mlgate.yaml",
        "version: 1\nlint:\n  paths: [src]\n  ignore:\n    - src/vendor\n    - 'src/*_old.py'\n"
        "    - {files: src/legacy.py, rules: unseeded-random, reason: not trained any more}\n",
    )
    for name in ("vendor/deep/a", "train_old", "legacy", "train"):
        place.write(f"ml/src/{name}.py", UNSEEDED)
    found = place.found("ml")
    assert {key: item.status.value for key, item in found.items()} == {
        "static/src/legacy.py/seeds": "pass",
        "static/src/train.py/unseeded-random": "fail",
    }
    assert found["static/src/legacy.py/seeds"].evidence["ignored"][0]["reason"] == "not trained any more"
    (named,) = place.lint("ml/src/train_old.py").outcomes
    assert (named.status, named.message) == (Status.SKIP, "ignored by `lint.ignore` of mlgate.yaml")
    assert list(lint_paths(LintRequest(paths=(), start=place.root / "ml", cache=False)).outcomes) == list(
        found.values()
    )
    with pytest.raises(UsageError, match="nothing to judge was named"):
        place.lint()


def test_accepted_findings_are_warnings_and_advisory_does_not_block(place: Place) -> None:
    accepted = "accepted: [{id: static/a.py/unseeded-random, reason: known, until: 2999-01-01}]"
    place.write("a.py", UNSEEDED)
    place.write("mlgate.yaml", f"version: 1\n{accepted}\n")
    assert place.lint("a.py").outcomes[0].status is Status.WARN
    place.write("mlgate.yaml", "version: 1\nmode: advisory\n")
    report = place.lint("a.py")
    assert (report.verdict, report.exit_code) == (Status.FAIL, 0)


@pytest.mark.parametrize(
    ("section", "words"),
    [
        ("{path: [src]}", "unknown key 'path'"),
        ("{ignore: [{files: a, rules: [unseeded-nump], reason: x}]}", "'unseeded-nump' is not one of"),
        ("{ignore: [{files: a, rules: [late-seed]}]}", "needs the key 'reason'"),
        ("{paths: [../x]}", "leaves the repository"),
        ("[src]", "expected a mapping"),
    ],
)
def test_mistakes_of_the_section_are_wrong_usage(place: Place, section: str, words: str) -> None:
    place.write("mlgate.yaml", f"version: 1\nlint: {section}\n")
    place.write("a.py", SEEDED)
    with pytest.raises(ConfigError, match=words):
        place.lint("a.py")


def many(place: Place, count: int) -> None:
    for number in range(count):
        place.write(f"src/m{number:03}.py", [UNSEEDED, SEEDED, "x = 1\n", "y = (\n"][number % 4])


def test_many_files_in_several_processes_give_what_one_gives(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many(place, 48)
    monkeypatch.setattr("mlgate.sources.parallel.cores", lambda: 2)
    together = place.lint("src").outcomes
    monkeypatch.setattr("mlgate.sources.parallel.cores", lambda: 1)
    assert place.lint("src").outcomes == together
    assert [item.location.path for item in together if item.location] == [f"src/m{n:03}.py" for n in range(48)]


def test_a_process_that_dies_leaves_errors_and_no_pass(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    many(place, 48)
    monkeypatch.setattr("mlgate.sources.parallel.cores", lambda: 2)
    monkeypatch.setattr(gate_lint, "judge_chunk", _die)
    found = place.lint("src").outcomes
    assert len(found) == 48
    assert {(item.status, item.message) for item in found} == {(Status.ERROR, "the process that judged it ended")}


def _die(_chunk: object) -> None:
    os._exit(9)


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many files were judged since it was asked last."""
    judged = 0
    judge = Worker.judge

    def count(self: Any, path: str) -> Any:
        nonlocal judged
        judged += 1
        return judge(self, path)

    def since() -> int:
        nonlocal judged
        seen, judged = judged, 0
        return seen

    monkeypatch.setattr(Worker, "judge", count)
    monkeypatch.setattr("mlgate.sources.parallel.cores", lambda: 1)
    monkeypatch.setattr(gate_lint, "POOL_FROM", 4)
    return since


def test_what_was_judged_is_not_judged_again(place: Place, counted: Callable[[], int]) -> None:
    many(place, 12)
    first = place.lint("src", cache=True).outcomes
    assert counted() == 12
    assert place.lint("src", cache=True).outcomes == first
    assert counted() == 0
    place.write("src/m001.py", UNSEEDED)
    assert place.lint("src", cache=True).outcomes[1].status is Status.FAIL
    assert counted() == 1
    place.lint("src", cache=False)
    assert counted() == 12
    assert place.lint("src", cache=True, families=("tests",)).exit_code == 3
    assert counted() == 12


def test_a_change_of_an_imported_module_counts(place: Place, counted: Callable[[], int]) -> None:
    many(place, 8)
    place.write("src/train.py", "from helpers import noise\n\nimport random\nrandom.seed(1)\nprint(noise())\n")
    before = place.found("src", cache=True)
    assert counted() == 9
    place.write("src/helpers.py", "import random\n\n\ndef noise():\n    random.seed()\n    return random.random()\n")
    after = place.found("src", cache=True)
    assert counted() == 2  # the new module, and the file that imports it
    assert before["static/src/train.py/seeds"].status is Status.PASS
    assert any(item.status is not Status.PASS for key, item in after.items() if "helpers" in key)
    (place.root / "src" / "helpers.py").unlink()
    assert place.found("src", cache=True) == before
    assert counted() == 1


@pytest.mark.parametrize("damage", ["cut", "bit", "other", "gone", "folder"])
def test_a_damaged_cache_is_none(place: Place, counted: Callable[[], int], damage: str) -> None:
    many(place, 8)
    first = place.lint("src", cache=True).outcomes
    (kept,) = (place.root / ".git" / "mlgate" / "lint").glob("*.json")
    raw = kept.read_bytes()
    kept.unlink()
    match damage:
        case "cut":
            kept.write_bytes(raw[:-20])
        case "bit":
            kept.write_bytes(raw.replace(b'"fail"', b'"pass"'))
        case "other":
            kept.write_bytes(b'{"src/m000.py": 1}')
        case "folder":
            kept.mkdir()
    counted()
    assert place.lint("src", cache=True).outcomes == first
    assert counted() == 8


def test_nothing_is_kept_in_the_work_tree_or_believed_from_there(place: Place, tmp_path: Path) -> None:
    many(place, 45)
    before = sorted(path.name for path in place.root.iterdir())
    place.lint("src", cache=True)
    assert sorted(path.name for path in place.root.iterdir()) == before


def test_outside_a_repository_the_user_s_folder_is_used(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, counted: Callable[[], int]
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("mlgate.sources.lint_cache.git_top", lambda _: None)
    for number in range(6):
        (tmp_path / f"m{number}.py").write_text(SEEDED, encoding="utf-8")
    request = LintRequest(paths=(".",), start=tmp_path)
    lint_paths(request)
    assert counted() == 6
    lint_paths(request)
    assert counted() == 0
    assert list((tmp_path / "cache" / "mlgate" / "lint").rglob("*.json"))


def test_another_version_of_the_rules_starts_anew(
    place: Place, counted: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    many(place, 6)
    place.lint("src", cache=True)
    counted()
    monkeypatch.setattr(lint_kept, "rules_version", lambda: "another")
    place.lint("src", cache=True)
    assert counted() == 6


def test_fix_mends_what_is_safe_and_says_so(place: Place) -> None:
    text = "from sklearn.model_selection import train_test_split\n\nprint(train_test_split(x))\nprint(train_test_split(x, y))\n"
    path = place.write("a.py", text)
    book = place.write("b.ipynb", notebook("from sklearn.model_selection import train_test_split\ntrain_test_split(x)"))
    raw = book.read_bytes()
    said: list[str] = []
    report = place.lint("a.py", "b.ipynb", fix=True, progress=said.append, families=("seeds",))
    assert path.read_text(encoding="utf-8") == text.replace("(x)", "(x, random_state=42)").replace(
        "(x, y)", "(x, y, random_state=42)"
    )
    assert book.read_bytes() == raw
    assert [line.partition(":")[0] for line in said] == ["a.py", "a.py", "b.ipynb"]
    assert said[0].startswith("a.py:3: mended unseeded-split: ")
    assert {item.location.path: item.status.value for item in report.outcomes if item.location} == {
        "a.py": "pass",
        "b.ipynb": "fail",
    }
    assert sorted(item.name for item in place.root.iterdir()) == [".git", "a.py", "b.ipynb"]


def test_fix_leaves_what_is_ignored_not_asked_or_changed_meanwhile(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    split = "from sklearn.model_selection import train_test_split\n\n"
    ignored = place.write("a.py", f"{split}train_test_split(x)  # mlgate: ignore[unseeded-split] a demo\n")
    other = place.write("b.py", f"{split}train_test_split(x)\n")
    texts = [path.read_text(encoding="utf-8") for path in (ignored, other)]
    place.lint("a.py", "b.py", fix=True, rules=("late-seed",))
    place.lint("a.py", fix=True)
    assert [path.read_text(encoding="utf-8") for path in (ignored, other)] == texts
    said: list[str] = []
    monkeypatch.setattr("mlgate.gate.lint_fix.digest_of", lambda _raw: "another")
    place.lint("b.py", fix=True, progress=said.append)
    assert other.read_text(encoding="utf-8") == texts[1]
    assert said == ["b.py: changed while it was judged: left as it is"]
