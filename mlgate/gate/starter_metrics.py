"""`mlgate init`: files of values that DVC's stages write, as drafts of evaluations without rows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path, PurePosixPath

from mlgate.config.metric_specs import find_metric
from mlgate.errors import MlgateError
from mlgate.gate.starter_text import Entry, quoted, shown
from mlgate.sources.dvcfiles import declared_stages, relative, stage_folders
from mlgate.sources.metrics_files import load_metrics
from mlgate.sources.survey import Survey

MOST_VALUES = 6
_WORSE = re.compile(r"loss|error|mae|mse|perplexity|time|latency|size|wer|cer", re.IGNORECASE)
WHY = "values without rows, as {stage} writes them: check direction and tolerance of each, then take the # away"


def look_at_metrics(seen: Survey, root: Path) -> list[Entry]:
    """A draft for each metrics file of a stage: whether more is better is only guessed, so it stays a comment."""
    found = {path: stage for stage, path in _metrics_files(seen, root)}
    return [entry for path, stage in found.items() if (entry := _draft(path, stage, root)) is not None]


def _metrics_files(seen: Survey, root: Path) -> Iterator[tuple[str, str]]:
    """Each stage, as a person calls it, with a metrics file of it."""
    for pipeline in seen.pipelines:
        file = root / pipeline
        try:
            stages = declared_stages(file, pipeline)
            folders = stage_folders(file, stages)
        except MlgateError:
            continue  # DVC says what is wrong with it, and so does our hook
        for name, stage in stages.items():
            metrics = stage.get("metrics")
            for entry in metrics if isinstance(metrics, list) else []:
                path = str(next(iter(entry), "")) if isinstance(entry, dict) else str(entry)
                inside = relative(folders[name] / path, root)
                if path and "${" not in path and not inside.startswith(".."):
                    yield f"stage {name} of {pipeline}", inside


def _draft(path: str, stage: str, root: Path) -> Entry | None:
    try:
        values = load_metrics(root / path, shown=path)
    except MlgateError:
        return None
    metrics = ", ".join(_metric(name) for name in list(values)[:MOST_VALUES])
    more = f"   # and {len(values) - MOST_VALUES:,} more" if len(values) > MOST_VALUES else ""
    lines = (
        f"{quoted(_name(path))}:",
        f"  metrics_file: {quoted(path)}",
        "  baseline: git   # the merge base; `dvc` where its cache holds the file",
        f"  metrics: {{{metrics}}}{more}",
    )
    why = WHY.format(stage=shown(stage))
    return Entry(section="evaluations", name=path, lines=lines, why=why, active=False, mentions=(path,))


def _name(path: str) -> str:
    pure = PurePosixPath(path)
    return pure.stem if pure.parent.name in ("", ".") else f"{pure.parent.name}-{pure.stem}"


def _metric(name: str) -> str:
    """A metric of a known name by its own direction, another with the one that its name suggests."""
    if find_metric(name) is not None:
        return f"{quoted(name)}: {{key: {quoted(name)}}}"
    better = "false" if _WORSE.search(name) else "true"
    return f"{quoted(name)}: {{key: {quoted(name)}, higher_is_better: {better}, tolerance: 2%}}"
