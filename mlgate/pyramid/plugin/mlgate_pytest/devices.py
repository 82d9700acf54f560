"""GPUs of the tests: which worker sees which of them, what they are measured by, and what a result hangs on.

Under `mlgate run` the file of `--mlgate-gpu` says which devices there are. The workers of pytest-xdist share them:
each sees one, told by CUDA_VISIBLE_DEVICES before it imports anything.
"""

from __future__ import annotations

import json
import os
import platform
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pytest

OPTION = "--mlgate-gpu"
RECORDER = "mlgate-results"
METER = "mlgate-gpu-memory"
VISIBLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"
PREFIXES = ("cupy", "jaxlib", "nvidia-cublas", "nvidia-cuda-runtime", "nvidia-cudnn", "tensorflow", "onnxruntime")
PACKAGES = (
    *("catboost", "flax", "jax", "keras", "lightgbm", "lightning", "numba", "numpy", "pandas", "pytest"),
    *("pytest-xdist", "scikit-learn", "scipy", "torch", "torchvision", "transformers", "triton", "xgboost"),
)
"""Distributions whose version can move what a test of a model finds, and beginnings of the names of such."""


class Given(NamedTuple):
    """What the gate found.

    Parameters
    ----------
    entries : for each device, what CUDA_VISIBLE_DEVICES must be for it to be seen alone
    order : what CUDA_DEVICE_ORDER must be for the entries to mean these devices; None to leave it as it is
    missing : why there is no device; empty where there are, and where nobody looked
    share : whether the workers share the devices, and are started where there are several
    deterministic : whether PyTorch is told to use deterministic algorithms
    """

    entries: Sequence[str] = ()
    order: str | None = None
    missing: str = ""
    share: bool = False
    deterministic: bool = False


def read_given(path: Path) -> Given:
    """The file that the gate wrote.

    Raises
    ------
    pytest.UsageError
        It cannot be read, or is not what the gate writes.
    """
    try:
        return Given(**json.loads(path.read_text(encoding="utf-8")))
    except (OSError, ValueError, TypeError) as problem:
        raise pytest.UsageError(f"{OPTION}: {path} cannot be read: {problem}") from problem


def begin(config: pytest.Config, args: list[str]) -> None:
    """Before any conftest.py: settle PyTorch, and ask for one worker per device where nobody decided otherwise.

    Without pytest-xdist the tests run in one process that sees all devices.

    Parameters
    ----------
    config : parsed as far as options go
    args : of pytest; `-n` is added to them
    """
    known = config.known_args_namespace
    given = read_given(Path(known.mlgate_gpu))
    if given.deterministic:
        from mlgate_pytest.settling import settle_torch

        settle_torch()
    decided = getattr(known, "numprocesses", None) is not None or getattr(known, "tx", None)
    debugged = getattr(known, "usepdb", False) or "PYTEST_XDIST_WORKER" in os.environ
    shared = given.share and len(given.entries) > 1 and config.pluginmanager.has_plugin("xdist")
    if shared and not decided and not debugged:
        args += ["-n", str(len(given.entries))]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_setupnodes(config: pytest.Config, specs: Sequence[Any]) -> None:
    """Give each worker one device, in turn; execnet sets the variables before the worker imports pytest.

    A worker that takes the place of one that died has its specification, and so its device.
    """
    path = config.getoption("mlgate_gpu", None)
    given = read_given(Path(path)) if path else Given()
    if not given.share or not given.entries:
        return
    for number, spec in enumerate(specs):
        if spec.popen and VISIBLE not in spec.env:
            spec.env[VISIBLE] = given.entries[number % len(given.entries)]
            if given.order:
                spec.env[ORDER] = given.order
    recorder = config.pluginmanager.get_plugin(RECORDER)
    if recorder is not None:
        recorder.note("workers", devices=[spec.env.get(VISIBLE) for spec in specs])


@pytest.hookimpl(tryfirst=True)
def pytest_collection(session: pytest.Session) -> None:
    """Write down what the results hang on, in the process that writes."""
    recorder = session.config.pluginmanager.get_plugin(RECORDER)
    if recorder is not None and hasattr(recorder, "note"):
        from mlgate_pytest.settling import settings_in_force

        packages = dict(installed_packages(sys.path))
        recorder.note("environment", python=platform.python_version(), packages=packages, settings=settings_in_force())


def installed_packages(path: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Name and version of `PACKAGES` that are installed in the folders of `path`; the names of their folders say it."""
    seen = set()
    for folder in path:
        try:
            entries = os.listdir(folder or ".")  # noqa: PTH208 - texts, not thousands of paths
        except OSError:  # an archive, or a folder that is not there
            continue
        for entry in sorted(entries):
            name, _, version = (
                entry[: -len(".dist-info")].rpartition("-") if entry.endswith(".dist-info") else ("", "", "")
            )
            name = name.lower().replace("_", "-").replace(".", "-")
            if name and name not in seen and (name in PACKAGES or name.startswith(PREFIXES)):
                seen.add(name)
                yield name, version


def pytest_collection_finish(session: pytest.Session) -> None:
    """Measure GPU memory where the tier asks for a GPU, or where the tests imported what computes on one."""
    plugins = session.config.pluginmanager
    if plugins.has_plugin(METER) or not session.items:
        return
    if session.config.getoption("mlgate_gpu", None) or "torch" in sys.modules or "cupy" in sys.modules:
        from mlgate_pytest.gpu_memory import Meter

        plugins.register(Meter(), METER)
