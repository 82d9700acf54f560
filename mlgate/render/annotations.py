"""Workflow commands: findings as annotations beside the changed lines. GitHub shows 10 of each level per step."""

from __future__ import annotations

from mlgate.outcome import Outcome, Report, Status
from mlgate.render import words
from mlgate.render.facts import by_importance, comparison_of, folder_of, line_of, to_look_at
from mlgate.render.headline import comparison_title, counts, headline
from mlgate.render.policy_facts import Setting, policy_of
from mlgate.render.visible import label, one_line

MOST_PER_LEVEL = 10


def render_annotations(report: Report, *, warned_before: int = 0) -> str:
    """At most 10 errors and 10 warnings, the most important first, then one notice with the verdict and the rest.

    What the change loosened of the gate stands before other warnings, at its line. `warned_before` warnings of the same
    step count as well.
    """
    blocking = by_importance(report.outcomes, Status.FAIL, Status.ERROR)
    policy = policy_of(report)
    folder = folder_of(report)
    warned = [_loosened(setting, folder) for setting in (policy.of("looser") if policy else ())]
    warned += [_annotation("warning", outcome, folder) for outcome in to_look_at(report)]
    most_warned = max(0, MOST_PER_LEVEL - warned_before)
    commands = [_annotation("error", outcome, folder) for outcome in blocking[:MOST_PER_LEVEL]]
    commands += warned[:most_warned]
    hidden = max(0, len(blocking) - MOST_PER_LEVEL) + max(0, len(warned) - most_warned)
    rest = f" {hidden:,} more are in the report, not in these annotations." if hidden else ""
    commands.append(workflow_command("notice", {"title": one_line(headline(report), 200)}, counts(report) + rest))
    return "\n".join(commands) + "\n"


def _loosened(setting: Setting, folder: str) -> str:
    place = {"file": one_line(f"{folder}{setting.path}", 1000)} if setting.path else {}
    place |= {"line": str(setting.line)} if setting.path and setting.line is not None else {}
    said = f"{label(setting.before, 200) or 'not there'} before, {label(setting.after, 200) or 'removed'} now"
    return workflow_command("warning", {**place, "title": f"looser: {label(setting.place, 180)}"}, said)


def annotation_title(outcome: Outcome) -> str:
    """What an annotation is about: the comparison, or subject and check."""
    comparison = comparison_of(outcome)
    title = f"{outcome.subject or outcome.id} {outcome.check}" if comparison is None else comparison_title(comparison)
    return label(title, 200)


def annotation_text(outcome: Outcome) -> str:
    """What was found, and the next step, line by line."""
    return "\n".join(one_line(part, 1000) for part in [*words.finding(outcome), outcome.hint] if part)


def _annotation(level: str, outcome: Outcome, folder: str) -> str:
    path = outcome.location.path if outcome.location else ""
    line = line_of(outcome)
    place = {"file": one_line(f"{folder}{path}", 1000)} if path else {}
    place |= {"line": str(line)} if path and line is not None else {}
    return workflow_command(level, {**place, "title": annotation_title(outcome)}, annotation_text(outcome))


def workflow_command(name: str, properties: dict[str, str], message: str) -> str:
    r"""One command on one line.

    Examples
    --------
    >>> workflow_command("error", {"file": "a,b:c"}, "50 %\nnext")
    '::error file=a%2Cb%3Ac::50 %25%0Anext'
    """
    escaped = ",".join(
        f"{key}={_data(text).replace(':', '%3A').replace(',', '%2C')}" for key, text in properties.items()
    )
    return f"::{name} {escaped}::{_data(message)}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
