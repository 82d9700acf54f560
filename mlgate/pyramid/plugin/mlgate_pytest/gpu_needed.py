"""Tests that are marked `@pytest.mark.mlgate(gpu="required")` where there is no GPU: skipped here, an error in CI.

The gate tells what it found. Elsewhere the driver is asked, but only where a test is so marked.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from mlgate_pytest.marks import PROPERTY

VISIBLE = "CUDA_VISIBLE_DEVICES"
HIDDEN = ("", "-1", "NoDevFiles")
"""Values of CUDA_VISIBLE_DEVICES that hide every device."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    needing = [item for item in items if _needs_gpu(item)]
    missing = absent_gpu(config) if needing else ""
    if not missing:
        return
    config.pluginmanager.register(_Missing({item.nodeid for item in needing}, missing), "mlgate-no-gpu")


class _Missing:
    """Ends tests before their setup. A mark `skip` would say that no machine can ever run them."""

    def __init__(self, nodes: set[str], missing: str) -> None:
        self._nodes, self._missing = nodes, missing

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> None:
        if item.nodeid not in self._nodes:
            return
        if in_ci():
            pytest.fail(f"the test needs a GPU, and in CI it must have one: {self._missing}", pytrace=False)
        pytest.skip(f"the test needs a GPU: {self._missing}")


def _needs_gpu(item: pytest.Item) -> bool:
    """Whether the nearest mark that says something of a GPU says `required`; `marks` has put it down before."""
    return any(
        name == PROPERTY and isinstance(said, dict) and said.get("gpu") == "required"
        for name, said in item.user_properties
    )


def in_ci() -> bool:
    """Whether this is a continuous-integration run, as every common service says it."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def absent_gpu(config: pytest.Config) -> str:
    """Why no GPU can be used; empty where one can."""
    path = config.getoption("mlgate_gpu", None)
    if path:
        from mlgate_pytest.devices import read_given

        given = read_given(Path(path))
        if given.entries or given.missing:
            return given.missing
    return look()


def look() -> str:
    """As `absent_gpu`, from the driver: NVML leaves CUDA untouched, so that processes can still be forked."""
    visible = os.environ.get(VISIBLE)
    if visible is not None and visible.strip() in HIDDEN:
        return f"{VISIBLE}={visible.strip()!r} hides every device"
    try:
        count = count_devices(load_nvml())
    except Exception:  # noqa: BLE001 - a library that is missing or broken is no driver
        return "no NVIDIA driver answered"
    first = (visible or "").partition(",")[0].strip()
    if count and first.isdigit() and int(first) >= count:
        return f"{VISIBLE}={visible!r} names no device of this machine"
    return "" if count else "the NVIDIA driver reports no device"


def load_nvml() -> Any:
    """The driver's own library.

    Raises
    ------
    OSError
        It is not installed.
    """
    import ctypes  # not in every run of pytest

    return ctypes.CDLL("nvml.dll" if os.name == "nt" else "libnvidia-ml.so.1")


def count_devices(nvml: Any) -> int:
    """How many GPUs the driver has.

    Raises
    ------
    OSError
        It does not answer.
    """
    import ctypes

    if nvml.nvmlInit_v2():
        raise OSError("NVML does not start")
    try:
        count = ctypes.c_uint()
        if nvml.nvmlDeviceGetCount_v2(ctypes.byref(count)):
            raise OSError("NVML does not count")
        return int(count.value)
    finally:
        nvml.nvmlShutdown()
