"""The provenance of a run's report."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.gate.load import declared_tiers
from mlgate.gate.tier_devices import machine_gpu
from mlgate.outcome import TIERS
from mlgate.pyramid.shape import shape_of

if TYPE_CHECKING:
    from mlgate.config.project import Project
    from mlgate.gate.record import Record
    from mlgate.gate.run import Request


def _folder(root: Path, top: Path | None) -> str:
    """The project's folder in its repository, which paths of the report start from; empty for the repository's own."""
    inside = (
        root.resolve().relative_to(top.resolve()) if top and root.resolve().is_relative_to(top.resolve()) else Path()
    )
    return "" if inside == Path() else inside.as_posix()


def run_provenance(project: Project, request: Request, record: Record, tiers: tuple[str, ...]) -> dict[str, Any]:
    """What a report was made from; facts that are not known are None or absent."""
    import mlgate
    from mlgate.sources import environment, git

    state, repository = git.describe(project.root), environment.repository_url()
    folder = _folder(project.root, state.top)
    not_selected = [tier for tier in TIERS if tier in declared_tiers(project) and tier not in tiers]
    pyramid = shape_of(record.outcomes, left_out=not_selected)
    return {
        **({"repository": repository} if repository else {}),
        **({"folder": folder} if folder or repository else {}),
        "commit": state.commit,
        "base": state.base,
        "dirty": state.dirty,
        "branch": state.branch,
        "mlgate": mlgate.__version__,
        "python": environment.python_version(),
        "environment": environment.describe() | machine_gpu(project.tiers.values(), record),
        "seed": request.seed,
        "config": project.path,
        "not_selected": not_selected,
        "command": " ".join(["mlgate run", *(f"--tier {tier}" for tier in request.tiers)]),
        "baselines": record.baselines,
        "candidates": record.candidates,
        "datasets": record.datasets,
        "tiers": record.tiers,
        "run": record.run,
        **({"reused": record.reused} if record.reused else {}),
        **({"policy": record.policy} if record.policy else {}),
        **({"pyramid": pyramid} if pyramid else {}),
        **({"fingerprint": record.fingerprint} if record.fingerprint else {}),
        **({"tests_changed": record.tests_changed} if record.tests_changed else {}),
        **(record.planned.provenance(record) if record.planned else {}),
        **({"data_changes": record.data_changes} if record.data_changes else {}),
        **({"schema_patches": record.schema_patches} if record.schema_patches else {}),
    }
