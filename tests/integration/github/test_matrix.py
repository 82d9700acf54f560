"""`mlgate comment` for every way in which GitHub starts a workflow, with every kind of report and answer.

The reports are those of the gate itself, each made once; the stand-in for GitHub holds every request and every answer
to GitHub's own description, and fails the test otherwise.
"""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.outcome import Outcome, Report, Status, report_to_dict
from mlgate.sources.reports import load_report

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

pytestmark = pytest.mark.slow

EVENTS = ("pull_request", "fork", "push", "merge_group")
KINDS = {"pass": "pass", "regress": "fail", "nan": "error", "no-baseline": "error", "oversize": "fail"}
"""Reports by their verdict."""
ANSWERS = ("403", "429", "5xx")
GATE = """\
version: 1
evaluations:
  e:
    predictions: candidate.csv
    baseline: file:%s.csv
    columns: {id: id, label: label, prediction: prediction}
    metrics: {accuracy: {tolerance: 0.02}}
    resamples: 200
"""


@dataclass(frozen=True)
class Prepared:
    """A commit, and the folders of the reports on it."""

    sha: str
    folders: dict[str, Path]


def write_predictions(path: Path, *, wrong: float, label: str | None = None) -> None:
    draw = random.Random(3)
    with path.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(["id", "label", "prediction"])
        for number in range(1000):
            truth = number % 2
            said = 1 - truth if draw.random() < wrong else truth
            writer.writerow([number, truth, said if label is None else label])


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    """The gate run on a small project, once with each kind of result."""
    root = tmp_path_factory.mktemp("project")
    write_predictions(root / "baseline.csv", wrong=0.1)
    git = ["git", "-c", "user.name=x", "-c", "user.email=x@x.example"]
    for command in (["init", "--quiet"], ["add", "--all"], ["commit", "--quiet", "-m", "x"]):
        subprocess.run([*git, *command], cwd=root, check=True)
    sha = subprocess.run(["git", "rev-parse", "HEAD"], cwd=root, check=True, capture_output=True, text=True).stdout
    made: dict[str, tuple[str, dict[str, Any]]] = {
        "pass": ("baseline", {"wrong": 0.1}),
        "regress": ("baseline", {"wrong": 0.3}),
        "nan": ("baseline", {"wrong": 0.1, "label": "nan"}),
        "no-baseline": ("absent", {"wrong": 0.1}),
    }
    folders = {kind: root / "reports" / kind for kind in KINDS}
    for kind, (baseline, rows) in made.items():
        write_predictions(root / "candidate.csv", **rows)
        (root / "mlgate.yaml").write_text(GATE % baseline, encoding="utf-8")
        run_command(cli, ["run", f"--config={root / 'mlgate.yaml'}", f"--output={folders[kind]}"])
    write_huge(folders["oversize"], sha.strip())
    assert {kind: load_report(folder).verdict.value for kind, folder in folders.items()} == KINDS
    return Prepared(sha.strip(), folders)


def write_huge(folder: Path, sha: str) -> None:
    outcomes = tuple(
        Outcome(
            id=f"data/people/c{number}/between", check="between", tier="data", subject=f"people.c{number}",
            status=Status.FAIL, message=f"{number} of 5,000 values are not between 0 and 120", hint="correct the data",
        )
        for number in range(1500)
    )  # fmt: skip
    report = Report(
        gate="default", outcomes=outcomes, started_at="2026-11-21T10:00:00Z", duration_s=1.0, provenance={"commit": sha}
    )
    folder.mkdir(parents=True)
    (folder / "report.json").write_text(json.dumps(report_to_dict(report)), encoding="utf-8")


@dataclass
class Step:
    """A step of a workflow: its variables are those of this process."""

    github: GitHubStub
    prepared: Prepared
    folder: Path
    capsys: pytest.CaptureFixture[str]
    monkeypatch: pytest.MonkeyPatch
    slept: list[float]

    def start(self, event: str) -> None:
        sha = self.prepared.sha
        fork = {"owner": {"login": "someone"}}
        contents: dict[str, dict[str, Any]] = {
            "pull_request": {"number": 5, "pull_request": {"number": 5, "head": {"sha": sha}, "draft": True}},
            "fork": {"workflow_run": {"id": 77, "head_sha": sha, "head_branch": "b", "head_repository": fork}},
            "push": {"after": sha},
            "merge_group": {"merge_group": {"head_sha": sha, "head_ref": "refs/heads/gh-readonly-queue/main/pr-5"}},
        }
        (self.folder / "event.json").write_text(json.dumps(contents[event]), encoding="utf-8")
        if event == "fork":
            self.github.pulls_of_head = [self.github.pull(5, sha)]
        # On a pull request GITHUB_SHA is the merge commit, which no reviewer looks at.
        variables = {
            "GITHUB_ACTIONS": "true",
            "GITHUB_REPOSITORY": "o/r",
            "GITHUB_EVENT_PATH": str(self.folder / "event.json"),
            "GITHUB_SHA": sha if event == "push" else "e" * 40,
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": self.github.token,
            "GITHUB_OUTPUT": str(self.folder / "output"),
            "GITHUB_STEP_SUMMARY": str(self.folder / "summary"),
        }
        for name, value in variables.items():
            self.monkeypatch.setenv(name, value)

    def comment(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output."""
        self.capsys.readouterr()
        code = run_command(cli, ["comment", *arguments])
        said = self.capsys.readouterr()
        assert self.github.token not in said.out + said.err
        assert "Traceback" not in said.err
        return code, said.out + said.err

    def post(self, event: str, kind: str) -> tuple[int, str]:
        """Put a prepared report on the pull request as a workflow of that event does it."""
        self.start(event)
        folder = self.prepared.folders[kind]
        if event != "fork":
            return self.comment("--report", str(folder))
        self.github.upload(zipped(folder / "report.json"), sha=self.prepared.sha)
        return self.comment("--from-run")

    def read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text(encoding="utf-8") if path.exists() else ""


def zipped(*files: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in files:
            archive.write(file, file.name)
    return content.getvalue()


@pytest.fixture
def step(
    github: GitHubStub,
    prepared: Prepared,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> Step:
    slept: list[float] = []
    monkeypatch.setattr("mlgate.sources.github.time.sleep", slept.append)
    return Step(github, prepared, tmp_path, capsys, monkeypatch, slept)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("event", EVENTS)
def test_every_report_reaches_the_reviewer(step: Step, event: str, kind: str) -> None:
    code, said = step.post(event, kind)

    assert code == 0, said
    github = step.github
    if event in ("pull_request", "fork"):
        (body,) = github.bodies()
        marker = "<!-- mlgate-reported:default -->" if event == "fork" else "<!-- mlgate:default -->"
        assert body.split("\n")[0] == marker
        assert len(body.encode()) <= 60_000
        assert ("had no secrets of this repository" in body) == (event == "fork")
        assert (github.checks, step.read("summary")) == ([], "")
        assert step.read("output") == f"comment-url={github.comments[0]['html_url']}\n"
        shown = body
    else:
        (check,) = github.checks
        assert (check["name"], check["head_sha"]) == ("mlgate: default", step.prepared.sha)
        expected = {"pass": "success", "fail": "failure", "error": "failure"}[KINDS[kind]]
        assert (check["status"], check["conclusion"]) == ("completed", expected)
        assert len(check["output"]["summary"].encode()) <= 65_535
        assert github.comments == []
        assert step.read("summary").startswith("## ")
        assert "::notice title=mlgate could not comment::" in said
        assert "::warning" not in said  # nothing is wrong
        shown = check["output"]["summary"]
    word = {"pass": "nothing got worse", "regress": "accuracy", "nan": "nan", "no-baseline": "absent.csv"}.get(kind, "")
    assert word in shown.lower(), shown[:2000]


@pytest.mark.parametrize("event", EVENTS)
@pytest.mark.parametrize("answer", ANSWERS)
def test_what_github_refuses_changes_where_it_stands_and_nothing_else(
    step: Step, fault: Any, event: str, answer: str
) -> None:
    github = step.github
    if answer == "403":
        github.read_only = True
    else:
        status, headers, times = (429, {"Retry-After": "3"}, 1) if answer == "429" else (502, {}, 30)
        github.faults.extend([fault("POST", status, headers)] * times)

    code, said = step.post(event, "regress")

    assert code == 0, said
    if answer == "429":
        assert step.slept == [3.0]
        assert len(github.comments) + len(github.checks) == 1
        return
    assert (github.comments, github.checks, step.read("output")) == ([], [], "")
    lines = said.splitlines()
    assert lines[0].startswith("::warning title=mlgate could not comment::")
    if answer == "403":
        accepted = ["issues=write; pull_requests=write"] if event in ("pull_request", "fork") else []
        for header in [*accepted, "checks=write"]:
            assert f"x-accepted-github-permissions: {header}" in said
        assert "checks: write" in said
    else:
        assert "answered 502" in said
        assert sum(step.slept) <= 180
    assert [line for line in lines if line.startswith("::error ") and "accuracy" in line]
    assert "accuracy" in step.read("summary")


def test_without_a_token_the_findings_are_annotations(step: Step) -> None:
    step.start("pull_request")
    step.monkeypatch.setenv("GITHUB_TOKEN", "")
    step.monkeypatch.delenv("GH_TOKEN", raising=False)

    code, said = step.comment("--report", str(step.prepared.folders["regress"]))

    assert (code, step.github.log) == (0, [])
    assert said.startswith("::warning title=mlgate could not comment::no token")
    assert "::error " in said
    assert "accuracy" in step.read("summary")


def test_a_push_to_a_branch_with_a_pull_request_is_commented_there(step: Step) -> None:
    step.github.pulls_of_commit = [step.github.pull(5, step.prepared.sha)]

    assert step.post("push", "regress")[0] == 0
    assert len(step.github.bodies()) == 1


@pytest.mark.parametrize("event", ["pull_request", "fork"])
def test_a_second_run_of_one_commit_writes_nothing(step: Step, event: str) -> None:
    step.post(event, "regress")
    report = step.prepared.folders["regress"] / "report.json"
    again = json.loads(report.read_text(encoding="utf-8"))
    again |= {"started_at": "2027-01-01T00:00:00Z", "duration_s": 99.0}
    for outcome in again["outcomes"]:
        outcome["duration_s"] = 7.5
    folder = step.folder / "again"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(again), encoding="utf-8")
    before = step.github.bodies()
    step.github.log.clear()
    if event == "fork":
        step.github.upload(zipped(folder / "report.json"), sha=step.prepared.sha)

    code, said = step.comment(*(["--from-run"] if event == "fork" else ["--report", str(folder)]))

    assert (code, step.github.bodies()) == (0, before)
    assert "comment unchanged" in said
    assert set(step.github.methods().split()) == {"GET"}


def test_an_edited_or_deleted_comment_is_written_again(step: Step) -> None:
    step.post("pull_request", "regress")
    (true,) = step.github.bodies()
    step.github.comments[0]["body"] = true.replace("accuracy", "nothing")
    step.post("pull_request", "regress")
    assert step.github.bodies() == [true]
    del step.github.comments[0]
    step.post("pull_request", "regress")
    assert step.github.bodies() == [true]


def test_a_check_run_is_in_progress_before_the_gate_and_completed_after_it(step: Step) -> None:
    step.start("pull_request")
    assert step.comment("--check", "start")[0] == 0
    assert [check["status"] for check in step.github.checks] == ["in_progress"]
    assert step.comment("--check", "start")[0] == 0  # another job began at the same time

    folder = step.prepared.folders["regress"]
    code, said = step.comment("--check", "finish", "--report", str(folder))

    (check,) = step.github.checks
    assert (code, check["status"], check["conclusion"]) == (0, "completed", "failure"), said
    assert (check["name"], check["head_sha"]) == ("mlgate: default", step.prepared.sha)
    assert len(step.github.bodies()) == 1
    assert "check-url=https://github.com/o/r/runs/1\n" in step.read("output")
    step.github.log.clear()
    assert step.comment("--check", "finish", "--report", str(folder))[0] == 0
    assert set(step.github.methods().split()) == {"GET"}


def test_a_check_run_is_completed_also_where_no_report_was_written(step: Step) -> None:
    step.start("pull_request")
    step.comment("--check", "start")

    code, said = step.comment("--check", "finish", "--report", str(step.folder))

    (check,) = step.github.checks
    assert (code, check["status"], check["conclusion"]) == (3, "completed", "failure"), said
    assert "cannot be read as a report" in check["output"]["summary"]
    assert step.github.comments == []


def test_a_check_run_that_may_not_start_stops_nothing(step: Step) -> None:
    step.github.may_check = False
    step.start("pull_request")

    code, said = step.comment("--check", "start")

    assert (code, step.github.checks) == (0, [])
    assert "x-accepted-github-permissions: checks=write" in said
    code, said = step.comment("--check", "finish", "--report", str(step.prepared.folders["pass"]))
    assert (code, len(step.github.bodies())) == (0, 1)
    assert "::warning title=mlgate could not write its check run::" in said


def test_several_sources_or_none_are_wrong_usage(step: Step) -> None:
    step.start("pull_request")
    for arguments in ([], ["--report", "x", "--from-run"], ["--check", "start", "--from-run"]):
        assert step.comment(*arguments)[0] == 2
    code, said = step.comment("--from-run")
    assert (code, "on: workflow_run" in said) == (2, True)
    assert step.github.log == []


# --- a run of a fork that does not tell the truth ---


def changed(step: Step, kind: str = "pass", **fields: Any) -> bytes:
    """The archive of a prepared report with other fields; `commit` is one of its provenance."""
    raw = json.loads((step.prepared.folders[kind] / "report.json").read_text(encoding="utf-8"))
    if "commit" in fields:
        raw["provenance"]["commit"] = fields.pop("commit")
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("report.json", json.dumps({**raw, **fields}))
    return content.getvalue()


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"commit": "b" * 40}, "is about commit bbbb"),
        ({"commit": "c" * 40}, "is about commit cccc"),
        ({"commit": "d" * 40}, "is about commit dddd"),
        ({"commit": None}, "names no commit"),
        ({"commit": "HEAD\n::error::x"}, "names no commit"),
        ({"verdict": "fail"}, "does not follow from the outcomes"),
        ({"gate": "x" * 101}, "gate"),
        ({"duration_s": -1}, "duration_s"),
    ],
)
def test_a_report_that_lies_is_refused_and_said_to_be(step: Step, fields: dict[str, Any], fact: str) -> None:
    step.start("fork")
    sha = step.prepared.sha
    step.github.parents = {"c" * 40: [sha], "d" * 40: ["1" * 40, "2" * 40]}  # a later commit, another merge
    step.github.upload(changed(step, **fields), sha=sha)

    code, said = step.comment("--from-run")

    assert (code, step.github.comments) == (3, [])
    assert fact in said
    assert not [line for line in said.splitlines() if line.startswith("::error")]
    (check,) = step.github.checks
    assert (check["name"], check["head_sha"]) == ("mlgate: default (reported)", sha)
    assert check["conclusion"] == "failure"


def test_a_report_on_the_merge_commit_of_the_head_is_accepted(step: Step) -> None:
    step.start("fork")
    step.github.parents = {"d" * 40: ["1" * 40, step.prepared.sha]}
    step.github.upload(changed(step, commit="d" * 40), sha=step.prepared.sha)

    assert step.comment("--from-run")[0] == 0
    (body,) = step.github.bodies()
    assert f"This run: commit `{step.prepared.sha[:12]}`" in body  # and not the merge, which nobody knows


def test_an_old_commit_that_runs_again_leaves_the_comment_on_the_newest(step: Step) -> None:
    step.post("pull_request", "regress")
    (before,) = step.github.bodies()
    step.github.head = "f" * 40

    code, said = step.post("pull_request", "pass")

    assert (code, step.github.bodies()) == (0, [before])
    assert "::notice title=mlgate could not comment::" in said
    assert "has newer commits" in said
    (check,) = step.github.checks
    assert (check["head_sha"], check["conclusion"]) == (step.prepared.sha, "success")

    step.github.head = step.prepared.sha
    assert step.post("pull_request", "pass")[0] == 0
    assert step.github.bodies() != [before]


def test_a_pull_request_that_has_moved_on_keeps_its_comment(step: Step) -> None:
    step.start("fork")
    step.github.pulls_of_head = [step.github.pull(5, "f" * 40)]
    kept = step.github.add("<!-- mlgate-reported:default -->\nof the newer commit", step.github.account)
    step.github.upload(changed(step), sha=step.prepared.sha)

    code, said = step.comment("--from-run")

    assert (code, kept["body"].endswith("newer commit"), len(step.github.comments)) == (0, True, 1)
    assert "may be closed or have newer commits" in said
    assert [check["name"] for check in step.github.checks] == ["mlgate: default (reported)"]


@pytest.mark.parametrize(
    ("fields", "fact"),
    [
        ({"expired": True}, "has expired"),
        ({"size_in_bytes": 30_000_000}, "30000000 bytes, more than"),
        ({"digest": "sha256:" + "0" * 64}, "its digest differs"),
        ({"workflow_run": {"id": 78, "head_sha": "b" * 40}}, "of another commit"),
        ({"name": "other"}, "left no artifact called mlgate-report"),
    ],
)
def test_an_artifact_that_is_not_what_it_should_be_is_refused(step: Step, fields: dict[str, Any], fact: str) -> None:
    step.start("fork")
    step.github.upload(**{"content": changed(step), "sha": step.prepared.sha, **fields})

    code, said = step.comment("--from-run")

    assert (code, step.github.comments) == (3, [])
    assert fact in said


def test_the_token_does_not_go_where_artifacts_lie(step: Step) -> None:
    step.start("fork")
    step.github.downloads_at = step.github.url.replace("127.0.0.1", "localhost")
    step.github.upload(changed(step), sha=step.prepared.sha)

    assert step.comment("--from-run")[0] == 0  # and the stand-in has seen no violation
    assert len(step.github.bodies()) == 1

    step.github.downloads_at = "http://downloads.example"
    code, said = step.comment("--from-run")
    assert (code, "not https" in said, "s3cret" in said) == (3, True, False)


def test_a_strangers_report_takes_nobodys_place(step: Step) -> None:
    step.start("fork")
    ours = [step.github.add(f"<!-- mlgate:{name} -->\nours", step.github.account) for name in ("default", "gpu")]
    sha, names = step.prepared.sha, {"mlgate-report-1": "gpu", "mlgate-report-2": "gpu", "mlgate-report-3": "cpu"}
    for artifact, gate in names.items():
        step.github.upload(changed(step, gate=gate), artifact, sha=sha)

    code, said = step.comment("--from-run")

    assert [comment["body"].partition("\n")[2] for comment in ours] == ["ours", "ours"]
    made = [body.split("\n")[0] for body in step.github.bodies()[2:]]
    assert made == ["<!-- mlgate-reported:gpu -->", "<!-- mlgate-reported:cpu -->"]
    assert (code, "two uploaded reports are of a gate called 'gpu'" in said) == (3, True)


def test_what_a_stranger_writes_is_text(step: Step) -> None:
    step.start("fork")
    evil = "@everyone <img src=x onerror=1> | [x](http://x.example)\n::error::x\n<!-- mlgate:gpu -->"
    raw = json.loads((step.prepared.folders["regress"] / "report.json").read_text(encoding="utf-8"))
    for outcome in raw["outcomes"]:
        outcome |= {"message": evil, "hint": evil, "location": {"path": "../../etc/passwd", "line": 1}}
        outcome["evidence"].pop("metric", None)
    raw["provenance"]["repository"] = "https://evil.example/o/r"
    step.github.upload(changed(step, "regress", **raw), sha=step.prepared.sha)
    step.github.faults.clear()

    assert step.comment("--from-run", "--check", "finish")[0] == 0

    (check,) = step.github.checks
    for text in (step.github.bodies()[0], check["output"]["summary"]):
        assert "@everyone" not in text.replace("@\u200b", "")
        assert "<img" not in text
        assert "](http://x.example" not in text
        assert "evil.example" not in text
        assert "\n<!-- mlgate:gpu" not in text
    assert step.github.annotations[check["id"]] == []  # no path below the repository


def test_a_folder_that_another_step_has_fetched_is_read_the_same_way(step: Step) -> None:
    step.start("fork")
    folder = step.prepared.folders["regress"]
    assert step.comment("--from-artifact", str(folder))[0] == 0
    assert step.github.bodies()[0].startswith("<!-- mlgate-reported:default -->")
    step.start("pull_request")
    code, said = step.comment("--from-artifact", str(folder))
    assert (code, "start the workflow with `on: workflow_run`" in said) == (2, True)


def test_two_comments_become_one(step: Step) -> None:
    first, second = [step.github.add("<!-- mlgate:default -->\nx", step.github.account) for _ in range(2)]
    step.post("pull_request", "regress")
    assert "accuracy" in first["body"]
    assert second["body"].split("\n") == [
        "<!-- mlgate-superseded:default -->",
        f"Superseded: the comment of this gate that is kept up to date is {first['html_url']}",
    ]


def test_annotations_go_in_batches_and_a_refused_one_does_not_leave_the_check_open(step: Step, fault: Any) -> None:
    step.start("pull_request")
    raw = json.loads((step.prepared.folders["oversize"] / "report.json").read_text(encoding="utf-8"))
    raw["outcomes"] = [
        {**outcome, "location": {"path": "people.csv", "line": number + 1}}
        for number, outcome in enumerate(raw["outcomes"][:230])
    ]
    folder = step.folder / "report"
    folder.mkdir()
    (folder / "report.json").write_text(json.dumps(raw), encoding="utf-8")
    finish = ("--check", "finish", "--report", str(folder), "--name")

    assert step.comment(*finish, "whole")[0] == 0
    assert [len(found) for found in step.github.annotations.values()] == [200]
    assert "30 more findings have no annotation" in step.github.checks[0]["output"]["summary"]

    step.github.faults.extend([fault("PATCH", 502)] * 4)
    code, said = step.comment(*finish, "part")
    assert (code, "check run shortened" in said) == (0, True)
    assert [(check["status"], check["conclusion"]) for check in step.github.checks] == [("completed", "failure")] * 2
    assert [len(found) for found in step.github.annotations.values()] == [200, 50]
