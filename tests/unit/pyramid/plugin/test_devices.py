"""What the workers see, and what a result hangs on."""

from __future__ import annotations

import json
import sys
from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mlgate_pytest import devices, settling
from mlgate_pytest.devices import begin, installed_packages, pytest_xdist_setupnodes


def config_of(path: Path, given: dict[str, Any], *, xdist: bool = True, **known: Any) -> Any:
    file = path / "gpu.json"
    file.write_text(json.dumps(given), encoding="utf-8")
    notes: list[dict[str, Any]] = []
    recorder = SimpleNamespace(note=lambda name, **fields: notes.append({"name": name, **fields}))
    return SimpleNamespace(
        known_args_namespace=SimpleNamespace(mlgate_gpu=str(file), **known),
        getoption=lambda name, default=None: str(file) if name == "mlgate_gpu" else default,
        pluginmanager=SimpleNamespace(has_plugin=lambda name: xdist and name == "xdist", get_plugin=lambda _: recorder),
        notes=notes,
    )


@pytest.fixture(autouse=True)
def _no_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTEST_XDIST_WORKER", raising=False)


TWO = {"entries": ["0", "1"], "order": "PCI_BUS_ID", "share": True}


def spec(**env: str) -> Any:
    return SimpleNamespace(popen=True, env=env)


def test_each_worker_sees_one_device_in_turn(tmp_path: Path) -> None:
    specs = [spec(), spec(), spec()]
    config = config_of(tmp_path, TWO)
    pytest_xdist_setupnodes(config, specs)
    both = {"CUDA_DEVICE_ORDER": "PCI_BUS_ID"}
    assert [one.env for one in specs] == [{"CUDA_VISIBLE_DEVICES": entry, **both} for entry in ("0", "1", "0")]
    assert config.notes == [{"name": "workers", "devices": ["0", "1", "0"]}]


def test_the_order_of_devices_that_somebody_wrote_stays(tmp_path: Path) -> None:
    specs = [spec()]
    pytest_xdist_setupnodes(config_of(tmp_path, {**TWO, "order": None}), specs)
    assert specs[0].env == {"CUDA_VISIBLE_DEVICES": "0"}


@pytest.mark.parametrize("given", [{**TWO, "share": False}, {**TWO, "entries": []}, {}])
def test_nothing_is_shared_where_nobody_asked_or_there_is_nothing(given: dict[str, Any], tmp_path: Path) -> None:
    specs = [spec(), spec()]
    pytest_xdist_setupnodes(config_of(tmp_path, given), specs)
    assert [one.env for one in specs] == [{}, {}]


def test_a_worker_on_another_machine_and_one_with_a_device_of_its_own_are_left_alone(tmp_path: Path) -> None:
    remote, own = SimpleNamespace(popen=False, env={}), spec(CUDA_VISIBLE_DEVICES="3")
    pytest_xdist_setupnodes(config_of(tmp_path, TWO), [remote, own])
    assert remote.env == {}
    assert own.env == {"CUDA_VISIBLE_DEVICES": "3"}


def test_one_worker_per_device_is_started(tmp_path: Path) -> None:
    args = ["tests"]
    begin(config_of(tmp_path, TWO, numprocesses=None, tx=[], usepdb=False), args)
    assert args == ["tests", "-n", "2"]


@pytest.mark.parametrize(
    ("given", "known"),
    [
        (TWO, {"numprocesses": 4}),
        (TWO, {"numprocesses": 0}),
        (TWO, {"tx": ["popen"]}),
        (TWO, {"usepdb": True}),
        (TWO, {"xdist": False}),
        ({**TWO, "share": False}, {}),
        ({**TWO, "entries": ["0"]}, {}),
    ],
)
def test_workers_are_started_only_where_nobody_decided(
    given: dict[str, Any], known: dict[str, Any], tmp_path: Path
) -> None:
    args: list[str] = []
    begin(config_of(tmp_path, given, **known), args)
    assert args == []


def test_a_worker_starts_no_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_XDIST_WORKER", "gw0")
    args: list[str] = []
    begin(config_of(tmp_path, TWO), args)
    assert args == []


@pytest.mark.parametrize("content", ["", "[]", '{"entries": ["0"], "surprise": 1}'])
def test_a_file_that_is_not_the_gates_is_wrong_usage(content: str, tmp_path: Path) -> None:
    path = tmp_path / "gpu.json"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(pytest.UsageError, match=r"--mlgate-gpu: .* cannot be read"):
        devices.read_given(path)


def test_what_is_installed_as_the_metadata_says_it() -> None:
    found = dict(installed_packages(sys.path))
    assert found["numpy"] == version("numpy")
    assert found["scikit-learn"] == version("scikit-learn")
    assert "click" not in found


def test_names_of_folders_are_read_as_written(tmp_path: Path) -> None:
    for name in ("torch-2.11.0+cu130", "scikit_learn-1.8.0", "nvidia_cudnn_cu13-9.15.1.9", "cupy_cuda13x-14.2.0"):
        (tmp_path / f"{name}.dist-info").mkdir()
    (tmp_path / "torch").mkdir()
    later = tmp_path / "later"
    (later / "torch-1.0.dist-info").mkdir(parents=True)
    found = dict(installed_packages([str(tmp_path / "absent"), str(tmp_path), str(later)]))
    assert found == {
        "cupy-cuda13x": "14.2.0",
        "nvidia-cudnn-cu13": "9.15.1.9",
        "scikit-learn": "1.8.0",
        "torch": "2.11.0+cu130",
    }


def test_pytorch_is_settled_when_it_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = """
import types
told, backends = [], types.SimpleNamespace(cudnn=types.SimpleNamespace(benchmark=True))
use_deterministic_algorithms = told.append
"""
    monkeypatch.setattr(sys, "meta_path", list(sys.meta_path))
    monkeypatch.setattr(sys, "path", [str(tmp_path), *sys.path])
    monkeypatch.delitem(sys.modules, "torch", raising=False)
    begin(config_of(tmp_path, {"deterministic": True}), [])
    before = list(sys.meta_path)
    with pytest.raises(ModuleNotFoundError):
        __import__("torch")
    assert sys.meta_path == before, "a library that is not there yet is waited for"
    (tmp_path / "torch.py").write_text(source, encoding="utf-8")
    try:
        torch = __import__("torch")
        assert torch.told == [True]
        assert torch.backends.cudnn.benchmark is False
        assert len(sys.meta_path) == len(before) - 1
    finally:
        sys.modules.pop("torch", None)


def test_pytorch_that_is_imported_already_is_settled_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[bool] = []
    cudnn = SimpleNamespace(benchmark=True)
    torch = SimpleNamespace(use_deterministic_algorithms=told.append, backends=SimpleNamespace(cudnn=cudnn))
    monkeypatch.setitem(sys.modules, "torch", torch)
    settling.settle_torch()
    assert told == [True]
    assert cudnn.benchmark is False


def test_settings_in_force_are_those_that_are_set(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in settling.SETTINGS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("CUBLAS_WORKSPACE_CONFIG", ":4096:8")
    assert settling.settings_in_force() == {"CUBLAS_WORKSPACE_CONFIG": ":4096:8"}
