"""What the checks need of an open table. `mlgate.sources.tables.OpenTable` is one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from mlgate.config.schema import Read


class UnreadRow(Protocol):
    """A row that could not be parsed: the 1-based line of the file where it starts, and why."""

    @property
    def line(self) -> int: ...

    @property
    def message(self) -> str: ...


class Result(Protocol):
    """Answer of a query."""

    def fetchone(self) -> tuple[Any, ...] | None: ...

    def fetchall(self) -> list[Any]: ...


class Connection(Protocol):
    """Something that answers SQL."""

    def execute(self, query: str, /) -> Result: ...


class Table(Protocol):
    """An open table; see `mlgate.sources.tables.OpenTable` for what each attribute holds."""

    @property
    def connection(self) -> Connection: ...

    @property
    def relation(self) -> str: ...

    @property
    def row_number(self) -> str: ...

    @property
    def columns(self) -> tuple[str, ...]: ...

    @property
    def engine_types(self) -> Mapping[str, str]: ...

    @property
    def is_text(self) -> bool: ...

    @property
    def problems(self) -> Sequence[UnreadRow]: ...

    @property
    def problem_rows(self) -> int: ...

    @property
    def duplicate_header(self) -> tuple[str, ...]: ...

    @property
    def assumed(self) -> str: ...

    @property
    def shown(self) -> str: ...

    @property
    def read(self) -> Read: ...

    def sql(self, name: str, /) -> str: ...
