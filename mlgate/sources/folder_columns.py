"""Columns beyond one file: those that folders name (`year=2024`), and those that stand in another order elsewhere."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from urllib.parse import unquote

from mlgate.errors import SourceError
from mlgate.sources.table_files import DataFile

_NULL = "__HIVE_DEFAULT_PARTITION__"


@dataclass(frozen=True, slots=True)
class FolderColumns:
    """What the folders of files name: columns, and the values of each file."""

    names: tuple[str, ...]
    values: tuple[tuple[str | None, ...], ...]


def folder_columns(files: Sequence[DataFile], header: Sequence[str], null: Collection[str]) -> FolderColumns:
    """Columns that the folders of the files name, as `key=value`, and that the files themselves lack.

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
    chosen = [place for place, key in enumerate(first) if key not in header]
    return FolderColumns(
        tuple(first[place] for place in chosen),
        tuple(tuple(_value(file.folders[place][1], null) for place in chosen) for file in files),
    )


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
