"""What the work under review made of the policy, in the comment: what it loosened stands open, before all else."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.markdown_details import folded
from mlgate.render.markdown_escape import code, inline
from mlgate.render.markdown_problems import ICONS, table
from mlgate.render.policy_facts import PolicyFacts, Setting, policy_of

_RULES = {
    True: "It does not count here: the policy of the merge base rules (`policy: base`).",
    False: "It counts for this run. Under `policy: base` the merge base's files would rule.",
}


def loosened(report: Report, most: int) -> str:
    """What the change loosens and what may be looser, as a table of at most `most` rows; empty where nothing is."""
    policy = policy_of(report)
    if policy is None:
        return ""
    shown, total = policy.of("looser", "either"), policy.number("looser", "either")
    parts = []
    if total:
        parts.append(f"### {ICONS[Status.WARN]} {_title(policy)}")
        if most:
            parts.append(_table(shown[:most]))
        if total > min(most, len(shown)):
            parts.append(f"... and {total - min(most, len(shown)):,} more in the full report.")
        parts.append(_RULES[policy.by_base])
    parts += _unread(policy) if most else []
    return "\n\n".join(parts)


def _title(policy: PolicyFacts) -> str:
    """`This change loosens the gate (2), and changes 1 setting that may be looser`."""
    looser, either = policy.number("looser"), policy.number("either")
    settings = f"{words.count(either, 'setting')} that may be looser"
    if not looser:
        return f"This change touches {settings}"
    return f"This change loosens the gate ({looser:,})" + (f", and {settings}" if either else "")


def tightened(report: Report) -> str:
    """What the change makes stricter, folded."""
    policy = policy_of(report)
    if policy is None or not policy.number("tighter"):
        return ""
    shown, total = policy.of("tighter")[:15], policy.number("tighter")
    more = f"\n\n... and {total - len(shown):,} more in the full report." if total > len(shown) else ""
    return folded(f"<b>Stricter now</b>: {words.count(total, 'setting')}", _table(shown) + more)


def ruled(report: Report) -> str:
    """Whose policy ruled, where it is not that of the work under review."""
    policy = policy_of(report)
    if policy is None or not policy.by_base:
        return ""
    return f"Policy: that of the merge base {code(policy.base[:12])} (`policy: base`)."


def _unread(policy: PolicyFacts) -> list[str]:
    if not policy.problems:
        return []
    told = "; ".join(inline(problem, 200) for problem in policy.problems[:3])
    return [f"{ICONS[Status.WARN]} The policy could not be compared with that of the merge base: {told}."]


def _table(settings: Sequence[Setting]) -> str:
    rows = [
        (
            f"{_EFFECTS[setting.effect]} {code(setting.place, 120)}",
            code(setting.path if setting.line is None else f"{setting.path}:{setting.line}", 120),
            code(setting.before, 120) or "not there",
            code(setting.after, 120) or "removed",
        )
        for setting in settings
    ]
    return table(("Setting", "Where", "Before", "Now"), rows) if rows else ""


_EFFECTS = {"looser": "looser:", "either": "changed:", "tighter": "stricter:"}
