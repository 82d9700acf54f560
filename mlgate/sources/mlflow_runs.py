"""Runs of MLflow, found by alias, version, id or search. Stages are not used: they are deprecated."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from mlgate.config.references import Reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_client import Store, is_absent, translated
from mlgate.sources.mlflow_search import newest_run
from mlgate.sources.records import AbsentBaselineError

EVALUATION_TAG = "mlgate.evaluation"
"""On a run and on a version that `mlgate baseline save` wrote to: the evaluations, see `render_tag`."""

COMMIT_TAG = "mlgate.commit"
SAVE_HINT = "record one with `mlgate baseline save`"


@dataclass(frozen=True, slots=True, kw_only=True)
class Located:
    """A run in MLflow and how it was found, e.g. `registry alias champion of readmission, version 3`.

    `version` is that of the registered model, where one was named; `saved` the evaluations that it says it holds.
    """

    run: Any
    phrase: str
    version: str | None = None
    saved: frozenset[str] = frozenset()

    @property
    def run_id(self) -> str:
        return str(self.run.info.run_id)

    @property
    def commit(self) -> str | None:
        tags: Mapping[str, str] = self.run.data.tags
        return tags.get(COMMIT_TAG) or tags.get("mlflow.source.git.commit")

    @property
    def finished_at(self) -> str | None:
        """UTC end of the run, ISO 8601 with a final `Z`, or None while it runs."""
        ended = self.run.info.end_time
        return None if not ended else utc_text(datetime.fromtimestamp(ended / 1000, UTC))

    def doubt(self, *, complete: bool) -> str | None:
        """Why the run should not be relied on; `complete` is whether a record says that all was written."""
        status = self.run.info.status
        if status in ("FAILED", "KILLED") or (status != "FINISHED" and not complete):
            return f"its run {self.run_id} is {status}"
        return None


def locate(
    reference: Reference,
    store: Store,
    *,
    holds: Callable[[Any], bool] = lambda _run: True,
    what: str = "run",
    own_commit: str | None = None,
) -> Located:
    """Follow a reference to a run.

    Parameters
    ----------
    holds, what, own_commit : for a search, see `mlflow_search.newest_run`

    Raises
    ------
    SourceError
        The model, alias, version or run is absent, or no run is found; no access.
    """
    if reference.experiment is not None:
        taken = newest_run(reference, store, holds=holds, what=what, own_commit=own_commit)
        return Located(run=taken.run, phrase=taken.phrase)
    if reference.model is None:
        return Located(run=read_run(reference.run_id or "", store), phrase=f"run {reference.run_id}")
    entry = _model_version(reference, store)
    version, run_id = str(entry.version), str(entry.run_id or "")
    named = f"alias {reference.alias} of {reference.model}, version {version}"
    phrase = f"registry {named}" if reference.alias else f"registry version {version} of {reference.model}"
    if not run_id:
        raise AbsentBaselineError(f"{phrase} names no run, so nothing was recorded with it", hint=SAVE_HINT)
    return Located(run=read_run(run_id, store), phrase=phrase, version=version, saved=frozenset(parse_tag(entry.tags)))


def render_tag(evaluations: Iterable[str]) -> str:
    """Value of `EVALUATION_TAG`; a name holds no comma, see `artifact_folder`."""
    return ", ".join(evaluations)


def parse_tag(tags: Mapping[str, str]) -> set[str]:
    """The evaluations that `EVALUATION_TAG` names among the tags of a run or a version."""
    return {name for name in tags.get(EVALUATION_TAG, "").split(", ") if name}


def utc_text(moment: datetime) -> str:
    """ISO 8601 to the second with a final `Z`."""
    return moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")


def _model_version(reference: Reference, store: Store) -> Any:
    name = reference.model
    with translated(store.shown, f"look up model {name}"):
        try:
            aliases = store.client.get_registered_model(name).aliases
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise AbsentBaselineError(
                f"there is no registered model {name!r} at {store.shown}", hint=SAVE_HINT
            ) from None
        version = reference.version
        if reference.alias is not None:
            version = aliases.get(reference.alias)
            if version is None:
                there = ", ".join(sorted(aliases)) or "none"
                raise AbsentBaselineError(
                    f"model {name!r} has no alias {reference.alias!r}; its aliases: {there}",
                    hint=f"name one of them in mlgate.yaml, or {SAVE_HINT}",
                )
        try:
            return store.client.get_model_version(name, str(version))
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise SourceError(
                f"model {name!r} has no version {version}", hint="name an alias or a version there is"
            ) from None


def read_run(run_id: str, store: Store) -> Any:
    with translated(store.shown, f"read run {run_id}"):
        try:
            run = store.client.get_run(run_id)
        except Exception as problem:
            if not is_absent(problem):
                raise
            raise SourceError(
                f"there is no run {run_id} at {store.shown}", hint="name a run there is, or an alias"
            ) from None
    if run.info.lifecycle_stage == "deleted":
        raise SourceError(f"run {run_id} is deleted", hint="restore it with `mlflow runs restore`, or name another one")
    return run
