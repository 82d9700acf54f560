"""A baseline kept as a file of the project, with its record beside it."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError, UsageError
from mlgate.sources import git
from mlgate.sources.mlflow_runs import utc_text
from mlgate.sources.record_reading import check_files, kept_files, read_document
from mlgate.sources.records import AbsentBaselineError, Record, make_document, render_document
from mlgate.sources.shards import is_glob
from mlgate.sources.table_files import COMPRESSIONS, FORMATS

SIDECAR_SUFFIX = ".mlgate.json"
METRICS_ENDINGS = (".yaml", ".yml")
"""Of a metrics file that cannot be one of predictions; JSON can be both."""


def find_files(root: Path, path: str) -> tuple[tuple[Path, ...], dict[str, Any] | None]:
    """The files at `path` (a path or glob, relative to `root`) and their record, None where none was ever made.

    Runs come in the order in which they were saved, other files by name.

    Raises
    ------
    AbsentBaselineError
        There is no such file.
    SourceError
        A file leads out of the project; the record cannot be read, is incomplete, or is of other bytes.
    """
    names = _names(root, path)
    if not names or not all(_inside(root, name).is_file() for name in names):
        raise AbsentBaselineError(
            f"baseline file {path} is absent",
            hint="record it with `mlgate baseline save`; if DVC tracks it, `dvc pull` it",
        )
    sidecar = sidecar_of(path)
    if not os.path.lexists(root / sidecar):
        return tuple(_inside(root, name) for name in names), None
    subject = f"file {path}"
    recorded = read_document(_inside(root, sidecar), subject)
    files = tuple(_inside(root, name) for name in _in_saved_order(path, names))
    check_files(recorded, files, subject)
    return files, recorded


def _in_saved_order(path: str, names: list[str]) -> list[str]:
    if len(names) > 1:
        with suppress(UsageError):  # another glob than those that are saved to
            saved = run_paths(path, len(names))
            return saved if sorted(saved) == names else names
    return names


def sidecar_of(path: str) -> str:
    """Where the record of a path or glob lies.

    Examples
    --------
    >>> sidecar_of("base/e.csv"), sidecar_of("base/seed-*.csv")
    ('base/e.csv.mlgate.json', 'base/seed-all.csv.mlgate.json')
    """
    return re.sub(r"\*+|\?+|\[[^]]*\]", "all", path) + SIDECAR_SUFFIX


def _names(root: Path, path: str) -> list[str]:
    if not is_glob(path) or os.path.lexists(root / path):
        return [path]
    found = (file.relative_to(root).as_posix() for file in root.glob(path))
    return sorted(name for name in found if not name.endswith(SIDECAR_SUFFIX))


def run_paths(path: str, count: int) -> list[str]:
    """The files that several runs are saved as: the one `*` of the last part of `path` is their number.

    Raises
    ------
    UsageError
        `path` has no such place for the number, or other marks of a glob.

    Examples
    --------
    >>> run_paths("base/seed-*.csv", 2), run_paths("base/e.csv", 1)
    (['base/seed-0.csv', 'base/seed-1.csv'], ['base/e.csv'])
    """
    folder, slash, name = path.rpartition("/")
    before, star, after = name.partition("*")
    if is_glob(f"{folder}{before}{after}") or (count > 1 and not star):
        raise UsageError(
            f"the runs of an evaluation cannot be saved as {path}",
            hint="write one `*` in the file's name for the number of the run, e.g. file:baseline/seed-*.parquet",
        )
    return [f"{folder}{slash}{before}{number if star else ''}{after}" for number in range(count)]


def require_format(path: str, predictions: str) -> None:
    """Refuse a baseline file whose name says another format than that of the predictions that are copied to it.

    Raises
    ------
    UsageError
        The formats differ, or the name of the predictions says none.
    """
    form, compression = _format(predictions)
    ending = "".join(Path(predictions).suffixes[-2 if compression else -1 :])
    values = form is None and ending in METRICS_ENDINGS
    if form is None and not values:
        raise UsageError(
            f"{predictions} is in no format that is read here",
            hint="supported: .csv, .tsv, .jsonl (also .gz and .zst) and .parquet",
        )
    same = Path(path).suffix == ending if values else _format(path) == (form, compression)
    if not same:
        raise UsageError(
            f"{predictions} cannot be saved as {path}: a file is copied, and its format stays the same",
            hint=f"name a baseline file that ends in {ending}",
        )


def _format(path: str) -> tuple[str | None, str | None]:
    """Format and compression that the endings of a name say, None for what they do not say."""
    endings = [suffix.lower() for suffix in Path(path).suffixes]
    compression = COMPRESSIONS.get(endings[-1]) if endings else None
    if compression is not None:
        endings.pop()
    return (FORMATS.get(endings[-1]) if endings else None), compression


def save_files(path: str, record: Record, *, root: Path, now: datetime) -> None:
    """Copy what a record names to `path` (POSIX, relative to `root`; see `run_paths`), the record beside it.

    Files first, then the record: what is left after a failure between the two does not pass for a baseline. Files of
    an earlier save with more runs are removed, since `path` names them too.

    Raises
    ------
    UsageError
        The predictions are that file already, or there is no place for the numbers of the runs.
    SourceError
        A file cannot be read or written, or leads out of the project.
    """
    kept = list(record.files.values())
    targets = [_inside(root, name) for name in run_paths(path, len(kept))]
    sidecar = _inside(root, sidecar_of(path))
    document = make_document(record, utc_text(now))
    try:
        for source, target in zip(kept, targets, strict=True):
            target.parent.mkdir(parents=True, exist_ok=True)
            if target.exists() and target.samefile(source):
                raise UsageError(
                    f"{path} is the predictions file itself: a candidate would be compared with itself",
                    hint="name another file as the baseline",
                )
        former = _saved_before(root, path, sidecar)
        for source, target in zip(kept, targets, strict=True):
            copy_atomically(source, target)
        for file in former - set(targets):
            file.unlink(missing_ok=True)
        git.write_atomically(sidecar, render_document(document))
    except OSError as problem:
        raise SourceError(
            f"cannot write {path}: {problem.strerror or type(problem).__name__}",
            hint="is the folder writable, is the disk full?",
        ) from problem


def _saved_before(root: Path, path: str, sidecar: Path) -> set[Path]:
    """Files of the earlier save, and only those: a glob may name files that are not ours."""
    if not is_glob(path) or not sidecar.is_file():
        return set()
    try:
        count = len(kept_files(read_document(sidecar, f"file {path}")))
    except SourceError:
        return set()
    return {_inside(root, name) for name in run_paths(path, count)}


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
