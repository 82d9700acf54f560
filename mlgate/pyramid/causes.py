"""Why a run of pytest is not the whole answer: one small function per cause, asked in order."""

from __future__ import annotations

import re
import signal
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlgate.config.project import OVER_BUDGET
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.endings import (
    PYTEST_FAILED,
    PYTEST_INTERNAL,
    PYTEST_INTERRUPTED,
    PYTEST_NOTHING,
    PYTEST_OK,
    PYTEST_USAGE,
    Ending,
    describe_returncode,
    told_interpreter,
    told_limit,
)

NAMED = 3
"""So many running tests are named; the rest is counted."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What happened to the process, and the next step."""

    message: str
    hint: str


def cause_of(ending: Ending, outcomes: Sequence[Outcome]) -> Cause | None:
    """The first cause that applies, or None where every collected test ran and its result stands."""
    for find in CAUSES:
        cause = find(ending, outcomes)
        if cause is not None:
            return cause
    return None


def _over_budget(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """The tier used up its time and was ended; what was recorded until then is kept."""
    if not ending.timed_out:
        return None
    tier = ending.tier
    if tier.budget_s is not None and tier.over_budget == "stop":
        why, key = "the budget of the tier was used up", "budget"
    elif tier.timeout_s is not None or tier.budget_s is None:
        why, key = "the timeout of the tier", "timeout"
    else:
        why, key = f"{OVER_BUDGET} times the budget of the tier", "budget"
    return Cause(
        f"stopped after {told_limit(tier)}: {why}{_while_running(ending)}",
        f"make the tests faster, or raise tiers.{tier.name}.{key}",
    )


def _interrupted(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """A person or the machine stopped the run."""
    if not ending.interrupted:
        return None
    return Cause(f"interrupted{_while_running(ending)}", "run the tier again")


def _malformed(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """The records cannot all be read, so nobody knows what the missing ones said."""
    problems = ending.recorded.malformed
    if len(problems) <= (ending.recorded.session is None):  # a process that died may have left half a line
        return None
    return Cause(
        f"the recorded results cannot be read: {problems[0]}",
        "run the tier again; a test may have written to the results file",
    )


def _did_not_start(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """pytest is missing, or refused its arguments or its configuration before the first record."""
    if ending.recorded.opened or ending.recorded.session is not None:
        return None
    if ending.tier.workers is not None and any("No module named 'xdist'" in line for line in ending.output):
        python = ending.tier.python or "python"
        return Cause(
            f"tiers.{ending.tier.name}.workers needs pytest-xdist, which is not installed for the tests",
            f"{python} -m pip install pytest-xdist",
        )
    if any("No module named pytest" in line for line in ending.output):
        python = ending.tier.python or "the interpreter of the tests"
        return Cause(f"pytest is not installed for {python}", "install pytest in the environment of the tests")
    if ending.returncode == PYTEST_USAGE:
        return _refused(ending)
    return Cause(
        f"pytest did not start ({describe_returncode(ending.returncode)}){_said(ending)}",
        f"see the output, and check tiers.{ending.tier.name}.python",
    )


def _died(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """The process ended without its last record: a crash, `os._exit`, or no memory left."""
    if ending.recorded.session is not None:
        return None
    if ending.returncode == PYTEST_USAGE:
        return _refused(ending)
    if ending.lost == 0 and len(ending.running) == 1:  # its test is an error, and there was no other to run
        return None
    if ending.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL):
        hint = "a process that is killed has most often used up the memory; run the named test alone"
    else:
        hint = "run the named test alone; the end of the output is in the evidence"
    how = describe_returncode(ending.returncode)
    if ending.before and not ending.recorded.started:
        return Cause(f"pytest died again ({how}), before it ran a test{_rest(ending)}", hint)
    again = f", as {ending.before} processes before it" if ending.before > 1 else ""
    return Cause(f"pytest died ({how}{again}){_while_running(ending)}{_rest(ending)}", hint)


def _internal_error(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """pytest or one of its plugins raised."""
    error = ending.recorded.internal_error
    if error is None and ending.returncode != PYTEST_INTERNAL:
        return None
    said = f": {_short(error.message)}" if error is not None and error.message else ""
    return Cause(f"pytest stopped on an internal error{said}", "look for the plugin or hook in the output that raised")


def _usage(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """pytest refused its arguments, e.g. a path that does not exist."""
    return _refused(ending) if ending.returncode == PYTEST_USAGE else None


def _nothing_collected(ending: Ending, outcomes: Sequence[Outcome]) -> Cause | None:
    """No test was found, or all were deselected. A module that failed to load is its own outcome."""
    session = ending.recorded.session
    if session is None or session.collected or ending.recorded.started or outcomes:
        return None
    where = ", ".join(ending.tier.tests)
    if session.deselected:
        return Cause(
            f"no test was collected in {where}: all {session.deselected} were deselected",
            "look at `addopts` in the configuration of pytest",
        )
    return Cause(
        f"no test was collected in {where}",
        "pytest collects functions named test_* in files named test_*.py, unless its configuration says otherwise",
    )


def _not_run(ending: Ending, _: Sequence[Outcome]) -> Cause | None:
    """Fewer tests ran than were collected."""
    session = ending.recorded.session
    if session is None:
        return None
    seen = {report.node for report in (*ending.recorded.started, *ending.recorded.phases)}
    missing = session.collected - len(seen)
    if missing <= 0 and not (ending.running and ending.recorded.interrupted):
        return None
    reason = f": {_short(ending.recorded.interrupted)}" if ending.recorded.interrupted else ""
    if missing <= 0:
        return Cause(f"pytest stopped{reason}{_while_running(ending)}", "run the named test alone")
    return Cause(
        f"{missing} of {session.collected} collected tests were not run{reason}{_while_running(ending)}",
        "mend what stopped pytest; `-x`, `--maxfail` and `--collect-only` leave tests out",
    )


def _all_skipped(ending: Ending, outcomes: Sequence[Outcome]) -> Cause | None:
    """Every test was skipped or failed as expected, so nothing was proven."""
    if any(outcome.status is not Status.SKIP for outcome in outcomes):
        return None
    return Cause(
        "every test was skipped: nothing was checked",
        f"read the reasons; take the tests out of tiers.{ending.tier.name} where they cannot run",
    )


def _odd_exit(ending: Ending, outcomes: Sequence[Outcome]) -> Cause | None:
    """pytest says no although no test did: a coverage threshold, `--max-warnings`, a crash at the very end."""
    code = ending.returncode
    if ending.died:  # told by `_died`, or by its test
        return None
    if code == PYTEST_NOTHING and ending.before:  # the process before had run all there was
        return None
    explained = code in (PYTEST_FAILED, PYTEST_INTERRUPTED) and any(outcome.status.blocks for outcome in outcomes)
    if code == PYTEST_OK or explained:
        return None
    for line in ending.output:
        if "Required test coverage" in line or "Coverage failure" in line:
            return Cause(f"the tests passed, the coverage did not: {_short(line)}", "test more, or lower the bound")
    return Cause(
        f"no test explains how pytest ended ({describe_returncode(code)}){_said(ending)}",
        "see the output: a plugin, a hook or the end of the process refused",
    )


CAUSES: tuple[Callable[[Ending, Sequence[Outcome]], Cause | None], ...] = (
    _over_budget,
    _interrupted,
    _malformed,
    _did_not_start,
    _died,
    _internal_error,
    _usage,
    _nothing_collected,
    _not_run,
    _all_skipped,
    _odd_exit,
)


def _refused(ending: Ending) -> Cause:
    said = _said(ending)
    if "No module named" in said:  # a conftest.py, or a plugin that pytest's configuration names
        return Cause(f"pytest refused to run{said}", told_interpreter(ending.tier, ending.interpreter))
    return Cause(f"pytest refused to run{said}", f"check tiers.{ending.tier.name}.tests and pytest's own files")


def _said(ending: Ending) -> str:
    """The line of the output that names the error: pytest's own, else the exception's, else the last one."""
    lines = [line.strip() for line in ending.output if line.strip()]
    for pattern in (r"E  +\S", r"ERROR: (?!usage)", r"\S+: error: ", r"error: ", r"[\w.]*(Error|Exception): "):
        for line in reversed(lines):
            if re.match(pattern, line):
                return f": {_short(re.sub(r'^(E  +|ERROR: )', '', line))}"
    return f": {_short(lines[-1])}" if lines else ""


def _while_running(ending: Ending) -> str:
    running = ending.running
    if not running:
        return ""
    more = f" and {len(running) - NAMED} more" if len(running) > NAMED else ""
    return f" while running {', '.join(_short(node) for node in running[:NAMED])}{more}"


def _short(line: str, limit: int = 200) -> str:
    flat = " ".join(line.split())
    return flat if len(flat) <= limit else flat[: limit - 3] + "..."


def _rest(ending: Ending) -> str:
    if not ending.lost or ending.recorded.session is not None:
        return ""
    return f"; {ending.lost} test{'s were' if ending.lost > 1 else ' was'} not run"
