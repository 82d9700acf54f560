"""What the gate said of the commit that is to become the baseline: judged now, or read from the report of a run."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from mlgate.config.evaluation import Evaluation
from mlgate.config.project import Project
from mlgate.errors import MlgateError, SourceError
from mlgate.gate.accepted import apply_accepted
from mlgate.gate.evaluations import check_evaluations, describe_baseline
from mlgate.gate.record import Progress, Record
from mlgate.outcome import Outcome, Report, Status, judge
from mlgate.sources.records import AbsentBaselineError
from mlgate.sources.reports import load_report

_LISTED = 3


class GateRefusedError(MlgateError):
    """The gate has said no: nothing is written."""

    exit_code = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was found of the evaluations.

    Parameters
    ----------
    outcomes : all of them, acceptance applied
    candidates : what the report says of each candidate, by the name of its evaluation
    baselines : what it says of each baseline
    strict : whether a warning blocks
    first : evaluations that have no baseline yet: that it was not found is no reason against the first one
    """

    outcomes: tuple[Outcome, ...]
    candidates: Mapping[str, Mapping[str, Any]]
    baselines: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    strict: bool = False
    first: frozenset[str] = frozenset()

    @property
    def verdict(self) -> Status:
        """That of the outcomes; where there is no baseline yet, that it was not found is a warning."""
        counted = (replace(item, status=Status.WARN) if self._is_first(item) else item for item in self.outcomes)
        return judge(counted)

    @property
    def blocking(self) -> list[Outcome]:
        """The outcomes that the verdict comes from, where it does not let pass."""
        verdict = self.verdict
        if verdict is Status.PASS or (verdict is Status.WARN and not self.strict):
            return []
        return [outcome for outcome in self.outcomes if outcome.status is verdict and not self._is_first(outcome)]

    def _is_first(self, outcome: Outcome) -> bool:
        return outcome.check == "baseline" and outcome.status is Status.ERROR and outcome.subject in self.first


def judge_now(
    project: Project, evaluations: Sequence[Evaluation], work: Path, progress: Progress, now: dt.datetime
) -> Judgement:
    """Make the candidates of evaluations, compare them with their baselines and decide, as `mlgate run` does.

    Parameters
    ----------
    evaluations : one Holm family; no two of them write the same predictions
    work : an existing empty folder
    """
    chosen = {evaluation.name: evaluation for evaluation in evaluations}
    found = Record(progress=progress)
    check_evaluations(replace(project, evaluations=chosen), found, work, seed=0, now=now)
    return Judgement(
        outcomes=tuple(apply_accepted(found.outcomes, project.accepted, now.date())),
        candidates=by_evaluation(found.candidates),
        baselines=by_evaluation(found.baselines),
        first=find_first(project, evaluations, now),
    )


def find_first(project: Project, evaluations: Sequence[Evaluation], now: dt.datetime) -> frozenset[str]:
    """Evaluations behind whose reference nothing has been recorded yet."""
    return frozenset(evaluation.name for evaluation in evaluations if _is_absent(project, evaluation, now))


def _is_absent(project: Project, evaluation: Evaluation, now: dt.datetime) -> bool:
    try:
        describe_baseline(project, evaluation, now)
    except AbsentBaselineError:
        return True
    except MlgateError:
        return False  # it is there, or may be: the error stands among the outcomes
    return False


def read_judgement(
    directory: Path, project: Project, evaluations: Sequence[Evaluation], commit: str | None, now: dt.datetime
) -> Judgement:
    """What the report of `mlgate run --output DIRECTORY` says.

    Raises
    ------
    SourceError
        There is no report, or it does not speak for these evaluations of this commit: it is of another commit or
        another `mlgate.yaml`, was interrupted, left out a tier, or did not judge an evaluation.
    """
    report = load_report(directory)
    candidates = by_evaluation(report.provenance.get("candidates"))
    for fault in _faults(report, project, [evaluation.name for evaluation in evaluations], commit, candidates):
        raise SourceError(
            f"the report in {directory.name} does not speak for this: {fault}",
            hint="run the whole gate on this commit with `mlgate run --output DIR`, then save with `--report DIR`",
        )
    return Judgement(
        outcomes=report.outcomes,
        candidates=candidates,
        baselines=by_evaluation(report.provenance.get("baselines")),
        strict=report.strict,
        first=find_first(project, evaluations, now),
    )


def _faults(
    report: Report,
    project: Project,
    evaluations: Sequence[str],
    commit: str | None,
    candidates: Collection[str],
) -> list[str]:
    of, config = report.provenance.get("commit"), report.provenance.get("config")
    left_out = report.provenance.get("not_selected") or []
    unjudged = [name for name in evaluations if name not in candidates]
    faults = {
        f"it is of commit {str(of)[:12]}, and {str(commit)[:12]} is checked out": commit is None or of != commit,
        f"it is of {config}, not of {project.path}": config != project.path,
        "the run was interrupted": any(outcome.check == "interrupted" for outcome in report.outcomes),
        f"it left out the tier {', '.join(map(str, left_out))}": bool(left_out),
        f"it did not judge the predictions of {', '.join(unjudged)}": bool(unjudged),
    }
    return [fault for fault, holds in faults.items() if holds]


def by_evaluation(entries: Any) -> dict[str, Mapping[str, Any]]:
    """Facts of a report by the name of their evaluation; what is not of that form is left out."""
    found = [entry for entry in entries if isinstance(entry, Mapping)] if isinstance(entries, list) else []
    return {str(entry.get("evaluation")): entry for entry in found}


def require_passed(judgement: Judgement) -> None:
    """Refuse what the gate did not let pass.

    Raises
    ------
    GateRefusedError
        The verdict is `fail`, or `warn` where a warning blocks.
    SourceError
        Something could not be checked.
    """
    verdict, blocking = judgement.verdict, judgement.blocking
    if not blocking and not verdict.blocks:
        return
    listed = [f"{outcome.id}: {outcome.message}" for outcome in blocking]
    more = f" and {len(listed) - _LISTED} more" if len(listed) > _LISTED else ""
    fact = f"nothing was saved: the gate says {verdict}: {'; '.join(listed[:_LISTED]) or 'nothing was checked'}{more}"
    hint = "correct it first; `--force` saves it all the same, and every later comparison says so"
    raise SourceError(fact, hint=hint) if verdict is Status.ERROR else GateRefusedError(fact, hint=hint)
