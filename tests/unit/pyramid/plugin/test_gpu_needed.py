"""A test that needs a GPU on a machine without one."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from mlgate_pytest import gpu_needed

pytest_plugins = ["pytester"]

TESTS = """
import pytest

@pytest.mark.mlgate(gpu="required")
def test_needs(): pass

@pytest.mark.mlgate(gpu="required")
class TestAll:
    def test_needs_too(self): pass

    @pytest.mark.mlgate(gpu="preferred")
    def test_runs_anywhere(self): pass

def test_plain(): pass
"""


class Nvml:
    """The driver's library: it counts, or refuses a call with a code of its own."""

    def __init__(self, count: int, *, init: int = 0, counting: int = 0) -> None:
        self.count, self.init, self.counting, self.closed = count, init, counting, 0

    def nvmlInit_v2(self) -> int:  # noqa: N802  # NVML's own name  # its name
        return self.init

    def nvmlDeviceGetCount_v2(self, place: Any) -> int:  # noqa: N802  # NVML's own name
        place._obj.value = self.count
        return self.counting

    def nvmlShutdown(self) -> None:  # noqa: N802  # NVML's own name
        self.closed += 1


Driver = Callable[[Nvml | None], None]


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    """Stand in for the library; None as where it is not installed."""
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    monkeypatch.setenv("CI", "")

    def use(nvml: Nvml | None) -> None:
        def load() -> Nvml:
            if nvml is None:
                raise OSError("libnvidia-ml.so.1: cannot open shared object file")
            return nvml

        monkeypatch.setattr(gpu_needed, "load_nvml", load)

    use(None)
    return use


def run(pytester: pytest.Pytester, *arguments: str) -> pytest.RunResult:
    pytester.makepyfile(test_it=TESTS)
    return pytester.runpytest_inprocess("-p", "no:xdist", "-rsE", *arguments)


def test_it_is_skipped_on_a_persons_machine(pytester: pytest.Pytester, driver: Driver) -> None:
    results = pytester.path / "results.jsonl"
    done = run(pytester, f"--mlgate-results={results}")
    done.assert_outcomes(passed=2, skipped=2)
    done.stdout.fnmatch_lines(["*the test needs a GPU: no NVIDIA driver answered"])
    told = results.read_text(encoding="ascii")
    assert told.count("the test needs a GPU") == 2
    assert "always_skipped" not in told, "another machine can run it"


def test_it_is_an_error_in_ci(pytester: pytest.Pytester, driver: Driver, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CI", "true")
    done = run(pytester)
    done.assert_outcomes(passed=2, errors=2)
    done.stdout.fnmatch_lines(["*the test needs a GPU, and in CI it must have one: no NVIDIA driver answered"])


def test_it_runs_where_there_is_one(pytester: pytest.Pytester, driver: Driver) -> None:
    nvml = Nvml(1)
    driver(nvml)
    run(pytester).assert_outcomes(passed=4)
    assert nvml.closed == 1, "asked once, and left as it was"


def test_without_such_a_test_nobody_asks(pytester: pytest.Pytester, driver: Driver) -> None:
    nvml = Nvml(1)
    driver(nvml)
    run(pytester, "-k", "plain").assert_outcomes(passed=1, deselected=3)
    assert nvml.closed == 0


@pytest.mark.parametrize(
    ("given", "skipped"),
    [
        ({"missing": "CUDA_VISIBLE_DEVICES='-1' hides every device"}, 2),
        ({"entries": ["0"]}, 0),
        ({"deterministic": False}, 2),  # the gate did not look, so the driver is asked
    ],
)
def test_what_the_gate_found_is_not_looked_for_again(
    given: dict[str, Any], skipped: int, pytester: pytest.Pytester, driver: Driver
) -> None:
    path = pytester.path / "gpu.json"
    path.write_text(json.dumps(given), encoding="utf-8")
    done = run(pytester, f"--mlgate-gpu={path}")
    done.assert_outcomes(passed=4 - skipped, skipped=skipped)
    if given.get("missing"):
        done.stdout.fnmatch_lines([f"*the test needs a GPU: {given['missing']}"])


@pytest.mark.parametrize(
    ("nvml", "visible", "why"),
    [
        (Nvml(2), None, ""),
        (Nvml(2), "1", ""),
        (Nvml(2), "GPU-8932f937", ""),
        (Nvml(2), "2,0", "CUDA_VISIBLE_DEVICES='2,0' names no device of this machine"),
        (Nvml(2), "-1", "CUDA_VISIBLE_DEVICES='-1' hides every device"),
        (Nvml(2), "", "CUDA_VISIBLE_DEVICES='' hides every device"),
        (Nvml(0), None, "the NVIDIA driver reports no device"),
        (Nvml(2, init=9), None, "no NVIDIA driver answered"),
        (Nvml(2, counting=999), None, "no NVIDIA driver answered"),
        (None, None, "no NVIDIA driver answered"),
    ],
)
def test_what_the_driver_says(
    nvml: Nvml | None, visible: str | None, why: str, driver: Driver, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver(nvml)
    if visible is not None:
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    assert gpu_needed.look() == why


def test_the_real_library_never_stops_a_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert isinstance(gpu_needed.look(), str)
