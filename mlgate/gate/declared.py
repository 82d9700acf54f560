"""What mlgate.yaml declares of data and models as a list, known before anything is read, and judged part by part.

A job is what is judged at once: a dataset in one scan, an entry of `splits`, `skew` or `drift`, and all evaluations,
which are one family. A check belongs to one job and stands for the outcomes whose ids begin with its `claim`.
"""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mlgate.gate.accepted import apply_accepted
from mlgate.gate.load import Loaded, dvc_paths
from mlgate.gate.pull import Pulled, pull
from mlgate.gate.record import Progress, Record
from mlgate.outcome import Location, Outcome

if TYPE_CHECKING:
    from mlgate.config.project import Project

MODEL = "model"
"""The job of all evaluations."""
EVERYTHING = "everything"
REST = "everything-else"
"""Names of the check that stands for all outcomes of its group, or for those that no other check claims."""
ENTRIES = ("splits", "skew", "drift")


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredCheck:
    """One check that is known before the run.

    Parameters
    ----------
    job : what is judged at once with it
    group : `data/<dataset>`, `data/splits/<entry>` and the like, or `model/<evaluation>`
    name : of the check within its group, e.g. `age/between`
    claim : start of the ids of its outcomes
    rest : whether it also stands for what no check of its job claims
    compared : whether it promises a comparison with a baseline, whose outcome has the id `claim`
    tier : `data` or `model`
    location : the declaration
    """

    job: str
    group: str
    name: str
    claim: str
    rest: bool
    tier: str
    location: Location
    compared: bool = False


def list_declared(loaded: Loaded) -> tuple[DeclaredCheck, ...]:
    """Every check of data and models that a project declares, in the order in which the gate judges them."""
    return (*_of_datasets(loaded), *_of_entries(loaded.project), *_of_evaluations(loaded.project))


def _of_datasets(loaded: Loaded) -> Iterator[DeclaredCheck]:
    from mlgate.data.listing import promised_ids

    for dataset in loaded.project.datasets.values():
        group = f"data/{_part(dataset.name)}"
        ids = list(promised_ids(loaded.schemas[dataset.schema], dataset.name)) if dataset.schema else []
        if dataset.refreshed is not None:
            ids.append(f"{group}/refreshed")
        yield from _of_group(group, group, ids, "data", dataset.location)


def _of_entries(project: Project) -> Iterator[DeclaredCheck]:
    for kind in ENTRIES:
        for entry in getattr(project, kind):
            group = f"data/{kind}/{_part(_title(kind, entry))}"
            yield from _of_group(group, group, [], "data", entry.location)


def _of_evaluations(project: Project) -> Iterator[DeclaredCheck]:
    for evaluation in project.evaluations.values():
        group = f"model/{_part(evaluation.name)}"
        ids = [f"{group}/{_part(metric.name)}" for metric in evaluation.metrics]
        for check in _of_group(MODEL, group, ids, "model", evaluation.location):
            yield replace(check, compared=evaluation.baseline != "none" and not check.rest)


def _of_group(job: str, group: str, ids: list[str], tier: str, location: Location) -> Iterator[DeclaredCheck]:
    for claim in dict.fromkeys(ids):
        name = claim.removeprefix(f"{group}/")
        yield DeclaredCheck(job=job, group=group, name=name, claim=claim, rest=False, tier=tier, location=location)
    name = REST if ids else EVERYTHING
    yield DeclaredCheck(job=job, group=group, name=name, claim=group, rest=True, tier=tier, location=location)


def _part(text: str) -> str:
    return quote(text, safe="=._-", errors="replace")


def _title(kind: str, entry: Any) -> str:
    """The name of an entry as its outcomes have it, of a profile its path."""
    joined = ("-" if kind == "splits" else "..").join(_names(kind, entry))
    return joined if kind == "skew" else entry.name or joined


def judge_job(
    loaded: Loaded,
    job: str,
    *,
    groups: Collection[str],
    seed: int,
    now: dt.datetime,
    progress: Progress = lambda _line: None,
) -> list[Outcome]:
    """All outcomes of a job, what is accepted as warnings.

    Parameters
    ----------
    groups : of the evaluations that are asked for; those of one call form one Holm family
    seed : of every draw
    now : the time that ages are counted from
    progress : called with one line per step
    """
    from mlgate.gate.tier_devices import absent_gpu

    project, record = loaded.project, Record(progress=progress)
    tier = project.tiers.get("model" if job == MODEL else "data")
    missing = absent_gpu(tier, record) if tier else None
    if missing is not None:
        return [missing]
    if job == MODEL:
        _judge_evaluations(project, groups, record, seed, now)
    else:
        _judge_data(loaded, job, record, seed, now)
    return list(apply_accepted(record.outcomes, project.accepted, now.date()))


def _judge_evaluations(project: Project, groups: Collection[str], record: Record, seed: int, now: dt.datetime) -> None:
    from mlgate.gate.evaluations import check_evaluations

    asked = {name: one for name, one in project.evaluations.items() if f"model/{_part(name)}" in groups}
    narrowed = replace(project, evaluations=asked)
    (paths,) = dvc_paths(replace(narrowed, tiers={}), (MODEL,)).values()
    pulled = pull(project.root, paths, record) if paths else Pulled()
    for problem in pulled.problems.values():
        raise problem
    with tempfile.TemporaryDirectory(prefix="mlgate-") as work:
        check_evaluations(narrowed, record, Path(work), seed=seed, now=now)


def _judge_data(loaded: Loaded, job: str, record: Record, seed: int, now: dt.datetime) -> None:
    project = loaded.project
    for dataset in project.datasets.values():
        if job == f"data/{_part(dataset.name)}":
            _judge_dataset(loaded, dataset.name, record, now)
    for kind in ENTRIES:
        for entry in getattr(project, kind):
            if job == f"data/{kind}/{_part(_title(kind, entry))}":
                _judge_entry(loaded, kind, entry, record, seed)


def _judge_dataset(loaded: Loaded, name: str, record: Record, now: dt.datetime) -> None:
    from mlgate.gate.data_refreshed import check_declared_refreshed
    from mlgate.gate.datasets import check_datasets
    from mlgate.gate.references import project_references

    dataset = loaded.project.datasets[name]
    others = project_references(loaded)[dataset.schema].values() if dataset.schema else ()
    paths = tuple(dict.fromkeys((dataset.path, *(other.path for other in others))))
    pulled = pull(loaded.project.root, paths, record)
    check_datasets(loaded, pulled, record, now=now, only=name)
    alone = replace(loaded, project=replace(loaded.project, datasets={name: dataset}))
    check_declared_refreshed(alone, pulled, record, now=now)


def _judge_entry(loaded: Loaded, kind: str, entry: Any, record: Record, seed: int) -> None:
    from mlgate.gate.data_drift import check_drift
    from mlgate.gate.data_skew import check_declared_skew
    from mlgate.gate.data_splits import check_declared_splits

    project = loaded.project
    paths = (project.datasets[name].path for name in _names(kind, entry) if name in project.datasets)
    pulled = pull(project.root, tuple(dict.fromkeys(paths)), record)
    if kind == "splits":
        check_declared_splits(replace(loaded, project=replace(project, splits=(entry,))), pulled, record)
    elif kind == "skew":
        check_declared_skew(replace(loaded, project=replace(project, skew=(entry,))), pulled, record)
    else:
        check_drift(replace(loaded, project=replace(project, drift=(entry,))), pulled, record, seed=seed)


def _names(kind: str, entry: Any) -> tuple[str, ...]:
    """The datasets of an entry; a profile that stands for one is none."""
    if kind == "splits":
        return tuple(entry.datasets)
    return (entry.training, entry.serving) if kind == "skew" else (entry.reference, entry.current)
