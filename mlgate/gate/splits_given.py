"""Splits that a caller holds: frames, or paths of files."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from mlgate.config.splits_rules import Splits
from mlgate.errors import UsageError
from mlgate.gate.data_splits import SplitFiles, judge_splits
from mlgate.gate.projects import named_path
from mlgate.gate.record import timed
from mlgate.outcome import Location, Report
from mlgate.sources.frame_files import write_frame
from mlgate.sources.memory import memory_limit


def check_given_splits(
    parts: Mapping[str, Any], declared: Splits, *, privacy: str, strict: bool, memory: str | None
) -> Report:
    """Report of frames or files by the names of the splits, training first.

    Raises
    ------
    UsageError
        There are fewer than two, one object or path is given twice, or one is neither a path nor a frame.
    """
    from mlgate.gate.reporting import report_of

    if len(parts) < 2:
        raise UsageError("two splits or more are compared", hint='give e.g. {"train": one, "test": other}')
    if len({id(part) for part in parts.values()}) < len(parts):
        raise UsageError("one table is given twice", hint="give the table of each split")
    limit = memory_limit(memory)
    with timed() as elapsed, tempfile.TemporaryDirectory(prefix="mlgate-") as folder:
        splits = [_files(name, part, Path(folder) / f"{n}.parquet") for n, (name, part) in enumerate(parts.items())]
        entry = replace(declared, datasets=tuple(parts), location=Location(next(iter(parts))))
        outcomes = judge_splits(splits, entry, privacy=privacy, memory=limit)
        return report_of("data splits", outcomes, elapsed(), strict=strict)


def _files(name: str, part: Any, path: Path) -> SplitFiles:
    if isinstance(part, str | Path):
        root, relative = named_path(Path.cwd(), part)
        return SplitFiles(name=name, root=root, path=relative)
    write_frame(part, path, shown=name)
    return SplitFiles(name=name, root=path.parent, path=path.name)
