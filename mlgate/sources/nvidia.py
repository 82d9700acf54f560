"""What the NVIDIA driver says of the GPUs of this machine, through `pynvml` or else the program `nvidia-smi`."""

from __future__ import annotations

import importlib
import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

TIMEOUT_S = 20.0
"""Seconds that one call of `nvidia-smi` may take: without its daemon the driver starts each GPU first."""
MIB = 1024 * 1024

_GPU = re.compile(r"GPU (\d+): (.+?) \(UUID: ([^)]+)\)")
_MIG = re.compile(r"\s+MIG (\S+)\s+Device\s+(\d+): \(UUID: ([^)]+)\)")
_CUDA = re.compile(r"CUDA(?: UMD)? Version\s*:\s*([0-9]+(?:\.[0-9]+)*)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Device:
    """One GPU, or one part of a GPU in MIG mode.

    Parameters
    ----------
    index : number of the GPU as the driver counts, in the order of the PCI bus
    uuid : `GPU-...`, or `MIG-...` of a part
    name : as the maker calls it; of a part with its profile, e.g. `NVIDIA A100-SXM4-40GB MIG 1g.5gb`
    memory_mib : memory in MiB; None where the driver does not tell
    part : number of the MIG device in its GPU; None for a whole GPU
    gpu_uuid : of the GPU that a part belongs to; empty for a whole GPU
    """

    index: int
    uuid: str
    name: str
    memory_mib: int | None = None
    part: int | None = None
    gpu_uuid: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Driver:
    """All devices of the machine, and the versions of the driver and of the CUDA that it supports.

    A GPU in MIG mode stands as its parts, and not at all where it has none: nothing can compute on the whole of it.
    """

    devices: tuple[Device, ...] = ()
    version: str | None = None
    cuda: str | None = None


def ask_driver() -> Driver | None:
    """What the driver answers; None where neither the library nor the program does. Never raises."""
    try:
        return _by_pynvml(importlib.import_module("pynvml"))
    except Exception:  # noqa: BLE001 - a driver's library can fail in any way; then the program is asked
        return _by_program()


def _by_pynvml(pynvml: Any) -> Driver:
    """Raises whatever the library raises."""
    pynvml.nvmlInit()
    try:
        devices: list[Device] = []
        for index in range(pynvml.nvmlDeviceGetCount()):
            handle = pynvml.nvmlDeviceGetHandleByIndex(index)
            devices += (
                _parts(pynvml, handle, index) if _in_mig_mode(pynvml, handle) else [_device(pynvml, handle, index)]
            )
        cuda = _optional(pynvml, "nvmlSystemGetCudaDriverVersion_v2", "nvmlSystemGetCudaDriverVersion")
        version = _optional(pynvml, "nvmlSystemGetDriverVersion")
        return Driver(
            devices=tuple(devices),
            version=None if version is None else _text(version),
            cuda=f"{cuda // 1000}.{cuda % 1000 // 10}" if isinstance(cuda, int) else None,
        )
    finally:
        pynvml.nvmlShutdown()


def _device(pynvml: Any, handle: Any, index: int) -> Device:
    return Device(
        index=index,
        uuid=_text(pynvml.nvmlDeviceGetUUID(handle)),
        name=_text(pynvml.nvmlDeviceGetName(handle)),
        memory_mib=_memory_mib(pynvml, handle),
    )


def _in_mig_mode(pynvml: Any, handle: Any) -> bool:
    mode = _optional(pynvml, "nvmlDeviceGetMigMode", arguments=(handle,))
    return mode is not None and mode[0] == getattr(pynvml, "NVML_DEVICE_MIG_ENABLE", 1)


def _parts(pynvml: Any, handle: Any, index: int) -> list[Device]:
    found = []
    gpu_uuid = _text(pynvml.nvmlDeviceGetUUID(handle))
    for part in range(pynvml.nvmlDeviceGetMaxMigDeviceCount(handle)):
        mig = _optional(pynvml, "nvmlDeviceGetMigDeviceHandleByIndex", arguments=(handle, part))
        if mig is not None:  # the numbers have gaps
            found.append(
                Device(
                    index=index,
                    uuid=_text(pynvml.nvmlDeviceGetUUID(mig)),
                    name=_text(pynvml.nvmlDeviceGetName(mig)),
                    memory_mib=_memory_mib(pynvml, mig),
                    part=part,
                    gpu_uuid=gpu_uuid,
                )
            )
    return found


def _memory_mib(pynvml: Any, handle: Any) -> int | None:
    memory = _optional(pynvml, "nvmlDeviceGetMemoryInfo", arguments=(handle,))
    return None if memory is None else int(memory.total) // MIB


def _optional(pynvml: Any, *names: str, arguments: tuple[Any, ...] = ()) -> Any:
    """The answer of the first function that there is and that answers: old drivers do not support all of them."""
    for name in names:
        try:
            return getattr(pynvml, name)(*arguments)
        except Exception:  # noqa: BLE001, S112 - "not supported" has a type of the library's own
            continue
    return None


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", errors="replace") if isinstance(name, bytes) else name


def _by_program() -> Driver | None:
    listed = _nvidia_smi("-L")
    if listed is None:
        return None
    query = ("--query-gpu=index,memory.total,driver_version", "--format=csv,noheader,nounits")
    rows = [[cell.strip() for cell in line.split(",")] for line in (_nvidia_smi(*query) or "").splitlines()]
    memory = {int(row[0]): int(row[1]) for row in rows if len(row) == 3 and row[0].isdigit() and row[1].isdigit()}
    versions = [row[2] for row in rows if len(row) == 3]
    cuda = _CUDA.search(_nvidia_smi() or "") if versions else None
    return Driver(
        devices=tuple(_listed(listed, memory)),
        version=versions[0] if versions else None,
        cuda=cuda.group(1) if cuda else None,
    )


def _listed(listed: str, memory: dict[int, int]) -> Iterator[Device]:
    """The devices of `nvidia-smi -L`, with the memory of the whole GPUs; that of parts is not asked for."""
    whole: Device | None = None
    has_parts = False
    for line in listed.splitlines():
        part = _MIG.match(line)
        if part and whole is not None:
            has_parts = True
            name, number = f"{whole.name} MIG {part.group(1)}", int(part.group(2))
            yield Device(index=whole.index, uuid=part.group(3), name=name, part=number, gpu_uuid=whole.uuid)
        gpu = _GPU.match(line)
        if gpu:
            if whole is not None and not has_parts:
                yield whole
            index = int(gpu.group(1))
            whole = Device(index=index, uuid=gpu.group(3), name=gpu.group(2), memory_mib=memory.get(index))
            has_parts = False
    if whole is not None and not has_parts:
        yield whole


def _nvidia_smi(*arguments: str) -> str | None:
    """What the program prints; None where it is missing, fails or takes too long."""
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        done = subprocess.run(
            [program, *arguments], stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.decode("utf-8", errors="replace") if done.returncode == 0 else None
