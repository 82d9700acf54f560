"""CSV and TSV in one typed pass: much less work than text for a file that is plain, and for no other.

pyarrow parses on all cores and refuses nearly all that a schema's types refuse. What it takes more leniently is looked
for in the bytes as they pass (`byte_watch`), or in the texts before they are converted. Whatever is found or refused
ends the pass, and nothing of it counts: the next one leaves the column at fault as text, and where the file itself is
not plain, the engine reads it as it reads small files.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from mlgate.late import compiled, dataclass
from mlgate.sources.byte_watch import ByteWatch, NotPlainError
from mlgate.sources.delimited import Delimited, simple_tokens
from mlgate.sources.read_ahead import read_ahead
from mlgate.sources.table_files import DataFile, open_bytes

if TYPE_CHECKING:
    import pyarrow as pa

TYPES = {"integer": "BIGINT", "number": "DOUBLE", "boolean": "BOOLEAN", "date": "DATE", "datetime": "TIMESTAMP"}
"""What a column can be read as, by the word of a schema, and the engine's type for it."""
BLOCK_BYTES = 1 << 20
KEPT_ROWS = 250_000
_AT_FAULT = compiled(r"In CSV column #(\d+): CSV conversion error")
_HOURS_ONLY = len("2026-01-05 10")


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a pass is to give.

    Parameters
    ----------
    kinds : columns by place, as text (`""`) or as a word of `TYPES`
    kept : places of the columns that are also written to a file, for questions that come later
    newlines : whether a field in quotes may hold line ends, which costs some time
    """

    kinds: Mapping[int, str]
    kept: tuple[int, ...] = ()
    newlines: bool = False

    def as_text(self, *places: int) -> Wanted:
        """The same with some columns left as text."""
        return replace(self, kinds={place: "" if place in places else kind for place, kind in self.kinds.items()})

    def of_kind(self, kind: str) -> list[int]:
        return [place for place, found in self.kinds.items() if found == kind]


class _AnotherReadingError(Exception):
    """The file may be plain, but has to be asked for in another way."""

    def __init__(self, wanted: Wanted) -> None:
        super().__init__("another reading is needed")
        self.wanted = wanted


class TypedPass:
    """One pass over the files; its batches can be read once.

    Attributes
    ----------
    rows : that were read so far
    complete : whether all were, and can be believed
    again : what another pass should ask for; None where there should be none
    """

    def __init__(self, source: Delimited, wanted: Wanted, kept: Path) -> None:
        self.source = source
        self.wanted = wanted
        self.kept = kept
        self.rows = 0
        self.complete = False
        self.again: Wanted | None = None
        self._watched: list[ByteWatch] = []

    @property
    def simple(self) -> bool:
        """Whether a line is a row, so that every reader must see the same rows."""
        return not any(watch.has_quotes or watch.has_returns for watch in self._watched)

    def batches(self) -> pa.RecordBatchReader:
        """The rows as Arrow batches: `row`, and `c0`, ... as far as wanted."""
        import pyarrow as pa

        return pa.RecordBatchReader.from_batches(self._schema, self._guarded())

    @cached_property
    def _schema(self) -> pa.Schema:
        import pyarrow as pa

        columns = [(f"c{place}", _arrow_type(kind)) for place, kind in self.wanted.kinds.items()]
        return pa.schema([("row", pa.int64()), *columns])

    def _guarded(self) -> Iterator[pa.RecordBatch]:
        import pyarrow as pa

        try:
            with ExitStack() as stack:
                write = stack.enter_context(self._kept_file()) if self.wanted.kept else None
                files = stack.enter_context(closing(self._files()))
                for batch in stack.enter_context(closing(read_ahead(files))):
                    self.rows += len(batch)
                    if write:
                        write(batch)
                    yield batch
            self._believe()
        except _AnotherReadingError as problem:
            self.again = problem.wanted
            raise
        except pa.ArrowInvalid as problem:
            self.again = self._after(str(problem))
            raise

    def _files(self) -> Generator[pa.RecordBatch, None, None]:
        """The batches of all files, their rows numbered throughout."""
        before = 0
        for file in self.source.texts:
            before = yield from self._file(file, before)

    def _file(self, file: DataFile, before: int) -> Generator[pa.RecordBatch, None, int]:
        """The batches of a file; in the end the number of rows up to its last."""
        import pyarrow.csv as pc

        delimiter = str(self.source.read.delimiter)
        names = [f"c{place}" for place in range(len(self.source.columns))]
        kinds = {f"c{place}": kind for place, kind in self.wanted.kinds.items()} or {names[0]: ""}
        with open_bytes(file) as stream:
            watch = ByteWatch(stream, delimiter)
            self._watched.append(watch)
            reader = pc.open_csv(
                watch,
                read_options=pc.ReadOptions(block_size=BLOCK_BYTES, column_names=names, skip_rows_after_names=1),
                parse_options=pc.ParseOptions(delimiter=delimiter, newlines_in_values=self.wanted.newlines),
                convert_options=pc.ConvertOptions(
                    include_columns=list(kinds),
                    column_types={
                        name: _arrow_type("" if kind == "datetime" else kind) for name, kind in kinds.items()
                    },
                    null_values=simple_tokens(self.source.read.null, delimiter),
                    strings_can_be_null=True,
                ),
            )
            for batch in reader:
                yield self._converted(batch, before)
                before += len(batch)
                self._look(watch)
        return before

    def _converted(self, batch: pa.RecordBatch, before: int) -> pa.RecordBatch:
        import pyarrow as pa

        columns = [_numbers(before + 1, len(batch))]
        for number, (place, kind) in enumerate(self.wanted.kinds.items()):
            column = batch.column(number)
            if kind == "datetime":
                column = _moments(column)
            if column is None or _is_beyond(column, kind):
                raise _AnotherReadingError(self.wanted.as_text(place))
            columns.append(column)
        return pa.RecordBatch.from_arrays(columns, schema=self._schema)

    def _look(self, watch: ByteWatch) -> None:
        """Stop as soon as the bytes need more care than was asked for."""
        integers = self.wanted.of_kind("integer")
        if integers and (watch.odd_numbers or (watch.has_quotes and self.source.read.delimiter == "\t")):
            raise _AnotherReadingError(self.wanted.as_text(*integers))
        if watch.quoted_newline and not self.wanted.newlines:
            raise _AnotherReadingError(replace(self.wanted, newlines=True))

    def _believe(self) -> None:
        """Compare the rows with the delimiters that the bytes hold."""
        for watch in self._watched:
            self._look(watch)
        per_row = len(self.source.columns) - 1
        if sum(watch.marks for watch in self._watched) != (self.rows + len(self.source.texts)) * per_row:
            raise NotPlainError("delimiters and rows do not add up")
        self.complete = True

    def _after(self, message: str) -> Wanted | None:
        """What to ask for after the reader has refused the file."""
        if any(watch.quoted_newline for watch in self._watched) and not self.wanted.newlines:
            return replace(self.wanted, newlines=True)
        found = _AT_FAULT.search(message)
        place = int(found[1]) if found else -1
        return self.wanted.as_text(place) if self.wanted.kinds.get(place) else None

    @contextmanager
    def _kept_file(self) -> Iterator[Callable[[pa.RecordBatch], None]]:
        """Write the columns that are kept; the file is Parquet without packing, for it lives as long as the table."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        names = [f"c{place}" for place in self.wanted.kept]
        schema = pa.schema([self._schema.field(name) for name in names])
        pending: list[pa.RecordBatch] = []
        with pq.ParquetWriter(self.kept, schema, compression="none", use_dictionary=False) as writer:

            def flush() -> None:
                writer.write_table(pa.Table.from_batches(pending, schema=schema))
                pending.clear()

            def write(batch: pa.RecordBatch) -> None:
                pending.append(batch.select(names))
                if sum(map(len, pending)) >= KEPT_ROWS:
                    flush()

            yield write
            flush()


def _arrow_type(kind: str) -> pa.DataType:
    import pyarrow as pa

    types = {
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us"),
    }
    return types.get(kind, pa.string())


def _numbers(start: int, count: int) -> pa.Array:
    import numpy as np
    import pyarrow as pa

    values = np.arange(start, start + count, dtype=np.int64)
    return pa.Array.from_buffers(pa.int64(), count, [None, pa.py_buffer(values)])


def _is_beyond(column: pa.Array, kind: str) -> bool:
    """Whether a number may have been too large to be one, or a day lies in no year that a calendar has."""
    import pyarrow.compute as pc

    if kind == "number":
        return bool(pc.any(pc.is_inf(column)).as_py())
    if kind in ("date", "datetime"):
        return bool(pc.any(pc.less(pc.year(column), 1)).as_py())
    return False


def _moments(column: pa.Array) -> pa.Array | None:
    """Texts as moments; None where one is not ISO 8601, or names an hour without minutes, which Arrow takes."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if pc.any(pc.equal(pc.binary_length(column), _HOURS_ONLY)).as_py():
        return None
    try:
        return column.cast(pa.timestamp("us"))
    except pa.ArrowInvalid:
        return None
