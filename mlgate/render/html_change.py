"""What the work under review changed besides the model, in the HTML report: the gate's policy, tests, declared data."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.outcome import Report, Status
from mlgate.render import words
from mlgate.render.data_diff import HEAD
from mlgate.render.data_diff_facts import (
    Medium,
    content_cells,
    header_facts,
    listed,
    mapping,
    mappings,
    row_facts,
    size_facts,
    without_empty,
)
from mlgate.render.facts import as_count, as_text
from mlgate.render.html_parts import Links, Look, Section, badge, code, plain, rich, table
from mlgate.render.policy_facts import PolicyFacts, Setting, policy_of

_MOST_TESTS = 200
_MOST_DATASETS = 20
_MOST_COLUMNS = 40
_BYTES = 60_000
_RULES = {
    True: "They do not count here: the policy of the merge base rules (<code>policy: base</code>).",
    False: "They count for this run. Under <code>policy: base</code> the merge base's files would rule.",
}
_EFFECTS = {"looser": "looser", "either": "may be looser", "tighter": "stricter"}
_TESTS = {
    "failing": (Status.FAIL, "fails now"),
    "skipped": (Status.WARN, "skipped now"),
    "removed": (Status.WARN, "gone"),
}
_MARKS = {"+": "added", "-": "removed", "~": "renamed", "!": "changed"}
_PAGE = Medium(name=lambda text: code(text, 60), text=lambda text: plain(text, 200), arrow="\u2192")


def changed_policy(report: Report, links: Links) -> Section:
    """Settings of the gate that changed: what is looser first; and whose policy ruled."""
    found = policy_of(report)
    body = _policy(found, links) if found is not None else ""
    return Section(key="policy", title="Changes of the gate itself", body=body)


def _policy(found: PolicyFacts, links: Links) -> str:
    total, shown = found.number(*_EFFECTS), found.of(*_EFFECTS)
    parts = []
    if total:
        told = [f"{found.number(effect):,} {said}" for effect, said in _EFFECTS.items() if found.number(effect)]
        parts.append(f"<p>{words.count(total, 'setting')}: {', '.join(told)}. {_RULES[found.by_base]}</p>")
    if shown:
        ordered = sorted(shown, key=lambda setting: list(_EFFECTS).index(setting.effect))
        rows = [_setting(setting, links) for setting in ordered]
        header = ("Setting", "Effect", "Where", "Before", "Now")
        parts.append(table("Settings that this change makes different", header, rows, Look(budget=_BYTES)))
    if total > len(shown):
        parts.append(f'<p class="soft">... and {total - len(shown):,} more.</p>')
    not_compared = f"{badge(Status.WARN)} Not compared with the merge base"
    parts += [f"<p>{not_compared}: {plain(problem, 300)}</p>" for problem in found.problems[:10]]
    return "\n".join(parts)


def _setting(setting: Setting, links: Links) -> tuple[str, ...]:
    return (
        code(setting.place, 160),
        _EFFECTS[setting.effect],
        links.to(setting.path, setting.line),
        code(setting.before, 300) or "not there",
        code(setting.after, 300) or "removed",
    )


def changed_tests(report: Report) -> Section:
    """Tests that fail, are skipped or are gone since the baseline was recorded."""
    raw = mapping(report.provenance, "tests_changed")
    rows, total = [], 0
    for kind, (status, said) in _TESTS.items():
        names = [as_text(name) for name in listed(raw, kind) if name]
        total += max(len(names), as_count(mapping(raw, "counts").get(kind)) or 0)
        rows += [(code(name, 200), f"{badge(status)} {said}") for name in names]
    shown = rows[:_MOST_TESTS]
    commit = as_text(raw.get("commit"))[:12]
    caption = f"Since the baseline was recorded{f' at commit {code(commit)}' if commit else ''}"
    body = table(caption, ("Test", "Now"), shown, Look(budget=_BYTES)) if shown else ""
    hidden = total - len(shown)
    body += f'<p class="soft">... and {hidden:,} more.</p>' if body and hidden > 0 else ""
    return Section(key="tests", title="Tests that changed", note=words.count(total, "test") if body else "", body=body)


def changed_data(report: Report) -> Section:
    """What changed of the declared data, against the merge base."""
    found = mappings(report.provenance, "data_changes")
    parts = [part for one in found[:_MOST_DATASETS] if (part := _dataset(one))]
    if parts and len(found) > _MOST_DATASETS:
        parts.append(f'<p class="soft">... and {len(found) - _MOST_DATASETS:,} more in report.json.</p>')
    note = words.count(len(found), "dataset")
    return Section(key="data", title="Data that this change brings", note=note, body="\n".join(parts))


def _dataset(one: Mapping[str, Any]) -> str:
    name, problem, diff = code(as_text(one.get("dataset")), 100), as_text(one.get("problem")), one.get("diff")
    if isinstance(diff, Mapping):
        return f"<h3>{name}</h3>\n{_diff(diff)}{_drift(mapping(one, 'drift'))}"
    if not problem:
        return ""
    return (
        f"<h3>{badge(Status.WARN)} {name}</h3>\n<p>Could not be compared with the merge base: {plain(problem, 300)}</p>"
    )


def _diff(diff: Mapping[str, Any]) -> str:
    before, after = (code(as_text(mapping(diff, side).get("shown")), 120) for side in ("before", "after"))
    facts = [f"{after} against {before}: {size_facts(diff, _PAGE)[0]}", *size_facts(diff, _PAGE)[1:]]
    facts += [f"{_MARKS[mark]}: {fact}" for mark, fact in header_facts(diff, _PAGE)]
    facts += [f"rows {fact}" for fact in row_facts(diff, _PAGE)]
    told = "".join(f"<li>{fact}</li>" for fact in facts)
    changes = mappings(diff, "columns")
    if not changes:
        return f"<ul>{told}</ul>\n"
    head = tuple(name.capitalize() for name in HEAD)
    cells = [content_cells(change, _PAGE) for change in changes[:_MOST_COLUMNS]]
    shown, *body = without_empty([head, *cells])
    hidden = len(changes) - _MOST_COLUMNS
    more = f'<p class="soft">... and {hidden:,} more columns.</p>' if hidden > 0 else ""
    listing = table("What the columns hold, those that moved most first", shown, body, Look(budget=_BYTES // 4))
    return f"<ul>{told}</ul>\n{listing}{more}\n"


def _drift(drift: Mapping[str, Any]) -> str:
    moved = as_count(drift.get("moved")) or 0
    if not moved:
        return "<p>Drift against the merge base: none was found.</p>" if drift else ""
    found = mappings(drift, "found")[:_MOST_COLUMNS]
    told = "".join(
        f"<li>{code(as_text(o.get('subject')), 80)}: {rich(as_text(o.get('message')), 300)}</li>" for o in found
    )
    return f"<p>Drift against the merge base ({moved:,}):</p><ul>{told}</ul>"
