"""`mlgate.yaml` as frozen objects. Below this line nobody reads a raw mapping."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from mlgate.outcome import Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A declared data file. `path` and `schema` are POSIX, relative to the project's root; `path` may be a glob."""

    name: str
    path: str
    schema: str | None = None
    environment: str | None = None
    key: tuple[str, ...] = ()
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfigFiles:
    """Config files (a glob) that must satisfy a JSON Schema; without a schema only their syntax is judged."""

    files: str
    schema: str | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Names of the columns of a predictions file."""

    id: str = "id"
    label: str = "label"
    prediction: str | None = None
    score: str | None = None
    weight: str | None = None
    group: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class MetricPolicy:
    """What is asked of one metric.

    `tolerance` is the accepted worsening in the metric's unit, at least 0; None takes the metric's default.
    `min` and `max` bound the candidate's own value.
    """

    name: str
    tolerance: float | None = None
    min: float | None = None
    max: float | None = None
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """A candidate's predictions, and what they are compared with.

    Exactly one of `command`, `stage` or neither makes the predictions; `predictions` is their path.
    `baseline` is the text of the reference, e.g. `mlflow:models:/readmission@champion`, `file:PATH` or `none`.
    `positive` is the label of the positive class as written in YAML.
    """

    name: str
    command: tuple[str, ...] | None = None
    stage: str | None = None
    predictions: str = ""
    columns: Columns = field(default_factory=Columns)
    positive: str | int | float | bool | None = None
    baseline: str = "none"
    metrics: tuple[MetricPolicy, ...] = ()
    slices: tuple[str, ...] = ()
    min_overlap: float = 0.99
    min_slice_rows: int = 50
    inconclusive: str = "warn"
    timeout_s: float | None = None
    needs: tuple[str, ...] = ()
    """Files or folders under DVC that the command reads, e.g. the model; pulled before it runs."""
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Tier:
    """A rung of the pyramid: the user's tests, and the datasets that they need.

    `python` is the interpreter of the user's environment; None means the pytest found on PATH.
    """

    name: str
    tests: tuple[str, ...] = ()
    budget_s: float | None = None
    runner: tuple[str, ...] = ()
    gpu: str | None = None
    datasets: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    python: str | None = None
    location: Location | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A named outcome that is a warning until the end of a day."""

    id: str
    reason: str
    until: dt.date
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Unsupported:
    """A declared section that this version cannot check: it becomes an `error`, never silence."""

    section: str
    tier: str
    location: Location


@dataclass(frozen=True, slots=True, kw_only=True)
class Project:
    """All of `mlgate.yaml`.

    `root` is the absolute folder of the file; every path below is POSIX and relative to it.
    `path` is the file itself, relative to `root`.
    """

    root: Path
    path: str
    gate: str = "default"
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    configs: tuple[ConfigFiles, ...] = ()
    evaluations: Mapping[str, Evaluation] = field(default_factory=dict)
    tiers: Mapping[str, Tier] = field(default_factory=dict)
    privacy: str = "masked"
    accepted: tuple[Accepted, ...] = ()
    mode: str = "enforce"
    unsupported: tuple[Unsupported, ...] = ()
