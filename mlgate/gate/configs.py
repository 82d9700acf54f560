"""Config files of the project: what the checks found as outcomes."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlgate.errors import ConfigError, SourceError
from mlgate.gate.config_look import Look, asked_of, look_at
from mlgate.gate.json_schemas import load_json_schema
from mlgate.gate.record import Record, could_not_check
from mlgate.lint.config_found import MAX_FINDINGS, Found
from mlgate.lint.config_paths import undeclared_places
from mlgate.lint.config_schema import config_schema
from mlgate.lint.config_schema_name import named_schema
from mlgate.lint.configs import HOLDS, Asked
from mlgate.outcome import Location, Outcome, Status
from mlgate.sources import files

if TYPE_CHECKING:
    from mlgate.config.project import ConfigFiles
    from mlgate.gate.load import Loaded

Schemas = Sequence[tuple[Mapping[str, Any], str]]
"""JSON Schemas and their names."""


def check_configs(loaded: Loaded, record: Record) -> Iterator[Outcome]:
    """Outcomes of every declared config file, once with all its schemas; a pattern that finds none is an `error`."""
    root = loaded.project.root
    entries: dict[str, list[ConfigFiles]] = {}
    for entry in loaded.project.configs:
        found = files.expand(root, entry.files)
        record.progress(f"static: {len(found)} config files in {entry.files}")
        if not found:
            problem = SourceError(f"no file matches {entry.files}", hint="correct `files`, or remove the entry")
            yield _unreadable(entry.files, problem, entry.location)
        for path in found:
            entries.setdefault(path, []).append(entry)
    looks = {}
    for path, mine in entries.items():
        looks[path] = look_at(str(root), path, asked_of(mine))
        names = dict.fromkeys(entry.schema for entry in mine if entry.schema)
        yield from _outcomes(root, looks[path], [(loaded.json_schemas[name], name) for name in names])
    for entry in loaded.project.configs:
        yield from _unused_places(entry, [look for path, look in looks.items() if entry in entries[path]])


def check_config(root: Path, path: str, schemas: Schemas, asked: Asked | None = None) -> Iterator[Outcome]:
    """Outcomes of one config file, with JSON Schemas also of its content."""
    yield from _outcomes(root, look_at(str(root), path, asked or Asked()), schemas)


def _outcomes(root: Path, look: Look, schemas: Schemas) -> Iterator[Outcome]:
    if look.problem is not None:
        yield _unreadable(look.path, look.problem)
    for check, found in look.judged:
        yield from _of_check(look.path, check, found)
    if look.config is None:
        return
    own, unread = _own_schema(root, look, [name for _, name in schemas])
    for number, (schema, name) in enumerate([*schemas, *own]):
        for outcome in _of_schema(look, schema, name):
            # A second schema of the same file: its findings need ids of their own.
            yield outcome if number == 0 else replace(outcome, id=f"{outcome.id}@{_part(name)}")
    yield from unread


def _of_check(path: str, check: str, found: Sequence[Found]) -> Iterator[Outcome]:
    if not found:
        yield _outcome(path, check, Found("pass", HOLDS[check], ""))
    for item in found[:MAX_FINDINGS]:
        yield _outcome(path, check, item)
    if len(found) > MAX_FINDINGS:
        worst = next((item.status for item in found[MAX_FINDINGS:] if item.status == "fail"), "warn")
        more = f"{len(found) - MAX_FINDINGS} more findings of this check"
        yield _outcome(path, check, Found(worst, more, "correct the first ones", part="more"))


def _of_schema(look: Look, schema: Mapping[str, Any], name: str) -> Iterator[Outcome]:
    assert look.config is not None  # noqa: S101  # the caller looked
    found = config_schema(look.config, schema, name, look.around.exists)
    if found:
        yield from _of_check(look.path, "config_schema", found)
    else:
        yield _outcome(look.path, "config_schema", Found("pass", f"satisfies {name}", ""))


def _own_schema(
    root: Path, look: Look, declared: Sequence[str]
) -> tuple[list[tuple[Mapping[str, Any], str]], list[Outcome]]:
    """The JSON Schema that a config names for itself, and what to say where it cannot be used."""
    name, line = named_schema(look.config) if look.config is not None else ("", 0)
    if not name:
        return [], []
    if "://" in name:
        fact = f"names a JSON Schema at a URL, which is not fetched: {name}"
        hint = "copy it into the repository, and name it by its path, to have the file judged by it"
        return [], [_outcome(look.path, "config_schema", Found("skip", fact, hint, line, part="url"))]
    path = posixpath.normpath(posixpath.join(posixpath.dirname(look.path), name))
    if path in declared:
        return [], []
    try:
        return [(load_json_schema(root, path), path)], []
    except ConfigError as mistake:
        problem = SourceError(f"its JSON Schema {path}: {mistake.reason}", hint=mistake.hint)
        id_ = f"static/{_part(look.path)}/config_schema/readable"
        location = Location(look.path, line)
        return [], [
            could_not_check(problem, id=id_, check="config_schema", tier="static", subject=look.path, location=location)
        ]


def _unused_places(entry: ConfigFiles, looks: Sequence[Look]) -> Iterator[Outcome]:
    """Declared places of paths that no config of an entry has: is one misspelt?"""
    configs = [look.config for look in looks if look.config is not None]
    for place in entry.paths if configs else ():
        if all(undeclared_places(config, [place]) for config in configs):
            fact = f"no config in {entry.files} has the place {place} that is declared as a path"
            outcome = _outcome(
                entry.files, "config_path", Found("warn", fact, "correct `paths`", part=f"declared/{place}")
            )
            yield replace(outcome, location=entry.location)


def _outcome(path: str, check: str, found: Found) -> Outcome:
    return Outcome(
        id=f"static/{_part(path)}/{check}" + (f"/{_part(found.part)}" if found.part else ""),
        check=check,
        tier="static",
        subject=path,
        status=Status(found.status),
        message=found.message if len(found.message) <= 300 else f"{found.message[:299]}…",
        hint=found.hint,
        location=Location(path, found.line or None),
        evidence=found.evidence,
    )


def _part(path: str) -> str:
    return quote(path, safe="/=._-:%")


def _unreadable(path: str, problem: SourceError, location: Location | None = None) -> Outcome:
    id_ = f"static/{_part(path)}/readable"
    return could_not_check(problem, id=id_, check="readable", tier="static", subject=path, location=location)


def check_own_file(root: Path, path: str, *, kind: str, folder: str = "") -> Iterator[Outcome]:
    """`mlgate.yaml` (kind `project`) or a data schema (kind `schema`) as the subject of a check."""
    look = look_at(str(root), path, Asked())
    if look.problem is not None:
        yield _unreadable(path, look.problem)
        return
    from mlgate.config.project_file import parse_project
    from mlgate.config.schema_file import parse_schema

    text = files.read_config_text(root, path)
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
