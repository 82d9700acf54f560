"""SARIF 2.1.0, as code-scanning services read it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, by_importance, line_of
from mlgate.render.visible import digest, label, one_line

MOST_RESULTS = 5000
"""GitHub shows no more results of one run."""

_LEVELS = {Status.FAIL: "error", Status.ERROR: "error", Status.WARN: "warning"}
_ESCAPES = str.maketrans({"\\": r"\\", "[": r"\[", "]": r"\]", "{": "{{", "}": "}}"})
_NO_FILE = "mlgate.yaml"
"""Code scanning accepts no result without a file: what has none is placed on the project's own."""


def render_sarif(report: Report) -> str:
    """What fails, could not be checked or should be looked at, as SARIF results; rules are the names of checks."""
    found = by_importance(report.outcomes, *_LEVELS)[:MOST_RESULTS]
    rules = {name: index for index, name in enumerate(dict.fromkeys(_rule_id(outcome) for outcome in found))}
    driver = {
        "name": "mlgate",
        "version": one_line(as_text(report.provenance.get("mlgate")), 40) or "0",
        "rules": [{"id": name, "shortDescription": {"text": _plain(f"mlgate check {name}")}} for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"mlgate/{quote(report.gate, safe='', errors='replace')}"},
        "invocations": [{"executionSuccessful": not any(o.status is Status.ERROR for o in report.outcomes)}],
        "results": [_result(outcome, rules) for outcome in found],
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, allow_nan=False, indent=2) + "\n"


def _rule_id(outcome: Outcome) -> str:
    return label(outcome.check, 100) or "check"


def _plain(text: str) -> str:
    r"""`text` for a plain text message, where `[text](target)` is a link and `{0}` a placeholder.

    Source: SARIF 2.1.0, sections 3.11.5 (braces are doubled) and 3.11.6 (a backslash before brackets and backslashes).

    Examples
    --------
    >>> print(_plain("[x](y) {0}"))
    \[x\](y) {{0}}
    """
    return text.translate(_ESCAPES)


def _result(outcome: Outcome, rules: dict[str, int]) -> dict[str, Any]:
    rule = _rule_id(outcome)
    said = [one_line(outcome.message, 2000) or "no message", one_line(outcome.hint, 1000)]
    path = outcome.location.path.lstrip("/") if outcome.location else ""
    place: dict[str, Any] = {"artifactLocation": {"uri": quote(path or _NO_FILE, errors="replace")}}
    line = line_of(outcome)
    if path and line is not None:
        place["region"] = {"startLine": line}
    return {
        "ruleId": rule,
        "ruleIndex": rules[rule],
        "level": _LEVELS[outcome.status],
        "message": {"text": _plain("\n".join(part for part in said if part))},
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"fullyQualifiedName": label(outcome.id, 500)}],
            }
        ],
        "partialFingerprints": {"mlgateOutcome/v1": digest(outcome.id)},
    }
