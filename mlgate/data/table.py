"""What the checks need of an open table. `mlgate.sources.tables.OpenTable` is one."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from mlgate.config.schema import Read

if TYPE_CHECKING:
    from typing import Protocol
else:
    Protocol = object  # nobody asks at run time who is one, and making one takes a while


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

    def fetchnumpy(self) -> Mapping[str, Any]: ...


class Connection(Protocol):
    """Something that answers SQL."""

    def execute(self, query: str, /) -> Result: ...


class TypedRelation(Protocol):
    """Columns of a text file by the names of the table, those of `kinds` read as values of a kind."""

    @property
    def connection(self) -> Connection: ...

    @property
    def relation(self) -> str: ...

    @property
    def kinds(self) -> Mapping[str, str]: ...

    @property
    def empty(self) -> str: ...

    @property
    def complete(self) -> bool: ...


class QuickText(Protocol):
    """A text file that can be read in one typed pass; see `mlgate.sources.lazy_text.LazyText`."""

    def passes(self, kinds: Mapping[str, str], kept: Collection[str], /) -> Iterator[TypedRelation]: ...

    @property
    def kept(self) -> TypedRelation | None: ...


class Scanned(Protocol):
    """What a SELECT over columns of a table needs to know."""

    @property
    def relation(self) -> str: ...

    @property
    def row_number(self) -> str: ...

    @property
    def read(self) -> Read: ...

    @property
    def kinds(self) -> Mapping[str, str]: ...

    def sql(self, name: str, /) -> str: ...


class Table(Scanned, Protocol):
    """An open table; see `mlgate.sources.tables.OpenTable` for what each attribute holds."""

    @property
    def connection(self) -> Connection: ...

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
    def unreadable(self) -> Mapping[str, str]: ...

    @property
    def json_types(self) -> Mapping[str, int]: ...

    @property
    def duplicate_header(self) -> tuple[str, ...]: ...

    @property
    def assumed(self) -> str: ...

    @property
    def shown(self) -> str: ...

    @property
    def quick(self) -> QuickText | None: ...

    @property
    def known_rows(self) -> int | None: ...

    @property
    def told(self) -> Callable[[], Mapping[int, int]] | None: ...
