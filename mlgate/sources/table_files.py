"""Data files as bytes: which there are, in which format, and how a compressed one is opened."""

from __future__ import annotations

import codecs
import gzip
import importlib
import io
import itertools
import os
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, cast

from mlgate.errors import SourceError
from mlgate.late import dataclass
from mlgate.sources.files import inside

FORMATS = {
    ".csv": "csv",
    ".tsv": "tsv",
    ".tab": "tsv",
    ".jsonl": "json lines",
    ".ndjson": "json lines",
    ".json": "json lines",
    ".parquet": "parquet",
    ".pq": "parquet",
}
COMPRESSIONS = {".gz": "gzip", ".gzip": "gzip", ".zst": "zstd", ".zstd": "zstd"}
MAX_COLUMNS = 5_000
"""Columns that one table may have. Above, its checks would take minutes even for a handful of rows."""
_MARKS = "*?["


@dataclass(frozen=True, slots=True)
class DataFile:
    """One data file that is there: `path` is what is opened, `shown` how messages name it."""

    path: Path
    shown: str
    format: str
    compression: str  # "none", "gzip" or "zstd"
    folders: tuple[tuple[str, str], ...] = ()  # (key, value) of folders named `key=value` right above it, as written


def expand(root: Path, pattern: str) -> tuple[str, ...]:
    """Data files that a path or a glob names.

    Parameters
    ----------
    root : folder that `pattern` is relative to
    pattern : POSIX path or glob (`*`, `?`, `[...]`, `**`); a file of exactly this name is taken as it is, a folder
        stands for the data files in it, at any depth

    Returns
    -------
    tuple of str
        POSIX paths relative to `root`, sorted, each once.

    Raises
    ------
    SourceError
        Nothing matches, a folder holds no data file, or a file lies outside the repository, also through a link.
    """
    parts = PurePosixPath(pattern).parts
    if not parts or PurePosixPath(pattern).is_absolute():
        raise SourceError(f"{pattern!r} is no path inside the project", hint="write it relative to the project")
    if _is_folder(root, pattern):
        inside(root, pattern)
        found = _data_files(root / pattern)
        if not found:
            fact = f"{pattern} is a folder without a data file"
            raise SourceError(fact, hint="name the file, a folder of data files, or a glob such as folder/*.parquet")
    elif _literal_file(root, pattern) or not any(mark in pattern for mark in _MARKS):
        inside(root, pattern)
        return (PurePosixPath(pattern).as_posix(),)
    elif ".." in parts:
        raise SourceError(f"{pattern} leads upwards", hint="a glob starts in the project's folder")
    else:
        found = [path for path in root.glob(pattern) if not path.is_dir()]
        if not found:
            raise SourceError(f"no file matches {pattern}", hint="correct the pattern, or pull the data (`dvc pull`)")
    names = sorted({path.relative_to(root).as_posix() for path in found})
    for name in names:
        inside(root, name)
    return tuple(names)


def _is_folder(root: Path, name: str) -> bool:
    try:
        return (root / name).is_dir()
    except (OSError, ValueError):
        return False


def _data_files(folder: Path) -> list[Path]:
    """Data files at any depth, by their names; those of tools (`_SUCCESS`, `.crc`) and of hidden folders are none."""
    found = (path for path in folder.rglob("*") if _format(path) and path.is_file())
    return [path for path in found if not any(part.startswith((".", "_")) for part in path.relative_to(folder).parts)]


def _literal_file(root: Path, name: str) -> bool:
    try:
        return (root / name).exists()
    except (OSError, ValueError):
        return False


def identify(path: Path, shown: str, top: Path | None = None) -> DataFile:
    """Format of a file by its name, after a look whether it can be read at all.

    Parameters
    ----------
    top : folders below it that are named `key=value`, right above the file, give it columns; None: no folder does

    Raises
    ------
    SourceError
        The file is absent, a folder, unreadable, empty, or in a format that is not supported.
    """
    compression, form = _packing(path), _format(path)
    try:
        if path.is_dir():
            raise SourceError(f"{shown} is a folder", hint="name the file, or a glob such as folder/*.parquet")
        with path.open("rb") as stream:
            start = stream.read(4)
    except FileNotFoundError:
        hint = "correct the path, or pull the data (`dvc pull`)"
        raise SourceError(f"{shown} does not exist", hint=hint) from None
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or str(problem)
        raise SourceError(f"{shown} cannot be read: {reason}", hint="check the file and its permissions") from None
    if not start:
        raise SourceError(f"{shown} is empty (0 bytes)", hint="write it again, or pull the data (`dvc pull`)")
    if form is None or (form == "parquet" and compression != "none"):
        hint = "supported: .csv, .tsv, .jsonl (also .gz and .zst) and .parquet"
        raise SourceError(f"{shown} is in no format that is read here", hint=hint)
    return DataFile(path, shown, form, compression, _folders(path, top) if top else ())


def _packing(path: Path) -> str:
    return COMPRESSIONS.get(path.suffix.lower(), "none")


def _format(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    if suffixes and suffixes[-1] in COMPRESSIONS:
        suffixes.pop()
    return FORMATS.get(suffixes[-1]) if suffixes else None


def is_text_file(name: str) -> bool:
    """Whether a path or glob names files whose format stores text only.

    Examples
    --------
    >>> is_text_file("data/*.csv.gz"), is_text_file("a.parquet"), is_text_file("data")
    (True, False, False)
    """
    return _format(Path(name)) not in (None, "parquet")


def _folders(path: Path, top: Path) -> tuple[tuple[str, str], ...]:
    """Keys and values of the folders right above a file that are named `key=value`, the outermost first."""
    above = path.relative_to(top).parts[:-1] if path.is_relative_to(top) else ()
    split = [name.partition("=") for name in reversed(above)]
    named = [*itertools.takewhile(lambda parts: parts[0] and parts[1], split)]
    return tuple((key, value) for key, _, value in reversed(named))


def refuse_too_wide(file: DataFile, columns: int) -> None:
    """Refuse a table of more than 5,000 columns.

    Raises
    ------
    SourceError
        There are more.
    """
    if columns > MAX_COLUMNS:
        fact = f"{file.shown} has {columns:,} columns: more than the {MAX_COLUMNS:,} that one table may have"
        raise SourceError(fact, hint="split it, or store the columns of one kind as rows or as one list column")


@contextmanager
def open_bytes(file: DataFile) -> Iterator[IO[bytes]]:
    """The decompressed bytes of a file.

    Raises
    ------
    SourceError
        The file cannot be read or its compressed content is broken.
    """
    try:
        with _stream(file) as stream:
            yield stream
    except EOFError:
        raise SourceError(f"{file.shown} ends too early", hint="the file was cut off: write it again") from None
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise SourceError(f"{file.shown} cannot be read: {reason}", hint="write the file again") from None


def _stream(file: DataFile) -> IO[bytes]:
    match file.compression:
        case "gzip":
            return cast("IO[bytes]", gzip.open(file.path, "rb"))
        case "zstd":
            return _zstd(file)
    return file.path.open("rb")


def _zstd(file: DataFile) -> IO[bytes]:
    try:  # Python 3.14 and later
        return cast("IO[bytes]", importlib.import_module("compression.zstd").open(file.path, "rb"))
    except ImportError:
        pass
    try:
        import pyarrow as pa
    except ImportError:
        hint = 'install "pyarrow" (a hook: additional_dependencies: ["pyarrow>=14.0.1"]), or compress with gzip'
        raise SourceError(f"{file.shown}: reading zstd needs pyarrow", hint=hint) from None
    return io.BufferedReader(pa.input_stream(os.fspath(file.path), compression="zstd"))


@contextmanager
def open_text(file: DataFile) -> Iterator[IO[str]]:
    """UTF-8 text, byte order mark removed, line ends as they are, bytes that are no UTF-8 as lone surrogates."""
    with (
        open_bytes(file) as raw,
        io.TextIOWrapper(raw, encoding="utf-8-sig", errors="surrogateescape", newline="") as text,
    ):
        yield text


def as_utf8(files: Sequence[DataFile], encoding: str, folder: Path) -> list[DataFile]:
    """The files themselves where they are UTF-8, otherwise copies in UTF-8 below `folder`.

    Raises
    ------
    SourceError
        The encoding is unknown, or a file is not text in it.
    """
    try:
        name = codecs.lookup(encoding).name
    except LookupError:
        raise SourceError(f"unknown encoding {encoding!r}", hint="write utf-8, utf-16 or latin-1") from None
    if name in ("utf-8", "utf-8-sig"):
        return list(files)
    return [_transcoded(file, name, folder / f"utf8-{number}") for number, file in enumerate(files)]


def _transcoded(file: DataFile, encoding: str, target: Path) -> DataFile:
    try:
        with (
            open_bytes(file) as raw,
            io.TextIOWrapper(raw, encoding=encoding, newline="") as text,
            target.open("w", encoding="utf-8", newline="") as copy,
        ):
            shutil.copyfileobj(text, copy, 1 << 20)
    except (UnicodeError, LookupError) as problem:
        hint = "correct `read: {encoding: ...}` in the schema"
        raise SourceError(f"{file.shown} is not {encoding} text: {problem}", hint=hint) from None
    return replace(file, path=target, compression="none")


def plain_name(file: DataFile, folder: Path, number: int) -> Path:
    """A path that the engine takes literally: a link where the name holds glob marks or is not text."""
    name = os.fspath(file.path)
    try:
        name.encode()
        literal = not any(mark in name for mark in _MARKS)
    except UnicodeEncodeError:
        literal = False
    if literal:
        return file.path
    link = folder / f"data-{number}"
    if not link.is_symlink():
        link.symlink_to(file.path.absolute())
    return link
