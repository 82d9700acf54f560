"""A data file that stays open for what is asked of it next."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Self

from mlgate.config.other_tables import tables_named
from mlgate.gate.datasets import Subject, opened

if TYPE_CHECKING:
    from mlgate.gate.record import Progress
    from mlgate.sources.open_tables import OpenTable


class OpenSubject:
    """The file that was asked for last, opened again only where it is to be read in another way.

    One at a time, since each has an engine of its own with the memory that it may take.
    """

    def __init__(self, progress: Progress | None = None) -> None:
        self.progress = progress
        self._stack = ExitStack()
        self._known: tuple[object, OpenTable] | None = None

    def of(self, subject: Subject) -> OpenTable:
        """The file as a table, open until another one is asked for.

        Raises
        ------
        SourceError
            It cannot be read.
        """
        schema = subject.schema
        way = (schema.read, tables_named(schema.rules)) if schema else None
        wanted = (subject.root, subject.path, way, subject.others, subject.memory_limit)
        if self._known is None or self._known[0] != wanted:
            self._known = None
            self._stack.close()
            self._known = (wanted, self._stack.enter_context(opened(subject, self.progress)))
        return self._known[1]

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._known = None
        self._stack.close()
