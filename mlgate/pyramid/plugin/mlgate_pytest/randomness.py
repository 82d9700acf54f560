"""Seeds the generators that a whole process shares, of every framework that is there, and gives them back as they were.

A framework that is not imported yet is seeded the moment it is: nothing is imported for its sake.
"""

from __future__ import annotations

import os
import random
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

Restore = Callable[[], None]
LARGEST = 2**32 - 1
"""The largest seed that all of them take."""
VARIABLES = {
    "PYTHONHASHSEED": "{seed}",  # of processes that the test starts
    "CUBLAS_WORKSPACE_CONFIG": ":4096:8",  # without it cuBLAS may choose another order each time
    "TF_DETERMINISTIC_OPS": "1",
}
"""Set where they are not set already."""


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Every shared generator starts at `seed` inside the block, and goes on after it as if nothing had been drawn.

    Parameters
    ----------
    seed : from 0 to 4,294,967,295

    Raises
    ------
    ValueError
        The seed is not one that every framework takes.
    """
    if isinstance(seed, bool) or not isinstance(seed, int) or not 0 <= seed <= LARGEST:
        raise ValueError(f"a seed is a whole number from 0 to {LARGEST:,}, got {seed!r}")
    with ExitStack() as after:
        after.callback(_variables(seed))
        after.callback(_random(seed))
        waiting = []
        for name, start in FRAMEWORKS.items():
            module = sys.modules.get(name)
            if module is None:
                waiting.append(name)
            elif not getattr(getattr(module, "__spec__", None), "_initializing", False):
                after.callback(_started(name, start, module, seed))
        finder = _SeedOnImport(
            waiting, lambda name, module: after.callback(_started(name, FRAMEWORKS[name], module, seed))
        )
        sys.meta_path.insert(0, finder)
        after.callback(_without, finder)
        yield


def _started(name: str, start: Callable[[Any, int], Restore], module: Any, seed: int) -> Restore:
    try:
        return start(module, seed)
    except Exception as problem:
        told = f"{name} {getattr(module, '__version__', '')} cannot be seeded: {type(problem).__name__}: {problem}"
        raise RuntimeError(told) from problem


def _without(finder: MetaPathFinder) -> None:
    if finder in sys.meta_path:
        sys.meta_path.remove(finder)


def _variables(seed: int) -> Restore:
    before = {name: os.environ.get(name) for name in VARIABLES}
    for name, value in VARIABLES.items():
        os.environ.setdefault(name, value.format(seed=seed))

    def restore() -> None:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value

    return restore


def _random(seed: int) -> Restore:
    state = random.getstate()
    random.seed(seed)
    return lambda: random.setstate(state)


def _numpy(numpy: Any, seed: int) -> Restore:
    state = numpy.random.get_state()
    numpy.random.seed(seed)
    return lambda: numpy.random.set_state(state)


def _torch(torch: Any, seed: int) -> Restore:
    """Generators of the processor and of every GPU, and the settings that choose algorithms which repeat."""
    state = torch.get_rng_state()
    on_gpu = torch.cuda.is_available()
    gpu_states = torch.cuda.get_rng_state_all() if on_gpu else []
    settings = (
        torch.are_deterministic_algorithms_enabled(),
        torch.is_deterministic_algorithms_warn_only_enabled(),
        torch.backends.cudnn.deterministic,
        torch.backends.cudnn.benchmark,
    )
    torch.manual_seed(seed)  # of the GPUs, too
    torch.use_deterministic_algorithms(True, warn_only=True)
    torch.backends.cudnn.deterministic = True
    torch.backends.cudnn.benchmark = False

    def restore() -> None:
        torch.set_rng_state(state)
        if gpu_states:
            torch.cuda.set_rng_state_all(gpu_states)
        enabled, warn_only, torch.backends.cudnn.deterministic, torch.backends.cudnn.benchmark = settings
        torch.use_deterministic_algorithms(enabled, warn_only=warn_only)

    return restore


def _tensorflow(tensorflow: Any, seed: int) -> Restore:
    """The global seed, the generator from which every operation takes its own, and the global generator.

    None of them can be read by a public name: what is not found is, after the test, as in a process that has set
    nothing.
    """
    context = _inside("tensorflow.python.eager.context", "context")
    inner = None if context is None else context()
    before = getattr(inner, "_seed", None)
    drawing = getattr(inner, "_rng", None)
    state = None if before is None or drawing is None else drawing.getstate()
    generator = _inside("tensorflow.python.ops.stateful_random_ops", "global_generator")
    tensorflow.random.set_seed(seed)
    tensorflow.random.set_global_generator(tensorflow.random.Generator.from_seed(seed))

    def restore() -> None:
        tensorflow.random.set_global_generator(generator)
        tensorflow.random.set_seed(before)
        drawing = getattr(inner, "_rng", None)
        if state is not None and drawing is not None:
            drawing.setstate(state)

    return restore


def _inside(module: str, name: str) -> Any:
    """A name of a module that is loaded; None where there is none."""
    return getattr(sys.modules.get(module), name, None)


FRAMEWORKS: dict[str, Callable[[Any, int], Restore]] = {"numpy": _numpy, "torch": _torch, "tensorflow": _tensorflow}
"""By the name of their module. JAX has no shared generator: its draws follow from the keys that the code makes."""


class _SeedOnImport(MetaPathFinder):
    """Finds modules as everybody does, and has the frameworks among them seeded once they are loaded."""

    def __init__(self, names: Sequence[str], loaded: Callable[[str, ModuleType], object]) -> None:
        self._names = set(names)
        self._loaded = loaded

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if fullname not in self._names:
            return None
        self._names.discard(fullname)  # the others are asked, then it is known
        for finder in sys.meta_path:
            spec = None if finder is self else finder.find_spec(fullname, path, target)
            if spec is not None:
                if spec.loader is not None:
                    spec.loader = _Loader(spec.loader, partial(self._loaded, fullname))
                return spec
        self._names.add(fullname)
        return None


class _Loader(Loader):
    """Another loader, after which the module is seeded; it leaves no trace in the module."""

    def __init__(self, loader: Any, loaded: Callable[[ModuleType], object]) -> None:
        self._loader = loader
        self._then = loaded

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        made: ModuleType | None = self._loader.create_module(spec)
        return made

    def exec_module(self, module: ModuleType) -> None:
        module.__loader__ = self._loader
        if module.__spec__ is not None:
            module.__spec__.loader = self._loader
        self._loader.exec_module(module)
        self._then(module)
