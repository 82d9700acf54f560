"""JUnit XML, as continuous-integration servers read it: one suite per tier, one test case per outcome."""

from __future__ import annotations

import xml.etree.ElementTree as ET  # only written here, never parsed
from collections import Counter
from collections.abc import Mapping

from mlgate.outcome import Outcome, Report, Status
from mlgate.render.facts import as_text, in_tier_order, line_of
from mlgate.render.visible import digest_end, no_commands, shorten, visible

_LONGEST = 20_000


def render_junit(report: Report) -> str:
    """A `fail` is a failure, an `error` an error, a `skip` skipped; a `warn` passes and says so in `system-out`."""
    root = ET.Element("testsuites", _totals("mlgate", report.outcomes) | {"time": _seconds(report.duration_s)})
    for tier in in_tier_order(outcome.tier for outcome in report.outcomes):
        mine = tuple(outcome for outcome in report.outcomes if outcome.tier == tier)
        time = _seconds(sum(outcome.duration_s for outcome in mine))
        suite = ET.SubElement(
            root, "testsuite", _totals(tier, mine) | {"time": time, "timestamp": _xml(report.started_at)}
        )
        for outcome in mine:
            _add_case(suite, outcome)
    ET.indent(root)
    return '<?xml version="1.0" encoding="utf-8"?>\n' + ET.tostring(root, encoding="unicode") + "\n"


def _add_case(suite: ET.Element, outcome: Outcome) -> None:
    attributes = {
        "classname": _xml(f"mlgate.{outcome.tier}.{outcome.check}"),
        "name": _xml_name(outcome.id),
        "time": _seconds(outcome.duration_s),
    }
    if outcome.location is not None:
        attributes["file"] = _xml(outcome.location.path)
        line = line_of(outcome)
        attributes |= {} if line is None else {"line": str(line)}
    case = ET.SubElement(suite, "testcase", attributes)
    _add_properties(case, outcome)
    message = _xml(outcome.message)
    match outcome.status:
        case Status.FAIL:
            ET.SubElement(case, "failure", message=message, type=_xml(outcome.check)).text = _details(outcome)
        case Status.ERROR:
            ET.SubElement(case, "error", message=message, type=_xml(outcome.check)).text = _details(outcome)
        case Status.SKIP:
            ET.SubElement(case, "skipped", message=message)
        case Status.WARN:
            ET.SubElement(case, "system-out").text = f"warning: {_details(outcome)}"


def _add_properties(case: ET.Element, outcome: Outcome) -> None:
    """What a server can group by: priority, flakiness, quarantine, GPU memory, and the run that was reused."""
    evidence = outcome.evidence
    gpu, quarantined = (found if isinstance(found := evidence.get(k), Mapping) else {} for k in ("gpu", "quarantined"))
    known = {
        "priority": evidence.get("priority"),
        "flaky": "true" if evidence.get("flaky") is True else None,
        "passed_on_try": evidence.get("passed_on_try"),
        "quarantined_until": quarantined.get("until"),
        "gpu": gpu.get("device"),
        "gpu_peak_mib": gpu.get("peak_mib"),
        "reused_from": outcome.reused_from,
    }
    told = {name: as_text(value) for name, value in known.items() if value is not None}
    if told:
        properties = ET.SubElement(case, "properties")
        for name, value in told.items():
            ET.SubElement(properties, "property", name=name, value=_xml(value))


def _details(outcome: Outcome) -> str:
    """Message, next step and traceback, line by line."""
    traceback = outcome.evidence.get("traceback")
    if isinstance(traceback, list | tuple):
        traceback = "\n".join(as_text(line) for line in traceback)
    parts = [outcome.message, f"next: {outcome.hint}" if outcome.hint else "", as_text(traceback)]
    return _xml("\n".join(part for part in parts if part))


def _totals(name: str, outcomes: tuple[Outcome, ...]) -> dict[str, str]:
    number = Counter(outcome.status for outcome in outcomes)
    return {
        "name": _xml(name),
        "tests": str(len(outcomes)),
        "failures": str(number[Status.FAIL]),
        "errors": str(number[Status.ERROR]),
        "skipped": str(number[Status.SKIP]),
    }


def _xml(text: str) -> str:
    """`text` line by line: `visible`, which XML 1.0 can hold, and no workflow command; very long text is cut."""
    lines = shorten(text, _LONGEST).replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\n".join(no_commands(visible(line.expandtabs(4))) for line in lines)


def _xml_name(text: str) -> str:
    """`_xml` of a name that must not look like another one, however long both are."""
    end = digest_end(text) if len(text) > _LONGEST else ""
    return _xml(text[: _LONGEST - len(end)]) + end


def _seconds(seconds: float) -> str:
    return f"{seconds:.3f}" if 0 <= seconds < 1e9 else "0.000"
