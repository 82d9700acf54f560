"""Everything that is decidable without data or network: our YAML files, the JSON Schemas, the names in them."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.column_fits import require_type
from mlgate.config.json_schema import load_json_schemas
from mlgate.config.reading import nearest
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.errors import ConfigError, UsageError
from mlgate.gate.json_schemas import load_json_schema, parse_json_schema
from mlgate.late import dataclass
from mlgate.outcome import TIERS, Location
from mlgate.sources import files

if TYPE_CHECKING:
    from mlgate.config.evaluation import Evaluation
    from mlgate.config.project import Project


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A project with the files that it declares, read and valid."""

    project: Project
    schemas: Mapping[str, Schema] = field(default_factory=dict)
    json_schemas: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)


Texts = Callable[[str], str]
"""Gives the text of a file of the project by its path."""


def load_project(config: Path | None, start: Path) -> Project:
    """The project of a config file, or of the nearest one from `start` upwards.

    Raises
    ------
    UsageError
        There is no such file, or it has mistakes.
    """
    path = files.find_config(start) if config is None else config.absolute()
    root = path.parent.resolve()
    return read_project(root, path.name, lambda name: files.read_config_text(root, name))


def read_project(root: Path, path: str, texts: Texts) -> Project:
    """The project at `root` whose config file is `path`, from the texts of its files.

    Raises
    ------
    ConfigError
        It has mistakes; what `texts` raises.
    """
    from mlgate.config.project_file import parse_project

    top = files.repository_top(root) or root
    folder = root.relative_to(top).as_posix()
    return parse_project(texts(path), path, root=root, folder="" if folder == "." else folder, load=texts)


def load_all(project: Project, texts: Texts | None = None) -> Loaded:
    """Read every schema that the project names, from its files or from other texts of them.

    Raises
    ------
    ConfigError
        A schema is absent or has mistakes.
    """
    named = {dataset.schema for dataset in project.datasets.values() if dataset.schema}
    schemas = {path: load_schema(project.root, path, texts) for path in sorted(named)}
    for dataset in project.datasets.values():
        if dataset.schema:
            require_environment(schemas[dataset.schema], dataset.environment, dataset.location)
            require_key(schemas[dataset.schema], dataset.key, dataset.location)
            require_types(schemas[dataset.schema], dataset.path)
    declared = {entry.schema for entry in project.configs if entry.schema}
    json_schemas = {path: _json_schema(project.root, path, texts) for path in sorted(declared)}
    return Loaded(project=project, schemas=schemas, json_schemas=json_schemas)


def require_environment(schema: Schema, environment: str | None, location: Location | None = None) -> None:
    """Refuse an environment that is nearly one of the schema's: its columns would be skipped for a misspelling.

    Another name is allowed: a column that is declared for `training` is simply not expected in `serving`.

    Raises
    ------
    ConfigError
        The name is nearly, but not, one that the schema declares.
    """
    known = sorted({name for column in schema.columns.values() for name in column.environments})
    close = difflib.get_close_matches(environment or "", known, n=1, cutoff=0.8)
    if environment is not None and environment not in known and close:
        raise ConfigError(
            f"the environment {environment!r} is not one of {schema.path} ({', '.join(known)})",
            hint=f"did you mean {close[0]!r}?",
            path=location.path if location else "",
            line=location.line if location else None,
        )


def require_key(schema: Schema, key: Sequence[str], location: Location | None = None) -> None:
    """Refuse a key that no file can have which holds against the schema.

    Where the schema lets other columns pass, the file decides: one without the column is an `error`.

    Raises
    ------
    ConfigError
        The schema declares columns, no others are allowed, and one of the key is not among them.
    """
    if not schema.columns or schema.extra_columns != "fail":
        return
    for name in key:
        if name not in schema.columns:
            raise ConfigError(
                f"the key names {name!r}, which {schema.path} does not declare",
                hint=nearest(name, schema.columns),
                path=location.path if location else "",
                line=location.line if location else None,
            )


def require_types(schema: Schema, path: str) -> None:
    """Refuse members that a file of text, as its name says, cannot be compared with; see `require_type`.

    Where the name does not say it, the check is an `error` once the file is open.

    Raises
    ------
    ConfigError
        A member is a number, and its column has no type.
    """
    from mlgate.sources.table_files import is_text_file

    if is_text_file(path):
        for column in schema.columns.values():
            require_type(column)


def load_schema(root: Path, path: str, texts: Texts | None = None) -> Schema:
    """A data schema with the JSON Schemas that it names, from its file or from other texts.

    Raises
    ------
    ConfigError
        The file is absent or has mistakes.
    """
    if texts is not None:
        return load_json_schemas(parse_schema(texts(path), path), lambda name: _json_schema(root, name, texts))
    try:
        text = files.read_config_text(root, path)
    except ConfigError as mistake:
        if (root / path).exists():
            raise
        hint = f"correct the path, or write one with `mlgate data infer FILE -o {path}`"
        raise ConfigError(mistake.reason, hint=hint, path=path) from None
    return with_json_schemas(parse_schema(text, path), root)


def with_json_schemas(schema: Schema, root: Path) -> Schema:
    """The schema with the JSON Schemas that it names by path below `root`."""
    return load_json_schemas(schema, lambda path: load_json_schema(root, path))


def _json_schema(root: Path, path: str, texts: Texts | None) -> Mapping[str, Any]:
    if texts is None:
        return load_json_schema(root, path)
    from mlgate.lint.config_schema import require_json_schema

    schema = parse_json_schema(texts(path), path)
    require_json_schema(schema, path)
    return schema


def select_tiers(project: Project, wanted: Iterable[str]) -> tuple[str, ...]:
    """The tiers to run, cheapest first: those named, or all for which something is declared.

    Raises
    ------
    UsageError
        A name is no tier.
    """
    names = set(wanted)
    unknown = sorted(names - set(TIERS))
    if unknown:
        raise UsageError(f"unknown tier {unknown[0]!r}", hint=f"known: {', '.join(TIERS)}")
    return tuple(tier for tier in TIERS if (tier in names if names else tier in declared_tiers(project)))


def require_something(project: Project) -> None:
    """Refuse to run a project that declares nothing: such a run would prove nothing.

    Raises
    ------
    ConfigError
        Nothing is declared.
    """
    if not declared_tiers(project):
        hint = "declare datasets, configs, lint, evaluations, or the tests of a tier"
        raise ConfigError("nothing is declared", hint=hint, path=project.path)


def declared_tiers(project: Project) -> set[str]:
    """Tiers for which the project declares something."""
    tiers = {name for name, tier in project.tiers.items() if tier.tests}
    if project.configs or (project.lint and project.lint.paths):
        tiers.add("static")
    if project.datasets:
        tiers.add("data")
    if project.evaluations:
        tiers.add("model")
    return tiers


def dvc_paths(project: Project, tiers: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Paths that each selected tier reads, by tier: only these are pulled.

    The data tier reads every dataset. Another tier reads the datasets and the `needs` that it declares; the model tier
    also what its evaluations need, their golden sets, and the predictions and values that nothing makes.
    """
    paths: dict[str, tuple[str, ...]] = {}
    for tier in tiers:
        declared = project.tiers.get(tier)
        names = [project.datasets[name].path for name in declared.datasets] if declared else []
        names += list(declared.needs) if declared else []
        if tier == "data":
            names += [dataset.path for dataset in project.datasets.values()]
        if tier == "model":
            evaluations = project.evaluations.values()
            names += [need for evaluation in evaluations for need in evaluation.needs]
            names += [path for evaluation in evaluations for path in _given_files(evaluation)]
        paths[tier] = tuple(dict.fromkeys(names))
    return paths


def _given_files(evaluation: Evaluation) -> Iterator[str]:
    """What an evaluation reads and nothing makes in this run."""
    golden = evaluation.golden
    made = evaluation.command is not None or evaluation.stage is not None
    named = (evaluation.predictions, *evaluation.runs, evaluation.metrics_file, evaluation.train_predictions)
    for path in (*(() if made else named), golden and golden.path, golden and golden.must_stay_right):
        if path:
            yield path
