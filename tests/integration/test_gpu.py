"""Tests of a tier that asks for GPUs, with real workers of xdist. The driver and PyTorch are stood in for.

`scripts/check_gpu.py` does the same on a machine that has a GPU.
"""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path

import pytest

from mlgate.gate.run import Request, run_gate
from mlgate.outcome import Status
from tests.unit.sources.fake_nvidia import L4S, answers, program

pytestmark = pytest.mark.slow

TORCH = """
import os, types
SEEN_AT_IMPORT = os.environ.get("CUDA_VISIBLE_DEVICES")
settled = []
use_deterministic_algorithms = settled.append
backends = types.SimpleNamespace(cudnn=types.SimpleNamespace(benchmark=True))

class cuda:
    now = peak = 0
    is_initialized = staticmethod(lambda: cuda.peak > 0)
    device_count = staticmethod(lambda: 1)
    get_device_name = staticmethod(lambda device: "NVIDIA L4")
    memory_allocated = staticmethod(lambda device: cuda.now)
    max_memory_allocated = staticmethod(lambda device: cuda.peak)
    synchronize = staticmethod(lambda device: None)

    @staticmethod
    def reset_peak_memory_stats(device):
        cuda.peak = cuda.now
"""
CONFTEST = """
import pathlib, sys
sys.path.insert(0, str(pathlib.Path(__file__).parent))
import torch  # before any test: what a worker sees must be settled by now
"""
TESTS = """
import os, pytest, time, torch

@pytest.mark.parametrize("n", range(6))
@pytest.mark.mlgate(priority="P1", gpu="preferred")
def test_one_device(n):
    assert torch.SEEN_AT_IMPORT == os.environ["CUDA_VISIBLE_DEVICES"]
    assert os.environ["CUDA_DEVICE_ORDER"] == "PCI_BUS_ID"
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert torch.settled == [True]
    torch.cuda.now += 2**20
    torch.cuda.peak = max(torch.cuda.now, torch.cuda.peak)
    time.sleep(0.2)  # so that no worker has run everything before the other is ready
"""


def test_each_worker_has_a_gpu_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root, programs = tmp_path / "project", tmp_path / "bin"
    (root / "tests").mkdir(parents=True)
    programs.mkdir()
    program(programs, answers(L4S, (23034, 23034)))
    monkeypatch.setenv("PATH", str(programs), prepend=":")
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    inherited = ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUBLAS_WORKSPACE_CONFIG", "PYTEST_ADDOPTS")
    for name in (*inherited, "PYTEST_XDIST_WORKER"):  # the last where this test itself runs in a worker
        monkeypatch.delenv(name, raising=False)
    python = root / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    (root / "torch.py").write_text(TORCH, encoding="utf-8")
    (root / "conftest.py").write_text(CONFTEST, encoding="utf-8")
    (root / "pytest.ini").write_text("[pytest]\naddopts = -p xdist\n", encoding="utf-8")
    (root / "tests/test_gpu.py").write_text(TESTS, encoding="utf-8")
    tier = "{tests: tests, gpu: required, deterministic: true, python: ./python}"
    (root / "mlgate.yaml").write_text(f"version: 1\ntiers:\n  model: {tier}\n", encoding="utf-8")

    report = run_gate(Request(start=root), progress=lambda _: None).report

    messages = [outcome.message for outcome in report.outcomes]
    assert [outcome.status for outcome in report.outcomes] == [Status.PASS] * 6, messages
    evidence = [outcome.evidence for outcome in report.outcomes]
    assert {found["priority"] for found in evidence} == {"P1"}
    assert {found["gpu"]["added_mib"] for found in evidence} == {1.0}
    peaks = {found["gpu"]["peak_mib"] for found in evidence}
    assert peaks == {float(n + 1) for n in range(len(peaks))}, "each worker counts its own device"
    workers = Counter(worker for found in evidence for worker in found["workers"])
    assert set(workers) == {"gw0", "gw1"}
    (told,) = report.provenance["fingerprint"]
    assert told["workers"] == ["0", "1"]
    assert told["settings"]["torch.use_deterministic_algorithms"] == "true"
    assert {"PYTHONHASHSEED", "CUBLAS_WORKSPACE_CONFIG"} <= set(told["applied"])
    assert told["gpu"] == {
        "devices": [{"name": "NVIDIA L4", "memory_mib": 23034}] * 2,
        "driver": "535.129.03",
        "cuda": "12.2",
        "missing": None,
    }
    assert report.provenance["environment"]["gpu"] == "2 x NVIDIA L4"
    assert report.provenance["pyramid"]["priorities"] == {"P1": {"passed": 6, "failed": 0, "not_run": 0}}
