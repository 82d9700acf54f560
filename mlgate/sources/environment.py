"""The machine and the versions that a result depends on."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable
from typing import Any

PACKAGES = (
    "duckdb",
    "numpy",
    "pandas",
    "pyarrow",
    "scipy",
    "scikit-learn",
    "torch",
    "dvc",
    "mlflow",
    "mlflow-skinny",
    "pytest",
)
"""Distributions whose version can move a figure; those that are not installed are left out."""


def in_ci() -> bool:
    """Whether this is a continuous-integration run, as every common service says it."""
    return os.environ.get("CI", "").lower() not in ("", "0", "false", "no")


def ci_run() -> str | None:
    """The number by which GitHub knows this run and its attempt; None elsewhere."""
    number = os.environ.get("GITHUB_RUN_ID")
    return f"{number}.{os.environ.get('GITHUB_RUN_ATTEMPT', '1')}" if number else None


def present(names: Iterable[str]) -> dict[str, str]:
    """Those of these variables of the environment that are set; a name that ends with `_` is all that begin so."""
    asked = tuple(names)
    found = {name: os.environ[name] for name in asked if name in os.environ}
    beginnings = tuple(name for name in asked if name.endswith("_"))
    return {**found, **{name: value for name, value in os.environ.items() if name.startswith(beginnings)}}


def is_trusted() -> bool:
    """Whether code of the project may run inside the gate.

    Not on `pull_request_target`, where a stranger's code would meet the repository's secrets, and not where
    `MLGATE_TRUSTED` says no.
    """
    says = os.environ.get("MLGATE_TRUSTED", "1").lower()
    return os.environ.get("GITHUB_EVENT_NAME") != "pull_request_target" and says not in ("", "0", "false", "no", "off")


def repository_url() -> str | None:
    """Where people read the repository that a workflow runs in, such as `https://github.com/owner/name`; else None."""
    server = os.environ.get("GITHUB_SERVER_URL", "https://github.com").rstrip("/")
    url = f"{server}/{os.environ.get('GITHUB_REPOSITORY', '')}"
    known = re.fullmatch(r"https?://[A-Za-z0-9.-]+(:[0-9]+)?/[A-Za-z0-9_-]+/[A-Za-z0-9_.-]+", url)
    return url if known and not url.endswith(("/.", "/..")) else None


def worker_count(*, most: int = 4) -> int:
    """Threads for a comparison: the processors that this process may use, at most `most`."""
    return max(1, min(most, processor_count()))


def processor_count() -> int:
    """The processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def python_version() -> str:
    return sys.version.partition(" ")[0].rstrip("+")


def describe() -> dict[str, Any]:
    """Platform, processors and installed versions of the gate's own environment."""
    import platform
    from importlib import metadata

    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {
        "platform": sys.platform,
        "machine": platform.machine(),
        "processors": processor_count(),
        "packages": versions,
    }
