"""The text that names a baseline, e.g. `mlflow:models:/readmission@champion`, parsed once."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import PurePosixPath

KINDS = ("none", "file", "mlflow", "dvc", "git")
FORMS = (
    "none, file:PATH, mlflow:models:/NAME@ALIAS, mlflow:models:/NAME/VERSION, mlflow:runs:/ID, "
    "mlflow:search:EXPERIMENT[:FILTER], dvc[:REV][:PATH] or git[:REV][:PATH]"
)
MAX_FILTER = 2000

_RUN_ID = re.compile(r"[A-Za-z0-9][\w-]{0,255}")
_ALIAS = re.compile(r"[\w-]{1,255}")
_REVISION = re.compile(r"[A-Za-z0-9@_][A-Za-z0-9@_./{}^~+#=-]{0,255}")


@dataclass(frozen=True, slots=True)
class Reference:
    """Where a baseline is kept.

    Parameters
    ----------
    kind : one of `KINDS`
    target : the path or glob of a file, what follows `mlflow:`, or the revision; empty for `none`, and for `dvc` and
        `git` where the merge base with the branch that this work will be merged into is meant
    path : POSIX path or glob in the revision (`dvc`, `git`), relative to the project; None takes the predictions' path
    model, alias, version, run_id : the parts of an MLflow URI; `alias` or `version` goes with `model`
    experiment, filter : of a search in MLflow: the name of an experiment, and MLflow's own filter of its runs, None
        for all of them
    """

    kind: str
    target: str = ""
    path: str | None = None
    model: str | None = None
    alias: str | None = None
    version: str | None = None
    run_id: str | None = None
    experiment: str | None = None
    filter: str | None = None

    def __str__(self) -> str:
        if self.path is not None:
            return f"{self.kind}:{self.target}:{self.path}"
        return f"{self.kind}:{self.target}" if self.target else self.kind


def parse_reference(text: str) -> Reference:
    """Read the text of a baseline.

    Raises
    ------
    ValueError
        A form that is not known, a path that leaves the project, or a model stage; the message is one sentence.

    Examples
    --------
    >>> parse_reference("mlflow:models:/readmission@champion").alias
    'champion'
    >>> parse_reference("git:main:out/predictions.csv").path
    'out/predictions.csv'
    >>> parse_reference("mlflow:search:readmission:tags.branch = 'main'").filter
    "tags.branch = 'main'"
    """
    kind, colon, target = text.partition(":")
    if kind == "none":
        if colon:
            raise ValueError(f"{text!r}: 'none' takes nothing after it")
        return Reference("none")
    if kind in ("dvc", "git"):
        return _revision_reference(text, kind, target if colon else None)
    if kind not in KINDS or not target:
        raise ValueError(f"{text!r} is not a baseline; write one of {FORMS}")
    return Reference("file", checked_path(target)) if kind == "file" else _mlflow_reference(target)


def _revision_reference(text: str, kind: str, target: str | None) -> Reference:
    """`KIND`, `KIND:REV`, `KIND:REV:PATH` or `KIND::PATH`; without a revision the merge base is meant."""
    if target is None:
        return Reference(kind)
    revision, separator, path = target.partition(":")
    if not path and (separator or not revision):
        raise ValueError(f"{text!r} ends with a colon: write what follows it, or leave the colon out")
    return Reference(kind, checked_revision(revision) if revision else "", checked_path(path) if path else None)


def checked_path(path: str) -> str:
    """The POSIX path in its normal form.

    Raises
    ------
    ValueError
        The path is absolute, leaves the project, names the project itself, or holds a control character or backslash.
    """
    if any(ord(character) < 32 or ord(character) == 127 for character in path) or "\\" in path:
        raise ValueError(f"path {path!r} holds a backslash or a control character; separate folders with '/'")
    if "://" in path:
        raise ValueError(f"path {path!r} is a URL; only files of the project can be named")
    pure = PurePosixPath(path)
    if pure.is_absolute() or re.match(r"[A-Za-z]:", path):
        raise ValueError(f"path {path!r} is absolute; write it relative to the project")
    if ".." in pure.parts:
        raise ValueError(f"path {path!r} must not contain '..': it has to stay inside the project")
    if not pure.parts or pure.parts[0].startswith("~"):
        raise ValueError(f"path {path!r} does not name a file of the project")
    return str(pure)


def checked_revision(revision: str) -> str:
    """The revision as written.

    Raises
    ------
    ValueError
        It starts with '-', is a range, or holds a character that no revision has.
    """
    if revision.startswith("-"):
        raise ValueError(f"revision {revision!r} must not start with '-'")
    if not _REVISION.fullmatch(revision) or ".." in revision:
        raise ValueError(f"{revision!r} is not one Git revision, such as main, v1.2, HEAD~1 or a commit")
    return revision


def _mlflow_reference(target: str) -> Reference:
    """`models:/NAME@ALIAS`, `models:/NAME/VERSION`, `runs:/ID` or `search:EXPERIMENT[:FILTER]`."""
    if target.startswith("search:"):
        return _search_reference(target)
    if target.startswith("runs:/"):
        run_id = target.removeprefix("runs:/")
        if not _RUN_ID.fullmatch(run_id):
            raise ValueError(f"{target!r}: after 'runs:/' only the id of a run is expected")
        return Reference("mlflow", target, run_id=run_id)
    if not target.startswith("models:/"):
        raise ValueError(
            f"{target!r} is not an MLflow reference; write models:/NAME@ALIAS, models:/NAME/VERSION, runs:/ID "
            "or search:EXPERIMENT[:FILTER]"
        )
    rest = target.removeprefix("models:/")
    name, slash, version = rest.partition("/")
    if slash:
        return _versioned(target, name, version)
    name, at, alias = rest.rpartition("@")
    if not at:
        raise ValueError(f"{target!r} names no alias and no version; write models:/NAME@ALIAS or models:/NAME/VERSION")
    if not _ALIAS.fullmatch(alias) or alias.lower() == "latest" or re.fullmatch(r"[vV]\d+", alias):
        raise ValueError(f"{alias!r} is not an alias: letters, digits, '-' and '_', neither 'latest' nor like 'v3'")
    return Reference("mlflow", target, model=_model_name(target, name), alias=alias)


def _search_reference(target: str) -> Reference:
    """The name of an experiment holds no colon here; what MLflow makes of the filter shows when it is asked."""
    experiment, colon, condition = target.removeprefix("search:").partition(":")
    if not experiment.strip() or not experiment.isprintable():
        raise ValueError(f"{target!r} names no experiment; write search:EXPERIMENT or search:EXPERIMENT:FILTER")
    if colon and not condition.strip():
        raise ValueError(f"{target!r} ends with a colon: write a filter after it, or leave the colon out")
    if not condition.isprintable() or len(condition) > MAX_FILTER:
        raise ValueError(f"{target[:80]!r}: a filter is one line of at most {MAX_FILTER:,} characters")
    return Reference("mlflow", target, experiment=experiment, filter=condition if colon else None)


def _versioned(target: str, name: str, version: str) -> Reference:
    if re.fullmatch(r"[1-9]\d*", version, re.ASCII):
        return Reference("mlflow", target, model=_model_name(target, name), version=version)
    if version.lower() == "latest":
        raise ValueError(f"{target!r}: 'latest' moves with every registration, use an alias (models:/{name}@ALIAS)")
    if version.lower() in ("production", "staging", "archived", "none"):
        raise ValueError(f"{target!r}: stages are deprecated, use an alias (models:/{name}@ALIAS)")
    raise ValueError(f"{target!r}: {version!r} is not a version number; name an alias with models:/NAME@ALIAS")


def _model_name(target: str, name: str) -> str:
    if not name.strip() or ":" in name or not name.isprintable():
        raise ValueError(f"{target!r} names no registered model: its name must not be empty or contain ':'")
    return name
