"""A large CSV file as a table that is read no sooner, and no further, than somebody asks.

Whoever asks SQL gets the table of text that `delimited` makes. Whoever can do with one pass and typed columns gets
that first (`passes`); where it went through, the file is known to be plain, and the text needs no table of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from mlgate.late import dataclass
from mlgate.sources.delimited import Delimited, TextTable, count_rows, quoted, simple_tokens
from mlgate.sources.delimited_records import BadRow
from mlgate.sources.typed_text import TYPES, TypedPass, Wanted

if TYPE_CHECKING:
    import duckdb

PASS, KEPT = "typed", "kept"


@dataclass(frozen=True, slots=True)
class Attempt:
    """A typed pass as a relation that can be read once.

    Parameters
    ----------
    connection : to ask with; it does not read the text
    relation : its columns are `row` and, where they were asked for, `c0`, ...
    kinds : by the names of the columns that are typed, their kinds; the others are text
    empty : query of the same columns without a row, which reads nothing
    """

    connection: duckdb.DuckDBPyConnection
    relation: str
    kinds: Mapping[str, str]
    empty: str
    made: TypedPass | None = None

    @property
    def complete(self) -> bool:
        """Whether every row went through, and can be believed; what was answered before counts for nothing."""
        return self.made is None or self.made.complete


class LazyText:
    """The text of CSV files, behind a connection that reads it at the first query.

    Parameters
    ----------
    engine : connection whose settings are locked; it reaches the files, `parsed` and `kept`
    source : the files
    """

    def __init__(self, engine: duckdb.DuckDBPyConnection, source: Delimited) -> None:
        self.engine = engine
        self.source = source
        self.rows: int | None = None
        self.kept: Attempt | None = None
        self._text: TextTable | None = None
        self._simple = False

    def execute(self, query: str, *parameters: Any) -> Any:
        """The engine's answer to a query over `data`."""
        self._make_data()
        return self.engine.execute(query, *parameters)

    @property
    def problems(self) -> tuple[BadRow, ...]:
        """The first hundred of the rows that cannot be parsed."""
        return () if self.rows is not None else self._make_data().problems

    @property
    def problem_rows(self) -> int:
        """How many rows cannot be parsed."""
        return 0 if self.rows is not None else self._make_data().problem_rows

    def _make_data(self) -> TextTable:
        if self._text is None:
            self._text = self._seen() if self.rows is not None else None
            self._text = self._text or self._stored()
        return self._text

    def _seen(self) -> TextTable | None:
        """The text without a table of its own; None where the engine does not see the rows that the pass has seen."""
        import duckdb

        self.source.view(self.engine, "data")
        with suppress(duckdb.Error):
            if self._simple or count_rows(self.engine, "data") == self.rows:
                return TextTable(columns=self.source.columns, read=self.source.read)
        self.engine.execute("DROP VIEW data")
        return None

    def _stored(self) -> TextTable:
        text = self.source.load(self.engine)
        names = "".join(f", c{place}" for place in range(len(self.source.columns)))
        self.engine.execute(f'CREATE VIEW data AS SELECT {text.row_number} AS "row"{names} FROM stored')  # noqa: S608  # names of ours
        return text

    def passes(self, kinds: Mapping[str, str], kept: Collection[str]) -> Iterator[Attempt]:
        """Typed passes over the file, each asking for less than the one before, until one is complete.

        None at all where the text was read already, or a reader for them is not installed.

        Parameters
        ----------
        kinds : columns by name as a kind, or as text (`""`)
        kept : names of the columns of which more will be asked: `kept` has them afterwards
        """
        if self._text is not None or self.rows is not None or not self._may_be_plain():
            return
        place = self.source.columns.index
        wanted: Wanted | None = Wanted(
            {place(name): kind for name, kind in kinds.items()}, tuple(sorted(place(name) for name in kept))
        )
        while wanted:
            made = TypedPass(self.source, wanted, self.source.kept)
            reader = made.batches()
            self.engine.register(PASS, reader)
            try:
                yield self._attempt(made, PASS)
            finally:
                self.engine.unregister(PASS)
                del reader
            if made.complete:
                self.rows, self._simple = made.rows, made.simple
                self._see_kept(made)
                return
            wanted = made.again

    def _may_be_plain(self) -> bool:
        read, width = self.source.read, len(self.source.columns)
        tokens = simple_tokens(read.null, str(read.delimiter))
        if not self.source.is_one_part or tokens != list(read.null):
            return False
        # The delimiters say where a row ends, so there has to be one; a name that stands twice is asked for by place.
        return 1 < width == len(set(self.source.columns)) and _installed()

    def _attempt(self, made: TypedPass, relation: str) -> Attempt:
        kinds = {self.source.columns[place]: kind for place, kind in made.wanted.kinds.items()}
        columns = "".join(
            f", CAST(NULL AS {TYPES.get(kind, 'VARCHAR')}) AS c{place}" for place, kind in made.wanted.kinds.items()
        )
        return Attempt(
            connection=self.engine,
            relation=relation,
            kinds={name: kind for name, kind in kinds.items() if kind},
            empty=f'(SELECT CAST(NULL AS BIGINT) AS "row"{columns} WHERE false)',
            made=made,
        )

    def _see_kept(self, made: TypedPass) -> None:
        if not made.wanted.kept:
            return
        names = ", ".join(f"c{place}" for place in made.wanted.kept)
        path = quoted(made.kept.absolute().as_posix())
        self.engine.execute(
            f'CREATE VIEW {KEPT} AS SELECT file_row_number + 1 AS "row", {names} '  # noqa: S608  # names of ours
            f"FROM read_parquet({path}, file_row_number=true)"
        )
        kept = {self.source.columns[place]: made.wanted.kinds[place] for place in made.wanted.kept}
        self.kept = Attempt(connection=self.engine, relation=KEPT, kinds=kept, empty="")


def _installed() -> bool:
    try:
        import numpy as np
        import pyarrow.csv as pc
    except ImportError:
        return False
    return bool(np and pc)
