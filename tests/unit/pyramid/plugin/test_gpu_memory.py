"""GPU memory and time of each test, with libraries that answer as PyTorch and CuPy do."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

pytest_plugins = ["pytester"]

TORCH = """
import sys, types

class Cuda:
    '''Two devices, started by the first allocation; `allocate` moves the peak, `free` does not.'''
    def __init__(self):
        self.started, self.now, self.peak, self.broken, self.resets = False, [0, 0], [0, 0], "", 0
    def is_initialized(self): return self.started
    def device_count(self): return 2
    def get_device_name(self, device): return "NVIDIA L4"
    def reset_peak_memory_stats(self, device):
        assert self.started, "invalid argument to reset_peak_memory_stats"
        self.resets += 1
        self.peak[device] = self.now[device]
    def memory_allocated(self, device): return self.now[device]
    def max_memory_allocated(self, device): return self.peak[device]
    def synchronize(self, device):
        if self.broken:
            raise RuntimeError(self.broken)
    def allocate(self, mib, device=0):
        self.started = True
        self.now[device] += mib * 2**20
        self.peak[device] = max(self.peak[device], self.now[device])
    def free(self, mib, device=0): self.now[device] -= mib * 2**20

torch = types.ModuleType("torch")
torch.cuda = Cuda()
"""
CUPY = """
import sys, types

class Pool:
    used = total = 0
    def used_bytes(self): return self.used
    def total_bytes(self): return self.total

HOOKS = {}
class MemoryHook:
    def __enter__(self): HOOKS[self.name] = self
    def __exit__(self, *_): del HOOKS[self.name]

pool = Pool()
def allocate(mib):
    pool.used += mib * 2**20
    pool.total = max(pool.total, pool.used)
    for hook in HOOKS.values():
        hook.malloc_postprocess(device_id=0, size=mib * 2**20, mem_size=mib * 2**20, mem_ptr=1, pmem_id=1)
def free(mib): pool.used -= mib * 2**20

cupy = types.ModuleType("cupy")
cupy.get_default_memory_pool = lambda: pool
cupy.cuda = types.SimpleNamespace(
    MemoryHook=MemoryHook,
    Device=lambda: types.SimpleNamespace(synchronize=lambda: None),
    runtime=types.SimpleNamespace(getDevice=lambda: 0, getDeviceProperties=lambda _: {"name": b"NVIDIA L4"}),
)
cupy.allocate, cupy.free = allocate, free
"""
Measured = Callable[..., tuple[dict[str, Any], Mapping[str, str]]]


@pytest.fixture
def measured(pytester: pytest.Pytester) -> Measured:
    """Run tests; what was measured of each, and how it ended, by name."""

    def run(library: str, tests: str, *, imported: Sequence[str] = (), gpu_tier: bool = True) -> Any:
        imports = "".join(f"sys.modules['{name}'] = {name}\n" for name in imported)
        pytester.makepyfile(fakes=library)
        pytester.makeconftest(f"import sys\nsys.path.insert(0, {str(pytester.path)!r})\nfrom fakes import *\n{imports}")
        pytester.makepyfile(test_gpu=f"import sys, pytest\nimport fakes\nfrom fakes import *\n{tests}")
        given = pytester.path / "gpu.json"
        given.write_text("{}", encoding="utf-8")
        extra = [f"--mlgate-gpu={given}"] if gpu_tier else []
        results = pytester.path / "results.jsonl"
        done = pytester.runpytest_inprocess("-p", "no:xdist", f"--mlgate-results={results}", "-q", *extra)
        assert done.ret in (0, 1), done.outlines
        return of_tests(results)

    return run


def of_tests(results: Path) -> tuple[dict[str, Any], dict[str, str]]:
    found: dict[str, Any] = {}
    ended: dict[str, str] = {}
    for line in results.read_text(encoding="ascii").splitlines():
        record = json.loads(line)
        name = str(record.get("node", "")).rpartition("::")[2]
        if record["kind"] == "passed":
            ended[name] = "passed"
        if record["kind"] == "phase":
            ended[name] = record.get("message") or ended.get(name, record["outcome"])
            for key, value in record.get("properties", ()):
                if key == "mlgate_gpu":
                    found[name] = value
    return found, ended


def test_the_peak_of_each_test_over_all_devices_and_what_was_held_before(measured: Measured) -> None:
    found, ended = measured(
        TORCH,
        """
@pytest.fixture(scope="module")
def model():
    torch.cuda.allocate(100)

def test_first(model):
    torch.cuda.allocate(400); torch.cuda.free(400)

def test_second(model):
    torch.cuda.allocate(50); torch.cuda.allocate(30, device=1); torch.cuda.free(30, device=1)

def test_that_fails(model):
    torch.cuda.allocate(10)
    assert False
""",
        imported=["torch"],
    )
    memory = {name: (value["peak_mib"], value["added_mib"]) for name, value in found.items()}
    assert memory == {"test_first": (500.0, 500.0), "test_second": (180.0, 80.0), "test_that_fails": (160.0, 10.0)}
    assert all(value["device"] == "NVIDIA L4" and value["libraries"] == ["torch"] for value in found.values())
    assert all(value["seconds"] >= 0 for value in found.values())
    assert ended["test_that_fails"] == "assert False"


def test_a_test_that_does_not_use_the_gpu_has_no_measurement_and_starts_nothing(measured: Measured) -> None:
    found, ended = measured(TORCH, "def test_a():\n    assert torch.cuda.resets == 0\n", imported=["torch"])
    assert found == {}
    assert ended == {"test_a": "passed"}


@pytest.mark.parametrize("gpu_tier", [True, False])
def test_a_library_that_is_imported_by_the_test_itself(gpu_tier: bool, measured: Measured) -> None:
    """In a tier that asks for no GPU nobody waits for it."""
    tests = "def test_a():\n    sys.modules['torch'] = torch\n    torch.cuda.allocate(7)\n"
    found, _ = measured(TORCH, tests, gpu_tier=gpu_tier)
    assert [value["peak_mib"] for value in found.values()] == ([7.0] if gpu_tier else [])


def test_a_kernel_that_fails_behind_the_last_line_fails_its_own_test(measured: Measured) -> None:
    tests = """
def test_bad_kernel():
    torch.cuda.allocate(1)
    torch.cuda.broken = "CUDA error: device-side assert triggered"

def test_next():
    torch.cuda.broken = ""
"""
    _, ended = measured(TORCH, tests, imported=["torch"])
    assert ended == {"test_bad_kernel": "RuntimeError: CUDA error: device-side assert triggered", "test_next": "passed"}


def test_the_error_of_the_test_goes_before_that_of_the_device(measured: Measured) -> None:
    tests = """
def test_bad():
    torch.cuda.allocate(1)
    torch.cuda.broken = "CUDA error"
    torch.cuda.max_memory_allocated = None
    raise ValueError("the cause")
"""
    found, ended = measured(TORCH, tests, imported=["torch"])
    assert ended["test_bad"] == "ValueError: the cause"
    assert "not callable" in found["test_bad"]["problem"]


def test_cupy_is_asked_at_each_allocation(measured: Measured) -> None:
    tests = """
def test_first():
    cupy.allocate(64); cupy.free(64)

def test_second():
    cupy.allocate(16)

def test_third():
    cupy.allocate(1)
    assert list(fakes.HOOKS) == ["mlgate"]
"""
    found, ended = measured(CUPY, tests, imported=["cupy"])
    memory = {name: (value["peak_mib"], value["added_mib"]) for name, value in found.items()}
    assert memory == {"test_first": (64.0, 64.0), "test_second": (16.0, 16.0), "test_third": (17.0, 1.0)}
    assert set(ended.values()) == {"passed"}


def test_cupy_that_comes_during_the_test_is_bounded_by_its_pool(measured: Measured) -> None:
    tests = "def test_a():\n    sys.modules['cupy'] = cupy\n    cupy.allocate(5); cupy.free(5)\n"
    found, _ = measured(CUPY, tests)
    assert found["test_a"]["peak_mib"] == 5.0
    assert found["test_a"]["libraries"] == ["cupy"]
