"""The checks of the data tier, and the evaluations, as one thing each: reused where nothing at all changed."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

from mlgate.config.project import Project
from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.gate.record import Record
from mlgate.gate.reuse_inputs import KNOWN_VARIABLES, gpus
from mlgate.outcome import to_json
from mlgate.pyramid.proofs import digest_of, reused
from mlgate.sources import environment, git, processes
from mlgate.sources.test_environment import describe_environment

if TYPE_CHECKING:
    from mlgate.gate.reuse import Reuse

TRACKING = ("MLFLOW_TRACKING_URI", "MLFLOW_REGISTRY_URI")


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """Checks that are proven together.

    Parameters
    ----------
    subject : what they are of
    fields : lists of the record that they add to, beside the outcomes
    more : what they hang on beside all files of the project; None where that cannot be known
    exempt : files that the checks themselves make
    """

    subject: str
    fields: tuple[str, ...]
    more: Callable[[Reuse], Mapping[str, str] | None]
    exempt: tuple[str, ...] = ()


def reuse_or_check(whole: Whole, record: Record, check: Callable[[], None]) -> None:
    """Take outcomes and facts of an earlier run where nothing changed since; else check, and keep what holds."""
    reuse = record.reuse
    if reuse is None:
        check()
        return
    before = _inputs(whole, reuse, record)
    held = None if before is None else reuse.held(whole.subject, before)
    if held is not None:
        record.add(*reused(held))
        for name in whole.fields:
            getattr(record, name).extend(held.facts["fields"][name])
        record.tests_before = held.facts["tests_before"] or record.tests_before
        record.progress(f"{whole.subject}: {len(held.outcomes)} results reused, of {held.proven_at}")
        return
    first = len(record.outcomes)
    sizes = {name: len(getattr(record, name)) for name in whole.fields}
    moment, snapshot = time.time_ns(), reuse.state.snapshot()
    check()
    found = tuple(record.outcomes[first:])
    reuse.state.forget()
    after = _inputs(whole, reuse, record)
    if before is None or after is None or not found or any(outcome.status.blocks for outcome in found):
        return
    looked_at = set(reuse.state.known_files()) - set(whole.exempt)
    unchanged = all(before[name] == after[name] for name in before if name not in ("everything", "code"))
    if unchanged and not reuse.state.touched_since(looked_at, moment, snapshot):
        fields = {name: to_json(getattr(record, name)[size:]) for name, size in sizes.items()}
        facts = {"fields": fields, "tests_before": record.tests_before and list(record.tests_before)}
        reuse.keep(whole.subject, after, facts, found)


def data_checks(project: Project, *, strict: bool) -> Whole:
    """The checks of datasets, splits, skew and drift.

    The day is part of what they hang on. Ages that are counted in hours are not: with `freshness` or `refreshed`
    nothing is reused.
    """

    def more(reuse: Reuse) -> Mapping[str, str] | None:
        if any(dataset.refreshed for dataset in project.datasets.values()):
            return None
        schemas = {dataset.schema for dataset in project.datasets.values() if dataset.schema}
        if any("freshness" in (reuse.state.root / path).read_text(encoding="utf-8") for path in schemas):
            return None
        return {"strict": str(strict)}

    return Whole(subject="data checks", fields=("datasets", "data_changes", "schema_patches"), more=more)


def evaluations(project: Project) -> Whole:
    """All evaluations of the project, which are one family of comparisons."""

    def more(reuse: Reuse) -> Mapping[str, str] | None:
        if project.history is not None:  # which is written to
            return None
        found = [_baseline(reuse, evaluation.baseline) for evaluation in project.evaluations.values()]
        stages = any(evaluation.command or evaluation.stage for evaluation in project.evaluations.values())
        python = _python(reuse, project) if stages else "-"
        if not python or not all(found):
            return None
        return {"baselines": digest_of(found), "command": python, "gpus": digest_of(gpus())}

    outputs = [path for evaluation in project.evaluations.values() for path in _outputs(project.root, evaluation)]
    return Whole(
        subject="evaluations", fields=("candidates", "baselines"), more=more, exempt=tuple(dict.fromkeys(outputs))
    )


def _inputs(whole: Whole, reuse: Reuse, record: Record) -> dict[str, str] | None:
    state = reuse.state
    own = state.environment((sys.executable, "-m", "pytest"))
    outside = state.outside(own.folders)
    try:
        more = whole.more(reuse)
    except (OSError, SourceError, ValueError):
        return None
    if own.problem or not outside or not state.everything or more is None:
        return None
    named = {name for names in state.graph.variables.values() for name in names}
    return {
        "gate": state.gate(),
        "environment": digest_of([own.digest, outside]),
        "everything": state.everything,
        "variables": digest_of(environment.present(sorted({*named, *KNOWN_VARIABLES, *TRACKING}))),
        "date": reuse.now.date().isoformat(),
        "seed": str(reuse.seed),
        "policy": digest_of(to_json([record.base, record.policy])),
        **more,
    }


def _python(reuse: Reuse, project: Project) -> str:
    """Digest of the environment in which commands run; empty where it is not known."""
    tier = project.tiers.get("model")
    python = processes.resolve_command(project.root, ("python",), tier.python if tier else None)[0]
    found = describe_environment(project.root, (python, "-m", "pytest"), {})
    outside = reuse.state.outside(found.folders)
    return "" if found.problem or not outside else digest_of([found.digest, outside])


def _baseline(reuse: Reuse, text: str) -> str:
    """What a baseline is now, without loading it; empty where nobody can know without asking a server."""
    reference = parse_reference(text)
    if reference.kind in ("none", "file"):
        return text
    if reference.kind in ("git", "dvc"):
        root = reuse.project.root
        commit = git.resolve_commit(root, reference.target)[0] if reference.target else git.describe(root).base
        return f"{text} {commit}" if commit else ""
    folders = [_local_store(uri) for uri in environment.present(TRACKING).values()]
    if not folders or not all(folders):
        return ""
    content = reuse.state.outside(folders)
    return f"{text} {content}" if content else ""


def _local_store(uri: str) -> str:
    """The folder that holds a store of MLflow on this machine, its artifacts beside it; empty for a server."""
    parts = urlsplit(uri)
    path = unquote(parts.path)
    if parts.scheme == "sqlite" and not parts.netloc and path.startswith("//"):
        return str(Path(path[1:]).parent)
    if parts.scheme in ("", "file") and path.startswith("/"):
        return path
    return ""


def _outputs(root: Path, evaluation: Any) -> Sequence[str]:
    from mlgate.gate.candidates import outputs_of
    from mlgate.sources import files

    return [name for path in outputs_of(evaluation) for name in files.expand(root, path)]
