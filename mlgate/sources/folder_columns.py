"""Columns beyond one file: those that folders name (`year=2024`), and those that stand in another order elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import TYPE_CHECKING
from urllib.parse import unquote

from mlgate.errors import SourceError
from mlgate.late import dataclass
from mlgate.sources.table_files import DataFile

if TYPE_CHECKING:
    import duckdb

_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class FolderColumns:
    """What the folders of files name: columns, and the values of each file.

    Parameters
    ----------
    names : columns that the files lack
    own : columns that the files have themselves, too: what their folders say is only compared with them
    values : of each file, those of `names`, then those of `own`
    """

    names: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]
    own: tuple[str, ...] = ()

    @property
    def width(self) -> int:
        """Values of a file."""
        return len(self.names) + len(self.own)


def folder_columns(files: Sequence[DataFile], header: Sequence[str], null: Collection[str]) -> FolderColumns:
    """Columns that the folders of the files name, as `key=value`.

    Parameters
    ----------
    null : texts that are null in the files, and so in the names of folders

    Raises
    ------
    SourceError
        The folders of two files do not name the same columns.
    """
    first = [key for key, _ in files[0].folders]
    for file in files:
        if [key for key, _ in file.folders] != first:
            fact = f"the folders of {file.shown} name other columns than those of {files[0].shown}"
            raise SourceError(fact, hint="name the folders of all files alike: year=2024/month=01")
    new = [place for place, key in enumerate(first) if key not in header]
    own = [place for place, key in enumerate(first) if key in header]
    return FolderColumns(
        tuple(first[place] for place in new),
        tuple(tuple(_value(file.folders[place][1], null) for place in (*new, *own)) for file in files),
        tuple(first[place] for place in own),
    )


def refuse_another_value(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    files: Sequence[DataFile],
    header: Sequence[str],
    folders: FolderColumns,
) -> None:
    """Compare the files' own columns with the folders that name them, too, in a relation `row`, `c0`, `c1`, ...

    Numbers and days are the same however they are written, and so are `True` and `true`.

    Raises
    ------
    SourceError
        A row says otherwise than its folder: which of both is right nobody knows.
    """
    for number, key in enumerate(folders.own, start=len(folders.names)):
        own, folder = f"CAST(c{list(header).index(key)} AS VARCHAR)", f"c{len(header) + number}"
        alike = [f"lower({own}) = lower({folder})"]
        alike += [f"TRY_CAST({own} AS {kind}) = TRY_CAST({folder} AS {kind})" for kind in ("DOUBLE", "TIMESTAMP")]
        same = " OR ".join(f"coalesce({each}, false)" for each in alike)
        wrong = f"NOT ({same} OR ({own} IS NULL AND {folder} IS NULL))"
        count, row, value = _first(connection, f"{relation} AS checked WHERE {wrong}", folder, files[0])
        if count:
            named = zip(files, folders.values, strict=True)
            where = [_shown(file) for file, values in named if (values[number] or "") == value]
            more = f" (or {len(where) - 1:,} more of its folder)" if len(where) > 1 else ""
            rows = f"{count:,} row{'s' * (count > 1)}, first in row {row:,}"
            fact = f"the column {key!r} of {where[0]}{more} says otherwise than the folder `{key}=...` in {rows}"
            raise SourceError(fact, hint="rename the column or the folder, or correct the one that is wrong")


def _shown(file: DataFile) -> str:
    """The file as messages name it, which may be by a folder or a glob."""
    name = file.path.name
    return file.shown if name in file.shown else f"{file.shown} ({name})"


def _first(
    connection: duckdb.DuckDBPyConnection, rows: str, folder: str, file: DataFile
) -> tuple[int, int | None, str]:
    """How many rows there are, the number of the first, and what its folder says."""
    import duckdb

    query = f'SELECT count(*), min("row"), arg_min(coalesce({folder}, \'\'), "row") FROM {rows}'  # noqa: S608  # names of ours
    try:
        found = connection.execute(query).fetchone()
    except duckdb.Error as problem:
        told = str(problem).strip().splitlines()[0][:200]
        raise SourceError(f"{file.shown} cannot be read: {told}", hint="write it again") from None
    return found or (0, None, "")


def _value(text: str, null: Collection[str]) -> str | None:
    value = unquote(text)
    return None if text == _NULL or value in null else value


def places_of(file: DataFile, header: Sequence[str], first: DataFile, wanted: Sequence[str]) -> tuple[int, ...]:
    """Place of each column of a file in the header of the first one, of which it has the same in any order.

    Raises
    ------
    SourceError
        It has others, or one twice.
    """
    if list(header) == list(wanted):
        return tuple(range(len(wanted)))
    if sorted(header) != sorted(wanted) or len(set(header)) < len(header):
        fact = f"the columns of {file.shown} are not those of {first.shown}"
        raise SourceError(fact, hint="write both with the same columns")
    return tuple(map(list(wanted).index, header))
