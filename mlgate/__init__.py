"""mlgate: the gate in front of every machine-learning merge.

As a library: `mlgate.compare` and `mlgate.assert_not_worse`, imported when they are first used.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from mlgate.api import Comparison, NotSettledWarning, assert_not_worse, compare

__version__ = "0.1.0"
__all__ = ["Comparison", "NotSettledWarning", "assert_not_worse", "compare"]


def __getattr__(name: str) -> object:
    """The public names of `mlgate.api`, so that `import mlgate` stays as light as a hook needs it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from mlgate import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
