"""DuckDB without the package around it, for a process that ends at once."""

from __future__ import annotations

import sys


def import_engine_alone() -> bool:
    """Let `import duckdb` give the engine itself; False where duckdb is not installed.

    The package `duckdb` only names what its engine `_duckdb` holds, and imports as much again to do so: a third of the
    time of a commit hook. Where an older duckdb has its engine in the package, nothing is changed.
    """
    if "duckdb" in sys.modules:
        return True
    try:
        import _duckdb
    except ImportError:
        from importlib.util import find_spec

        return find_spec("duckdb") is not None
    if not all(hasattr(_duckdb, name) for name in ("connect", "Error", "DuckDBPyConnection")):
        return True
    sys.modules["duckdb"] = _duckdb
    return True
