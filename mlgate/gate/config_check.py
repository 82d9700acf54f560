"""`mlgate config check` and the hook `mlgate-config`: files that a person or a commit names."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from mlgate.gate.config_look import asked_of
from mlgate.gate.configs import check_config, check_own_file
from mlgate.gate.json_schemas import load_json_schema
from mlgate.gate.paths import path_matches
from mlgate.gate.projects import Projects, named_path, resolved_path, shown_path
from mlgate.gate.record import timed
from mlgate.gate.reporting import report_of
from mlgate.outcome import Outcome, Report
from mlgate.sources import files as sources

GATE = "config check"


def check_config_files(files: Sequence[Path], *, schema: Path | None, start: Path, strict: bool) -> Report:
    """Report of config files; `schema` overrides what mlgate.yaml declares."""
    with timed() as elapsed:
        if schema is not None:
            json_schema = load_json_schema(*named_path(start, schema))
            found = (check_config(*named_path(start, file), [(json_schema, schema.as_posix())]) for file in files)
            return report_of(GATE, [item for items in found for item in items], elapsed(), strict=strict)
        projects = Projects({resolved_path(start, file) for file in files})
        outcomes = [outcome for file in files for outcome in _config_file(start, file, projects)]
        return report_of(GATE, outcomes, elapsed(), strict=strict, projects=projects)


def _config_file(start: Path, file: Path, projects: Projects) -> Iterator[Outcome]:
    resolved = resolved_path(start, file)
    if resolved.name == sources.CONFIG_NAME:
        top = sources.repository_top(resolved.parent) or resolved.parent
        folder = resolved.parent.relative_to(top).as_posix()
        yield from check_own_file(
            resolved.parent, resolved.name, kind="project", folder="" if folder == "." else folder
        )
        return
    project = projects.of(resolved.parent)
    if project is None:
        yield from check_config(*named_path(start, file), [])
        return
    shown = shown_path(project.root, resolved)
    if any(dataset.schema == shown for dataset in project.datasets.values()):
        yield from check_own_file(project.root, shown, kind="schema")
        return
    entries = [entry for entry in project.configs if path_matches(shown, entry.files)]
    names = dict.fromkeys(entry.schema for entry in entries if entry.schema)
    schemas = [(load_json_schema(project.root, name), name) for name in names]
    yield from check_config(project.root, shown, schemas, asked_of(entries))
