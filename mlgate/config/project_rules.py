"""Rules of `mlgate.yaml` that concern more than one key."""

from __future__ import annotations

from mlgate.config import fields as f
from mlgate.config.project import Project
from mlgate.errors import ConfigError


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
