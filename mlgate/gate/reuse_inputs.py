"""Digests of all that the results of a tier's tests hang on; docs/reuse.md says what each kind holds."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.config.project import Project, Tier
from mlgate.gate.reuse_state import ProjectState
from mlgate.pyramid.proofs import digest_of
from mlgate.pyramid.touches import Touched
from mlgate.sources import environment, files
from mlgate.sources.test_environment import gpu_traces

KNOWN_VARIABLES = (
    *("PYTHONHASHSEED", "PYTHONPATH", "PYTHONOPTIMIZE", "PYTHONWARNINGS", "PYTHONUTF8", "PYTHONDEVMODE", "PYTHON_"),
    *("PYTHONIOENCODING", "PYTHONHOME", "PYTHONSAFEPATH", "PYTHONNOUSERSITE", "PYTHONINTMAXSTRDIGITS"),
    *("PYTEST_ADDOPTS", "PYTEST_PLUGINS", "PYTEST_DISABLE_PLUGIN_AUTOLOAD", "HYPOTHESIS_PROFILE"),
    *("CUDA_", "CUBLAS_", "CUDNN_", "NCCL_", "NVIDIA_", "TF_", "XLA_", "JAX_", "TORCH_", "PYTORCH_", "NUMBA_"),
    *("OMP_", "KMP_", "MKL_", "OPENBLAS_", "NUMEXPR_", "TZ", "LANG", "LANGUAGE", "LC_"),
    *("LD_LIBRARY_PATH", "LD_PRELOAD", "TRANSFORMERS_", "HF_", "MLFLOW_", "WANDB_", "SETUPTOOLS_SCM"),
)
"""Variables to which libraries and Python itself are known to react, whoever names them."""
PHRASES = {
    "code": "the test file or code that it imports changed",
    "files": "a file that it read changed",
    "folders": "a folder that it listed has other files",
    "names": "files were added, removed or renamed",
    "breadth": "a file that its processes or libraries may read changed",
    "declared": "a declared input or dataset changed",
    "tier": "the tier's declaration or pytest's settings changed",
    "environment": "the interpreter or what is installed changed",
    "machine": "the GPU or the seed is another",
    "variables": "an environment variable changed",
    "existence": "it asks whether files exist, and others do",
    "sizes": "it asks for the sizes of files, and they are others",
    "date": "it reads the clock, and the day is another",
    "gate": "mlgate changed",
    "tree": "files of tests were added, removed or changed",
}


@dataclass(frozen=True, slots=True)
class TierInputs:
    """What all test files of a tier share, and how to take the digests of one.

    Parameters
    ----------
    common : digests that do not hang on the file
    problem : why nothing of the tier can be reused; empty where it can
    """

    state: ProjectState
    tier: Tier
    now: dt.datetime
    common: Mapping[str, str]
    problem: str = ""

    def of(self, path: str, facts: Mapping[str, Any]) -> dict[str, str] | None:
        """Digests of one test file, given what it touched (see `facts_of`); None where they cannot be known."""
        state = self.state
        code = set(state.closure(path)) | {path}
        for other in facts.get("code", ()):
            code |= {other} if other.startswith("/") else {other, *state.closure(other)}
        widely = facts.get("breadth", "all")
        breadth = {"traced": "-", "data": state.data, "all": state.everything}[widely]
        around = self.surroundings(code | state.graph.files if widely == "all" else code)  # a process may run any
        if not breadth or not all(around.values()):
            return None
        return {
            **self.common,
            "code": state.content(code),
            "files": state.content(facts.get("files", ())),
            "folders": state.folders([str(state.root / name) for name in facts.get("folders", ())]),
            "breadth": digest_of([breadth, state.head]) if widely == "all" else breadth,
            **around,
        }

    def of_all(self, tests: Sequence[str]) -> dict[str, str] | None:
        """Digests of what decides which files hold tests: those with tests count by name, the others by content.

        None where they cannot be known.
        """
        state = self.state
        below = [path for path in state.listed if is_below(path, self.tier.tests)]
        with_tests = set(tests)
        code = {other for path in below if path not in with_tests for other in (path, *state.closure(path))}
        tree = [sorted(with_tests), below, state.content(code)]
        around = self.surroundings(code)
        return {**self.common, "tree": digest_of(tree), **around} if all(around.values()) else None

    def surroundings(self, code: Iterable[str]) -> dict[str, str]:
        """Environment variables that the code may name; the date, names and sizes of files where it looks at them.

        Empty is what cannot be known.
        """
        graph = self.state.graph
        found = set(code)
        names = {name for path in found for name in graph.variables.get(path, ())}
        values = environment.present(sorted({*names, *self.tier.environment, *KNOWN_VARIABLES}))
        clock = bool(found & graph.clocks) or bool(self.tier.quarantine)
        return {
            "variables": digest_of(values),
            "date": self.now.date().isoformat() if clock else "-",
            "existence": self.state.existing if found & graph.existence else "-",
            "sizes": self.state.sizes if found & graph.sizes else "-",
        }


def tier_inputs(
    project: Project, tier: Tier, state: ProjectState, launcher: Sequence[str], *, seed: int, now: dt.datetime
) -> TierInputs:
    """The digests that all test files of a tier share, of things as they are now."""
    found = state.environment(tuple(launcher))
    outside = state.outside(found.folders)
    problem = found.problem or ("" if outside else "code outside the project is too much to look at")
    for test in tier.tests:
        if not any(is_below(path, (test,)) for path in state.listed):
            problem = problem or f"{test} is not among the files of the repository"
    declared = {
        **{name: project.datasets[name].path for name in tier.datasets},
        **{f"input {pattern}": pattern for pattern in (*tier.needs, *tier.inputs)},
    }
    quarantine = [(item.test, item.reason, item.until.isoformat()) for item in tier.quarantine]
    common = {
        "gate": state.gate(),
        "tier": digest_of([repr(replace(tier, quarantine=(), location=None)), quarantine, state.settings(tier.tests)]),
        "environment": digest_of([[state.shown(part) for part in launcher], found.digest, outside]),
        "machine": digest_of([seed, gpus(), _gpu(tier)]),
        "names": state.names,
        "declared": digest_of({name: _content(state, pattern) for name, pattern in declared.items()}),
    }
    return TierInputs(state, tier, now, common, problem)


def facts_of(touched: Touched, path: str, state: ProjectState) -> dict[str, Any]:
    """What must be looked at again to know whether a test file's results still hold."""
    explained = state.closure(path)
    code = sorted({state.shown(name) for name in touched.code} - explained - {path})
    return {
        "files": sorted({state.shown(name) for name in touched.files}),
        "code": code,
        "folders": sorted({state.shown(name) for name in touched.folders}),
        "breadth": touched.breadth,
    }


def is_below(path: str, tests: Iterable[str]) -> bool:
    """Whether a path is one of these files, or lies in one of these folders."""
    return any(test in (".", "") or path == test or path.startswith(f"{test.rstrip('/')}/") for test in tests)


def _content(state: ProjectState, pattern: str) -> str:
    """Digest of all files that a path or glob names, folders with all that is in them."""
    found: list[str] = []
    for name in files.expand(state.root, pattern):
        found += files.expand(state.root, f"{name}/**/*") if (state.root / name).is_dir() else [name]
    return state.content(found)


def gpus() -> list[str]:
    """What the system shows of GPUs without asking a driver, which takes time."""
    return gpu_traces()


def _gpu(tier: Tier) -> Any:
    """What the driver says, where the tier asks for a GPU."""
    if tier.gpu is None:
        return None
    from mlgate.sources.devices import find_devices

    return find_devices().provenance()
