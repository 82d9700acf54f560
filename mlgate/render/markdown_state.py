"""What our comment remembers of a push: a hidden last line with the ids of what blocked. It is never trusted.

Anybody who may edit the comment may write this line. It decides nothing: of its ids only those are shown that the
report at hand has, too, and what is shown is the report's.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from dataclasses import dataclass

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, by_importance

MOST_IDS = 60
LONGEST_ID = 200
MAX_BYTES = 6_000
"""Of the hidden line; fewer ids are kept where theirs are long."""

_LINE = re.compile(r"<!-- mlgate-state:1 ([A-Za-z0-9_-]{0,8000}={0,2}) -->")
_COMMIT = re.compile(r"[0-9a-f]{7,64}")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """Ids of what blocked at a commit, and of what an earlier push was blocked by and that commit no longer was."""

    commit: str = ""
    blocking: tuple[str, ...] = ()
    resolved: tuple[str, ...] = ()


def read_state(comment: str) -> State | None:
    """The state at the end of a comment; None where there is none, or anything about it is odd."""
    line = comment.rstrip()[-MAX_BYTES - 100 :].rpartition("\n")[2]
    found = _LINE.fullmatch(line.strip())
    if found is None:
        return None
    try:
        raw = json.loads(base64.urlsafe_b64decode(found[1]))
    except (ValueError, binascii.Error, RecursionError):
        return None
    if not isinstance(raw, dict):
        return None
    commit, blocking, resolved = raw.get("commit"), _ids(raw.get("blocking")), _ids(raw.get("resolved"))
    if not isinstance(commit, str) or not (commit == "" or _COMMIT.fullmatch(commit)):
        return None
    if blocking is None or resolved is None:
        return None
    return State(commit=commit, blocking=blocking, resolved=resolved)


def state_line(state: State) -> str:
    """The state as an HTML comment that no text can end: base64 of at most `MAX_BYTES`.

    Examples
    --------
    >>> read_state("text\\n" + state_line(State(commit="", blocking=("a/b",)))).blocking
    ('a/b',)
    """
    blocking, resolved = state.blocking, state.resolved
    while True:
        raw = {"commit": state.commit, "blocking": list(blocking), "resolved": list(resolved)}
        packed = base64.urlsafe_b64encode(json.dumps(raw, separators=(",", ":")).encode()).decode()
        line = f"<!-- mlgate-state:1 {packed} -->"
        if len(line) <= MAX_BYTES:
            return line
        blocking, resolved = blocking[: len(blocking) * 3 // 4], resolved[: len(resolved) * 3 // 4]


def next_state(report: Report, before: State | None) -> State:
    """What the comment on this report remembers.

    What blocked before and was not judged this time (an earlier tier stopped the run) is still remembered: it counts
    as resolved once it was seen to hold. A second run of one commit keeps what its first one resolved.
    """
    commit = as_text(report.provenance.get("commit"))
    commit = commit if _COMMIT.fullmatch(commit) else ""
    now = [outcome.id for outcome in by_importance(report.outcomes, Status.FAIL, Status.ERROR)]
    known = {outcome.id: outcome for outcome in report.outcomes}
    before = before or State()
    waiting = [name for name in before.blocking if _not_judged(known.get(name))]
    solved = [name for name in before.blocking if _holds(known.get(name))]
    if commit and before.commit == commit:
        solved += [name for name in before.resolved if _holds(known.get(name))]
    return State(commit=commit, blocking=_kept([*now, *waiting]), resolved=_kept(solved))


def resolved(report: Report, state: State) -> list[Outcome]:
    """The outcomes of the report that blocked an earlier push, in their order."""
    names = set(state.resolved)
    return [outcome for outcome in report.outcomes if outcome.id in names and _holds(outcome)]


def _holds(outcome: Outcome | None) -> bool:
    """Judged, and no longer blocking; what was accepted was not resolved."""
    judged = outcome is not None and outcome.status in (Status.PASS, Status.WARN)
    return judged and outcome is not None and "accepted" not in outcome.evidence


def _not_judged(outcome: Outcome | None) -> bool:
    return outcome is None or outcome.status is Status.SKIP


def _kept(names: list[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if 0 < len(name) <= LONGEST_ID))[:MOST_IDS]


def _ids(value: object) -> tuple[str, ...] | None:
    if not isinstance(value, list) or len(value) > MOST_IDS:
        return None
    if not all(isinstance(item, str) and 0 < len(item) <= LONGEST_ID for item in value):
        return None
    return tuple(value)
