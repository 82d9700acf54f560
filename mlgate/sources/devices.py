"""Whether a GPU is there, without importing a machine-learning library."""

from __future__ import annotations

import importlib
import os
import shutil
import subprocess
from collections import Counter
from collections.abc import Iterable

HIDDEN = frozenset({"", "-1", "NoDevFiles"})
"""Values of CUDA_VISIBLE_DEVICES that hide every device."""
TIMEOUT_S = 20.0


def gpu_present() -> tuple[bool, str]:
    """Whether a test could use an NVIDIA GPU, and what there is. Never raises.

    Asks the driver through `pynvml` (extra `[gpu]`), else `nvidia-smi -L`.

    Returns
    -------
    (bool, str)
        E.g. `(True, "2 x NVIDIA L4")` or `(False, "no NVIDIA driver answered")`.
    """
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if visible is not None and visible.strip() in HIDDEN:
        return False, f"CUDA_VISIBLE_DEVICES={visible.strip()!r} hides every device"
    names = _from_pynvml()
    if names is None:
        names = _from_nvidia_smi()
    if names is None:
        return False, "no NVIDIA driver answered"
    if not names:
        return False, "the NVIDIA driver reports no device"
    return True, describe_devices(names)


def describe_devices(names: Iterable[str]) -> str:
    """Names of devices, counted.

    Examples
    --------
    >>> describe_devices(["NVIDIA L4", "NVIDIA L4", "NVIDIA T4"])
    '2 x NVIDIA L4, 1 x NVIDIA T4'
    """
    return ", ".join(f"{count} x {name}" for name, count in Counter(names).items())


def _from_pynvml() -> list[str] | None:
    """Names of the devices; None where the library or the driver does not answer."""
    try:
        pynvml = importlib.import_module("pynvml")
        pynvml.nvmlInit()
        try:
            handles = [pynvml.nvmlDeviceGetHandleByIndex(index) for index in range(pynvml.nvmlDeviceGetCount())]
            return [_text(pynvml.nvmlDeviceGetName(handle)) for handle in handles]
        finally:
            pynvml.nvmlShutdown()
    except Exception:  # noqa: BLE001 - a driver's library can fail in any way; the question is only yes or no
        return None


def _from_nvidia_smi() -> list[str] | None:
    program = shutil.which("nvidia-smi")
    if program is None:
        return None
    try:
        listed = subprocess.run(
            [program, "-L"], stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT_S, check=False
        )
    except (OSError, subprocess.SubprocessError):
        return None
    if listed.returncode != 0:
        return None
    lines = listed.stdout.decode("utf-8", errors="replace").splitlines()
    return [line.partition(": ")[2].partition(" (UUID")[0].strip() for line in lines if line.startswith("GPU ")]


def _text(name: str | bytes) -> str:
    return name.decode("utf-8", errors="replace") if isinstance(name, bytes) else name
