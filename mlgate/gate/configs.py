"""Config files of the project against their JSON Schemas."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote

from mlgate.config.project_file import parse_project
from mlgate.config.schema_file import parse_schema
from mlgate.errors import ConfigError, SourceError
from mlgate.gate.load import Loaded
from mlgate.gate.record import Record, could_not_check
from mlgate.lint.configs import config_ambiguous, config_schema, config_syntax
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources import files

MAX_CONFIG_BYTES = 2_000_000


def check_configs(loaded: Loaded, record: Record) -> Iterator[Outcome]:
    """Outcomes of every declared config file, once with all its schemas; a pattern that finds none is an `error`."""
    root = loaded.project.root
    schemas: dict[str, dict[str, Mapping[str, Any]]] = {}
    for entry in loaded.project.configs:
        found = files.expand(root, entry.files)
        record.progress(f"static: {len(found)} config files in {entry.files}")
        if not found:
            problem = SourceError(f"no file matches {entry.files}", hint="correct `files`, or remove the entry")
            yield _unreadable(entry.files, problem, entry.location)
        for path in found:
            schemas.setdefault(path, {})
            if entry.schema:
                schemas[path][entry.schema] = loaded.json_schemas[entry.schema]
    for path, declared in schemas.items():
        yield from check_config(root, path, [(schema, name) for name, schema in declared.items()])


def check_config(root: Path, path: str, schemas: Sequence[tuple[Mapping[str, Any], str]]) -> Iterator[Outcome]:
    """Syntax, ambiguous values and, with JSON Schemas (and their names), the content of one config file."""
    text = yield from _text(root, path)
    if text is None:
        return
    document, syntax = config_syntax(text, path)
    yield syntax
    if document is None:
        return
    ambiguous = config_ambiguous(document, path)
    if ambiguous is not None:
        yield ambiguous
    for number, (schema, name) in enumerate(schemas):
        for outcome in config_schema(document, path, schema, name):
            # A second schema of the same file: its findings need ids of their own.
            yield outcome if number == 0 else replace(outcome, id=f"{outcome.id}@{_part(name)}")


def _part(path: str) -> str:
    return quote(path, safe="/=._-")


def _unreadable(path: str, problem: SourceError, location: Location | None = None) -> Outcome:
    id_ = f"static/{_part(path)}/readable"
    return could_not_check(problem, id=id_, check="readable", tier="static", subject=path, location=location)


def check_own_file(root: Path, path: str, *, kind: str, folder: str = "") -> Iterator[Outcome]:
    """`mlgate.yaml` (kind `project`) or a data schema (kind `schema`) as the subject of a check."""
    text = yield from _text(root, path)
    if text is None:
        return
    try:
        if kind == "project":
            parse_project(text, path, root=root, folder=folder, load=lambda name: files.read_config_text(root, name))
        else:
            parse_schema(text, path)
    except ConfigError as mistake:
        yield _own(path, Status.FAIL, mistake.reason, mistake.hint, Location(mistake.path or path, mistake.line))
    else:
        yield _own(path, Status.PASS, "every key and value is known", "", Location(path))


def _own(path: str, status: Status, message: str, hint: str, location: Location) -> Outcome:
    return Outcome(
        id=f"static/{_part(path)}/mlgate_file",
        check="mlgate_file",
        tier="static",
        subject=path,
        status=status,
        message=message,
        hint=hint,
        location=location,
    )


def _text(root: Path, path: str) -> Generator[Outcome, None, str | None]:
    """The file's text; None after an outcome that says why it cannot be read."""
    try:
        return files.read_bytes(root, path, limit=MAX_CONFIG_BYTES).decode("utf-8")
    except SourceError as problem:
        yield _unreadable(path, problem)
    except UnicodeDecodeError as problem:
        message = f"{path} is not UTF-8 text (byte {problem.start + 1})"
        yield _unreadable(path, SourceError(message, hint="save the file as UTF-8"))
    return None
