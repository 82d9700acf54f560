"""SARIF 2.1.0, as code-scanning services read it."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, by_importance, line_of
from mlgate.render.visible import one_line

MOST_RESULTS = 5000
"""GitHub shows no more results of one run."""

_LEVELS = {Status.FAIL: "error", Status.ERROR: "error", Status.WARN: "warning"}
_NO_FILE = "mlgate.yaml"
"""Code scanning accepts no result without a file: what has none is placed on the project's own."""


def render_sarif(report: Report) -> str:
    """What fails, could not be checked or should be looked at, as SARIF results; rules are the names of checks."""
    found = by_importance(report.outcomes, *_LEVELS)[:MOST_RESULTS]
    rules = {name: index for index, name in enumerate(dict.fromkeys(_rule_id(outcome) for outcome in found))}
    driver = {
        "name": "mlgate",
        "version": one_line(as_text(report.provenance.get("mlgate")), 40) or "0",
        "rules": [{"id": name, "shortDescription": {"text": f"mlgate check {name}"}} for name in rules],
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
    return one_line(outcome.check, 100) or "check"


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
        "message": {"text": "\n".join(part for part in said if part)},
        "locations": [
            {
                "physicalLocation": place,
                "logicalLocations": [{"fullyQualifiedName": one_line(outcome.id, 500)}],
            }
        ],
        "partialFingerprints": {"mlgateOutcome/v1": one_line(outcome.id, 500)},
    }
