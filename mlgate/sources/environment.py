"""The machine and the versions that a result depends on."""

from __future__ import annotations

import os
import platform
import sys
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


def python_version() -> str:
    return platform.python_version()


def describe() -> dict[str, Any]:
    """Platform, processor and installed versions of the gate's own environment."""
    from importlib import metadata

    versions = {}
    for name in PACKAGES:
        try:
            versions[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return {"platform": sys.platform, "machine": platform.machine(), "packages": versions}
