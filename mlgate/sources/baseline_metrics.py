"""Baselines that were measured without rows: a metrics file, or the metrics of a run of MLflow."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources import baseline_files, baseline_revisions, mlflow
from mlgate.sources.baselines import (
    Baseline,
    from_file,
    from_mlflow,
    from_revision,
    own_commit,
    store_of,
    without_folders,
)
from mlgate.sources.mlflow_client import Store
from mlgate.sources.mlflow_runs import locate


def load_metrics(  # noqa: PLR0913  (as `load`)
    reference: Reference,
    *,
    root: Path,
    evaluation_name: str,
    metrics_path: str,
    now: datetime,
    tracking_uri: str | None = None,
    rows: bool = False,
) -> Baseline:
    """The values of a baseline that was measured without rows: `values` of what is returned.

    A file or revision holds them as a metrics file. A run of MLflow holds those that `mlgate baseline save` recorded,
    else its own metrics; `EVALUATION/NAME` counts as `NAME`.

    Parameters
    ----------
    metrics_path : the candidate's metrics file, POSIX, relative to `root`; the default path in a revision
    rows : whether the evaluation has predictions too: then a path in the reference is theirs

    Raises
    ------
    SourceError
        As `load`; or there are no values.
    """
    with tempfile.TemporaryDirectory(prefix="mlgate-") as work, without_folders(Path(work), root):
        if reference.kind == "file":
            found = from_file(reference, root, now, None, several=True)
            if found.values is None and not rows:
                files, _ = baseline_files.find_files(root, reference.target)
                found = replace(found, values=_values_of(files[0], reference))
        elif reference.kind in ("git", "dvc"):
            named = replace(reference, path=None) if rows else reference
            source = baseline_revisions.find(named, root, (metrics_path,))
            files = baseline_revisions.fetch(source, root, Path(work), also_git=True)
            found = replace(from_revision(reference, source, root, now), values=_values_of(files[0], reference))
        else:
            found = _metrics_of_run(reference, evaluation_name, root, now, store_of(reference, root, tracking_uri))
        if not found.values:
            raise SourceError(
                f"{found.found} holds no values of a metrics file",
                hint="record them with `mlgate baseline save`, or log them to the run",
            )
        return found


def _values_of(file: Path, reference: Reference) -> dict[str, float]:
    from mlgate.sources.metrics_files import load_metrics as read_file

    return read_file(file, shown=str(reference))


def _metrics_of_run(reference: Reference, evaluation: str, root: Path, now: datetime, store: Store) -> Baseline:
    located = locate(
        reference,
        store,
        holds=lambda run: bool(run.data.metrics),
        what="metrics",
        own_commit=own_commit(reference, root),
    )
    recorded = None
    with tempfile.TemporaryDirectory(prefix="mlgate-") as place:
        original = mlflow.find_original(located, evaluation, store)
        if original is not None:
            recorded = mlflow.read_record(original, Path(place), store)
    found = from_mlflow(reference, located, store, now, recorded)
    if found.values is not None:
        return found
    logged = {name: float(value) for name, value in located.run.data.metrics.items()}
    start = f"{evaluation}/"
    own = {name.removeprefix(start): value for name, value in logged.items() if name.startswith(start)}
    return replace(found, values=logged | own)
