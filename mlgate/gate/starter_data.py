"""`mlgate init`: data files as datasets with a schema each, and the splits among them."""

from __future__ import annotations

import re
import shlex
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from mlgate.config.personal_data import ENTITIES
from mlgate.config.schema import Schema
from mlgate.config.schema_file import parse_schema
from mlgate.errors import MlgateError
from mlgate.gate.data_infer import propose_schema
from mlgate.gate.datasets import Subject
from mlgate.gate.record import Progress
from mlgate.gate.starter_text import Entry, as_comment, listed, quoted, shown
from mlgate.gate.starter_trial import Trial, judge_data, judge_splits
from mlgate.outcome import COMPARED
from mlgate.sources import files, pointers
from mlgate.sources.survey import Survey
from mlgate.sources.survey_sample import plain_size, write_sample

MAX_DATASETS = 20
MAX_INFERRED = 16_000_000
"""Bytes of a file that a schema is inferred from as a whole; of a larger one, from its first rows."""
MAX_JUDGED = 200_000_000
"""Bytes of a file that is judged by its proposed schema here; a larger one takes minutes."""
AT_ONCE = 3
"""So many files may have that size; where there are more, each may have less."""
MAX_SPLIT = 50_000_000
"""Bytes of files that are compared as splits here."""
LABELS = ("label", "y_true", "target", "y", "truth", "ground_truth", "actual", "true_label", "class")
_PARTS = {"train": 0, "training": 0, "val": 1, "valid": 1, "validation": 1, "dev": 1, "test": 2, "testing": 2}
_PART = re.compile(r"(?<![A-Za-z])(training|train|validation|valid|val|dev|testing|test)(?![A-Za-z])", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """A data file that was looked at.

    Parameters
    ----------
    columns : names; empty where it could not be read
    keys : columns of which the schema says that each value names one row
    entry : how mlgate.yaml declares it
    schema : file of the proposed schema
    size : bytes, unpacked
    share : of the time that a file may take, as many others take some, too
    """

    name: str
    path: str
    columns: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()
    entry: Entry
    schema: str | None = None
    size: int = 0
    share: float = 1.0

    @property
    def is_sampled(self) -> bool:
        """Whether the schema is inferred from the first rows alone."""
        return self.size > MAX_INFERRED * self.share

    @property
    def is_huge(self) -> bool:
        """Whether it is too large to be judged here."""
        return self.size > MAX_JUDGED * self.share


@dataclass(slots=True)
class Notes:
    """What a person is told: what was decided, and what is left to decide."""

    decide: list[str] = field(default_factory=list)
    facts: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Known:
    """What an mlgate.yaml of an earlier time holds: whether it speaks of a path, and the names of its datasets."""

    speaks_of: Callable[[str], bool] = lambda _path: False
    names: frozenset[str] = frozenset()


def look_at_data(seen: Survey, known: Known, trial: Trial, notes: Notes, progress: Progress) -> list[Dataset]:
    """Every data file that is not known, with its columns; proposed schemas are added to the texts of the trial."""
    found = sorted(path for path in {*seen.data_files, *seen.tracked_data} if not known.speaks_of(path))
    if len(found) > MAX_DATASETS:
        notes.decide.append(
            f"{len(found):,} data files were found; the first {MAX_DATASETS} are declared: declare others by globs"
        )
    datasets = []
    names = {*COMPARED, *known.names}
    stems = [_stem(path) for path in found]
    share = min(1.0, AT_ONCE / max(1, min(len(found), MAX_DATASETS)))
    for path in found[:MAX_DATASETS]:
        stem, folder = _stem(path), _plain(Path(path).parent.name)
        name = _unused(f"{folder}-{stem}" if stems.count(stem) > 1 and folder else stem, names)
        progress(f"look at {path}")
        datasets.append(_dataset(path, name, seen, trial, notes, share))
    return datasets


def _stem(path: str) -> str:
    return _plain(Path(path).name.split(".")[0]) or "data"


def _plain(text: str) -> str:
    return re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")


def _unused(name: str, names: set[str]) -> str:
    candidate, number = name, 2
    while candidate in names:
        candidate, number = f"{name}-{number}", number + 1
    names.add(candidate)
    return candidate


def _dataset(path: str, name: str, seen: Survey, trial: Trial, notes: Notes, share: float) -> Dataset:
    """One file: its schema, and whether it is declared or stands in a comment with the reason."""
    try:
        size = plain_size(trial.root / path)
    except OSError:
        why = "its data are not here: `dvc pull`, then run `mlgate init` again for its schema"
        return Dataset(name=name, path=path, entry=_entry(name, path, None, why))
    dataset = Dataset(name=name, path=path, size=size, schema=f"schemas/{name}.yaml", entry=_entry(name, path, None))
    dataset = replace(dataset, share=share)
    try:
        proposed = _proposed(dataset, trial)
    except MlgateError as problem:
        return replace(dataset, schema=None, entry=_entry(name, path, None, problem.message))
    notes.decide += _personal(proposed, path)
    return replace(
        dataset,
        columns=tuple(proposed.columns),
        keys=tuple(
            column.name for column in proposed.columns.values() if any(rule.check == "unique" for rule in column.rules)
        ),
        entry=_settled(dataset, seen, trial),
    )


def _entry(name: str, path: str, schema: str | None, why: str = "") -> Entry:
    text = f"path: {quoted(path)}" + (f", schema: {quoted(schema)}" if schema else "")
    line = f"{quoted(name)}: {{{text}}}"
    return Entry(section="datasets", name=path, lines=(line,), why=why, active=not why, mentions=(path,))


def _proposed(dataset: Dataset, trial: Trial) -> Schema:
    """The schema that is there already, else the proposed one, which joins the texts of the trial."""
    path, schema = dataset.path, dataset.schema or ""
    if (trial.root / schema).exists():
        return parse_schema(files.read_config_text(trial.root, schema), schema)
    if not dataset.is_sampled:
        text = propose_schema(Subject(root=trial.root, path=path, name=path), path=path)
    else:
        with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
            sample = write_sample(trial.root / path, Path(folder), shown=path)
            text = propose_schema(Subject(root=sample.parent, path=sample.name, name=path), path=path)
        text = f"# From the first rows of {shown(path)} alone, which is large.\n{text}"
    trial.texts[schema] = text
    return parse_schema(text, schema)


def _settled(dataset: Dataset, seen: Survey, trial: Trial) -> Entry:
    """The declaration; a comment where the gate would not pass it: its own schema judges it here."""
    path = dataset.path
    entry = _entry(dataset.name, path, dataset.schema)
    if path in seen.ignored:
        return as_comment(entry, "Git ignores it and DVC does not track it: a pull request would not have it")
    sampled = f"{dataset.size:,} bytes: the schema comes from its first rows" if dataset.is_sampled else ""
    if dataset.is_huge:
        check = f"mlgate data check {shlex.quote(path)} --schema {dataset.schema}"
        return as_comment(entry, f"{sampled}; take the # away once `{check}` passes")
    if path in seen.tracked_data and (stale := _stale(trial.root, path)):
        return as_comment(entry, f"it is not what its pointer says: {stale}")
    blocked = trial.blocked(judge_data, entry)
    return as_comment(entry, f"it would block: {blocked}") if blocked else replace(entry, why=sampled)


def _stale(root: Path, path: str) -> str:
    try:
        pointer = pointers.find_pointer(root, path)
        return "" if pointer is None else pointers.verify(root, pointer) or ""
    except MlgateError as problem:
        return problem.message


def _personal(schema: Schema, path: str) -> Iterator[str]:
    """Columns that the proposal allows to hold personal data: a person confirms the reason."""
    for column in schema.columns.values():
        if column.personal is not None:
            kinds = (
                "personal data"
                if set(column.personal.entities) >= set(ENTITIES)
                else ", ".join(sorted(column.personal.entities))
            )
            yield f"{path}: {column.name} may hold {kinds}: confirm the reason in {schema.path}, or take the column out"


def find_splits(datasets: Sequence[Dataset], trial: Trial, progress: Progress) -> list[Entry]:
    """Training, validation and test files of one kind, as their names say; one that would block is a comment."""
    groups: dict[str, dict[int, Dataset]] = {}
    usable = [dataset for dataset in datasets if dataset.columns and dataset.entry.active]
    for dataset in usable:
        if part := _PART.search(dataset.path):
            groups.setdefault(_PART.sub("*", dataset.path.lower()), {})[_PARTS[part[1].lower()]] = dataset
    for dataset in usable:  # visits.csv beside visits_test.csv
        stem, dot, ending = dataset.path.lower().partition(".")
        for mark in "_-.":
            if 0 not in (group := groups.get(f"{stem}{mark}*{dot}{ending}", {0: dataset})):
                group[0] = dataset
    return [_splits(group, trial, progress) for group in groups.values() if len(group) > 1 and 0 in group]


def _splits(group: dict[int, Dataset], trial: Trial, progress: Progress) -> Entry:
    parts = [group[place] for place in sorted(group)]
    names = [part.name for part in parts]
    shared = set.intersection(*(set(part.columns) for part in parts))
    label = next((name for name in LABELS if name in shared), None)
    about = f", label: {quoted(label)}" if label else ""
    line = f"- {{datasets: {listed(names)}{about}}}"
    entity = next((name for name in sorted(shared) if name.lower().endswith("_id") and name not in parts[0].keys), None)
    why = "told by their names, training first" + (
        f"; add `entity: [{quoted(entity)}]` where none of them may stand in both" if entity else ""
    )
    entry = Entry(
        section="splits", name=f"the split {', '.join(names)}", lines=(line,), why=why, mentions=(f"{listed(names)}",)
    )
    if sum(part.size for part in parts) > MAX_SPLIT:
        return as_comment(entry, "large: take the # away once `mlgate run --tier data` has shown that it passes")
    progress(f"compare {entry.name}")
    blocked = trial.blocked(judge_splits, *(part.entry for part in parts), entry)
    return as_comment(entry, f"it would block: {blocked}") if blocked else entry
