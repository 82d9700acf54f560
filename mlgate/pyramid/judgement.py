"""The reports of one test, judged: one outcome."""

from __future__ import annotations

import hashlib
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from mlgate.config.project import Tier
from mlgate.outcome import Location, Outcome, Status
from mlgate.pyramid.endings import told_interpreter
from mlgate.pyramid.measured import in_words, metrics_in
from mlgate.pyramid.records import Phase, Recorded

READABLE = "/:[]()=._-,+~"
"""Kept as they are in an id; the rest (spaces, quotes, `%`, markup, other scripts) is percent-encoded."""
LONGEST_ID = 400
LONGEST_MESSAGE = 300
ALWAYS_SKIPPED = ["mlgate_always_skipped", True]
"""What the plugin says of a test with the mark `skip`."""
OUTCOMES = frozenset({"passed", "failed", "skipped", "rerun"})


@dataclass(slots=True)
class _Test:
    """Everything that was reported of one test."""

    start: Phase | None = None
    phases: list[Phase] = field(default_factory=list)
    subtests: list[Phase] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Verdict:
    status: Status
    message: str
    decided: Phase | None


def outcomes_of_tests(tier: Tier, recorded: Recorded, *, unfinished: str) -> list[Outcome]:
    """One outcome per test, in the order in which they started; under xdist in that of their files.

    `unfinished` ends the sentence "the test was running when ..." for a test without an end.
    """
    tests: dict[str, _Test] = {}
    for start in recorded.started:
        tests.setdefault(start.node, _Test()).start = start
    for phase in recorded.phases:
        tests.setdefault(phase.node, _Test()).phases.append(phase)
    for subtest in recorded.subtests:
        tests.setdefault(subtest.node, _Test()).subtests.append(subtest)
    found = list(tests.items())
    if any(phase.worker for phase in recorded.phases):  # several workers have no order of their own
        found.sort(key=_place_in_files)
    declared = _declared_priorities(recorded)
    return [_outcome(tier, node, test, unfinished, declared.get(node)) for node, test in found]


def outcome_of_module(tier: Tier, module: Phase, interpreter: str = "") -> Outcome:
    """A module that could not be collected is `error`; one that skipped itself is `skip`."""
    skipped = module.outcome == "skipped"
    message = _skip_reason(module) if skipped else f"could not be collected: {_headline(module.message)}"
    missing = f"{told_interpreter(tier, interpreter)}; " if "No module named" in module.message else ""
    return Outcome(
        id=outcome_id(tier.name, module.node),
        check="collection",
        tier=tier.name,
        subject=module.node,
        status=Status.SKIP if skipped else Status.ERROR,
        message=message,
        hint="" if skipped else f"{missing}run it alone: {_rerun(tier, module.node)}",
        location=_location(module.node, module),
        evidence={"node": module.node, "when": module.when, "traceback": list(module.traceback)},
    )


def outcome_id(tier: str, node: str) -> str:
    """The id of a test's outcome: the tier and pytest's node id, safe in any text and of bounded length.

    Examples
    --------
    >>> outcome_id("unit", "tests/test_a.py::test_b[x y]")
    'unit/tests/test_a.py::test_b[x%20y]'
    """
    encoded = f"{tier}/{quote(node, safe=READABLE)}"
    if len(encoded) <= LONGEST_ID:
        return encoded
    digest = hashlib.sha256(encoded.encode()).hexdigest()[:12]
    return f"{encoded[: LONGEST_ID - 13]}~{digest}"


def _place_in_files(found: tuple[str, _Test]) -> tuple[str, int, str]:
    node, test = found
    return (test.start.path or "", test.start.line or 0, node) if test.start else ("", 0, node)


def _declared_priorities(recorded: Recorded) -> dict[str, str]:
    """What the markers say, by node id: told before the tests ran, so that a test that killed its process has it."""
    return {
        str(node): str(priority)
        for note in recorded.notes
        if note.get("name") == "priorities" and isinstance(note.get("tests"), dict)
        for node, priority in note["tests"].items()
    }


def _outcome(tier: Tier, node: str, test: _Test, unfinished: str, priority: str | None) -> Outcome:
    verdict = _judge(test, unfinished)
    decided = verdict.decided or test.start
    status = verdict.status
    evidence = _evidence(node, test, decided)
    numbers = f": {in_words(evidence['metrics'])}" if "metrics" in evidence and status is Status.PASS else ""
    return Outcome(
        id=outcome_id(tier.name, node),
        check="test",
        tier=tier.name,
        subject=node,
        status=status,
        message=verdict.message + numbers,
        hint=f"run it alone: {_rerun(tier, node)}" if status.blocks else "",
        location=_location(node, decided),
        evidence={**evidence, **({"priority": priority} if priority else {})},
        duration_s=sum(phase.duration_s for phase in test.phases),
    )


def _judge(test: _Test, unfinished: str) -> _Verdict:
    """The first that applies; a pass needs a call that passed, and an end."""
    failed = [phase for phase in test.phases if phase.outcome == "failed"]
    bad_subtests = [subtest for subtest in test.subtests if subtest.outcome == "failed"]
    called = [phase for phase in test.phases if phase.when == "call"]
    ended = any(phase.when == "teardown" for phase in test.phases)
    strange = [phase for phase in test.phases + test.subtests if phase.outcome not in OUTCOMES]
    skipped = [phase for phase in test.phases if phase.outcome == "skipped" and phase.when != "teardown"]
    for phase in failed:
        if phase.when == "call" and not (bad_subtests and phase.message.startswith("contains ")):
            return _Verdict(Status.FAIL, _why_failed(phase), phase)
    if bad_subtests:  # pytest then fails the test too, and says only how many there were
        return _Verdict(Status.FAIL, _why_subtests(test.subtests, bad_subtests), bad_subtests[0])
    for phase in failed:
        where = f"{phase.when} failed: " if phase.when in ("setup", "teardown") else ""
        return _Verdict(Status.ERROR, where + _headline(phase.message), phase)
    for phase in strange:
        return _Verdict(Status.ERROR, f"pytest reported an outcome that is not known: {phase.outcome}", phase)
    if not ended or not (called or skipped):
        return _Verdict(Status.ERROR, f"was running when {unfinished}", None)
    for phase in skipped:
        return _Verdict(Status.SKIP, _skip_reason(phase, always=_is_always_skipped(test)), phase)
    return _judge_passed(test, called)


def _judge_passed(test: _Test, called: Sequence[Phase]) -> _Verdict:
    passed = [phase for phase in called if phase.outcome == "passed"]
    if not passed:
        return _Verdict(Status.ERROR, "was run again and reported no result", called[-1])
    for phase in passed:
        if phase.xfail is not None:
            reason = _expected_failure(phase)
            return _Verdict(Status.WARN, f"passed although it is expected to fail{reason}", phase)
    reruns = sum(phase.outcome == "rerun" for phase in test.phases)
    if reruns:
        return _Verdict(Status.WARN, f"passed only after {reruns} rerun{'s' if reruns > 1 else ''}", passed[-1])
    return _Verdict(Status.PASS, "passed", passed[-1])


def _why_failed(phase: Phase) -> str:
    if phase.message.startswith("[XPASS(strict)]"):
        reason = " ".join(phase.message.removeprefix("[XPASS(strict)]").split())
        return "passed although it is expected to fail (strict)" + (f": {reason}" if reason else "")
    return _headline(phase.message)


def _why_subtests(subtests: Sequence[Phase], bad: Sequence[Phase]) -> str:
    return _cut(f"{len(bad)} of {len(subtests)} subtests failed: {bad[0].label}: {_headline(bad[0].message)}")


def _skip_reason(phase: Phase, *, always: bool = False) -> str:
    if phase.xfail is not None:
        return f"expected failure{_expected_failure(phase)}"
    return f"{'always ' if always else ''}skipped: {_headline(phase.message.removeprefix('Skipped: '))}"


def _is_always_skipped(test: _Test) -> bool:
    """Whether it carries the mark `skip`, which no run can get past."""
    return any(entry == ALWAYS_SKIPPED for phase in test.phases for entry in phase.properties)


def _expected_failure(phase: Phase) -> str:
    reason = _headline((phase.xfail or "").removeprefix("reason: "))
    return f": {reason}" if phase.xfail else ""


def _headline(message: str) -> str:
    """What a person reads first: the first line, and the assertion where the first line is the user's own words."""
    lines = [line.strip() for line in message.splitlines() if line.strip()]
    if not lines:
        return "no message"
    assertion = next((line for line in lines[1:] if line.startswith("assert ")), None)
    first = lines[0].removeprefix("AssertionError: ")
    return _cut(first if assertion is None else f"{first} ({assertion})")


def _cut(line: str) -> str:
    return line if len(line) <= LONGEST_MESSAGE else line[: LONGEST_MESSAGE - 3] + "..."


def _location(node: str, phase: Phase | None) -> Location | None:
    """Where the test is written; a test that is inherited from an installed package is placed in its own file."""
    path = node.partition("::")[0]
    if phase is not None and phase.path and not phase.path.startswith(("/", "../")):
        return Location(phase.path, phase.line)
    return Location(path) if path and not path.startswith(("/", "../")) else None


def _rerun(tier: Tier, node: str) -> str:
    """The command that runs one test again; only its file where the node id cannot be typed."""
    launcher = f"{shlex.quote(tier.python)} -m pytest" if tier.python else "pytest"
    if node.isprintable() and len(node) <= LONGEST_ID:
        return f"{launcher} {shlex.quote(node)}"
    path = node.partition("::")[0]
    return f"{launcher} {shlex.quote(path) if path.isprintable() else shlex.join(tier.tests)}"


def _evidence(node: str, test: _Test, decided: Phase | None) -> dict[str, Any]:
    """`durations_s` is in seconds per phase; what a test does not have is left out."""
    durations: dict[str, float] = {}
    for phase in test.phases:
        durations[phase.when] = durations.get(phase.when, 0.0) + phase.duration_s
    evidence: dict[str, Any] = {
        "node": node,
        "when": decided.when if decided is not None and decided.when else None,
        "durations_s": durations,
        "traceback": list(decided.traceback) if decided is not None else [],
    }
    properties = [entry for phase in test.phases for entry in phase.properties if entry != ALWAYS_SKIPPED]
    workers = sorted({phase.worker for phase in test.phases if phase.worker})
    if properties:
        evidence["properties"] = properties
        evidence |= _said_by_the_plugin(properties)
    if _is_always_skipped(test):
        evidence["always_skipped"] = True
    if workers:
        evidence["workers"] = workers
    if test.subtests:
        evidence["subtests"] = [
            {"label": subtest.label, "outcome": subtest.outcome, "message": _headline(subtest.message)}
            for subtest in test.subtests
            if subtest.outcome == "failed"
        ]
        evidence["subtests_total"] = len(test.subtests)
    return evidence


def _said_by_the_plugin(properties: Sequence[Any]) -> dict[str, Any]:
    """Properties with a place of their own: `priority` of the marker, `gpu` that was used, recorded `metrics`."""
    found: dict[str, Any] = {}
    for entry in properties:
        match entry:
            case ["mlgate", {"priority": str(priority)}]:
                found["priority"] = priority
            case ["mlgate_gpu", dict(measured)]:
                found["gpu"] = measured
    metrics = metrics_in(properties)
    return found | ({"metrics": metrics} if metrics else {})
