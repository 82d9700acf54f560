"""`mlgate demo` as a newcomer runs it: one run, looked at from all sides. The slowest test that we have, so only one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.outcome import Status, report_from_dict

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]

HOSTILE = """\
[user]
    name = Somebody Else
    email = else@example.org
[commit]
    gpgsign = true
[gpg]
    program = /nonexistent
[init]
    defaultBranch = trunk
[core]
    hooksPath = /nonexistent
    autocrlf = true
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with settings that would break every step of the demo."""
    folder = tmp_path_factory.mktemp("home")
    (folder / ".gitconfig").write_text(HOSTILE, encoding="utf-8")
    (folder / ".config" / "dvc").mkdir(parents=True)
    (folder / ".config" / "dvc" / "config").write_text("[core]\n    remote = nowhere\n", encoding="utf-8")
    return folder


def start(folder: Path, arguments: list[str], **variables: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "mlgate", *arguments]
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    environment = {**os.environ, "PATH": path, **variables}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=300, check=False
    )


def read_report(folder: Path) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    assert report_from_dict(loaded).verdict is Status(loaded["verdict"])
    return loaded


def by_status(report: dict[str, Any], status: str) -> dict[str, dict[str, Any]]:
    return {outcome["id"]: outcome for outcome in report["outcomes"] if outcome["status"] == status}


def comparisons(report: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {outcome["id"]: outcome["evidence"] for outcome in report["outcomes"] if outcome["check"] == "metric_change"}


def test_demo(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    variables = {
        "HOME": str(home),
        "XDG_CONFIG_HOME": str(home / ".config"),
        "GIT_CONFIG_GLOBAL": str(home / ".gitconfig"),
        "MLGATE_CONFIG": "/nonexistent/mlgate.yaml",
        "MLGATE_TIER": "serving",
    }
    before = {path for path in home.rglob("*") if "cache" not in str(path).lower()}
    with monkeypatch.context() as patch:
        patch.chdir(tmp_path)
        for name, value in variables.items():
            patch.setenv(name, value)
        code = run_command(cli, ["demo"])  # in this process; all that it starts are processes of their own
    said = capsys.readouterr()
    assert code == 0, said.out[-3000:] + said.err[-3000:]
    top = tmp_path / "mlgate-demo"

    check_what_is_said(said.out, said.err, top)
    check_improvement(read_report(top / "reports" / "pull-request-1"))
    check_slice(read_report(top / "reports" / "pull-request-2"))
    check_broken_data(read_report(top / "reports" / "pull-request-3"))
    check_clones(top)
    assert {path for path in home.rglob("*") if "cache" not in str(path).lower()} == before
    check_commands_to_try(top)
    check_lost_store(top)


def check_what_is_said(out: str, err: str, top: Path) -> None:
    assert [line[:3] for line in err.splitlines()] == ["1/6", "2/6", "3/6", "4/6", "5/6", "6/6"]
    places = [out.index(f"Pull request {number}:") for number in (1, 2, 3)]
    assert places == sorted(places)
    assert [line.split(":")[0] for line in out.splitlines() if line.startswith("-->")] == [
        "--> exit code 0",
        "--> exit code 1",
        "--> exit code 1",
    ]
    assert f"export MLFLOW_TRACKING_URI='sqlite:///{top}/mlflow/mlflow.db'" in out
    assert "<" not in out.replace("<--", "").replace("p < 0.001", ""), "HTML in the terminal"


def check_improvement(report: dict[str, Any]) -> None:
    assert report["verdict"] == "pass"
    assert by_status(report, "warn") == {}
    found = comparisons(report)
    assert len(found) == 18
    assert {evidence["verdict"] for evidence in found.values()} == {"improved"}
    assert [tier["tier"] for tier in report["provenance"]["tiers"]] == ["unit", "data", "integration", "model"]


def check_slice(report: dict[str, Any]) -> None:
    """Better overall in both metrics, worse in one slice, whose members are drawn whole."""
    assert set(by_status(report, "fail")) == {"model/outpatient/roc_auc/limited=unclear"}
    assert by_status(report, "error") == {}
    found = comparisons(report)
    worse = found.pop("model/outpatient/roc_auc/limited=unclear")
    assert worse["candidate"] == 0.5
    assert worse["delta"] < -0.1
    assert worse["p_adjusted"] < 0.04
    assert worse["family_size"] == 18
    for metric in ("accuracy", "roc_auc"):
        overall = found[f"model/outpatient/{metric}"]
        assert overall["verdict"] == "improved"
        assert overall["low"] > 0.005
        assert overall["n"] > 5000


def check_broken_data(report: dict[str, Any]) -> None:
    failed = by_status(report, "fail")
    assert {"data/visits/health/in_set", "data/visits/coinsurance/in_set", "data/visits/example_id/not_null"} <= set(
        failed
    )
    assert {outcome["tier"] for outcome in failed.values()} == {"data"}
    assert failed["data/visits/example_id/not_null"]["evidence"]["failing"] == 20
    assert {outcome["tier"] for outcome in by_status(report, "skip").values()} >= {"integration", "model"}


def check_clones(top: Path) -> None:
    """Each gate ran in a clone of its branch that had to pull its data; the repository is left on main, clean."""
    for number in (1, 2, 3):
        report = read_report(top / "reports" / f"pull-request-{number}")
        provenance = report["provenance"]
        assert provenance["dirty"] is False
        assert {entry["source"] for entry in provenance["datasets"]} == {"dvc"}
        assert not (top / f"pull-request-{number}" / ".dvc" / "config.local").exists()
    git = ["git", "-C", str(top / "repository")]
    assert subprocess.run([*git, "status", "--porcelain"], capture_output=True, check=True).stdout == b""
    branches = subprocess.run([*git, "branch", "--format=%(refname:short)"], capture_output=True, text=True, check=True)
    assert branches.stdout.split() == ["gradient-boosting", "main", "new-export", "unclear-answers"]
    authors = subprocess.run([*git, "log", "--all", "--format=%an"], capture_output=True, text=True, check=True)
    assert set(authors.stdout.splitlines()) == {"mlgate demo"}


def check_commands_to_try(top: Path) -> None:
    uri = f"sqlite:///{top}/mlflow/mlflow.db"
    shown = start(top / "repository", ["baseline", "show"], MLFLOW_TRACKING_URI=uri)
    assert shown.returncode == 0, shown.stderr
    assert "registry alias champion of outpatient, version 1" in shown.stdout
    again = start(top / "repository", ["run", "--tier", "model"], MLFLOW_TRACKING_URI=uri)
    assert again.returncode == 0, again.stdout + again.stderr


def check_lost_store(top: Path) -> None:
    """Without its baseline a good change is not waved through: it could not be checked."""
    (top / "mlflow" / "mlflow.db").unlink()
    uri = f"sqlite:///{top}/mlflow/mlflow.db"
    lost = start(top / "pull-request-1", ["run", "--tier", "model", "--output", "../lost"], MLFLOW_TRACKING_URI=uri)
    assert lost.returncode == 3
    assert "there is no MLflow store at" in lost.stdout
    assert "Traceback" not in lost.stdout + lost.stderr
    report = read_report(top / "lost")
    assert report["verdict"] == "error"
    assert by_status(report, "fail") == {}
    assert not (top / "mlflow" / "mlflow.db").exists(), "reading must not create a store"
