"""Settings that make a GPU compute the same twice: what was asked for, and what is in force."""

from __future__ import annotations

import importlib.util
import os
import sys
from collections.abc import Callable
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from typing import Any

SETTINGS = (
    "CUBLAS_WORKSPACE_CONFIG",
    "CUDA_DEVICE_ORDER",
    "CUDA_LAUNCH_BLOCKING",
    "NVIDIA_TF32_OVERRIDE",
    "PYTHONHASHSEED",
    "TF_CUDNN_DETERMINISTIC",
    "TF_DETERMINISTIC_OPS",
    "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE",
    "XLA_FLAGS",
)
"""Variables of the environment that move what a GPU computes."""


def settings_in_force() -> dict[str, str]:
    """Those of `SETTINGS` that are set."""
    return {name: os.environ[name] for name in SETTINGS if name in os.environ}


def settle_torch() -> None:
    """Have PyTorch use deterministic algorithms alone, as soon as it is imported.

    An operation that has none then raises, which PyTorch words itself.
    """
    when_imported("torch", _deterministic)


def _deterministic(torch: Any) -> None:
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False


def when_imported(name: str, act: Callable[[Any], None]) -> None:
    """Call `act` with a top-level module once it is imported: now, where it is already."""
    if name in sys.modules:
        act(sys.modules[name])
    else:
        sys.meta_path.insert(0, _After(name, act))


class _After(MetaPathFinder):
    """Finds one module as all others would, and acts behind its own import."""

    def __init__(self, name: str, act: Callable[[Any], None]) -> None:
        self._name, self._act = name, act

    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        if fullname != self._name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            sys.meta_path.insert(0, self)  # not there yet: a test may still extend sys.path
            return spec
        execute = spec.loader.exec_module

        def execute_and_act(module: Any) -> None:
            execute(module)
            self._act(module)

        spec.loader.exec_module = execute_and_act  # type: ignore[method-assign]  # of this one loader
        return spec
