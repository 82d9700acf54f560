"""The most GPU memory that each test held, and how long it took until the GPU was done.

Measured where PyTorch or CuPy is already imported: nothing is imported here, and CUDA is not started for it.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Generator
from typing import Any

import pytest

PROPERTY = "mlgate_gpu"
MIB = 1024 * 1024


class Torch:
    """PyTorch's own account of all devices that it sees."""

    name = "torch"

    def __init__(self, torch: Any) -> None:
        self._cuda = torch.cuda
        self._before = 0

    @property
    def used(self) -> bool:
        return bool(self._cuda.is_initialized())

    def start(self) -> None:
        """Peaks begin at what is held now. What is not started has no peak, and its first use would begin it."""
        self._before = 0
        if self.used:
            for device in self._devices():
                self._cuda.reset_peak_memory_stats(device)
            self._before = sum(self._cuda.memory_allocated(device) for device in self._devices())

    def wait(self) -> None:
        """Until the devices are idle; raises what a kernel of the test did wrong."""
        if self.used:
            for device in self._devices():
                self._cuda.synchronize(device)

    def stop(self) -> tuple[int, int, str]:
        """Peak in bytes over all devices, how much of it was held before, and the name of the first device."""
        peak = sum(self._cuda.max_memory_allocated(device) for device in self._devices())
        return int(peak), int(self._before), str(self._cuda.get_device_name(0))

    def _devices(self) -> range:
        return range(self._cuda.device_count())


class Cupy:
    """The default memory pool of CuPy on the current device, asked at every allocation of the test's thread."""

    name = "cupy"

    def __init__(self, cupy: Any) -> None:
        self._cupy = cupy
        self._peak = self._before = 0
        self._hook: Any = None

    @property
    def used(self) -> bool:
        return bool(self._peak or self._cupy.get_default_memory_pool().total_bytes())

    def start(self) -> None:
        pool = self._cupy.get_default_memory_pool()
        self._peak = self._before = int(pool.used_bytes())
        self._hook = _hook(self._cupy, self._more)
        self._hook.__enter__()

    def _more(self) -> None:
        self._peak = max(self._peak, int(self._cupy.get_default_memory_pool().used_bytes()))

    def wait(self) -> None:
        if self.used:
            self._cupy.cuda.Device().synchronize()

    def stop(self) -> tuple[int, int, str]:
        if self._hook is None:  # imported during the test: what the pool took from the device is at least the peak
            self._peak = int(self._cupy.get_default_memory_pool().total_bytes())
        else:
            self._hook.__exit__(None, None, None)
            self._hook = None
        runtime = self._cupy.cuda.runtime
        name = runtime.getDeviceProperties(runtime.getDevice())["name"]
        return self._peak, self._before, name.decode("utf-8", "replace") if isinstance(name, bytes) else str(name)


def _hook(cupy: Any, more: Any) -> Any:
    """A hook of CuPy that calls `more` after each allocation."""

    class Hook(cupy.cuda.MemoryHook):  # type: ignore[misc]  # its class comes with the library
        name = "mlgate"

        def malloc_postprocess(self, **_: Any) -> None:
            more()

    return Hook()


class Meter:
    """Adds the property `mlgate_gpu` to each test that used a GPU."""

    def __init__(self) -> None:
        self._libraries: dict[str, Any] = {}
        self._seconds: float | None = None

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_setup(self) -> Generator[None, Any, None]:
        self._seconds = None
        for library in self._imported():
            library.start()
        yield

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_call(self) -> Generator[None, Any, None]:
        began = time.perf_counter()
        outcome = yield
        try:
            for library in self._imported():
                library.wait()
        except Exception as problem:  # a kernel of this test failed after its last line
            if outcome.excinfo is None:
                if not hasattr(outcome, "force_exception"):  # before pluggy 1.1
                    raise
                outcome.force_exception(problem)
        self._seconds = time.perf_counter() - began

    @pytest.hookimpl(hookwrapper=True, tryfirst=True)
    def pytest_runtest_teardown(self, item: pytest.Item) -> Generator[None, Any, None]:
        yield
        try:
            found = [(library.name, *library.stop()) for library in self._imported() if library.used]
        except Exception as problem:  # noqa: BLE001 - a device that a test has broken cannot be asked
            item.user_properties.append((PROPERTY, {"problem": str(problem)}))
            return
        if found:
            measured: dict[str, Any] = {
                "device": found[0][3],
                "libraries": [name for name, *_ in found],
                "peak_mib": round(sum(peak for _, peak, _, _ in found) / MIB, 3),
                "added_mib": round(sum(peak - before for _, peak, before, _ in found) / MIB, 3),
            }
            if self._seconds is not None:
                measured["seconds"] = round(self._seconds, 6)
            item.user_properties.append((PROPERTY, measured))

    def _imported(self) -> list[Any]:
        for name, kind in (("torch", Torch), ("cupy", Cupy)):
            module = sys.modules.get(name)
            if module is not None and name not in self._libraries and hasattr(module, "cuda"):
                self._libraries[name] = kind(module)
        return list(self._libraries.values())
