"""`mlgate` as a library: what an mlgate.yaml declares of data and models, check by check. The pytest plugin asks it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from pathlib import Path
from typing import Any

from mlgate.errors import MlgateError
from mlgate.gate.declared import DeclaredCheck, judge_job, list_declared
from mlgate.gate.load import Loaded, load_all, load_project
from mlgate.outcome import Outcome, outcome_to_dict

__all__ = ["DeclaredCheck", "DeclaredChecks", "MlgateError", "read_declared"]


def read_declared(path: Path) -> DeclaredChecks:
    """What an mlgate.yaml declares.

    Raises
    ------
    ConfigError
        The file, or a schema that it names, has mistakes; with their places.
    """
    from mlgate.gate.data_drift import require_profiles
    from mlgate.gate.datasets import require_data
    from mlgate.gate.evaluations import require_distinct

    project = load_project(path, path.parent)
    require_distinct(project)
    loaded = load_all(project)
    require_data(loaded)
    require_profiles(loaded)
    return DeclaredChecks(loaded)


class DeclaredChecks:
    """The checks of one mlgate.yaml, and the files that its tests speak of."""

    def __init__(self, loaded: Loaded) -> None:
        self._loaded = loaded

    @property
    def root(self) -> Path:
        """Absolute folder of the file."""
        return self._loaded.project.root

    @property
    def advisory(self) -> bool:
        """Whether the project reports everything and blocks nothing."""
        return self._loaded.project.mode == "advisory"

    @property
    def tiers(self) -> dict[str, list[str]]:
        """Files and folders of the tests of each tier."""
        return {name: list(tier.tests) for name, tier in self._loaded.project.tiers.items()}

    def checks(self) -> tuple[DeclaredCheck, ...]:
        """Every check that is known before the run."""
        return list_declared(self._loaded)

    def judge(
        self, job: str, groups: Collection[str] = (), *, seed: int = 0, now: dt.datetime | None = None
    ) -> list[dict[str, Any]]:
        """The outcomes of a job, each as report.json has it, and as a person reads it under `text`.

        Parameters
        ----------
        job : of a check of `checks()`
        groups : of the job `model`, the evaluations that are judged together
        seed : of every draw
        now : the time that ages are counted from; the clock unless given

        Raises
        ------
        MlgateError
            Nothing of the job could be judged.
        """
        found = judge_job(self._loaded, job, groups=groups, seed=seed, now=now or dt.datetime.now(dt.UTC))
        return [_shown(outcome) for outcome in found]

    def entry(self, kind: str, name: str) -> dict[str, Any]:
        """A dataset (`datasets`), or the baseline or candidate of an evaluation (`baselines`, `candidates`).

        Returns
        -------
        dict
            The facts, or `problem` and `hint`: what cannot be relied on, and why.
        """
        from mlgate.config.reading import nearest
        from mlgate.gate import handover

        project = self._loaded.project
        known = project.datasets if kind == "datasets" else project.evaluations
        if name not in known:
            what = "dataset" if kind == "datasets" else "evaluation"
            return {"problem": f"{project.path} declares no {what} {name!r}", "hint": nearest(name, known)}
        if kind == "datasets":
            return handover.dataset_of(project, name)
        if kind == "baselines":
            return handover.baseline_of(project, name, dt.datetime.now(dt.UTC))
        return handover.candidate_of(project, name)


def _shown(outcome: Outcome) -> dict[str, Any]:
    from mlgate.render.text import render_outcome

    return {**outcome_to_dict(outcome), "text": render_outcome(outcome)}
