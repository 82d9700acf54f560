"""A GPU is there, or not; asking never fails."""

from __future__ import annotations

import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mlgate.sources import devices
from mlgate.sources.devices import gpu_present

LISTED = """\
GPU 0: NVIDIA L4 (UUID: GPU-00000000-0000-0000-0000-000000000000)
  MIG 1g.5gb Device 0: (UUID: MIG-1)
GPU 1: NVIDIA L4 (UUID: GPU-00000000-0000-0000-0000-000000000001)
"""


@pytest.fixture(autouse=True)
def _no_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """As on a machine without NVIDIA software, whatever this one has."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setitem(sys.modules, "pynvml", None)
    monkeypatch.setenv("PATH", str(tmp_path))


def nvidia_smi(folder: Path, script: str) -> None:
    program = folder / "nvidia-smi"
    program.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    program.chmod(0o755)


def test_without_a_driver_there_is_none() -> None:
    assert gpu_present() == (False, "no NVIDIA driver answered")


def test_nvidia_smi_is_asked(tmp_path: Path) -> None:
    nvidia_smi(tmp_path, f"[ \"$1\" = -L ] && echo '{LISTED}'")
    assert gpu_present() == (True, "2 x NVIDIA L4")


@pytest.mark.parametrize(
    ("script", "description"),
    [("exit 9", "no NVIDIA driver answered"), ("exit 0", "the NVIDIA driver reports no device")],
)
def test_nvidia_smi_without_devices(script: str, description: str, tmp_path: Path) -> None:
    nvidia_smi(tmp_path, script)
    assert gpu_present() == (False, description)


def test_nvidia_smi_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(devices, "TIMEOUT_S", 0.1)
    nvidia_smi(tmp_path, "read line < /dev/zero")
    assert gpu_present() == (False, "no NVIDIA driver answered")


def test_nvidia_smi_that_is_no_program(tmp_path: Path) -> None:
    nvidia_smi(tmp_path, "")
    (tmp_path / "nvidia-smi").write_bytes(b"\x00\x01")
    assert gpu_present()[0] is False


@pytest.mark.parametrize("name", ["NVIDIA H200", b"NVIDIA H200"])
def test_pynvml_is_asked_first(name: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The driver's library cannot be had without a GPU, so its answers are given here."""
    closed: list[bool] = []
    library = SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: closed.append(True),
        nvmlDeviceGetCount=lambda: 1,
        nvmlDeviceGetHandleByIndex=lambda index: index,
        nvmlDeviceGetName={0: name}.__getitem__,
    )
    monkeypatch.setitem(sys.modules, "pynvml", library)
    assert gpu_present() == (True, "1 x NVIDIA H200")
    assert closed == [True]


def test_real_pynvml_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pynvml")
    present, description = gpu_present()
    assert isinstance(present, bool)
    assert description


@pytest.mark.parametrize("value", ["", "-1", " "])
def test_hidden_devices_are_not_present(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    nvidia_smi(tmp_path, f"echo '{LISTED}'")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert gpu_present() == (False, f"CUDA_VISIBLE_DEVICES={value.strip()!r} hides every device")
