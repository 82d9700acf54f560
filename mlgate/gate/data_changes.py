"""What the work under review changed of the declared data: each file against the merge base. Nothing is judged."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.drift_rules import DriftRules
from mlgate.config.references import parse_reference
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.data_diff import BEFORE
from mlgate.gate.data_drift_pairs import Pair, judge_pair
from mlgate.gate.datasets import Subject
from mlgate.gate.record import Record
from mlgate.outcome import Status, to_json
from mlgate.sources import baseline_revisions, table_files, tables
from mlgate.sources.memory import memory_limit
from mlgate.sources.tables import OtherFiles

if TYPE_CHECKING:
    from mlgate.config.project import Dataset
    from mlgate.gate.load import Loaded
    from mlgate.gate.pull import Pulled

MOST_BYTES = 200_000_000
"""Of a file that is compared; a larger one is named with the command that compares it."""
MOST_SECONDS = 60.0
"""After so long no further dataset is begun."""
FETCH_SECONDS = 120.0
"""For the older version of one file, from its remote."""
MOST_DATASETS = 20
MOST_COLUMNS = 50
Clock = Callable[[], float]


def compare_changed(loaded: Loaded, pulled: Pulled, record: Record, *, clock: Clock = time.monotonic) -> None:
    """Record a diff of every declared dataset whose content is not that of the merge base.

    What cannot be compared is recorded with the reason; it changes no outcome. Outside of a repository, and where HEAD
    is a part of the branch that it would be merged into, there is nothing to compare.
    """
    base = record.base
    if base is None:
        return
    began = clock()
    for dataset in loaded.project.datasets.values():
        if pulled.problem_of(dataset.path) is not None or len(record.data_changes) >= MOST_DATASETS:
            continue
        try:
            found = _compared(loaded, dataset, base, record, out_of_time=clock() - began > MOST_SECONDS)
        except Exception as problem:  # noqa: BLE001  # a courtesy to the reader: the verdict never depends on it
            said = problem.message if isinstance(problem, MlgateError) else f"unexpected {type(problem).__name__}"
            found = {"problem": said}
        if found is not None:
            record.data_changes.append({"dataset": dataset.name, "path": dataset.path} | found)


def _compared(
    loaded: Loaded, dataset: Dataset, base: str, record: Record, *, out_of_time: bool
) -> dict[str, Any] | None:
    """The diff and the drift of a dataset; None where it did not change."""
    from mlgate.sources.content_changes import changed_since

    root = loaded.project.root
    kind = changed_since(root, base, dataset.path)
    if kind is None:
        return None
    text = f"{kind}:{base[:12]}:{dataset.path}"
    files = [root / name for name in table_files.expand(root, dataset.path)]
    if out_of_time or sum(file.stat().st_size for file in files) > MOST_BYTES:
        why = f"{MOST_SECONDS:g} s are used up" if out_of_time else f"it is larger than {MOST_BYTES:,} bytes"
        raise SourceError(f"{why}; `mlgate data diff {text} {dataset.path}` compares it")
    record.progress(f"data: what changed in {dataset.name} since {base[:9]}")
    with tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        work = Path(folder)
        source = baseline_revisions.find(parse_reference(text), root, [dataset.path])
        fetched = list(baseline_revisions.fetch(source, root, work, timeout_s=FETCH_SECONDS))
        if sum(file.stat().st_size for file in fetched) > MOST_BYTES:
            raise SourceError(f"it was larger than {MOST_BYTES:,} bytes")
        diff = _diff(loaded, dataset, files, fetched, text)
        return {"diff": diff, **(_drift(loaded, dataset, fetched[0], work) if len(fetched) == 1 else {})}


def _diff(loaded: Loaded, dataset: Dataset, files: list[Path], fetched: list[Path], before: str) -> Mapping[str, Any]:
    from mlgate.data.diff import Known, compare_tables

    project = loaded.project
    schema = loaded.schemas[dataset.schema] if dataset.schema else None
    read = schema.read if schema else None
    with tables.open_table(
        files,
        shown=dataset.path,
        read=read,
        memory_limit=memory_limit(project.memory_limit),
        others={BEFORE: OtherFiles(paths=fetched, shown=before, read=read)},
    ) as table:
        old = table.others[BEFORE]
        if isinstance(old, SourceError):
            raise old
        found = compare_tables(old, table, Known(key=dataset.key, schema=schema, privacy=project.privacy))
    diff: dict[str, Any] = to_json(found.as_json())
    return diff | {"columns": diff["columns"][:MOST_COLUMNS], "unchanged": diff["unchanged"][:MOST_COLUMNS]}


def _drift(loaded: Loaded, dataset: Dataset, fetched: Path, work: Path) -> dict[str, Any]:
    """What drifted since the merge base, by the rules of `drift:` as they are unless written.

    It names a value only under `privacy: {examples: full}`: nobody asked for this comparison.
    """
    project = loaded.project
    schema = loaded.schemas[dataset.schema] if dataset.schema else None
    limit = memory_limit(project.memory_limit)
    privacy = "full" if project.privacy == "full" else "none"
    common: dict[str, Any] = {"schema": schema, "privacy": privacy, "memory_limit": limit, "declared": True}
    reference = Subject(root=work, path=fetched.name, name=f"{dataset.name} before", **common)
    current = Subject(root=project.root, path=dataset.path, name=dataset.name, **common)
    outcomes = judge_pair(Pair(reference=reference, current=current, rules=DriftRules()))
    if any(outcome.check == "readable" for outcome in outcomes):
        return {}
    moved = [outcome for outcome in outcomes if outcome.status in (Status.FAIL, Status.WARN)]
    said = [{"subject": outcome.subject, "message": outcome.message} for outcome in moved[:MOST_COLUMNS]]
    return {"drift": {"judged": len(outcomes), "moved": len(moved), "found": said}}
