"""Reads `mlgate.yaml`: one declaration per key, which also gives the published JSON Schema."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node, load_document
from mlgate.config.extends import apply_extends
from mlgate.config.late import Late
from mlgate.config.places import Place
from mlgate.config.project import Accepted, ConfigFiles, Dataset, Project
from mlgate.config.project_rules import require_known_names
from mlgate.config.sizes import MemorySize

_DATASET = f.Struct(
    "a dataset",
    {
        "path": f.Key(
            f.FilePath(), "data file or glob: CSV, TSV, JSON lines or Parquet, also .gz and .zst", required=True
        ),
        "schema": f.Key(f.FilePath(), "schema file; without one only the file's hygiene is judged"),
        "environment": f.Key(f.Text(), "name of the environment, e.g. training or serving"),
        "key": f.Key(f.ListOf(f.Text(), single=True), "columns that identify a row in the report"),
        "refreshed": f.Key(
            Late("refreshed", "RefreshedKind"), "how long ago its content may have come into the repository"
        ),
    },
)
_DATA = f.Struct(
    "data",
    {
        "memory_limit": f.Key(
            MemorySize(),
            "memory that reading and checking data may take, e.g. 512MiB; above it work spills to disk; 1GiB unless "
            "written, --memory-limit and MLGATE_MEMORY_LIMIT go before it",
        )
    },
)
_CONFIGS = f.Struct(
    "an entry of configs",
    {
        "files": f.Key(f.FilePath(), "config files, a path or a glob", required=True),
        "schema": f.Key(f.FilePath(), "JSON Schema that they must satisfy"),
        "paths": f.Key(
            f.ListOf(Place(marks=True), single=True),
            "places of values that are paths, e.g. data.train; * is one part of a place, ** any number",
        ),
        "seed": f.Key(Place(), "required, or the place of the seed, e.g. training.seed, or none"),
        "reader": f.Key(f.Text(choices=("pyyaml", "omegaconf", "yaml12")), "what reads the YAML files"),
    },
)


def _dataset(name: str, node: Node, reading: f.Reading) -> Dataset:
    return Dataset(name=name, location=f.place(node), **f.complete(_DATASET, node, reading))


_PRIVACY = f.Struct(
    "privacy", {"examples": f.Key(f.Text(choices=("none", "masked", "full")), "what of single rows may appear")}
)
_ACCEPTED = f.Struct(
    "an accepted outcome",
    {
        "id": f.Key(f.Text(), "id of the outcome, as the report shows it", required=True),
        "reason": f.Key(f.Text(), "why it is accepted", required=True),
        "until": f.Key(f.Day(), "last day on which it is accepted", required=True),
    },
)


class _Placed:
    """A struct whose object also gets its place."""

    def __init__(self, struct: f.Struct, build: Callable[..., Any]) -> None:
        self.struct, self.build = struct, build

    def parse(self, node: Node, reading: f.Reading) -> Any:
        return self.build(location=f.place(node), **f.complete(self.struct, node, reading))

    def json_schema(self) -> f.JsonSchema:
        return self.struct.json_schema()


_PROJECT = f.Struct(
    "mlgate.yaml",
    {
        "version": f.Key(f.Number(low=1, high=1, integer=True), "version of this format: 1", required=True),
        "extends": f.Key(f.FilePath(), "another file of the repository whose values are the defaults"),
        "datasets": f.Key(f.MapOf(_dataset, _DATASET.json_schema), "data files by name"),
        "data": f.Key(_DATA, "how the data files are read and checked"),
        "splits": f.Key(
            f.ListOf(Late("splits_rules", "SplitsKind"), distinct=False), "datasets that must not leak into each other"
        ),
        "skew": f.Key(
            Late("skew_rules", "SkewKind"), "what a model was trained on and what it was served, which must be alike"
        ),
        "drift": f.Key(
            Late("drift_rules", "DriftKind"), "datasets that must not have drifted from another one, or from a profile"
        ),
        "configs": f.Key(
            f.ListOf(_Placed(_CONFIGS, ConfigFiles)), "config files, their JSON Schema, and what is asked of them"
        ),
        "lint": f.Key(Late("lint_section", "LintKind"), "Python files and notebooks that the static rules judge"),
        "artifacts": f.Key(Late("artifact_rules", "ArtifactsKind"), "what model files may import when they are loaded"),
        "evaluations": f.Key(Late("evaluation_file", "EVALUATIONS"), "models under review, by name"),
        "tiers": f.Key(Late("tier_rules", "TIERS_KIND"), "tests by tier"),
        "privacy": f.Key(_PRIVACY, "what of single rows may appear in a report"),
        "accepted": f.Key(f.ListOf(_Placed(_ACCEPTED, Accepted)), "outcomes that are warnings until a date"),
        "history": f.Key(Late("evaluation_file", "HistoryKind"), "where the metrics of every main run are kept"),
        "mode": f.Key(f.Text(choices=("enforce", "advisory")), "advisory reports everything and always exits 0"),
        "policy": f.Key(
            f.Text(choices=("head", "base")),
            "base: this file and the schemas rule as they are in the merge base, whatever a change makes of them",
        ),
    },
)


def parse_project(
    text: str, path: str, *, root: Path, folder: str = "", load: Callable[[str], str] | None = None
) -> Project:
    """`mlgate.yaml` as a frozen object.

    Parameters
    ----------
    text : the file's text
    path : the file, relative to `root`
    root : absolute folder of the file
    folder : POSIX path of `root` below the repository's top, "" at the top
    load : gives the text of another file of the project, for `extends`

    Raises
    ------
    ConfigError
        All mistakes of the file, each with line and column.
    """
    document = apply_extends(load_document(text, path), load, f.Reading(folder), depth=0)
    reading = f.Reading(folder)
    if document.value is None:
        raise document.error("the file is empty", hint="write `version: 1` and what to check, or run `mlgate init`")
    values = _PROJECT.parse(document, reading)
    reading.finish()
    project = Project(
        root=root,
        path=path,
        datasets=values.get("datasets", {}),
        splits=values.get("splits", ()),
        skew=values.get("skew", ()),
        drift=values.get("drift", ()),
        configs=values.get("configs", ()),
        evaluations=values.get("evaluations", {}),
        tiers=values.get("tiers", {}),
        privacy=values.get("privacy", {}).get("examples", "masked"),
        accepted=values.get("accepted", ()),
        mode=values.get("mode", "enforce"),
        policy=values.get("policy", "head"),
        history=values.get("history"),
        memory_limit=values.get("data", {}).get("memory_limit"),
        lint=values.get("lint"),
        allowed_imports=values.get("artifacts", ()),
    )
    require_known_names(project)
    return project


def project_json_schema() -> f.JsonSchema:
    """The published JSON Schema of `mlgate.yaml`."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": "mlgate.yaml"}
    return head | _PROJECT.json_schema()
