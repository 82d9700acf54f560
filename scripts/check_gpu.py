"""Runs the gate over tests on a real NVIDIA GPU and compares what it reports with what PyTorch and CuPy say.

    python3 scripts/check_gpu.py

Needs an NVIDIA GPU, pytest, and what `mlgate` needs; uses pytest-xdist, PyTorch and CuPy where they are there.
Takes about a minute. Prints one line for each fact, and ends with 1 where one is not as it should be.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from mlgate.sources import nvidia  # noqa: E402  # from this checkout, whether or not it is installed
from mlgate.sources.devices import Devices, find_devices  # noqa: E402  # as above

TESTS = """
import importlib.util
import os
import time

import pytest


def test_one_device_is_seen():
    torch = pytest.importorskip("torch")
    seen = os.environ.get("CUDA_VISIBLE_DEVICES", "")
    assert SHARED is False or (seen and "," not in seen)
    assert torch.cuda.device_count() == (1 if SHARED else torch.cuda.device_count())
    assert os.environ["CUBLAS_WORKSPACE_CONFIG"] == ":4096:8"
    assert torch.are_deterministic_algorithms_enabled() is SETTLED


@pytest.mark.mlgate(priority="P0", gpu="required")
@pytest.mark.parametrize("mib", [64, 512, 128])
def test_torch_memory(mib):
    torch = pytest.importorskip("torch")
    held = torch.empty(mib * 2**20, dtype=torch.uint8, device="cuda")
    held.fill_(1)  # a sum would hold the bytes once more, as wide integers
    assert held[-1].item() == 1


def test_torch_time():
    torch = pytest.importorskip("torch")
    left = torch.rand(8192, 8192, device="cuda")
    for _ in range(20):
        left = left @ left / 8192  # queued: the call comes back long before the GPU is done


@pytest.mark.parametrize("mib", [32, 256])
def test_cupy_memory(mib):
    cupy = pytest.importorskip("cupy")
    held = cupy.zeros(mib * 2**20, dtype=cupy.uint8)
    assert int(held[:10].sum()) == 0


def test_no_gpu():
    time.sleep(0.01)
"""
BAD_KERNEL = """
import torch

def test_a_kernel_that_fails_after_the_last_line():
    table = torch.zeros(4, device="cuda")
    table[torch.tensor([10**6], device="cuda")]
"""
MARKED = """
import pytest

@pytest.mark.mlgate(gpu="required")
def test_marked(): pass

def test_plain(): pass
"""
FAILED: list[str] = []


def check(name: str, found: Any, *, ok: bool) -> None:
    """Print a fact, and remember it where it is not as it should be."""
    print(f"{'ok  ' if ok else 'BAD '} {name}: {found}", flush=True)
    if not ok:
        FAILED.append(name)


def run_gate(root: Path, tier: str, tests: str, **variables: str) -> dict[str, Any]:
    """The report of a project with these tests in its model tier."""
    (root / "tests").mkdir(parents=True, exist_ok=True)
    (root / "tests/test_gpu.py").write_text(tests, encoding="utf-8")
    python = root / "python"
    python.write_text(f'#!/bin/sh\nexec {sys.executable} "$@"\n', encoding="utf-8")
    python.chmod(0o755)
    settings = f"tests: tests, python: ./python, budget: 5m{tier}"
    (root / "mlgate.yaml").write_text(f"version: 1\ntiers:\n  model: {{{settings}}}\n", encoding="utf-8")
    command = [sys.executable, "-m", "mlgate", "run", "--output", "out", "--no-cache"]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")]).rstrip(os.pathsep)
    done = subprocess.run(
        command,
        cwd=root,
        env={**os.environ, **variables, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    print(done.stdout, done.stderr[-2000:], sep="\n", flush=True)
    report: dict[str, Any] = json.loads((root / "out/report.json").read_text(encoding="utf-8"))
    return report


def outcomes_of(report: dict[str, Any], name: str) -> list[dict[str, Any]]:
    """The tests whose name begins like this."""
    return [outcome for outcome in report["outcomes"] if outcome["subject"].partition("::")[2].startswith(name)]


def check_discovery() -> Devices:
    """The library and the program say the same."""
    found = find_devices()
    check("devices", found.names, ok=bool(found.devices))
    check("driver and CUDA", (found.driver, found.cuda), ok=bool(found.driver and found.cuda))
    check("memory in MiB", [device.memory_mib for device in found.devices], ok=all(d.memory_mib for d in found.devices))
    program = nvidia._by_program()  # noqa: SLF001  # the second way, which is taken where the first is missing
    same = program is not None and [(d.index, d.uuid, d.name) for d in program.devices] == [
        (d.index, d.uuid, d.name) for d in found.devices
    ]
    told = None if program is None else (len(program.devices), program.version, program.cuda)
    check("nvidia-smi says the same", told, ok=same and told is not None and told[1:] == (found.driver, found.cuda))
    for value, count in (("0", 1), (found.devices[0].uuid if found.devices else "0", 1), ("-1", 0), ("99", 0)):
        seen = find_devices({**os.environ, "CUDA_VISIBLE_DEVICES": value})
        check(f"CUDA_VISIBLE_DEVICES={value}", seen.names, ok=len(seen.devices) == count)
    return found


def check_tests(root: Path, devices: Devices) -> None:
    """Two workers share what there is; memory, time and settings are told."""
    has = {name: importlib.util.find_spec(name) is not None for name in ("xdist", "torch", "cupy")}
    print("installed:", has, flush=True)
    tests = TESTS.replace("SHARED", str(has["xdist"])).replace("SETTLED", "True")
    report = run_gate(root, f", gpu: required, deterministic: true{', workers: 2' if has['xdist'] else ''}", tests)
    check("verdict", report["verdict"], ok=report["verdict"] == "pass")
    (told,) = report["provenance"]["fingerprint"]
    check("fingerprint", json.dumps(told), ok=told["gpu"]["devices"][0]["name"] == devices.devices[0].name)
    if has["xdist"]:
        expected = [devices.entries[number % len(devices.entries)] for number in range(2)]
        check("workers", told.get("workers"), ok=told.get("workers") == expected)
    for name, library in (("test_torch_memory", "torch"), ("test_cupy_memory", "cupy")):
        for outcome in outcomes_of(report, name) if has[library] else ():
            mib = float(outcome["subject"].partition("[")[2].rstrip("]"))
            gpu = outcome["evidence"].get("gpu") or {}
            added = gpu.get("added_mib") or 0.0
            check(outcome["subject"], gpu, ok=mib <= added < mib + 64 and gpu.get("device") == devices.devices[0].name)
    for outcome in outcomes_of(report, "test_torch_time") if has["torch"] else ():
        gpu, call = outcome["evidence"].get("gpu") or {}, outcome["evidence"]["durations_s"]["call"]
        check("time until the GPU is idle", (gpu.get("seconds"), call), ok=(gpu.get("seconds") or 0) > 0.01)


def check_hidden_and_broken(root: Path) -> None:
    """No device: an error in CI, a skip elsewhere. A kernel that fails late fails its own test."""
    for ci, status in (("true", "error"), ("", "skip")):
        report = run_gate(root, ", gpu: required", TESTS, CUDA_VISIBLE_DEVICES="-1", CI=ci)
        found = [outcome["status"] for outcome in report["outcomes"] if outcome["check"] == "gpu"]
        check(f"no device with CI={ci!r}", found, ok=found == [status])
    for visible, status in (("0", "pass"), ("-1", "skip")):
        report = run_gate(root, "", MARKED, CUDA_VISIBLE_DEVICES=visible, CI="")
        (outcome,) = outcomes_of(report, "test_marked")
        check(f"a marked test with CUDA_VISIBLE_DEVICES={visible}", outcome["status"], ok=outcome["status"] == status)
    if importlib.util.find_spec("torch") is not None:
        report = run_gate(root, ", gpu: required, deterministic: false, workers: 1", BAD_KERNEL)
        (outcome,) = outcomes_of(report, "test_a_kernel")
        check("a kernel that fails late", outcome["message"][:80], ok=outcome["status"] == "fail")


def main() -> int:
    """All checks, in order."""
    devices = check_discovery()
    if not devices.devices:
        return 1
    with tempfile.TemporaryDirectory() as folder:
        check_tests(Path(folder) / "share", devices)
        check_hidden_and_broken(Path(folder) / "rest")
    print(f"{len(FAILED)} of the facts are not as they should be: {FAILED}" if FAILED else "all is as it should be")
    return 1 if FAILED else 0


if __name__ == "__main__":
    sys.exit(main())
