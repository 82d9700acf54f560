"""How a tier's tests share GPUs, and what is told of it."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.config.project import Tier
from mlgate.outcome import to_json
from mlgate.pyramid.spread import DETERMINISTIC, TORCH, fingerprint, told_to_the_plugin, variables_of, workers_of
from mlgate_pytest.devices import Given

GPU = Tier(name="model", gpu="required")


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        ({}, set()),
        ({"gpu": "required"}, {"CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"}),
        ({"gpu": "preferred"}, {"CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"}),
        ({"gpu": "required", "deterministic": False}, set()),
        ({"deterministic": True}, {"CUBLAS_WORKSPACE_CONFIG", "PYTHONHASHSEED"}),
    ],
)
def test_variables_are_set_where_a_gpu_or_determinism_is_asked_for(declared: dict[str, Any], names: set[str]) -> None:
    tier = Tier(name="model", **declared)
    assert set(variables_of(tier, {})) == names
    assert variables_of(tier, DETERMINISTIC) == {}, "what somebody has set stays"


@pytest.mark.parametrize(
    ("declared", "devices", "workers"),
    [
        ({"gpu": "required"}, 4, None),
        ({"gpu": "required", "workers": 2}, 4, 2),
        ({"gpu": "required", "workers": "auto"}, 4, 4),
        ({"gpu": "preferred", "workers": "auto"}, 0, "auto"),
        ({"workers": "auto"}, 4, "auto"),
    ],
)
def test_workers(declared: dict[str, Any], devices: int, workers: int | str | None) -> None:
    assert workers_of(Tier(name="model", **declared), devices) == workers


def test_what_is_told_is_what_the_plugin_reads() -> None:
    told = told_to_the_plugin(GPU, ("0", "1"), "PCI_BUS_ID")
    assert told is not None
    assert Given(**told) == Given(["0", "1"], "PCI_BUS_ID", "", share=True, deterministic=False)


@pytest.mark.parametrize(
    ("declared", "told"),
    [
        ({}, None),
        ({"deterministic": False}, None),
        ({"deterministic": True}, (False, True)),
        ({"gpu": "required", "workers": 1}, (False, False)),  # one process that sees all devices
        ({"gpu": "preferred", "workers": 3, "deterministic": True}, (True, True)),
    ],
)
def test_who_shares_and_who_is_settled(declared: dict[str, Any], told: tuple[bool, bool] | None) -> None:
    found = told_to_the_plugin(Tier(name="model", **declared))
    assert (found and (found["share"], found["deterministic"])) == told


def environment(**more: Any) -> dict[str, Any]:
    settings = {"PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
    return {
        "kind": "note",
        "name": "environment",
        "python": "3.12.3",
        "packages": {"torch": "2.11.0+cu130"},
        "settings": settings,
        **more,
    }


def test_the_fingerprint_tells_settings_and_who_made_them() -> None:
    gpu = {"devices": [{"name": "NVIDIA L4", "memory_mib": 23034}], "driver": "535.129.03", "cuda": "12.2"}
    notes: list[dict[str, Any]] = [
        {"kind": "note", "name": "workers", "devices": ["0", "0"]},
        {"name": "reads"},
        environment(),
    ]
    found = fingerprint(GPU, notes, gpu=gpu, applied=["PYTHONHASHSEED"])
    assert found == {
        "tier": "model",
        "python": "3.12.3",
        "packages": {"torch": "2.11.0+cu130"},
        "settings": {"PYTHONHASHSEED": "0", "CUBLAS_WORKSPACE_CONFIG": ":4096:8"},
        "applied": ["PYTHONHASHSEED"],
        "gpu": gpu,
        "workers": ["0", "0"],
    }
    assert to_json(found) == found


def test_what_is_asked_of_pytorch_is_told() -> None:
    found = fingerprint(Tier(name="model", deterministic=True), [environment()], gpu=None, applied=[])
    assert found is not None
    assert found["settings"][TORCH] == "true"
    assert found["applied"] == [TORCH]
    assert "gpu" not in found


def test_a_process_that_told_nothing_has_no_fingerprint() -> None:
    assert fingerprint(GPU, [{"name": "workers", "devices": ["0"]}], gpu=None, applied=[]) is None


def test_a_variable_that_did_not_arrive_was_not_applied() -> None:
    found = fingerprint(GPU, [environment(settings={})], gpu=None, applied=["PYTHONHASHSEED"])
    assert found is not None
    assert found["applied"] == []
