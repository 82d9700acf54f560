"""One engine behind many tables: to start one takes longer than what most tests ask it for.

Each table has a connection and a schema of its own. The engine is set and locked as `mlgate.sources.tables` does it for
every table, but may read all files of the tests' folders: that it reads the declared ones only is tested where tables
are opened (`tests/unit/sources`), on engines of their own.
"""

from __future__ import annotations

import itertools
import sys
import tempfile
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from mlgate.sources import frames, tables
from mlgate.sources.delimited import quoted

ROOT = Path(__file__).parents[2]
SET_FOR_FRAMES = "SET pandas_analyze_sample = 0"
NOT_SET = (SET_FOR_FRAMES, "SET enable_progress_bar = true", "SET enable_progress_bar_print = false")
"""What is set for a table after it is connected: set already, or seen only where a query takes seconds."""
ONE_THREAD = threading.Lock()
"""Tables are opened by several threads; a connection is used by one."""
connect_alone, lock_alone = tables.connect, tables.lock


class SharedConnection:
    """A connection with a schema that goes when it is closed; everything else is the engine's own."""

    def __init__(self, engine: Any, schema: str) -> None:
        self._engine, self._schema = engine, schema
        with ONE_THREAD:
            engine.execute(f"CREATE SCHEMA {schema}")
            self._own = engine.cursor()
        self._own.execute(f"USE {schema}")

    def __getattr__(self, name: str) -> Any:
        return getattr(self._own, name)

    def execute(self, query: str, *parameters: Any) -> Any:
        return self if query in NOT_SET else self._own.execute(query, *parameters)

    def close(self) -> None:
        self._own.close()
        with ONE_THREAD:
            self._engine.execute(f"DROP SCHEMA {self._schema} CASCADE")


def start(spill: Path, memory_limit: str) -> Any:
    """The engine with the settings of a table, which nothing can change any more."""
    engine = connect_alone(spill, memory_limit)
    engine.execute("SET GLOBAL python_enable_replacements = false")
    engine.execute(SET_FOR_FRAMES.replace("SET", "SET GLOBAL"))
    folders = {ROOT, Path(sys.prefix), Path(tempfile.gettempdir()), spill.parent}
    listed = ", ".join(quoted(folder.as_posix()) for folder in sorted(folders))
    engine.execute(f"SET allowed_directories = [{listed}]")
    lock_alone(engine)
    return engine


@contextmanager
def shared_engine(spill: Path) -> Iterator[None]:
    """Tables and frames that are opened meanwhile share one engine, if they ask for the same memory limit."""
    engines: dict[str, Any] = {}
    numbers = itertools.count()

    def connect(folder: Path, memory_limit: str) -> SharedConnection:
        with ONE_THREAD:
            engines[memory_limit] = engines.get(memory_limit) or start(spill, memory_limit)
        return SharedConnection(engines[memory_limit], f"table_{next(numbers)}")

    def lock(connection: Any, paths: Sequence[Path] = ()) -> None:
        assert isinstance(connection, SharedConnection)  # whose engine is locked

    with pytest.MonkeyPatch.context() as patch:
        for module in (tables, frames):
            patch.setattr(module, "connect", connect)
            patch.setattr(module, "lock", lock)
        yield
    for engine in engines.values():
        engine.close()
