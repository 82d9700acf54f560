"""The `MLmodel` file of MLflow: which module loads the model, and which files it unpickles."""

from __future__ import annotations

from typing import Any

from mlgate.config.document import load_document
from mlgate.errors import ConfigError
from mlgate.lint.artifacts.facts import CALLED, Facts
from mlgate.lint.artifacts.graphs import leads_out

_FILES = ("python_model", "pickled_model", "model_path", "data", "model_file", "model_code_path")


def scan_mlmodel(text: str, path: str) -> Facts:
    """What loading with MLflow imports beside MLflow itself, and the files that are loaded with it."""
    facts = Facts(formats=["MLmodel"])
    try:
        content = load_document(text, path).plain_data()
    except ConfigError as problem:
        facts.problem(f"not readable: {problem.reason}", problem.hint)
        return facts
    flavors = content.get("flavors") if isinstance(content, dict) else None
    if not isinstance(flavors, dict) or not flavors:
        facts.problem("names no flavors: MLflow cannot load it", "log the model again")
        return facts
    for flavor in flavors.values():
        if isinstance(flavor, dict):
            _look_at_flavor(flavor, facts)
    return facts


def _look_at_flavor(flavor: dict[str, Any], facts: Facts) -> None:
    module = flavor.get("loader_module")
    if isinstance(module, str) and module.partition(".")[0] != "mlflow":
        facts.imported(module, "_load_pyfunc", 0, CALLED)
    if flavor.get("code"):
        note = f"loading it puts {flavor['code']} on the path of imports: what lies there is run"
        if note not in facts.notes:
            facts.notes.append(note)
    for key in _FILES:
        named = flavor.get(key)
        if not isinstance(named, str):
            continue
        if leads_out(named):
            facts.strange_paths.append(named)
        elif named not in facts.follows:
            facts.follows.append(named)
