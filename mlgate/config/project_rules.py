"""Rules of `mlgate.yaml` that concern more than one key."""

from __future__ import annotations

from mlgate.config import fields as f
from mlgate.config.project import Project
from mlgate.errors import ConfigError
from mlgate.outcome import COMPARED


def require_known_names(project: Project) -> None:
    ids = [entry.id for entry in project.accepted]
    for entry in project.accepted:
        if ids.count(entry.id) > 1:
            raise ConfigError(
                f"the outcome {entry.id} is accepted twice",
                hint="keep one entry",
                path=entry.location.path,
                line=entry.location.line,
            )
    for name in COMPARED:
        if (dataset := project.datasets.get(name)) is not None:
            raise ConfigError(
                f"a dataset cannot be called {name}: what `{name}` finds has ids that begin with data/{name}/",
                hint="rename the dataset",
                path=dataset.location.path,
                line=dataset.location.line,
            )
    _require_known_pairs(project)
    for tier in project.tiers.values():
        for name in tier.datasets:
            if name not in project.datasets:
                line = tier.location.line if tier.location else None
                raise ConfigError(
                    f"tier {tier.name} needs the dataset {name!r}, which is not declared",
                    hint=f.nearest(name, project.datasets),
                    path=tier.location.path if tier.location else project.path,
                    line=line,
                )


def _require_known_pairs(project: Project) -> None:
    """What compares datasets; its modules are imported where there is something to compare."""
    if project.splits:
        from mlgate.config.splits_rules import require_known_splits

        require_known_splits(project.splits, project.datasets)
    if project.skew:
        from mlgate.config.skew_rules import require_known_skew

        require_known_skew(project.skew, project.datasets)
    if project.drift:
        from mlgate.config.drift_rules import require_known_drift

        require_known_drift(project.drift, project.datasets)
