"""A baseline kept as a file of the project, with its record beside it."""

from __future__ import annotations

import os
import shutil
import tempfile
from datetime import datetime
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.sources import git
from mlgate.sources.mlflow import utc_text
from mlgate.sources.records import Record, check_predictions, make_document, read_document, render_document
from mlgate.sources.table_files import COMPRESSIONS, FORMATS

SIDECAR_SUFFIX = ".mlgate.json"


def find_file(root: Path, path: str) -> tuple[Path, dict[str, Any] | None]:
    """The predictions at `path` (POSIX, relative to `root`) and their record, None where none was ever made.

    Raises
    ------
    SourceError
        The file is absent or leads out of the project; its record cannot be read, is incomplete, or is of other bytes.
    """
    file = _inside(root, path)
    if not file.is_file():
        raise SourceError(
            f"baseline file {path} is absent",
            hint="record it with `mlgate baseline save`; if DVC tracks it, `dvc pull` it",
        )
    if not os.path.lexists(root / f"{path}{SIDECAR_SUFFIX}"):
        return file, None
    subject = f"file {path}"
    recorded = read_document(_inside(root, f"{path}{SIDECAR_SUFFIX}"), subject)
    check_predictions(recorded, file, subject)
    return file, recorded


def require_format(path: str, predictions: str) -> None:
    """Refuse a baseline file whose name says another format than that of the predictions that are copied to it.

    Raises
    ------
    UsageError
        The formats differ, or the name of the predictions says none.
    """
    form, compression = _format(predictions)
    if form is None:
        raise UsageError(
            f"{predictions} is in no format that is read here",
            hint="supported: .csv, .tsv, .jsonl (also .gz and .zst) and .parquet",
        )
    if _format(path) != (form, compression):
        ending = "".join(Path(predictions).suffixes[-2 if compression else -1 :])
        raise UsageError(
            f"the predictions {predictions} cannot be saved as {path}: a file is copied, and its format stays the same",
            hint=f"name a baseline file that ends in {ending}",
        )


def _format(path: str) -> tuple[str | None, str | None]:
    """Format and compression that the endings of a name say, None for what they do not say."""
    endings = [suffix.lower() for suffix in Path(path).suffixes]
    compression = COMPRESSIONS.get(endings[-1]) if endings else None
    if compression is not None:
        endings.pop()
    return (FORMATS.get(endings[-1]) if endings else None), compression


def save_file(path: str, record: Record, *, root: Path, now: datetime) -> None:
    """Copy predictions to `path` (POSIX, relative to `root`) and write their record beside them.

    Predictions first, then the record: what is left after a failure between the two does not pass for a baseline.

    Raises
    ------
    UsageError
        The predictions are that file already.
    SourceError
        A file cannot be read or written, or leads out of the project.
    """
    file = _inside(root, path)
    document = make_document(record, utc_text(now))
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        if file.exists() and file.samefile(record.predictions):
            raise UsageError(
                f"{path} is the predictions file itself: a candidate would be compared with itself",
                hint="name another file as the baseline",
            )
        copy_atomically(record.predictions, file)
        git.write_atomically(file.with_name(file.name + SIDECAR_SUFFIX), render_document(document))
    except OSError as problem:
        raise SourceError(
            f"cannot write {path}: {problem.strerror or type(problem).__name__}",
            hint="is the folder writable, is the disk full?",
        ) from problem


def copy_atomically(source: Path, destination: Path) -> None:
    """Copy a file so that a reader sees the old or the new content, never half of it."""
    handle, name = tempfile.mkstemp(dir=destination.parent, prefix=f".{destination.name}.")
    os.close(handle)
    try:
        shutil.copyfile(source, name)
        Path(name).chmod(0o644)
        Path(name).replace(destination)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _inside(root: Path, path: str) -> Path:
    """The file of the project; a link that leads out of it, or to itself, is refused."""
    file = root / path
    try:
        inside = file.resolve().is_relative_to(root.resolve())
        file.is_file()  # refuses, among others, a name that is too long
    except (OSError, RuntimeError) as problem:
        reason = getattr(problem, "strerror", None) or "a symbolic link leads to itself"
        raise SourceError(f"{path} cannot be followed: {reason}", hint="correct the path or the link") from None
    if not inside:
        raise SourceError(f"{path} leads out of the project", hint="replace the link by the file itself")
    return file
