"""mlgate: the gate in front of every machine-learning merge.

As a library: `mlgate.compare`, `mlgate.assert_not_worse`, `mlgate.check_data` (also `mlgate.data.check`) and
`mlgate.check_splits` (also `mlgate.data.splits`), imported when they are first used.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from mlgate import data
    from mlgate.api import Comparison, NotSettledWarning, assert_not_worse, compare
    from mlgate.api_data import DataReport, check_data, check_splits

__version__ = "0.1.0"
__all__ = [
    "Comparison",
    "DataReport",
    "NotSettledWarning",
    "assert_not_worse",
    "check_data",
    "check_splits",
    "compare",
    "data",
]
_OF_DATA = ("DataReport", "check_data", "check_splits")


def __getattr__(name: str) -> object:
    """The public names of the library, so that `import mlgate` stays as light as a hook needs it."""
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    if name == "data":
        import mlgate.data

        return mlgate.data
    if name in _OF_DATA:
        from mlgate import api_data

        return getattr(api_data, name)
    from mlgate import api

    return getattr(api, name)


def __dir__() -> list[str]:
    return sorted([*globals(), *__all__])
