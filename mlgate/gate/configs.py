"""Config files of the project against their JSON Schemas."""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import Any

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
    """Outcomes of every declared config file; a pattern that finds none is an `error`."""
    root = loaded.project.root
    for entry in loaded.project.configs:
        found = files.expand(root, entry.files)
        record.progress(f"static: {len(found)} config files in {entry.files}")
        if not found:
            problem = SourceError(f"no file matches {entry.files}", hint="correct `files`, or remove the entry")
            yield could_not_check(
                problem,
                id=f"static/{entry.files}/readable",
                check="readable",
                tier="static",
                subject=entry.files,
                location=entry.location,
            )
        for path in found:
            schema = loaded.json_schemas[entry.schema] if entry.schema else None
            yield from check_config(root, path, schema, entry.schema or "")


def check_config(root: Path, path: str, schema: Mapping[str, Any] | None, schema_path: str) -> Iterator[Outcome]:
    """Syntax, ambiguous values and, with a JSON Schema, the content of one config file."""
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
    if schema is not None:
        yield from config_schema(document, path, schema, schema_path)


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
        id=f"static/{path}/mlgate_file",
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
        yield could_not_check(problem, id=f"static/{path}/readable", check="readable", tier="static", subject=path)
    except UnicodeDecodeError as problem:
        message = f"{path} is not UTF-8 text (byte {problem.start + 1})"
        fault = SourceError(message, hint="save the file as UTF-8")
        yield could_not_check(fault, id=f"static/{path}/readable", check="readable", tier="static", subject=path)
    return None
