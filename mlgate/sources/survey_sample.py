"""The first rows of a large data file as a small file of its own."""

from __future__ import annotations

from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.table_files import identify, open_bytes

SAMPLE_BYTES = 8_000_000
SAMPLE_ROWS = 100_000
_UNPACKED = 6
"""How much larger a compressed file is taken to be once it is unpacked."""


def plain_size(path: Path) -> int:
    """About how many bytes a data file has unpacked.

    Raises
    ------
    OSError
        It is not there.
    """
    packed = path.suffix.lower() in (".gz", ".zst", ".parquet")
    return path.stat().st_size * (_UNPACKED if packed else 1)


def write_sample(path: Path, folder: Path, *, shown: str) -> Path:
    """The first rows of a data file, in its format, in a new file below `folder`.

    Raises
    ------
    SourceError
        The file cannot be read.
    """
    file = identify(path, shown)
    if file.format == "parquet":
        return _parquet_sample(path, folder / "sample.parquet", shown)
    ending = {"csv": ".csv", "tsv": ".tsv", "json lines": ".jsonl"}[file.format]
    with open_bytes(file) as stream:
        start = stream.read(SAMPLE_BYTES)
    target = folder / f"sample{ending}"
    target.write_bytes(whole_rows(start) if len(start) == SAMPLE_BYTES else start)
    return target


def whole_rows(start: bytes) -> bytes:
    """A text without the row that its end cuts off: up to the last line end outside of quotes.

    Examples
    --------
    >>> whole_rows(b'a,b\\n1,"x\\ny"\\n2,"z\\n')
    b'a,b\\n1,"x\\ny"\\n'
    """
    end = len(start)
    while (end := start.rfind(b"\n", 0, end)) > 0:
        if start.count(b'"', 0, end) % 2 == 0:
            return start[: end + 1]
    return start


def _parquet_sample(path: Path, target: Path, shown: str) -> Path:
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq

        with pq.ParquetFile(path) as file:
            batch = next(file.iter_batches(batch_size=SAMPLE_ROWS), None)
            table = pa.Table.from_batches([batch] if batch else [], schema=file.schema_arrow)
        pq.write_table(table, target)
    except ImportError:
        raise SourceError(f"{shown}: a sample of Parquet needs pyarrow", hint="install `mlgate[data]`") from None
    except (OSError, pa.ArrowException) as problem:
        raise SourceError(f"{shown} cannot be read: {problem}", hint="write the file again") from None
    return target
