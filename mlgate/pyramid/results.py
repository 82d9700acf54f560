"""Outcomes of a tier, from what pytest recorded and how its process ended.

One outcome per test, one per module that could not be collected or was skipped, and at most one for the tier
itself (`<tier>/pytest`), which says why the tests that are listed are not the whole answer.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from mlgate.config.project import Tier
from mlgate.outcome import Outcome, Status, judge
from mlgate.pyramid.endings import Ending, cause_of
from mlgate.pyramid.judgement import outcome_of_module, outcomes_of_tests
from mlgate.pyramid.records import Recorded, clean_text, parse_records

OUTPUT_LINES = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A tier in numbers. `counts` maps each status to its number of tests; absent facts are None."""

    tier: str
    status: Status
    reason: str
    counts: Mapping[str, int]
    subtests: Mapping[str, int]
    duration_s: float
    collected: int | None = None
    deselected: int | None = None
    warnings: int | None = None
    pytest: str | None = None
    python: str | None = None

    def provenance(self) -> dict[str, Any]:
        """The entry of `Report.provenance["tiers"]`."""
        return {
            "tier": self.tier,
            "status": self.status.value,
            "duration_s": self.duration_s,
            "reason": self.reason,
        }


def outcomes_of_tier(
    tier: Tier,
    records: Iterable[Mapping[str, Any]],
    *,
    returncode: int | None,
    timed_out: bool = False,
    interrupted: bool = False,
    output_tail: str = "",
) -> list[Outcome]:
    """What the tests of a tier proved. A run that is not complete is never a pass.

    Parameters
    ----------
    tier : the tier that was run
    records : lines of the results file, see `mlgate.sources.results_file.read_records`
    returncode : of the pytest process; negative is a signal; None where it is not known
    timed_out : the tier's budget was used up and the process was ended
    interrupted : a person or the machine stopped the run
    output_tail : the end of what the process printed

    Returns
    -------
    list of Outcome
        Failed -> `fail`; error in setup or teardown, a dead worker, an unfinished test -> `error`; skipped or failed
        as expected -> `skip`; passed although expected to fail -> `warn` (`fail` where strict); passed only after a
        rerun -> `warn`; passed -> `pass`. Last, if it applies, the `error` of the tier itself.
    """
    recorded = parse_records(records)
    output = tuple(line.rstrip() for line in clean_text(output_tail).splitlines())
    ending = Ending(
        tier=tier,
        recorded=recorded,
        returncode=returncode,
        timed_out=timed_out,
        interrupted=interrupted,
        output=output,
    )
    modules = {module.node: module for module in recorded.collects}  # each xdist worker collects, so each reports
    outcomes = [outcome_of_module(tier, module) for module in modules.values()]
    outcomes += outcomes_of_tests(tier, recorded, unfinished=ending.how)
    cause = cause_of(ending, outcomes)
    if cause is not None:
        outcomes.append(_of_the_tier(ending, cause.message, cause.hint))
    return outcomes


def summarize(
    tier: Tier, records: Iterable[Mapping[str, Any]], outcomes: Iterable[Outcome], *, duration_s: float
) -> Summary:
    """The tier in numbers, and in one phrase.

    Examples
    --------
    >>> summarize(Tier(name="unit"), [], [], duration_s=0.0).status
    <Status.ERROR: 'error'>
    """
    found = list(outcomes)
    recorded = parse_records(records)
    session = recorded.session
    tests = [outcome for outcome in found if outcome.check == "test"]
    return Summary(
        tier=tier.name,
        status=judge(found),
        reason=_reason(found, tests),
        counts={status.value: sum(test.status is status for test in tests) for status in Status},
        subtests=_count_subtests(recorded),
        duration_s=duration_s,
        collected=session.collected if session else None,
        deselected=session.deselected if session else None,
        warnings=session.warnings if session else None,
        pytest=session.pytest if session else None,
        python=session.python if session else None,
    )


def _count_subtests(recorded: Recorded) -> dict[str, int]:
    counts: dict[str, int] = {}
    for subtest in recorded.subtests:
        counts[subtest.outcome] = counts.get(subtest.outcome, 0) + 1
    return counts


def _reason(found: list[Outcome], tests: list[Outcome]) -> str:
    for outcome in found:
        if outcome.check == "pytest":
            return outcome.message
    broken = sum(outcome.check == "collection" and outcome.status is Status.ERROR for outcome in found)
    if broken:
        return f"{broken} module{'s' if broken > 1 else ''} could not be collected"
    wrong = sum(test.status.blocks for test in tests)
    if wrong:
        return f"{wrong} of {len(tests)} tests did not pass"
    passed = sum(test.status is Status.PASS for test in tests)
    return f"{passed} of {len(tests)} tests passed"


def _of_the_tier(ending: Ending, message: str, hint: str) -> Outcome:
    tier = ending.tier
    session = ending.recorded.session
    return Outcome(
        id=f"{tier.name}/pytest",
        check="pytest",
        tier=tier.name,
        subject=shlex.join(tier.tests),
        status=Status.ERROR,
        message=message,
        hint=hint,
        observed=ending.returncode,
        expected="every collected test ran to its end",
        location=tier.location,
        evidence={
            "returncode": ending.returncode,
            "collected": session and session.collected,
            "started": len(ending.recorded.started),
            "output": list(ending.output[-OUTPUT_LINES:]),
        },
    )
