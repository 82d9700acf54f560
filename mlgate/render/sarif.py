"""SARIF 2.1.0, as code-scanning services read it.

Nothing here is a security alert: no rule has a `security-severity`. Every result has what GitHub asks for beyond the
standard: a line, and a fingerprint of its own, so that an alert is the same one in the next run.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import quote

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, by_importance, folder_of, line_of
from mlgate.render.visible import digest, label, one_line

MOST_RESULTS = 5000
"""GitHub shows no more results of one run, and refuses 25,000."""
MOST_BYTES = 9_000_000
"""Of all results. GitHub refuses 10 MB, though it counts them packed."""

_LEVELS = {Status.FAIL: "error", Status.ERROR: "error", Status.WARN: "warning"}
_ESCAPES = str.maketrans({"\\": r"\\", "[": r"\[", "]": r"\]", "{": "{{", "}": "}}"})
_NO_FILE = "mlgate.yaml"
"""Code scanning accepts no result without a file and a line: what has none is placed on the project's own."""


def render_sarif(report: Report) -> str:
    """What fails, could not be checked or should be looked at, as SARIF results; rules are the names of checks.

    The most important come first. What does not fit is counted in a notification.
    """
    found = by_importance(report.outcomes, *_LEVELS)
    rules = {name: index for index, name in enumerate(dict.fromkeys(map(_rule_id, found[:MOST_RESULTS])))}
    folder = folder_of(report)
    results = list(_that_fit(_result(outcome, rules, folder) for outcome in found[:MOST_RESULTS]))
    invocation: dict[str, Any] = {"executionSuccessful": not any(o.status is Status.ERROR for o in report.outcomes)}
    if len(results) < len(found):
        said = f"{len(found) - len(results):,} more results are in the report, not in this file."
        invocation["toolExecutionNotifications"] = [{"level": "warning", "message": {"text": said}}]
    driver = {
        "name": "mlgate",
        "version": one_line(as_text(report.provenance.get("mlgate")), 40) or "0",
        "rules": [_rule(name) for name in rules],
    }
    run = {
        "tool": {"driver": driver},
        "automationDetails": {"id": f"mlgate/{quote(report.gate, safe='', errors='replace')}"},
        "invocations": [invocation],
        "results": results,
    }
    document = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(document, allow_nan=False, indent=2) + "\n"


def _that_fit(results: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    size = 0
    for result in results:
        size += len(json.dumps(result, indent=2)) + 500  # the indentation
        if size > MOST_BYTES:
            return
        yield result


def _rule(name: str) -> dict[str, Any]:
    said = {"text": _plain(f"mlgate check {name}")}
    help_ = {
        "text": "The message says what was found and what to do next; docs/checks.md of mlgate says what is looked at."
    }
    return {"id": name, "shortDescription": said, "fullDescription": said, "help": help_}


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


def _result(outcome: Outcome, rules: dict[str, int], folder: str) -> dict[str, Any]:
    rule = _rule_id(outcome)
    said = [one_line(outcome.message, 2000) or "no message", one_line(outcome.hint, 1000)]
    path = outcome.location.path.lstrip("/") if outcome.location else ""
    line = line_of(outcome) if path else None
    uri = quote(f"{folder}{path or _NO_FILE}", errors="replace")
    place = {"artifactLocation": {"uri": uri}, "region": {"startLine": line or 1}}
    identity = digest(outcome.id)
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
        # The second is the only one that GitHub reads; without it, all that has no line of its own would be one alert.
        "partialFingerprints": {"mlgateOutcome/v1": identity, "primaryLocationLineHash": f"{identity[:16]}:1"},
    }
