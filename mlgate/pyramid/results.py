"""Outcomes of a tier, from what pytest recorded and how its process ended.

One outcome per test, one per module that could not be collected or was skipped, and at most one for the tier
itself (`<tier>/pytest`), which says why the tests that are listed are not the whole answer.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.config.project import Tier
from mlgate.outcome import Location, Outcome, Status, judge
from mlgate.pyramid.causes import Cause, cause_of
from mlgate.pyramid.endings import Ending, describe_returncode, told_duration
from mlgate.pyramid.judgement import outcome_of_module, outcomes_of_tests
from mlgate.pyramid.records import Recorded, clean_text, parse_records
from mlgate.pyramid.restarts import culprits, left_to_run
from mlgate.pyramid.stacks import Stack, place_of

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
    flaky: int = 0
    always_skipped: int = 0
    quarantined: int = 0

    def provenance(self) -> dict[str, Any]:
        """The entry of `Report.provenance["tiers"]`."""
        return {
            "tier": self.tier,
            "status": self.status.value,
            "duration_s": self.duration_s,
            "reason": self.reason,
        }


def ending_of(  # noqa: PLR0913  # what is known of a process, one fact each
    tier: Tier,
    records: Iterable[Mapping[str, Any]],
    *,
    returncode: int | None,
    timed_out: bool = False,
    interrupted: bool = False,
    output_tail: str = "",
    interpreter: str = "",
    stacks: Iterable[Stack] = (),
) -> Ending:
    """How one process ended.

    Parameters
    ----------
    tier : the tier that was run
    records : lines of the results file, see `mlgate.sources.results_file.read_records`
    returncode : of the pytest process; negative is a signal; None where it is not known
    timed_out : the tier's time was used up and the process was ended
    interrupted : a person or the machine stopped the run
    output_tail : the end of what the process printed
    interpreter : that ran pytest; empty where it is not known
    stacks : where the tests were that were ended because they took too long
    """
    return Ending(
        tier=tier,
        recorded=parse_records(records),
        returncode=returncode,
        timed_out=timed_out,
        interrupted=interrupted,
        interpreter=interpreter,
        output=tuple(line.rstrip() for line in clean_text(output_tail).splitlines()),
        hung={stack.node: stack.lines for stack in stacks},
    )


def outcomes_of_tier(endings: Sequence[Ending]) -> list[Outcome]:
    """What the tests of a tier proved. A run that is not complete is never a pass.

    Parameters
    ----------
    endings : the processes that ran the tests, one after the other: each but the last died

    Returns
    -------
    list of Outcome
        Failed -> `fail`; error in setup or teardown, a dead worker, an unfinished test, one that was ended -> `error`;
        skipped or failed as expected -> `skip`; passed although expected to fail -> `warn` (`fail` where strict);
        passed only after a rerun -> `warn`; passed -> `pass`. Last, if it applies, the `error` of the tier itself.
    """
    last = replace(endings[-1], before=len(endings) - 1, lost=left_to_run(endings))
    found: dict[str, Outcome] = {}
    for ending in (*endings[:-1], last):
        modules = {module.node: module for module in ending.recorded.collects}  # each worker collects, so each reports
        for module in modules.values():
            outcome = outcome_of_module(ending.tier, module, ending.interpreter)
            found[outcome.id] = outcome
        for outcome in outcomes_of_tests(ending.tier, ending.recorded, unfinished=ending.how):
            found[outcome.id] = _explained(ending, outcome)
    outcomes = list(found.values())
    cause = cause_of(last, outcomes) or _unexplained_death(endings)
    if cause is not None:
        outcomes.append(_of_the_tier(last, cause.message, cause.hint))
    return outcomes


def _explained(ending: Ending, outcome: Outcome) -> Outcome:
    """A test that brought its process down, with what is known of it."""
    node = outcome.evidence["node"]
    if outcome.status is not Status.ERROR or outcome.evidence["when"] not in (None, "???"):
        return outcome
    evidence = dict(outcome.evidence)
    if node in ending.hung and ending.tier.test_timeout_s is not None:
        stack = ending.hung[node]
        place = place_of(stack, node)
        where = f" in {place[1]}" if place else ""
        location = outcome.location
        return replace(
            outcome,
            message=f"did not end: stopped after {told_duration(ending.tier.test_timeout_s)} (test_timeout){where}",
            hint=f"the stack is in the evidence; {outcome.hint}",
            location=Location(location.path, place[0]) if location and place else location,
            evidence=evidence | {"stack": list(stack)},
        )
    if ending.died or evidence["when"] == "???":
        evidence |= {"returncode": ending.returncode, "output": list(ending.output[-OUTPUT_LINES:])}
    return replace(outcome, evidence=evidence)


def _unexplained_death(endings: Sequence[Ending]) -> Cause | None:
    """A process that died and no test is known to have brought it down, although all the tests were run in the end."""
    guilty = culprits(endings)
    for ending in endings:
        if ending.died and guilty.isdisjoint(ending.running):
            how = describe_returncode(ending.returncode)
            when = f"while running {', '.join(ending.running[:3])}" if ending.running else "between two tests"
            message = f"pytest died ({how}) {when}; what was left ran in another process"
            return Cause(message, "look for threads and for code that ends the process; see the output")
    return None


def summarize(tier: Tier, recorded: Sequence[Recorded], outcomes: Iterable[Outcome], *, duration_s: float) -> Summary:
    """The tier in numbers, and in one phrase.

    Examples
    --------
    >>> summarize(Tier(name="unit"), [], [], duration_s=0.0).status
    <Status.ERROR: 'error'>
    """
    found = list(outcomes)
    session = next((one.session for one in reversed(recorded) if one.session), None)
    tests = [outcome for outcome in found if outcome.check == "test"]
    marks = Counter(
        mark for test in tests for mark in ("flaky", "always_skipped", "quarantined") if mark in test.evidence
    )
    return Summary(
        tier=tier.name,
        status=judge(found),
        reason=_reason(found, tests, marks),
        counts={status.value: sum(test.status is status for test in tests) for status in Status},
        subtests=Counter(subtest.outcome for one in recorded for subtest in one.subtests),
        duration_s=duration_s,
        collected=session.collected if session else None,
        deselected=session.deselected if session else None,
        warnings=session.warnings if session else None,
        pytest=session.pytest if session else None,
        python=session.python if session else None,
        flaky=marks["flaky"],
        always_skipped=marks["always_skipped"],
        quarantined=marks["quarantined"],
    )


def _reason(found: list[Outcome], tests: list[Outcome], marks: Mapping[str, int]) -> str:
    for outcome in found:
        if outcome.check == "pytest":
            return outcome.message
    broken = sum(outcome.check == "collection" and outcome.status is Status.ERROR for outcome in found)
    if broken:
        return f"{broken} module{'s' if broken > 1 else ''} could not be collected"
    told = "".join(f", {marks[mark]} {mark.replace('_', ' ')}" for mark in marks if marks[mark])
    wrong = sum(test.status.blocks for test in tests)
    if wrong:
        return f"{wrong} of {len(tests)} tests did not pass{told}"
    passed = sum(test.status is Status.PASS for test in tests)
    return f"{passed} of {len(tests)} tests passed{told}"


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
            "processes": ending.before + 1,
            "output": list(ending.output[-OUTPUT_LINES:]),
        },
    )
