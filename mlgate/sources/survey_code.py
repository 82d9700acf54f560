"""What the Python files of a repository import, by the text of their lines: nothing is parsed, imported or run."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

FRAMEWORKS = {
    "sklearn": "scikit-learn",
    "torch": "PyTorch",
    "pytorch_lightning": "Lightning",
    "lightning": "Lightning",
    "tensorflow": "TensorFlow",
    "keras": "Keras",
    "jax": "JAX",
    "xgboost": "XGBoost",
    "lightgbm": "LightGBM",
    "catboost": "CatBoost",
    "transformers": "Transformers",
    "statsmodels": "statsmodels",
    "hydra": "Hydra",
    "omegaconf": "OmegaConf",
    "mlflow": "MLflow",
    "dvc": "DVC",
    "dvclive": "DVCLive",
}
"""Modules that are looked for, and how a person calls them."""

MAX_READ = 400
"""Python files that are looked into; more of them would say little new."""
MAX_BYTES = 32_768
_IMPORT = re.compile(r"^[ \t]*(?:import|from)[ \t]+([A-Za-z_]\w*)", re.MULTILINE)
_TRACKING = re.compile(r"set_tracking_uri\(\s*(?:uri\s*=\s*)?[\"']([^\"'\n]+)[\"']")


@dataclass(frozen=True, slots=True, kw_only=True)
class CodeFacts:
    """What Python files say.

    Parameters
    ----------
    frameworks : names for a person, by the first file that imports each
    tracking : address that a file gives to `mlflow.set_tracking_uri`, and the file
    """

    frameworks: Mapping[str, str] = field(default_factory=dict)
    tracking: tuple[str, str] | None = None


def look_at_code(root: Path, names: Sequence[str]) -> CodeFacts:
    """The facts of the first few hundred Python files; those nearest to the top come first."""
    frameworks: dict[str, str] = {}
    tracking = None
    scripts = (name for name in names if name.endswith(".py"))
    for name in sorted(scripts, key=lambda name: (name.count("/"), name))[:MAX_READ]:
        text = read_start(root / name)
        for module in _IMPORT.findall(text):
            if module in FRAMEWORKS:
                frameworks.setdefault(FRAMEWORKS[module], name)
        if tracking is None and (match := _TRACKING.search(text)):
            tracking = match[1], name
    return CodeFacts(frameworks=dict(sorted(frameworks.items())), tracking=tracking)


def read_start(path: Path, limit: int = MAX_BYTES) -> str:
    """The first bytes of a file as text; empty where it cannot be read or is no regular file."""
    try:
        if not path.is_file():  # a pipe would block
            return ""
        with path.open("rb") as stream:
            return stream.read(limit).decode("utf-8", "replace")
    except OSError:
        return ""


def first_with(root: Path, names: Iterable[str], word: str) -> str:
    """The first of the files that holds a word; empty where none does."""
    return next((name for name in names if word in read_start(root / name)), "")
