"""A real MLflow server that is killed while its answers are needed: an error in good time, never a wait without end."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.sources import baseline_saving, baselines, mlflow
from mlgate.sources.records import AbsentBaselineError, Record

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KEY = {"rows": 100, "labels": "sha256:0", "positive": None, "metrics": {}}
PROJECT = """\
version: 1
evaluations:
  clinic:
    predictions: p.csv
    columns: {id: id, label: label, prediction: prediction}
    baseline: mlflow:models:/clinic@champion
    metrics: {accuracy: {tolerance: 0.05, min: 0.5}}
"""
REFERENCE = parse_reference("mlflow:models:/clinic@champion")


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[tuple[str, Callable[[], None]]]:
    """A server with a process group of its own, and what kills it."""
    # Loaded by its path: tests are no packages, and a fixture of the session must not be killed.
    from importlib.util import module_from_spec, spec_from_file_location

    spec = spec_from_file_location("integration_conftest", Path(__file__).with_name("conftest.py"))
    assert spec is not None
    assert spec.loader is not None
    shared: Any = module_from_spec(spec)
    spec.loader.exec_module(shared)
    port = shared.free_port()
    command = [sys.executable, "-m", "mlflow", "server", "--host", "127.0.0.1", "--port", str(port), "--workers", "1"]
    command += ["--backend-store-uri", f"sqlite:///{tmp_path}/mlflow.db"]
    command += ["--artifacts-destination", str(tmp_path / "files")]
    environment = os.environ | shared.SERVER_SETTINGS
    process = subprocess.Popen(
        command,
        cwd=tmp_path,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )

    def kill() -> None:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()

    try:
        shared.wait_until_healthy(f"http://127.0.0.1:{port}", process)
        yield f"http://127.0.0.1:{port}", kill
    finally:
        kill()


def test_a_server_that_is_killed_between_look_up_and_download(
    own_server: tuple[str, Callable[[], None]], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    address, kill = own_server
    root = tmp_path / "project"
    root.mkdir()
    (root / "mlgate.yaml").write_text(PROJECT)
    rows = [f"{number},{number % 2},{number % 2 if number % 5 else 0}" for number in range(100)]
    (root / "p.csv").write_text("\n".join(["id,label,prediction", *rows, ""]))
    record = Record(evaluation="clinic", predictions=root / "p.csv", facts={"key": KEY})
    baseline_saving.save(REFERENCE, [record], root=root, now=NOW, tracking_uri=address)
    place = baseline_saving.require_writable(REFERENCE, ["clinic"], root=root, tracking_uri=address)
    resolve = mlflow.resolve

    def resolve_and_kill(*arguments: Any, **options: Any) -> mlflow.Found:
        found = resolve(*arguments, **options)
        kill()
        return found

    monkeypatch.setattr(mlflow, "resolve", resolve_and_kill)
    monkeypatch.setenv("MLFLOW_TRACKING_URI", address)
    monkeypatch.chdir(root)
    started = time.monotonic()
    assert run_command(cli, ["run", "--output", "report"]) == 3
    assert time.monotonic() - started < 60
    report = json.loads((root / "report" / "report.json").read_text())
    outcomes = {outcome["id"]: outcome for outcome in report["outcomes"]}
    assert outcomes["model/clinic/baseline"]["status"] == "error"
    assert f"the MLflow server at {address} cannot be reached" in outcomes["model/clinic/baseline"]["message"]
    assert "MLFLOW_TRACKING_URI" in outcomes["model/clinic/baseline"]["hint"]
    assert outcomes["model/clinic/accuracy/min"]["status"] == "pass"  # the rest of the report is whole
    assert report["provenance"]["candidates"][0]["rows"] == 100
    for act in (
        lambda: baseline_saving.save(REFERENCE, [record], root=root, now=NOW, tracking_uri=address, place=place),
        lambda: load(root, address),
    ):
        started = time.monotonic()
        with pytest.raises(SourceError, match="cannot be reached") as caught:
            act()
        assert time.monotonic() - started < 40
        assert (caught.value.exit_code, isinstance(caught.value, AbsentBaselineError)) == (3, False)


def load(root: Path, address: str) -> baselines.Baseline:
    return baselines.load(
        REFERENCE,
        root=root,
        evaluation_name="clinic",
        predictions_path="p.csv",
        work=root,
        now=NOW,
        tracking_uri=address,
    )
