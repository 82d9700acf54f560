"""The two sides of a comparison: which files a text names, and their columns."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mlgate.config.evaluation import Evaluation
from mlgate.errors import SourceError, UsageError
from mlgate.gate.paths import is_glob

if TYPE_CHECKING:
    from mlgate.config.references import Reference

KINDS = ("file", "git", "dvc", "mlflow")
"""What stands before the colon of a reference, as `baseline` in mlgate.yaml takes it."""

Table = Mapping[str, Any]
"""Arrays of shape (n_rows,) by column name."""


@dataclass(frozen=True, slots=True)
class Side:
    """One side as read.

    Parameters
    ----------
    tables : one per run (seed), at least one
    facts : what the report says of it
    key : what was recorded with a baseline of what it may be compared with
    """

    tables: Sequence[Table]
    facts: Mapping[str, Any] = field(default_factory=dict)
    key: Mapping[str, Any] | None = None

    @property
    def rows(self) -> int:
        """Rows of the first run."""
        return max((len(values) for values in self.tables[0].values()), default=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where sides are looked for.

    Parameters
    ----------
    start : folder that paths are relative to
    root : folder of the project, which references are relative to
    candidate : the candidate as written: the path that a revision is asked for unless the reference names one
    runs : whether the files of a glob are runs (seeds) and not shards of one file
    now : aware time, for the age of a baseline
    """

    start: Path
    root: Path
    candidate: str
    runs: bool
    now: dt.datetime


def read_side(text: str, evaluation: Evaluation, names: Sequence[str], place: Place) -> Side:
    """Read a path, a glob, or a reference such as `git:main:out/predictions.csv`.

    Parameters
    ----------
    evaluation : its name is the one under which MLflow keeps predictions
    names : columns to read

    Raises
    ------
    UsageError
        A reference that is none, or that lacks a part that only mlgate.yaml can give.
    SourceError
        A file or baseline cannot be reached or read.
    """
    from mlgate.sources.predictions import read_predictions

    if is_reference(text):
        import tempfile

        with tempfile.TemporaryDirectory(prefix="mlgate-") as work:
            return _read_reference(text, evaluation, names, place, Path(work))
    tables = [read_predictions(files, names, shown=text) for files in find_files(text, place.start, runs=place.runs)]
    side = Side(tables)
    return Side(tables, {"reference": text, "found": "a given file", "rows": side.rows})


def is_reference(text: str) -> bool:
    """Whether a text is a reference and no path; `./git:x` is a path.

    Examples
    --------
    >>> [is_reference(text) for text in ("git:main:a.csv", "git", "out/a.csv", "mlflow:models:/m@best")]
    [True, True, False, True]
    """
    kind, colon, _ = text.partition(":")
    return kind in KINDS and (bool(colon) or kind in ("git", "dvc"))


def find_files(text: str, start: Path, *, runs: bool) -> list[list[Path]]:
    """Files of each run that a path or glob names.

    Parameters
    ----------
    runs : whether each file is a run of its own; else all files are shards of one

    Raises
    ------
    SourceError
        A glob that no file matches.
    """
    path = Path(os.path.abspath(start / text))  # noqa: PTH100  # Path.resolve would follow links
    if not is_glob(text) or path.exists():
        return [[path]]
    from mlgate.sources.table_files import expand

    folder = next(parent for parent in path.parents if not is_glob(parent.as_posix()))
    files = [folder / name for name in expand(folder, path.relative_to(folder).as_posix())]
    return [[file] for file in files] if runs else [files]


def _read_reference(text: str, evaluation: Evaluation, names: Sequence[str], place: Place, work: Path) -> Side:
    from mlgate.gate.baseline_facts import baseline_facts
    from mlgate.sources import baselines
    from mlgate.sources.predictions import read_predictions

    reference = parse_side(text)
    path = path_in_revision(reference, place)
    found = baselines.load(
        reference,
        root=place.root,
        evaluation_name=evaluation_name(reference, evaluation),
        predictions_path=path,
        work=work,
        now=place.now,
        runs=(path,) if place.runs else (),
    )
    if not found.runs:
        raise SourceError(f"{text} has no predictions", hint="record it with `mlgate baseline save`")
    with baselines.without_folders(work, place.root):
        side = Side([read_predictions([file], names, shown=text) for file in found.runs])
    facts = baseline_facts(found, evaluation, place.root) | {"rows": side.rows}
    return Side(side.tables, facts, (found.recorded or {}).get("key"))


def parse_side(text: str) -> Reference:
    """The reference that a text is.

    Raises
    ------
    UsageError
        It is none that is known.
    """
    from mlgate.config.references import parse_reference

    try:
        return parse_reference(text)
    except ValueError as problem:
        raise UsageError(str(problem), hint="write ./ in front of a path that only looks like a reference") from None


def evaluation_name(reference: Reference, evaluation: Evaluation) -> str:
    """The name under which a store keeps the predictions."""
    if reference.kind == "mlflow" and not evaluation.location.path:
        raise UsageError(
            "MLflow keeps predictions under the name of their evaluation, and none is named",
            hint="add --evaluation NAME, of mlgate.yaml",
        )
    return evaluation.name


def path_in_revision(reference: Reference, place: Place) -> str:
    """The path that a revision is asked for: the reference's own, else the candidate's."""
    if reference.kind not in ("git", "dvc") or reference.path is not None:
        return reference.path or place.candidate
    path = Path(os.path.abspath(place.start / place.candidate))  # noqa: PTH100  # Path.resolve would follow links
    if is_reference(place.candidate) or not path.is_relative_to(place.root):
        raise UsageError(
            f"{reference} names no path, and {place.candidate} is no path in the project",
            hint=f"write it: {reference.kind}:{reference.target}:PATH",
        )
    return path.relative_to(place.root).as_posix()
