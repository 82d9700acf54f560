"""Predictions that lie in several files: which files a path or glob names, and shards joined to one file."""

from __future__ import annotations

import gzip
import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, Any, cast

from mlgate.errors import SourceError
from mlgate.sources.table_files import DataFile, identify, open_bytes

_MARKS = "*?["
_BATCH_ROWS = 65_536


def is_glob(path: str) -> bool:
    """Whether a path holds a mark of a glob."""
    return any(mark in path for mark in _MARKS)


def matching(names: Iterable[str], pattern: str) -> list[str]:
    """The POSIX paths that a path or glob names, sorted; `*` stays inside a folder, `**` does not.

    Examples
    --------
    >>> matching(["out/b.csv", "out/a.csv", "out/x/c.csv"], "out/*.csv")
    ['out/a.csv', 'out/b.csv']
    """
    wanted = pattern.split("/")
    return sorted({name for name in names if name == pattern or _match(name.split("/"), wanted)})


def _match(parts: Sequence[str], wanted: Sequence[str]) -> bool:
    if not wanted:
        return not parts
    if wanted[0] == "**":
        return any(_match(parts[skip:], wanted[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and fnmatchcase(parts[0], wanted[0]) and _match(parts[1:], wanted[1:])


def join_shards(files: Sequence[Path], target: Path, *, shown: str) -> Path:
    """Write the rows of several files of one format as one file, in the order given.

    Text is copied as it stands, below the first header. The name of `target` says how it is compressed.

    Parameters
    ----------
    files : at least one
    target : in the format of the files; its folder exists
    shown : the path or glob as messages name it

    Raises
    ------
    SourceError
        A file cannot be read, or the files differ in their format or columns.
    """
    named = [identify(file, f"{shown} ({file.name})") for file in files]
    if len({(file.format, file.compression) for file in named}) > 1:
        raise SourceError(f"{shown} names files of several formats", hint="write the shards in one format")
    if named[0].format == "parquet":
        _join_parquet(named, target, shown)
        return target
    try:
        with _writing(target) as out:
            for number, file in enumerate(named):
                with open_bytes(file) as stream:
                    _append(stream, out, file, header=named[0] if number and file.format != "json lines" else None)
    except OSError as problem:
        raise SourceError(
            f"{shown} cannot be joined to one file: {problem.strerror}", hint="is the disk of the folder full?"
        ) from None
    return target


def _append(stream: IO[bytes], out: IO[bytes], file: DataFile, *, header: DataFile | None) -> None:
    """Copy a shard; where `header` gives the first shard, its first row must be the same and is left out."""
    if header is not None:
        with open_bytes(header) as first:
            expected, observed = _first_row(first), _first_row(stream)
        if expected != observed:
            raise SourceError(
                f"the columns of {file.shown} are not those of {header.shown}",
                hint="write every shard with the same header",
            )
    last = b""
    while chunk := stream.read(1 << 20):
        out.write(chunk)
        last = chunk
    if last and not last.endswith((b"\n", b"\r")):
        out.write(b"\n")


def _first_row(stream: IO[bytes]) -> bytes:
    """The header, of several lines where a quoted name holds a line end; the stream stands behind it."""
    row = stream.readline().removeprefix(b"\xef\xbb\xbf")
    while row.count(b'"') % 2 and (line := stream.readline()):
        row += line
    return row.rstrip(b"\r\n")


@contextmanager
def _writing(target: Path) -> Iterator[IO[bytes]]:
    """The same bytes give the same file: no name and no time is stored in it."""
    suffix = target.suffix.lower()
    if suffix in (".zst", ".zstd"):
        import pyarrow as pa

        with pa.output_stream(str(target), compression="zstd") as packed:
            yield packed
        return
    with target.open("wb") as raw:
        if suffix in (".gz", ".gzip"):
            with gzip.GzipFile(filename="", mode="wb", fileobj=raw, mtime=0) as packed:
                yield cast("IO[bytes]", packed)
        else:
            yield raw


def _join_parquet(files: Sequence[DataFile], target: Path, shown: str) -> None:
    """Batch by batch, so that memory stays bounded."""
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise SourceError(f"{shown}: joining Parquet files needs pyarrow", hint='install "mlgate[data]"') from None
    try:
        schema: Any = None
        writer: Any = None
        for file in files:
            with pq.ParquetFile(file.path) as source:
                found = source.schema_arrow.remove_metadata()
                if schema is None:
                    schema, writer = found, pq.ParquetWriter(target, found)
                elif not found.equals(schema):
                    raise SourceError(
                        f"the columns of {file.shown} are not those of {files[0].shown}",
                        hint="write every shard with the same columns and types",
                    )
                for batch in source.iter_batches(_BATCH_ROWS):
                    writer.write_table(pa.Table.from_batches([batch]).replace_schema_metadata(None))
    except (pa.ArrowException, OSError, ValueError) as problem:
        text = " ".join(str(problem).split())[:200]
        raise SourceError(f"{shown} cannot be joined to one file: {text}", hint="write the shards again") from None
    finally:
        if writer is not None:
            writer.close()


def copy_file(source: Path, target: Path, *, shown: str) -> Path:
    """Copy one file; `shown` is how messages name it.

    Raises
    ------
    SourceError
        It cannot be read, or the copy cannot be written.
    """
    try:
        shutil.copyfile(source, target)
    except OSError as problem:
        reason = problem.strerror or type(problem).__name__
        raise SourceError(f"{shown} cannot be copied: {reason}", hint="is the disk of the folder full?") from None
    return target
