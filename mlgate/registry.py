"""The one list of all checks. Their documentation is their docstring; the docs are written from here.

The rules of `mlgate lint` have a list of their own, `mlgate.lint.rules`, with an example of each.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from mlgate.data.catalogue import CATALOGUE as DATA
from mlgate.data.drift.catalogue import CATALOGUE as DRIFT
from mlgate.data.leakage.catalogue import CATALOGUE as LEAKAGE
from mlgate.data.refreshed import CATALOGUE as REFRESHED
from mlgate.data.skew.catalogue import CATALOGUE as SKEW
from mlgate.lint.artifacts.checks import CATALOGUE as ARTIFACTS
from mlgate.lint.config_catalogue import CATALOGUE as CONFIGS
from mlgate.lint.dvc_checks import CATALOGUE as DVC
from mlgate.metrics.catalogue import CATALOGUE as METRICS


@dataclass(frozen=True, slots=True)
class Check:
    """A check: its name in outcomes and schemas, the tier that it belongs to, and what it means."""

    name: str
    tier: str
    doc: str


def collect(*catalogues: tuple[tuple[str, str, Callable[..., Any]], ...]) -> dict[str, Check]:
    """Checks by name.

    Raises
    ------
    ValueError
        A name stands twice, or a function has no docstring: both are defects of ours, seen at import.
    """
    checks: dict[str, Check] = {}
    for catalogue in catalogues:
        for name, tier, function in catalogue:
            if name in checks or not function.__doc__:
                raise ValueError(f"check {name!r}: the name must be new and the function documented")
            checks[name] = Check(name, tier, inspect.cleandoc(function.__doc__))
    return checks


CHECKS = collect(CONFIGS, ARTIFACTS, DVC, DATA, DRIFT, LEAKAGE, SKEW, REFRESHED, METRICS)

OF_THE_RUN = {
    "readable": "A declared file is there, is what its pointer says, and can be read.",
    "key": "The columns of a `key`, which name a row to a person, are in the file.",
    "pull": "What a tier needs could be pulled with DVC, and its bytes are those that the pointer names.",
    "mlgate_file": "mlgate.yaml or a data schema holds only known keys and values.",
    "size": "A data file of a commit is small enough to be looked at before the commit.",
    "python": "A Python file or notebook is there, can be read, and is valid in the Python that mlgate runs in.",
    "pytest": "The tests of a tier ran to their end, and something was tested.",
    "collection": "Every test module could be imported.",
    "test": "A test of the user.",
    "budget": "A tier that may run over its budget, with what it took.",
    "quarantine": "An entry of a quarantine that names no test.",
    "gpu": "A tier that needs a GPU runs where there is one.",
    "shard": "Every report of a merged run is there once, can be read, and is of the same run as the others.",
    "job": "Every job of a plan reported; those of the second stage are not started where the first blocks.",
    "plan": "The plan of a job is for the commit that is checked out, and for mlgate.yaml and the schemas as they are.",
    "unchanged": "What was not run because nothing that it reads differs from the merge base.",
    "tier": "A tier that was not run, with the reason.",
    "defect": "An exception that mlgate did not expect: a defect of ours, and nothing that follows from it is a pass.",
    "policy": "Where `policy: base` lets the files of the merge base rule, they can be read.",
    "interrupted": "The run was stopped before its end; what followed was not checked.",
}
"""What the run itself reports, beside the checks."""
