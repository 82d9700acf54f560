"""An NVIDIA driver for machines without one: its Python library, and the program with what it prints."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

L4S = """\
GPU 0: NVIDIA L4 (UUID: GPU-00000000-0000-0000-0000-000000000000)
GPU 1: NVIDIA L4 (UUID: GPU-10000000-0000-0000-0000-000000000001)
"""
MIG = """\
GPU 0: NVIDIA A100-SXM4-40GB (UUID: GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
  MIG 1g.5gb      Device  0: (UUID: MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f)
  MIG 1g.5gb      Device  1: (UUID: MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb)
GPU 1: NVIDIA A100-SXM4-40GB (UUID: GPU-6e5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77)
"""
TABLE = """\
+---------------------------------------------------------------------------------------+
| NVIDIA-SMI 535.129.03             Driver Version: 535.129.03   CUDA Version: 12.2     |
|-----------------------------------------+----------------------+----------------------+
"""


def hide_the_driver(patch: pytest.MonkeyPatch, folder: Path) -> None:
    """As on a machine without NVIDIA software, whatever this one has; programs are found in `folder` alone."""
    patch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    patch.delenv("CUDA_DEVICE_ORDER", raising=False)
    patch.setitem(sys.modules, "pynvml", None)
    patch.setenv("PATH", str(folder))


def program(folder: Path, script: str) -> None:
    """`nvidia-smi` as a script of the shell, which uses nothing but what is built in."""
    path = folder / "nvidia-smi"
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


def answers(listed: str, memory: Sequence[int] = (), table: str = TABLE) -> str:
    """The script of a program that answers: `-L`, `--query-gpu`, and the table without arguments."""
    rows = "\n".join(f"{index}, {mib}, 535.129.03" for index, mib in enumerate(memory))
    return f"case \"$1\" in -L) echo '{listed}';; --query-gpu=*) echo '{rows}';; '') echo '{table}';; *) exit 2;; esac"


class NotSupportedError(Exception):
    """As NVML says that a device does not know a question."""


def library(gpus: Sequence[dict[str, Any]], closed: list[bool] | None = None) -> SimpleNamespace:
    """`pynvml` over GPUs: `name`, `uuid`, `mib`, and `parts` (None in a gap) where a GPU is in MIG mode."""

    def part(gpu: dict[str, Any], index: int) -> dict[str, Any]:
        if gpu["parts"][index] is None:
            raise NotSupportedError
        found: dict[str, Any] = gpu["parts"][index]
        return found

    def mig_mode(gpu: dict[str, Any]) -> list[int]:
        if "parts" not in gpu:
            raise NotSupportedError
        return [1, 1]

    return SimpleNamespace(
        nvmlInit=lambda: None,
        nvmlShutdown=lambda: closed.append(True) if closed is not None else None,
        nvmlSystemGetDriverVersion=lambda: b"535.129.03",
        nvmlSystemGetCudaDriverVersion_v2=lambda: 12020,
        nvmlDeviceGetCount=lambda: len(gpus),
        nvmlDeviceGetHandleByIndex=gpus.__getitem__,
        nvmlDeviceGetName=lambda gpu: gpu["name"],
        nvmlDeviceGetUUID=lambda gpu: gpu["uuid"],
        nvmlDeviceGetMemoryInfo=lambda gpu: SimpleNamespace(total=gpu["mib"] * 2**20),
        nvmlDeviceGetMigMode=mig_mode,
        nvmlDeviceGetMaxMigDeviceCount=lambda gpu: len(gpu["parts"]),
        nvmlDeviceGetMigDeviceHandleByIndex=part,
        NVML_DEVICE_MIG_ENABLE=1,
    )
