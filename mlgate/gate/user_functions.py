"""Metrics of the user's: their functions loaded, and their exceptions told as what they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.errors import SourceError
from mlgate.sources.environment import is_trusted

Function = Callable[[Mapping[str, Any]], float]


def load_functions(
    evaluation: Evaluation, root: Path, given: Mapping[str, Callable[[Any], float]] | None = None
) -> dict[str, Function]:
    """The functions of the metrics of an evaluation, by the metric's name.

    Parameters
    ----------
    root : folder of the project, in which their modules are looked for
    given : functions that need no loading

    Raises
    ------
    SourceError
        A function has to be loaded and the run is not trusted; a module cannot be imported, or has no such function.
    """
    functions: dict[str, Any] = {}
    for metric in evaluation.metrics:
        if metric.model is not None:
            from mlgate.sources.embeddings import load_embedder
            from mlgate.sources.files import inside

            functions[metric.name] = load_embedder(inside(root, metric.model))
            continue
        if metric.function is None:
            continue
        function = (given or {}).get(metric.name)
        if function is None:
            from mlgate.sources.functions import load_function

            _require_trust(metric.name, evaluation)
            function = load_function(metric.function, root)
        functions[metric.name] = _guarded(function, metric.name)
    return functions


def _require_trust(name: str, evaluation: Evaluation) -> None:
    if not is_trusted():
        raise SourceError(
            f"{name} of {evaluation.name} would run code of the project, and this run is not trusted",
            hint="run it on `pull_request` or on main, where no secrets are at hand, and without MLGATE_TRUSTED=0",
        )


def _guarded(function: Callable[[Any], float], name: str) -> Function:
    """The function, for which rows that it cannot judge, or a value that is no number, are an undefined metric."""
    from mlgate.metrics.kernels.kernel import UndefinedMetricError

    def compute(rows: Mapping[str, Any]) -> float:
        try:
            return float(function({name: _read_only(values) for name, values in rows.items()}))
        except (Exception, SystemExit) as problem:  # a function that exits must not end the gate
            reason = f"{type(problem).__name__}: {problem}".rstrip(": ")
            raise UndefinedMetricError(f"{name} raised {reason}") from problem

    return compute


def _read_only(values: Any) -> Any:
    """The same numbers: a function that sorts or scales them in place would change those of every other metric."""
    if not hasattr(values, "setflags"):
        return values
    view = values.view()
    view.setflags(write=False)
    return view
