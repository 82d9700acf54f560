"""Functions of the user's, loaded from the project: they run inside the gate, so only where its author may run code."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError


def load_function(name: str, root: Path) -> Callable[[Any], float]:
    """The function `module:function`, with the project's folder in front of the places where modules are looked for.

    Parameters
    ----------
    name : `module:function`; both may have dots
    root : folder of the project

    Raises
    ------
    SourceError
        The module cannot be imported, or has no such function.
    """
    module, _, attribute = name.partition(":")
    with _importable(root):
        try:
            found: Any = importlib.import_module(module)
        except (Exception, SystemExit) as problem:  # a script that exits must not end the gate
            raise SourceError(
                f"{module} of the metric {name} cannot be imported: {type(problem).__name__}: {problem}",
                hint=f"see why with `python -c 'import {module}'` in the project's folder",
            ) from problem
    for part in attribute.split("."):
        found = getattr(found, part, None)
    if not callable(found):
        raise SourceError(f"{module} has no function {attribute!r}", hint="correct the name of the metric")
    function: Callable[[Any], float] = found
    return function


@contextmanager
def _importable(root: Path) -> Iterator[None]:
    sys.path.insert(0, str(root))
    try:
        yield
    finally:
        sys.path.remove(str(root))
