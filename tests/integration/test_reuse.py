"""What a change makes of earlier results, by the gate itself: reused, or run again; never reused wrongly."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from mlgate.gate import reuse_run
from mlgate.gate.load import load_project
from mlgate.gate.reuse import Reuse
from mlgate.gate.run import Request, run_gate
from mlgate.outcome import Outcome, Report, Status
from mlgate.sources.processes import find_launcher
from tests.integration.reuse_project import TESTS, install, make_environment, make_project

pytestmark = pytest.mark.slow
NOW = dt.datetime(2026, 11, 26, 12, 0, tzinfo=dt.UTC)
DOCS = Path(__file__).parents[2] / "docs" / "reuse.md"


def run(root: Path, cache: Path, now: dt.datetime = NOW, **asked: object) -> Report:
    request = Request(start=root, cache=cache, **asked)  # type: ignore[arg-type]  # of the tests below
    return run_gate(request, progress=lambda _line: None, clock=lambda: now).report


def by_file(outcomes: tuple[Outcome, ...]) -> dict[str, set[Status]]:
    found: dict[str, set[Status]] = {}
    for outcome in outcomes:
        found.setdefault(outcome.subject.partition("::")[0], set()).add(outcome.status)
    return found


@dataclass(frozen=True)
class Proven:
    """A project whose tests all passed once, with the proofs of it."""

    root: Path
    cache: Path
    environment: Path
    edited: Path
    report: Report


@pytest.fixture(scope="module")
def proven(tmp_path_factory: pytest.TempPathFactory) -> Proven:
    top = tmp_path_factory.mktemp("reuse")
    with pytest.MonkeyPatch.context() as patch:
        calm(patch)
        make_environment(top / "environment", top / "edited")
        (top / "project").mkdir()
        make_project(top / "project", top / "environment")
        report = run(top / "project", top / "cache")
    return Proven(top / "project", top / "cache", top / "environment", top / "edited", report)


def calm(patch: pytest.MonkeyPatch) -> None:
    """What surrounds our own tests must not reach those of the project."""
    for name in [name for name in os.environ if name.startswith(("PYTEST", "COV", "MLGATE", "PYTHON"))]:
        patch.delenv(name)
    patch.setattr("mlgate.gate.reuse_state.ProjectState.gate", lambda _state: "this mlgate")


@dataclass(frozen=True)
class Here:
    """A copy of the project, to be changed."""

    root: Path
    packages: Path
    edited: Path
    patch: pytest.MonkeyPatch

    def write(self, path: str, text: str) -> None:
        (self.root / path).parent.mkdir(parents=True, exist_ok=True)
        (self.root / path).write_text(text, encoding="utf-8")

    def commit(self) -> None:
        command = [
            "git",
            "-c",
            "user.name=A",
            "-c",
            "user.email=a@example.org",
            "commit",
            "-q",
            "--allow-empty",
            "-m",
            "x",
        ]
        subprocess.run(command, cwd=self.root, check=True, timeout=60)

    def append(self, path: str, text: str) -> None:
        self.write(path, (self.root / path).read_text(encoding="utf-8") + text)


Change = Callable[[Here], object]
WIDE = {"checks/test_process.py"}
"""Runs again whatever file changes: it starts a process."""
COMPUTED = {"tests/test_computed.py"}
"""Runs again with every Python file: it imports by a computed name."""
DATA = WIDE | {"checks/test_native.py"}
"""Runs again with every file of data: a library in machine code reads some."""
ASKS = COMPUTED | {"tests/test_asks.py"}
"""Runs again with every file that comes or goes, or of data that has another size: it asks for both."""
ALL = set(TESTS)
UNIT = {path for path in ALL if path.startswith("tests/")}
"""The tier of these declares inputs and variables, and shares a conftest.py."""
ROWS: dict[str, tuple[Change, set[str]]] = {
    "nothing": (str, set()),
    "the project lies in another folder, its files are newer": (
        lambda here: os.utime(here.root / "data/rows.csv"),
        set(),
    ),
    "documentation": (lambda here: here.append("docs/guide.md", "more"), WIDE),
    "code that the test imports, through other code": (
        lambda here: here.write("clinic/units.py", "FACTOR = 3\n"),
        WIDE | COMPUTED | {"tests/test_code.py"},
    ),
    "code that no test imports": (lambda here: here.write("clinic/apart.py", "ALONE = 1\n"), WIDE | COMPUTED),
    "a module that was deleted": (
        lambda here: (here.root / "clinic/units.py").unlink(),
        ASKS | WIDE | COMPUTED | {"tests/test_code.py"},
    ),
    "a new module that takes a name which was free": (
        lambda here: here.write("extra.py", ""),
        ASKS | WIDE | COMPUTED | {"tests/test_optional.py"},
    ),
    "a module that is imported by a computed name": (
        lambda here: here.write("clinic/plugins/one.py", "NAME = 'two'\n"),
        WIDE | COMPUTED,
    ),
    "the test file itself": (
        lambda here: here.append("tests/test_plain.py", "\ndef test_more(): assert 0\n"),
        WIDE | COMPUTED | {"tests/test_plain.py"},
    ),
    "a new test file": (
        lambda here: here.write("tests/test_new.py", "def test_new(): assert 0\n"),
        ASKS | WIDE | COMPUTED,
    ),
    "conftest.py": (lambda here: here.append("tests/conftest.py", "\nlimit = None\n"), UNIT | WIDE),
    "pytest.ini": (lambda here: here.append("pytest.ini", "xfail_strict = true\n"), ALL),
    "the tier in mlgate.yaml": (
        lambda here: here.append("mlgate.yaml", "  serving: {tests: [tests]}\n"),
        ASKS | WIDE | {"checks/test_native.py"},
    ),
    "a config that the test reads": (
        lambda here: here.write("configs/train.json", '{"epochs": 4}'),
        ASKS | DATA | {"tests/test_config.py"},
    ),
    "data that the test reads": (lambda here: here.write("data/rows.csv", "a\n2\n"), DATA | {"tests/test_data.py"}),
    "data that machine code reads": (lambda here: here.write("data/native.bin", "other bytes"), ASKS | DATA),
    "a new file beside the one that is read": (lambda here: here.write("data/more.csv", "a\n"), ALL),
    "a new file that git ignores": (lambda here: here.write("made/x.bin", "x"), ASKS | DATA),
    "a declared input": (lambda here: here.write("data/declared.bin", "else"), ALL),
    "an environment variable that is declared": (lambda here: here.patch.setenv("CLINIC_DECLARED", "1"), UNIT),
    "an environment variable that the code names": (
        lambda here: here.patch.setenv("CLINIC_NAMED", "y"),
        WIDE | COMPUTED | {"tests/test_variable.py"},
    ),
    "an environment variable that nothing names": (lambda here: here.patch.setenv("CLINIC_OTHER", "y"), set()),
    "PYTHONHASHSEED": (lambda here: here.patch.setenv("PYTHONHASHSEED", "7"), ALL),
    "the version of a library": (lambda here: install(here.packages, 2), ALL),
    "code of an editable dependency": (
        lambda here: (here.edited / "tinyedit.py").write_text("VERSION = 2\n", encoding="utf-8"),
        ALL,
    ),
    "a script that may no longer be executed": (lambda here: (here.root / "scripts/run.sh").chmod(0o644), DATA),
    "a commit that changes no file": (lambda here: here.commit(), WIDE),
    "a script that a process of the test runs": (
        lambda here: here.write("scripts/tell.py", "print(3)\n"),
        WIDE | COMPUTED,
    ),
}
SETTINGS: dict[str, tuple[dict[str, object], set[str]]] = {
    "the seed": ({"seed": 1}, ALL),
    "the day, where the code looks at it": (
        {"now": NOW + dt.timedelta(days=1)},
        WIDE | COMPUTED | {"tests/test_date.py"},
    ),
}


@pytest.fixture
def here(proven: Proven, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Here:
    """A copy of the project; the environment is put back as it was."""
    calm(monkeypatch)
    shutil.copytree(proven.root, tmp_path / "copy", symlinks=True)
    packages = next(proven.environment.glob("lib/python*/site-packages"))
    return Here(tmp_path / "copy", packages, proven.edited, monkeypatch)


@pytest.fixture
def environment_as_it_was(proven: Proven) -> object:
    yield None
    install(next(proven.environment.glob("lib/python*/site-packages")), 1)
    (proven.edited / "tinyedit.py").write_text("VERSION = 1\n", encoding="utf-8")


def run_again(here: Here, proven: Proven, now: dt.datetime = NOW, seed: int = 0) -> set[str]:
    """The test files whose results are not reused."""
    project = load_project(None, here.root)
    reuse = Reuse(project, run="later", now=now, seed=seed, folder=proven.cache)
    proven_now: set[str] = set()
    for name, tests in (("unit", UNIT), ("integration", ALL - UNIT)):
        tier = project.tiers[name]
        decided = reuse.decide(tier, find_launcher(project.root, tier.python))
        new = name == "unit" and (here.root / "tests/test_new.py").exists()
        assert decided.whole == (set(decided.proven) == tests and not new)
        proven_now |= set(decided.proven)
    return ALL - proven_now


def test_every_result_is_proven_once(proven: Proven) -> None:
    statuses = by_file(proven.report.outcomes)
    assert set(statuses) == ALL, proven.report.outcomes[0]
    assert statuses.pop("tests/test_plain.py") == {Status.PASS, Status.SKIP}
    assert all(found == {Status.PASS} for found in statuses.values())
    assert [entry["not_kept"] for entry in proven.report.provenance["reused"]] == [{}, {}]


@pytest.mark.usefixtures("environment_as_it_was")
@pytest.mark.parametrize("row", ROWS)
def test_a_changed_input_runs_what_hangs_on_it(row: str, here: Here, proven: Proven) -> None:
    change, expected = ROWS[row]
    change(here)
    assert run_again(here, proven) == expected


@pytest.mark.parametrize("row", SETTINGS)
def test_another_setting_of_the_run(row: str, here: Here, proven: Proven) -> None:
    asked, expected = SETTINGS[row]
    assert run_again(here, proven, **asked) == expected  # type: ignore[arg-type]  # as above


def test_the_table_of_the_documentation_is_this_one() -> None:
    shown = {"all": ALL, "none": set()}
    lines = [
        line.strip("|").split("|") for line in DOCS.read_text(encoding="utf-8").splitlines() if line.startswith("| ")
    ]
    documented = {cells[0].strip(): cells[1].strip() for cells in lines if len(cells) == 2}
    for row, (_, expected) in {**ROWS, **SETTINGS}.items():
        told = documented[row]
        named = {path for path in ALL if path.rpartition("/test_")[2].removesuffix(".py") in told.split(", ")}
        assert shown.get(told, named) == expected, row


def test_nothing_is_started_where_nothing_changed(here: Here, proven: Proven) -> None:
    here.patch.setattr(reuse_run, "run_tests", lambda *_: pytest.fail("tests were run"))
    report = run(here.root, proven.cache, NOW + dt.timedelta(hours=1))
    again = {outcome.id: outcome for outcome in report.outcomes}
    assert {outcome.id: outcome.status for outcome in proven.report.outcomes} == {
        name: outcome.status for name, outcome in again.items()
    }
    assert {outcome.reused_from for outcome in report.outcomes} == {proven.report.provenance["run"]}
    assert sum(entry["tests"] for entry in report.provenance["reused"]) == len(report.outcomes)


ALONE = """
import sys
from datetime import datetime
from pathlib import Path
from mlgate.gate.reuse_state import ProjectState
from mlgate.gate.run import Request, run_gate
ProjectState.gate = lambda _state: "this mlgate"
request = Request(start=Path.cwd(), cache=Path(sys.argv[1]))
report = run_gate(request, progress=lambda _line: None, clock=lambda: datetime.fromisoformat(sys.argv[2])).report
assert all(outcome.reused_from for outcome in report.outcomes)
print(*sys.modules)
"""


def test_nothing_heavy_is_imported_where_nothing_changed(here: Here, proven: Proven) -> None:
    command = [sys.executable, "-c", ALONE, str(proven.cache), NOW.isoformat()]
    done = subprocess.run(command, cwd=here.root, capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stderr
    heavy = {"numpy", "pandas", "duckdb", "pyarrow", "scipy", "mlflow", "dvc", "pytest", "requests", "jsonschema"}
    assert set(done.stdout.split()) & heavy == set()


def test_what_changed_is_run_and_fails_and_the_rest_is_reused(here: Here, proven: Proven, tmp_path: Path) -> None:
    cache = tmp_path / "cache"
    shutil.copytree(proven.cache, cache)
    here.write("clinic/units.py", "FACTOR = 3\n")
    report = run(here.root, cache, keep_going=True)
    expected = WIDE | COMPUTED | {"tests/test_code.py"}
    assert {outcome.subject.partition("::")[0] for outcome in report.outcomes if not outcome.reused_from} == expected
    assert [outcome.subject for outcome in report.outcomes if outcome.status is Status.FAIL] == [
        "tests/test_code.py::test_score"
    ]
    again = run(here.root, cache, keep_going=True)
    fresh = {outcome.subject.partition("::")[0] for outcome in again.outcomes if not outcome.reused_from}
    assert fresh == {"tests/test_code.py"}  # a failure is no proof
    here.write("clinic/units.py", "FACTOR = 2\n")
    assert all(outcome.reused_from for outcome in run(here.root, cache).outcomes)  # of before


def test_without_a_cache_everything_runs(here: Here, proven: Proven) -> None:
    report = run(here.root, proven.cache, reuse=False)
    assert not any(outcome.reused_from for outcome in report.outcomes)
    assert "reused" not in report.provenance
