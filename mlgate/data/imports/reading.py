"""From the text of another tool's file to the text of a schema of ours."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.config.document import MAX_DEPTH, load_document
from mlgate.config.schema_file import parse_schema
from mlgate.data import words
from mlgate.data.imports import frictionless, gx, pandera
from mlgate.data.imports.declarations import Note
from mlgate.data.imports.draft import Draft
from mlgate.data.imports.schema_text import schema_text
from mlgate.errors import ConfigError, SourceError, UsageError

MAX_ELEMENTS = 20_000
"""Checks and remarks that one file may give: each check is tried on its own."""
MAX_OF_ONE = 3_000
"""Checks of one column, or of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Kind:
    """A tool whose files can be read; `read` takes the data, a draft, and the resource of a package."""

    title: str
    expected: str
    looks: Callable[[object], bool]
    read: Callable[[Mapping[str, Any], Draft, str], None]
    extra_columns: str


def _without_resource(
    read: Callable[[Mapping[str, Any], Draft], None],
) -> Callable[[Mapping[str, Any], Draft, str], None]:
    def reader(data: Mapping[str, Any], draft: Draft, resource: str) -> None:
        if resource:
            raise UsageError("only a Frictionless package has resources", hint="leave --resource out")
        read(data, draft)

    return reader


_KINDS = {
    "gx": _Kind(
        title="a Great Expectations suite",
        expected=gx.EXPECTED,
        looks=gx.is_suite,
        read=_without_resource(gx.read_suite),
        extra_columns="ignore",
    ),
    "pandera": _Kind(
        title="a Pandera schema",
        expected=pandera.EXPECTED,
        looks=pandera.is_pandera,
        read=_without_resource(pandera.read_pandera),
        extra_columns="ignore",
    ),
    "frictionless": _Kind(
        title="a Frictionless Table Schema",
        expected=frictionless.EXPECTED,
        looks=frictionless.is_frictionless,
        read=lambda data, draft, resource: frictionless.read_frictionless(data, draft, resource=resource),
        extra_columns="fail",
    ),
}
KINDS = tuple(_KINDS)
"""What `--from` may say."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """An imported schema.

    Parameters
    ----------
    text : YAML, which the schema's parser accepts
    title : what the file was taken for
    mapped : elements of the file that are judged by the schema
    left : what is not judged, and why
    differs : what is judged otherwise than before
    """

    text: str
    title: str
    mapped: int
    left: tuple[Note, ...]
    differs: tuple[Note, ...]

    def told(self) -> Iterator[str]:
        """Lines for a person: how much was taken, then each thing that was not, or not as it was."""
        yield f"{self.title}: {words.counted(self.mapped, 'declaration')} imported, {len(self.left):,} not"
        yield from (f"judged otherwise: {note.told()}" for note in self.differs)
        yield from (f"not imported: {note.told()}" for note in self.left)


def import_schema(text: str, path: str, *, kind: str = "", resource: str = "") -> Imported:
    """A schema of ours from a Great Expectations suite, a Pandera schema or a Frictionless schema.

    Parameters
    ----------
    text : the file's text, JSON or YAML
    path : shown in errors and in the schema's first line
    kind : one of `KINDS`; empty looks at what the text holds
    resource : which resource of a Frictionless package

    Raises
    ------
    UsageError
        The text is no such file, or holds nothing that a schema could say.
    SourceError
        Nothing of it has a counterpart.
    """
    reader, data = _chosen(_data(text, path), path, kind)
    draft = Draft(extra_columns=reader.extra_columns)
    reader.read(data, draft, resource)
    _require_size(draft, path)
    settled = draft.settle()
    if not draft.mapped and draft.left:
        told = "; ".join(note.told() for note in draft.left[:3])
        raise SourceError(
            f"{path}: nothing of {reader.title} could be imported: {told}", hint="write the schema by hand"
        )
    if not (settled.columns or settled.table or settled.chosen):
        fact = f"{path}: {reader.title} that names neither a column nor a check of the table"
        raise UsageError(fact, hint="propose a schema from data: `mlgate data infer FILE`")
    head = [*_head(reader.title, path, draft), *draft.head]
    written = schema_text(head, settled, draft.differs, draft.left)
    _require_readable(written, path)
    return Imported(
        text=written,
        title=reader.title,
        mapped=draft.mapped,
        left=tuple(draft.left),
        differs=tuple(draft.differs),
    )


def _require_size(draft: Draft, path: str) -> None:
    """Refuse what would take too long to try."""
    count = len(draft.entries) + len(draft.left)
    if count > MAX_ELEMENTS:
        raise ConfigError(f"{count:,} elements, at most {MAX_ELEMENTS:,}", hint="split the file", path=path)
    for name, times in Counter(entry.column for entry in draft.entries).most_common(1):
        if times > MAX_OF_ONE:
            told = "the table" if name is None else f"the column {words.short(name)!r}"
            fact = f"{times:,} checks of {told}, at most {MAX_OF_ONE:,}"
            raise ConfigError(fact, hint="split the file", path=path)


def _require_readable(written: str, path: str) -> None:
    """Refuse to give back what the schema's parser does not take as a whole: it is too large, then."""
    try:
        parse_schema(written, path)
    except ConfigError as mistake:
        fact = f"{path}: its schema cannot be written: {mistake.reason.splitlines()[0]}"
        raise UsageError(fact, hint="split the file, or import a part of it") from None


def _head(title: str, path: str, draft: Draft) -> Iterable[str]:
    yield f"Imported by `mlgate data import` from {title}: {words.short(path)}"
    counts = [
        (len(draft.differs), "judged otherwise than before"),
        (len(draft.left), "not imported"),
    ]
    told = " and ".join(
        f"{words.counted(count, 'thing')} {words.verb(count)} {what}" for count, what in counts if count
    )
    if told:
        yield f"{told}: see the end of this file."


def _chosen(data: object, path: str, kind: str) -> tuple[_Kind, Mapping[str, Any]]:
    """How the data are read: as `kind`, or as the only kind that they look like."""
    reader = _reader(data, path, kind)
    if not isinstance(data, Mapping):
        raise ConfigError(f"this is not {reader.title}", hint=f"expected {reader.expected}", path=path)
    return reader, data


def _reader(data: object, path: str, kind: str) -> _Kind:
    found = [name for name, reader in _KINDS.items() if reader.looks(data)]
    if kind:
        reader = _KINDS[kind]
        if kind not in found:
            hint = f"expected {reader.expected}"
            raise ConfigError(f"this is not {reader.title}", hint=hint, path=path)
        return reader
    if len(found) == 1:
        return _KINDS[found[0]]
    if found:
        fact = f"this could be {' or '.join(_KINDS[name].title for name in found)}"
        raise ConfigError(fact, hint=f"say which with --from {'|'.join(found)}", path=path)
    told = "; ".join(f"{reader.title}: {reader.expected}" for reader in _KINDS.values())
    raise ConfigError("nothing that can be imported", hint=f"expected one of: {told}", path=path)


def _data(text: str, path: str) -> object:
    """Plain data of JSON or YAML; deep nesting, repeated keys and tags are refused."""
    is_json = text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[") and not path.lower().endswith((".yaml", ".yml"))
    if not is_json:
        return load_document(text, path).plain_data()
    try:
        data = json.loads(text.lstrip("\ufeff"), object_pairs_hook=_mapping)
    except json.JSONDecodeError as problem:
        fact = f"not valid JSON: {problem.msg}"
        raise ConfigError(fact, hint="correct it here", path=path, line=problem.lineno, column=problem.colno) from None
    except (ValueError, RecursionError) as problem:
        raise ConfigError(f"not valid JSON: {words.short(str(problem))}", hint="correct it", path=path) from None
    if _deeper_than(data, MAX_DEPTH):
        raise ConfigError(f"more than {MAX_DEPTH} levels", hint="this is no schema", path=path)
    return data


def _mapping(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise ValueError(f"the key {words.short(name)!r} stands twice")
        found[name] = value
    return found


def _deeper_than(data: object, limit: int) -> bool:
    """Level by level, so that no nesting exhausts the stack."""
    level = [data]
    for _ in range(limit):
        level = [
            item
            for value in level
            if isinstance(value, dict | list)
            for item in (value.values() if isinstance(value, dict) else value)
        ]
    return any(isinstance(value, dict | list) for value in level)
