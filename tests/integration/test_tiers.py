"""The user's tests, run by a real pytest in a process of its own, and what the gate makes of them."""

from __future__ import annotations

import importlib
import json
import shutil
import subprocess
import sys
import textwrap
import venv
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.project import Tier
from mlgate.outcome import Outcome, Status, judge, to_json
from mlgate.pyramid.results import Summary, ending_of, outcomes_of_tier, summarize
from mlgate.pyramid.tiers import PLUGIN, pytest_command
from mlgate.sources import processes
from mlgate.sources.processes import Completed, find_launcher, inherited_python_path
from mlgate.sources.results_file import read_records

XDIST = "[pytest]\naddopts = -p xdist -n 2\n"


@dataclass(frozen=True)
class Run:
    """A tier that was run: what was proven, and what was written."""

    outcomes: list[Outcome]
    summary: Summary
    records: list[dict[str, Any]]
    completed: Completed

    def of(self, name: str) -> Outcome:
        """The outcome of the one test whose node id ends like this."""
        (found,) = [outcome for outcome in self.outcomes if outcome.subject.endswith(name)]
        return found

    @property
    def of_tier(self) -> Outcome | None:
        return next((outcome for outcome in self.outcomes if outcome.check == "pytest"), None)

    @property
    def verdict(self) -> Status:
        return judge(self.outcomes)


Project = Callable[..., Run]


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Project:
    """Write files, run the tier `unit` over `tests`, judge."""
    return project_in(tmp_path, monkeypatch)


def project_in(folder: Path, patch: pytest.MonkeyPatch) -> Project:
    patch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    patch.delenv("PYTEST_ADDOPTS", raising=False)
    counter = iter(range(10))

    def run(files: Mapping[str, str], *, tests: Sequence[str] = ("tests",), **keywords: Any) -> Run:
        root = folder / "project"
        for name, content in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(textwrap.dedent(content), encoding="utf-8")
        results = folder / f"results-{next(counter)}.jsonl"
        return run_tier(root, results, tests=tests, **keywords)

    return run


def run_tier(
    root: Path,
    results: Path,
    *,
    tests: Sequence[str] = ("tests",),
    budget_s: float | None = 120.0,
    launcher: tuple[str, ...] = (sys.executable, "-m", "pytest"),
    extra: Sequence[str] = (),
) -> Run:
    """As the gate does it."""
    tier = Tier(name="unit", tests=tuple(tests), budget_s=budget_s)
    command = pytest_command(
        tier, launcher=launcher, results=results, python_path=inherited_python_path(), extra=("-q", *extra)
    )
    completed = processes.run(command.argv, cwd=root, env=command.env, timeout_s=tier.budget_s)
    records = read_records(results)
    ending = ending_of(
        tier,
        records,
        returncode=completed.returncode,
        timed_out=completed.timed_out,
        output_tail=completed.output_tail,
    )
    outcomes = outcomes_of_tier([ending])
    json.dumps(to_json([outcome.evidence for outcome in outcomes]), allow_nan=False).encode()
    assert len({outcome.id for outcome in outcomes}) == len(outcomes)
    summary = summarize(tier, [ending.recorded], outcomes, duration_s=completed.duration_s)
    return Run(outcomes, summary, records, completed)


DOCTESTS = ("--doctest-modules", "--ignore=model.py")
EVERY_KIND = {
    "model.py": """\
        def score():
            return {"auc": 0.81}

        def broken():
            raise ValueError("no weights in\\nthe file")
        """,
    "conftest.py": """\
        import sys, pathlib
        sys.path.insert(0, str(pathlib.Path(__file__).parent))
        """,
    "tests/test_kinds.py": """\
        import pytest, warnings
        import model

        @pytest.fixture
        def unreachable():
            raise ConnectionError("no database")

        @pytest.fixture
        def untidy():
            yield
            raise RuntimeError("cannot tidy up")

        def test_pass(record_property):
            record_property("auc", 0.81)

        def test_fail():
            assert model.score()["auc"] > 0.9, "the model is worse"

        def test_raise():
            model.broken()

        def test_setup(unreachable):
            pass

        def test_teardown(untidy):
            pass

        def test_both(untidy):
            assert False

        def test_no_fixture(missing):
            pass

        @pytest.mark.skip(reason="no GPU here")
        def test_skip():
            pass

        def test_skip_inside():
            pytest.skip("needs data")

        @pytest.mark.xfail(reason="bug 7", strict=False)
        def test_xfail():
            assert False

        @pytest.mark.xfail(reason="bug 8", run=False)
        def test_xfail_not_run():
            raise SystemExit

        def test_xfail_inside():
            pytest.xfail("bug 9")

        @pytest.mark.xfail(reason="bug 10", strict=False)
        def test_xpass():
            pass

        @pytest.mark.xfail(reason="bug 11", strict=True)
        def test_xpass_strict():
            pass

        @pytest.mark.parametrize("text", ["a b", "\\n", "é|`@all", "x" * 2000, "100%", "<script>"])
        def test_names(text):
            assert True

        def test_subtests(subtests):
            for i in range(3):
                with subtests.test("row", i=i, name="a"):
                    assert i != 1

        def test_subtests_pass(subtests):
            with subtests.test(i=0):
                pass

        class TestGroup:
            def test_method(self):
                warnings.warn("look")
        """,
    "tests/test_optional.py": """\
        import pytest
        pytest.importorskip("no_such_library_at_all")
        def test_never():
            pass
        """,
    "tests/test_doc.py": '''\
        def double(x):
            """
            >>> double(2)
            5
            """
            return 2 * x
        ''',
    "tests/test_unittest.py": """\
        import unittest
        class Case(unittest.TestCase):
            def test_sub(self):
                for i in range(2):
                    with self.subTest(i=i):
                        self.assertEqual(i, 0)
            def tearDown(self):
                pass
        """,
}


@pytest.fixture(scope="module", params=["one process", "xdist"])
def every_kind(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, measuring: dict[str, str]
) -> Run:
    """Run once; each test looks at something else of it."""
    configuration = "[pytest]\n" if request.param == "one process" else XDIST
    with pytest.MonkeyPatch.context() as patch:
        for name, value in measuring.items():
            patch.setenv(name, value)
        project = project_in(tmp_path_factory.mktemp("every-kind"), patch)
        return project({**EVERY_KIND, "pytest.ini": configuration}, extra=DOCTESTS)


def test_every_kind_of_result_has_its_status(every_kind: Run) -> None:
    expected = {
        "::test_pass": (Status.PASS, "passed"),
        "::test_fail": (Status.FAIL, "the model is worse (assert 0.81 > 0.9)"),
        "::test_raise": (Status.FAIL, "ValueError: no weights in"),
        "::test_setup": (Status.ERROR, "setup failed: ConnectionError: no database"),
        "::test_teardown": (Status.ERROR, "teardown failed: RuntimeError: cannot tidy up"),
        "::test_both": (Status.FAIL, "assert False"),
        "::test_no_fixture": (Status.ERROR, "setup failed: fixture 'missing' not found"),
        "::test_skip": (Status.SKIP, "always skipped: no GPU here"),
        "::test_skip_inside": (Status.SKIP, "skipped: needs data"),
        "::test_xfail": (Status.SKIP, "expected failure: bug 7"),
        "::test_xfail_not_run": (Status.SKIP, "expected failure: [NOTRUN] bug 8"),
        "::test_xfail_inside": (Status.SKIP, "expected failure: bug 9"),
        "::test_xpass": (Status.WARN, "passed although it is expected to fail: bug 10"),
        "::test_xpass_strict": (Status.FAIL, "passed although it is expected to fail (strict): bug 11"),
        "::test_subtests": (Status.FAIL, "1 of 3 subtests failed: [row] (i=1, name='a'): assert 1 != 1"),
        "::test_subtests_pass": (Status.PASS, "passed"),
        "::test_method": (Status.PASS, "passed"),
        "test_optional.py": (Status.SKIP, "skipped: could not import 'no_such_library_at_all'"),
        "test_doc.double": (Status.FAIL, "Expected: 5 Got: 4"),
        "Case::test_sub": (Status.FAIL, "1 of 2 subtests failed: (i=1): 1 != 0"),
    }
    found = {name: (every_kind.of(name).status, every_kind.of(name).message) for name in expected}
    found["test_optional.py"] = (found["test_optional.py"][0], found["test_optional.py"][1].partition(": No")[0])
    assert found == expected
    assert every_kind.of_tier is None
    assert every_kind.verdict is Status.FAIL


def test_place_hint_and_evidence_lead_to_the_test(every_kind: Run) -> None:
    failed = every_kind.of("::test_raise")
    assert failed.id == "unit/tests/test_kinds.py::test_raise"
    assert failed.location is not None
    assert (failed.location.path, failed.location.line) == ("tests/test_kinds.py", 20)  # where the test calls the model
    assert failed.hint == "run it alone: pytest tests/test_kinds.py::test_raise"
    assert failed.evidence["node"] == "tests/test_kinds.py::test_raise"
    assert failed.evidence["when"] == "call"
    assert set(failed.evidence["durations_s"]) == {"setup", "call", "teardown"}
    assert any("the file" in line for line in failed.evidence["traceback"])
    assert len(failed.evidence["traceback"]) <= 30
    assert every_kind.of("::test_pass").evidence["properties"] == [["auc", 0.81]]
    assert every_kind.of("::test_setup").evidence["when"] == "setup"
    subtest = every_kind.of("::test_subtests").location
    assert subtest is not None
    assert subtest.line == 67


def test_hostile_names_stay_one_line_and_are_told_apart(every_kind: Run) -> None:
    named = [outcome for outcome in every_kind.outcomes if "test_names" in outcome.subject]
    assert len(named) == 6
    assert {outcome.status for outcome in named} == {Status.PASS}
    assert all(len(outcome.id) <= 400 and outcome.id.isascii() and outcome.id.isprintable() for outcome in named)
    assert "unit/tests/test_kinds.py::test_names[a%20b]" in {outcome.id for outcome in named}


def test_summary_counts(every_kind: Run) -> None:
    summary = every_kind.summary
    tests = [outcome for outcome in every_kind.outcomes if outcome.check == "test"]
    assert summary.counts == {status.value: Counter(test.status for test in tests)[status] for status in Status}
    assert summary.collected == len(tests) == 25
    assert summary.warnings == 1
    assert summary.subtests == {"passed": 4, "failed": 2}
    assert summary.pytest == pytest.__version__
    assert summary.reason == "10 of 25 tests did not pass, 1 always skipped"
    assert summary.provenance()["status"] == "fail"


def test_collection_error_is_an_error_and_says_what_did_not_run(project: Project) -> None:
    run = project({
        "tests/test_bad.py": "import os\ndef test_x(:\n    pass\n",
        "tests/test_import.py": "\n\nimport no_such_library_at_all\n",
        "tests/test_good.py": "def test_a(): pass\ndef test_b(): pass\n",
    })  # fmt: skip
    bad, missing = run.of("test_bad.py"), run.of("test_import.py")
    assert bad.id == "unit/tests/test_bad.py"
    assert (bad.status, bad.message) == (Status.ERROR, "could not be collected: SyntaxError: invalid syntax")
    assert bad.location is not None
    assert (bad.location.path, bad.location.line) == ("tests/test_bad.py", 2)
    assert missing.message == "could not be collected: ModuleNotFoundError: No module named 'no_such_library_at_all'"
    assert missing.location is not None
    assert missing.location.line == 3
    assert run.of_tier is not None
    assert run.of_tier.message == "2 of 2 collected tests were not run: 2 errors during collection"
    assert run.verdict is Status.ERROR


def test_collection_error_under_xdist_is_told_once(project: Project) -> None:
    run = project({"pytest.ini": XDIST, "tests/test_bad.py": "1 +\n", "tests/test_good.py": "def test_a(): pass\n"})
    assert run.of("test_bad.py").status is Status.ERROR
    assert run.verdict is Status.ERROR


def test_module_that_is_only_broken_needs_no_second_outcome(project: Project) -> None:
    run = project({"tests/test_bad.py": "1 +\n"})
    assert [outcome.id for outcome in run.outcomes] == ["unit/tests/test_bad.py"]
    assert run.summary.reason == "1 module could not be collected"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        pytest.param(
            {"tests/helper.py": "def test_a(): pass\n"}, "no test was collected in tests", id="nothing collected"
        ),
        pytest.param(
            {"pytest.ini": "[pytest]\naddopts = -k other\n", "tests/test_a.py": "def test_a(): pass\n"},
            "no test was collected in tests: all 1 were deselected",
            id="all deselected",
        ),
        pytest.param(
            {"tests/test_a.py": "import pytest\n@pytest.mark.skip\ndef test_a(): pass\n"},
            "every test was skipped: nothing was checked",
            id="all skipped",
        ),
        pytest.param(
            {"tests/test_a.py": "import pytest\npytest.skip('not here', allow_module_level=True)\n"},
            "every test was skipped: nothing was checked",
            id="all modules skipped",
        ),
        pytest.param(
            {"other/test_a.py": ""},
            "pytest refused to run: file or directory not found: tests",
            id="no such path",
        ),
        pytest.param(
            {"tests/test_a.py": "def test_a(): pass\n", "pytest.ini": "[pytest]\naddopts = --no-such-option\n"},
            "pytest refused to run: ",
            id="unknown option",
        ),
        pytest.param(
            {"tests/test_a.py": "def test_a(): pass\n", "tests/conftest.py": "import no_such_library_at_all\n"},
            "pytest refused to run: ModuleNotFoundError: No module named 'no_such_library_at_all'",
            id="broken conftest",
        ),
        pytest.param(
            {"tests/test_a.py": "def test_a(): pass\n", "pytest.ini": "[pytest]\naddopts = --collect-only\n"},
            "1 of 1 collected tests were not run",
            id="only collected",
        ),
        pytest.param(
            {"tests/test_a.py": "def test_a(): pass\n", "tests/conftest.py": "def pytest_sessionfinish(): 1 / 0\n"},
            "no test explains how pytest ended (exit status 1): ZeroDivisionError: division by zero",
            id="hook raises at the end",
        ),
        pytest.param(
            {
                "tests/test_a.py": "def test_a(): pass\n",
                "tests/conftest.py": "def pytest_runtest_logreport(report): raise LookupError('odd hook')\n",
            },
            "pytest stopped on an internal error: LookupError: odd hook",
            id="hook raises in between",
        ),
        pytest.param(
            {
                "tests/test_a.py": "def test_a(): pass\n",
                "tests/conftest.py": "def pytest_sessionfinish(session): session.exitstatus = 9\n",
            },
            "no test explains how pytest ended (exit status 9)",
            id="hook changes the status",
        ),
        pytest.param(
            {"tests/test_a.py": "import pytest\ndef test_a(): pytest.exit('enough', returncode=0)\n"},
            "pytest stopped: enough while running tests/test_a.py::test_a",
            id="exit that claims success",
        ),
    ],
)
def test_what_proves_nothing_is_an_error(files: dict[str, str], message: str, project: Project) -> None:
    run = project(files)
    assert run.verdict is Status.ERROR
    assert run.of_tier is not None
    assert run.of_tier.message.startswith(message)
    assert run.summary.reason == run.of_tier.message


@pytest.mark.parametrize(
    ("death", "how"),
    [
        ("import os; os._exit(0)", "exit status 0"),
        ("import os; os._exit(1)", "exit status 1"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", "killed by SIGKILL"),
        ("import faulthandler; faulthandler._sigsegv()", "killed by SIGSEGV"),
    ],
)
def test_death_keeps_what_was_recorded_and_names_the_test(death: str, how: str, project: Project) -> None:
    run = project({"tests/test_a.py": f"def test_1(): pass\ndef test_2(): {death}\ndef test_3(): pass\n"})
    assert run.of("::test_1").status is Status.PASS
    assert run.of("::test_2").status is Status.ERROR
    assert run.of("::test_2").message == f"was running when pytest died ({how})"
    assert run.of("::test_2").location is not None
    assert run.of_tier is not None
    assert run.of_tier.message == f"pytest died ({how}) while running tests/test_a.py::test_2; 1 test was not run"
    assert run.verdict is Status.ERROR


def test_dead_worker_is_an_error_of_its_test(project: Project) -> None:
    run = project({
        "pytest.ini": XDIST,
        "tests/test_a.py": "import os\ndef test_1(): pass\ndef test_2(): os._exit(0)\ndef test_3(): pass\n",
    })  # fmt: skip
    assert run.of("::test_2").status is Status.ERROR
    assert "crashed while running" in run.of("::test_2").message
    assert {run.of("::test_1").status, run.of("::test_3").status} == {Status.PASS}


@pytest.mark.slow
@pytest.mark.parametrize(
    ("configuration", "budget_s"), [("[pytest]\n", 5.0), (XDIST, 8.0)], ids=["one process", "xdist"]
)
def test_budget_ends_the_tier_and_keeps_what_was_recorded(
    configuration: str, budget_s: float, project: Project
) -> None:
    hang = "def test_1(): pass\ndef test_2():\n    import threading\n    threading.Event().wait()\n"
    run = project({"pytest.ini": configuration, "tests/test_a.py": hang}, budget_s=budget_s)
    assert run.completed.timed_out
    assert run.of("::test_1").status is Status.PASS
    assert run.of("::test_2").message == f"was running when the tier was stopped after {budget_s:g}s"
    assert run.of_tier is not None
    assert run.of_tier.message == (
        f"stopped after {budget_s:g}s: the budget of the tier was used up while running tests/test_a.py::test_2"
    )
    assert run.verdict is Status.ERROR
    assert run.completed.duration_s < 30


def test_first_failure_stops_and_the_rest_is_counted(project: Project) -> None:
    run = project(
        {"tests/test_a.py": "def test_1(): assert 0\ndef test_2(): pass\ndef test_3(): pass\n"}, extra=("-x",)
    )
    assert run.verdict is Status.FAIL
    assert run.of_tier is not None
    assert run.of_tier.message.startswith("2 of 3 collected tests were not run")


def test_coverage_threshold_is_named(project: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COVERAGE_FILE", str(tmp_path / "coverage"))  # our own measurement is not theirs to combine
    options = "-p pytest_cov --cov=tests --cov-fail-under=100"
    run = project({
        "pytest.ini": f"[pytest]\naddopts = {options}\n",
        "tests/test_a.py": "def test_a(): pass\ndef untested():\n    return 1\n",
    })  # fmt: skip
    assert run.of("::test_a").status is Status.PASS
    assert run.of_tier is not None
    assert run.of_tier.message.startswith("the tests passed, the coverage did not: ")
    assert run.verdict is Status.ERROR


PROPERTIES = """\
    import enum, numpy as np, pytest
    class Odd:
        def __repr__(self):
            raise RuntimeError
    class Level(enum.IntEnum):
        HIGH = 3
    def test_a(record_property, request):
        record_property("scalar", np.float64(0.5))
        record_property("float32", np.float32(0.25))
        record_property("count", np.int64(7))
        record_property("flag", np.bool_(True))
        record_property("long", np.longdouble(1.5))
        record_property("array", np.arange(2))
        record_property("nested", {"auc": np.float64(0.5), 3: (np.int8(1), None)})
        record_property("level", Level.HIGH)
        record_property("big", 10 ** 5000)
        record_property("bad text", "\\ud800")
        record_property("bytes", b"x")
        record_property("odd", Odd())
        request.node.user_properties.append("not a pair")
    """


@pytest.mark.parametrize("configuration", ["[pytest]\n", XDIST], ids=["one process", "xdist"])
def test_recorded_properties_become_plain(configuration: str, project: Project) -> None:
    run = project({"pytest.ini": configuration, "tests/test_a.py": PROPERTIES})
    outcome = run.of("::test_a")
    assert outcome.status is Status.PASS, run.completed.output_tail
    *pairs, last = outcome.evidence["properties"]
    properties = dict(pairs)
    assert len(properties.pop("big")) == 2000
    assert last == "not a pair"
    assert properties == {
        "scalar": 0.5,
        "float32": 0.25,
        "count": 7,
        "flag": True,
        "long": 1.5,
        "array": "array([0, 1])",
        "nested": {"auc": 0.5, "3": [1, None]},
        "level": 3,
        "bad text": "\\ud800",
        "bytes": "b'x'",
        "odd": "<Odd>",
    }


def test_records_survive_a_fork_a_missing_open_and_a_nested_pytest(project: Project) -> None:
    run = project({
        "tests/test_a.py": """\
            import builtins, os, sys, pathlib, pytest

            def test_fork():
                child = os.fork()
                if child == 0:
                    raise RuntimeError("only in the copy")
                os.waitpid(child, 0)

            def test_no_open(monkeypatch):
                def closed(*args, **keywords):
                    raise OSError("no files here")
                monkeypatch.setattr(builtins, "open", closed)
                monkeypatch.setattr(pathlib.Path, "open", closed)

            def test_nested(tmp_path, monkeypatch):
                monkeypatch.chdir(tmp_path)
                (tmp_path / "test_inner.py").write_text("def test_inner(): assert 0")
                assert pytest.main(["-p", "no:cacheprovider", "test_inner.py"]) == 1
            """,
    })  # fmt: skip
    assert [(outcome.subject, outcome.status) for outcome in run.outcomes] == [
        ("tests/test_a.py::test_fork", Status.PASS),
        ("tests/test_a.py::test_no_open", Status.PASS),
        ("tests/test_a.py::test_nested", Status.PASS),
    ], run.completed.output_tail


def test_two_copies_of_the_plugin_record_once(project: Project, tmp_path: Path) -> None:
    copy = tmp_path / "project" / "mlgate_pytest_copy"
    shutil.copytree(PLUGIN / "mlgate_pytest", copy)
    run = project(
        {"pytest.ini": "[pytest]\naddopts = -p mlgate_pytest_copy\n", "tests/test_a.py": "def test_a(): pass\n"}
    )
    assert run.verdict is Status.PASS
    kinds = [record["kind"] for record in run.records if record["kind"] != "note"]
    assert kinds == ["open", "collected", "start", "passed", "session"]


def test_second_session_in_the_same_file_is_not_believed(project: Project) -> None:
    inner = """\
        import subprocess, sys
        def test_a(request):
            arguments = [*request.config.invocation_params.args[:-1], "inner"]
            assert subprocess.run([sys.executable, "-m", "pytest", *arguments]).returncode == 0
        """
    run = project({"tests/test_a.py": inner, "inner/test_b.py": "def test_b(): pass\n"})
    assert run.of_tier is not None
    assert "the recorded results cannot be read: " in run.of_tier.message
    assert run.verdict is Status.ERROR


def test_results_that_cannot_be_written_stop_pytest(project: Project, tmp_path: Path) -> None:
    (tmp_path / "results-0.jsonl").mkdir()
    (tmp_path / "project" / "tests").mkdir(parents=True)
    command = pytest_command(
        Tier(name="unit", tests=("tests",)),
        launcher=(sys.executable, "-m", "pytest"),
        results=tmp_path / "results-0.jsonl",
    )
    completed = processes.run(command.argv, cwd=tmp_path / "project", env=command.env)
    assert completed.returncode == 4
    assert "results-0.jsonl cannot be written: Is a directory" in completed.output_tail


def test_paths_that_look_like_options_are_paths(project: Project) -> None:
    files = {"-x/test_a.py": "def test_a(): pass\n", "@list/test_b.py": "def test_b(): pass\n"}
    run = project(files, tests=["-x", "@list"])
    assert run.verdict is Status.PASS
    assert len(run.outcomes) == 2


def test_node_ids_are_relative_to_the_project_inside_a_larger_repository(tmp_path: Path, project: Project) -> None:
    (tmp_path / "pytest.ini").write_text("[pytest]\naddopts = -p no:cacheprovider\n", encoding="utf-8")
    run = project({"tests/test_a.py": "def test_a(): pass\n"})
    assert [outcome.id for outcome in run.outcomes] == ["unit/tests/test_a.py::test_a"]


def test_interpreter_without_pytest_is_named(project: Project, tmp_path: Path) -> None:
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    launcher = find_launcher(tmp_path, "environment/bin/python")
    run = project({"tests/test_a.py": "def test_a(): pass\n"}, launcher=launcher)
    assert run.of_tier is not None
    assert run.of_tier.message == "pytest is not installed for the interpreter of the tests"


def test_options_of_the_environment_are_kept(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "-k chosen")
    run = project({"tests/test_a.py": "def test_chosen(): pass\ndef test_other(): assert 0\n"})
    assert [outcome.subject for outcome in run.outcomes] == ["tests/test_a.py::test_chosen"]
    assert run.summary.deselected == 1


def test_program_that_is_not_pytest_proves_nothing(project: Project) -> None:
    run = project({"tests/test_a.py": "def test_a(): pass\n"}, launcher=(sys.executable, "-c", "pass"))
    assert run.of_tier is not None
    assert run.of_tier.message == "pytest did not start (exit status 0)"


@pytest.mark.slow
def test_environment_of_the_user_does_not_need_mlgate(project: Project, tmp_path: Path) -> None:
    """A virtual environment that sees pytest and nothing of ours."""
    environment = tmp_path / "environment"
    venv.create(environment, with_pip=False)
    (library,) = (environment / "lib").glob("python*/site-packages")
    for name in ("pytest", "_pytest", "py", "pluggy", "iniconfig", "packaging", "pygments"):
        source = Path(importlib.import_module(name).__file__ or "")
        source = source.parent if source.name == "__init__.py" else source
        (library / source.name).symlink_to(source)
    launcher = find_launcher(tmp_path, "environment/bin/python")
    absent = "def test_a():\n    import importlib.util\n    assert importlib.util.find_spec('mlgate') is None\n"
    run = project({"tests/test_a.py": absent}, launcher=launcher)
    assert run.verdict is Status.PASS, run.completed.output_tail


def test_plugin_alone_does_nothing(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text("def test_a(): pass\n", encoding="utf-8")
    arguments = [sys.executable, "-m", "pytest", "-q", "-p", "mlgate_pytest", "-p", "no:cacheprovider"]
    environment = {"PYTHONPATH": str(PLUGIN), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PATH": ""}
    done = subprocess.run(arguments, cwd=tmp_path, env=environment, capture_output=True, timeout=60, check=False)
    assert done.returncode == 0, done.stdout
    assert [path.name for path in tmp_path.iterdir() if path.name != "__pycache__"] == ["test_a.py"]
