"""GPUs of a tier: asked for once, told to the plugin, and only where somebody asks."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mlgate.config.project import Tier
from mlgate.gate.record import Record
from mlgate.gate.tier_devices import absent_gpu, machine_gpu, prepare_devices
from mlgate.outcome import Status
from mlgate.sources import devices
from mlgate.sources.nvidia import Device, Driver

L4S = Driver(
    devices=tuple(Device(index=index, uuid=f"GPU-{index}", name="NVIDIA L4", memory_mib=23034) for index in (0, 1)),
    version="535.129.03",
    cuda="12.2",
)


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """How often the driver was asked; the machine has two GPUs, whatever this one has."""
    seen: list[bool] = []

    def ask() -> Driver:
        seen.append(True)
        return L4S

    for name in ("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(devices, "ask_driver", ask)
    return seen


def test_the_driver_is_asked_once_in_a_run(asked: list[bool], tmp_path: Path) -> None:
    record, tier = Record(), Tier(name="model", gpu="required", workers="auto")
    assert absent_gpu(tier, record) is None
    found = prepare_devices(tier, record, tmp_path)
    assert machine_gpu([tier], record) == {"gpu": "2 x NVIDIA L4"}
    assert asked == [True]
    assert found.workers == 2
    assert set(found.variables) == {"CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"}
    assert found.gpu == {
        "devices": [{"name": "NVIDIA L4", "memory_mib": 23034}] * 2,
        "driver": "535.129.03",
        "cuda": "12.2",
        "missing": None,
    }
    (argument,) = found.arguments
    told = json.loads(Path(argument.removeprefix("--mlgate-gpu=")).read_text(encoding="utf-8"))
    assert told == {"entries": ["0", "1"], "order": "PCI_BUS_ID", "missing": "", "share": True, "deterministic": False}


@pytest.mark.parametrize("declared", [{}, {"workers": 3}, {"deterministic": False}])
def test_a_tier_that_asks_for_nothing_costs_nothing(
    declared: dict[str, Any], asked: list[bool], tmp_path: Path
) -> None:
    record, tier = Record(), Tier(name="unit", **declared)
    found = prepare_devices(tier, record, tmp_path)
    assert absent_gpu(tier, record) is None
    assert machine_gpu([tier], record) == {}
    assert (found.arguments, found.variables, found.gpu) == ((), {}, None)
    assert found.workers == declared.get("workers")
    assert asked == []
    assert not list(tmp_path.iterdir())


def test_what_the_user_has_set_is_not_set_again(
    asked: list[bool], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONHASHSEED", "7")
    found = prepare_devices(Tier(name="model", gpu="preferred"), Record(), tmp_path)
    assert set(found.variables) == {"CUBLAS_WORKSPACE_CONFIG"}


@pytest.mark.parametrize(("ci", "status"), [("", Status.SKIP), ("true", Status.ERROR)])
def test_a_tier_that_prefers_a_gpu_runs_without_one_and_one_that_needs_it_does_not(
    ci: str, status: Status, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", ci)
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "-1")
    record = Record()
    assert absent_gpu(Tier(name="model", gpu="preferred"), record) is None
    found = prepare_devices(Tier(name="model", gpu="preferred"), record, tmp_path)
    assert found.gpu is not None
    assert found.gpu["missing"] == "CUDA_VISIBLE_DEVICES='-1' hides every device"
    refused = absent_gpu(Tier(name="model", gpu="required"), record)
    assert refused is not None
    assert refused.status is status
    assert refused.message == "the tier needs a GPU: CUDA_VISIBLE_DEVICES='-1' hides every device"
    assert machine_gpu([Tier(name="model", gpu="required")], record) == {"gpu": f"no GPU: {found.gpu['missing']}"}
