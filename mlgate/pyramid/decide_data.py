"""Which datasets and evaluations must run, and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from mlgate.pyramid.change import Change, Kind, covers
from mlgate.pyramid.decide import Known, told_way


@dataclass(frozen=True, slots=True, kw_only=True)
class DatasetInputs:
    """What the checks of a dataset read.

    Parameters
    ----------
    path : of the data, may be a glob
    others : further paths: its schema, the tables and JSON Schemas that this names, profiles
    names : other datasets that its checks read
    clock : whether a check blocks by the age of the data, which changes without any file
    """

    path: str
    others: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    clock: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationInputs:
    """What an evaluation runs; `starts` are its Python files, None where they are not known (a stage, a script)."""

    starts: tuple[str, ...] | None


def why_datasets(
    datasets: Mapping[str, DatasetInputs], together: Iterable[Collection[str]], known: Known
) -> dict[str, str | None]:
    """For each dataset why it must be checked; None where nothing that its checks read has changed.

    A changed file that is no Python and not under DVC counts for all of them, unless it lies among the tests, or is
    another dataset's: a schema may name it.

    Parameters
    ----------
    together : names of datasets that are compared with each other, by splits, skew or drift
    """
    if not known.changes:
        return dict.fromkeys(datasets)
    whole = known.of_everything
    found = {name: whole or _of_dataset(name, datasets, known) for name in datasets}
    groups = [tuple(group) for group in together]
    while because := _compared(found, groups):
        found |= because
    while because := _read(found, datasets):  # they have to be there; what they are compared with need not
        found |= because
    return found


def _of_dataset(name: str, datasets: Mapping[str, DatasetInputs], known: Known) -> str | None:
    inputs = datasets[name]
    for change in known.changes:
        if change.kind is Kind.PYTHON:
            continue
        if covers(inputs.path, change.path):
            return f"it is in {change.path}, which {change.how}" if change.path != inputs.path else f"it {change.how}"
        if any(covers(other, change.path) for other in inputs.others):
            return f"its checks read {change.said}"
        others = (other.path for key, other in datasets.items() if key != name)
        unclear = change.kind is Kind.OTHER and not known.is_of_tests(change.path)
        if unclear and not any(covers(path, change.path) for path in others):
            return f"{change.fact}, and whether its checks read that is not known"
    return "its age is judged by today's date" if inputs.clock else None


def _compared(found: Mapping[str, str | None], groups: Sequence[tuple[str, ...]]) -> dict[str, str]:
    """Datasets that are compared with one that must be checked."""
    because: dict[str, str] = {}
    for group in groups:
        cause = next((name for name in group if found.get(name)), None)
        if cause is not None:
            because |= {name: f"it is compared with {cause}" for name in group if name in found and not found[name]}
    return because


def _read(found: Mapping[str, str | None], datasets: Mapping[str, DatasetInputs]) -> dict[str, str]:
    """Datasets that the checks of one read that must be checked."""
    reading = [(name, other) for name, why in found.items() if why for other in datasets[name].names]
    return {other: f"the checks of {name} read it" for name, other in reading if other in found and not found[other]}


def why_evaluations(evaluations: Mapping[str, EvaluationInputs], known: Known) -> dict[str, str | None]:
    """For each evaluation why it must run; None where nothing that it may read has changed.

    Whatever is no Python may be opened by it. Of Python files those count that it imports; where its own are not known,
    all that do not lie among the tests.
    """
    return {name: known.of_everything or _of_evaluation(inputs, known) for name, inputs in evaluations.items()}


def _of_evaluation(inputs: EvaluationInputs, known: Known) -> str | None:
    for change in (*known.by_kind[Kind.DATA], *known.by_kind[Kind.OTHER]):
        return f"{change.fact}, and what the evaluation opens is not known"
    python = known.by_kind[Kind.PYTHON]
    if inputs.starts is None:
        used = known.modules
        return f"{used[0].fact}, and what the evaluation runs is not known" if used else None
    way = known.to_changed.way(inputs.starts)
    if way:
        return f"runs {way[0]}, which {_rest(way, known)}"
    for there, changes, what in (
        (known.to_computed, python, "imports by names that are computed"),
        (known.to_processes, python, "may start processes"),
        (known.to_pickles, known.modules, "loads objects that were saved, of any module"),
        (known.to_documents, known.documents, "names documents"),
    ):
        way = there.way(inputs.starts) if changes else ()
        if way:
            return f"{way[-1]} {what}, and {changes[0].fact}"
    return known.of_unknown_use


def _rest(way: Sequence[str], known: Known) -> str:
    return known.by_path[way[0]].how if len(way) == 1 else told_way(way, known, way[0])


def why_static(changes: Sequence[Change]) -> str | None:
    """Why the static checks run: they are cheap, so anything that is no documentation is reason enough."""
    return changes[0].fact if changes else None
