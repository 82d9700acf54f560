"""DuckDB without the package around it, for a process that ends at once."""

from __future__ import annotations

import sys

from mlgate.errors import UsageError


def require_engine(*, alone: bool) -> None:
    """Refuse to go on without duckdb; for `alone` see `has_engine`.

    Raises
    ------
    UsageError
        It is not installed.
    """
    if not has_engine(alone=alone):
        raise UsageError(
            "data files need duckdb, which is not in the environment",
            hint='a hook: your additional_dependencies replace ours, so add "duckdb>=1.2.2" to those of mlgate-data in '
            '.pre-commit-config.yaml; elsewhere: install "mlgate[data]"',
        )


def has_engine(*, alone: bool) -> bool:
    """Whether duckdb is installed; with `alone`, `import duckdb` then gives the engine itself.

    The package `duckdb` only names what its engine `_duckdb` holds, and imports as much again to do so: a sixth of the
    time of a commit hook. Where an older duckdb has its engine inside the package, nothing is changed.
    """
    if "duckdb" in sys.modules:
        return True
    if alone:
        try:
            import _duckdb
        except ImportError:
            pass
        else:
            if all(hasattr(_duckdb, name) for name in ("connect", "Error", "DuckDBPyConnection")):
                sys.modules["duckdb"] = _duckdb
            return True
    from importlib.util import find_spec

    return find_spec("duckdb") is not None
