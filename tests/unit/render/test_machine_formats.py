"""JUnit, SARIF and workflow commands, each read back by a parser of its format."""

from __future__ import annotations

import hashlib
import json
import re
import xml.etree.ElementTree as ET
from collections import Counter
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from mlgate.outcome import Location, Status
from mlgate.render.annotations import render_annotations
from mlgate.render.junit import render_junit
from mlgate.render.sarif import render_sarif
from mlgate.render.visible import one_line
from tests.unit.render import reports
from tests.unit.render.strategies import texts

# --- JUnit ----------------------------------------------------------------------------------------------------------


def parse(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  # our own text, and the parser is what is tested


def test_junit_has_one_case_per_outcome_in_one_suite_per_tier() -> None:
    report = reports.data_failure()
    root = parse(render_junit(report))
    assert [suite.get("name") for suite in root] == ["static", "unit", "data"]
    cases = {case.get("name"): [child.tag for child in case] for case in root.iter("testcase")}
    assert len(cases) == len(report.outcomes)
    assert cases["data/train/age/between"] == ["failure"]
    assert cases["data/train/ward/in_set"] == ["skipped"]
    assert cases["data/train/email/pii"] == ["system-out"]
    assert (root.get("failures"), root.get("errors"), root.get("skipped")) == ("3", "0", "2")


def test_junit_calls_what_could_not_be_checked_an_error() -> None:
    root = parse(render_junit(reports.baseline_gone()))
    (error,) = root.iter("error")
    assert "did not answer" in (error.get("message") or "")
    assert "MLFLOW_TRACKING_URI" in (error.text or "")


@given(text=texts())
@example(text=reports.HOSTILE)
def test_junit_is_xml_whatever_the_text(text: str) -> None:
    root = parse(render_junit(reports.hostile(text)))
    assert Counter(element.tag for element in root.iter()) == Counter(
        element.tag for element in parse(render_junit(reports.hostile("harmless"))).iter()
    )


@given(text=texts())
@example(text=reports.HOSTILE)
@example(text="x\r\n  ::add-mask::y\n##[error]z\x85\x9b31m\u2028\u200b\u202e\ufeff")
def test_junit_holds_nothing_invisible_and_no_workflow_command(text: str) -> None:
    for element in parse(render_junit(reports.hostile(text))).iter():
        for value in (element.text or "", *element.attrib.values()):
            assert all(c.isprintable() or c == "\n" for c in value)
            assert not [line for line in value.split("\n") if line.lstrip().startswith("::") or "##[" in line]


def test_junit_tells_very_long_names_apart() -> None:
    long = [reports.outcome("unit/" + "x" * 30_000 + end, Status.FAIL) for end in "ab"]
    names = {case.get("name") for case in parse(render_junit(reports.report(*long))).iter("testcase")}
    assert len(names) == 2
    assert {len(name or "") for name in names} == {20_000}


# --- SARIF ----------------------------------------------------------------------------------------------------------


def sarif(text: str) -> dict[str, Any]:
    document = json.loads(text, parse_constant=lambda name: pytest.fail(f"{name} is not JSON"))
    assert document["version"] == "2.1.0"
    (run,) = document["runs"]
    assert isinstance(run, dict)
    return run


def test_sarif_has_a_result_for_what_needs_a_person() -> None:
    run = sarif(render_sarif(reports.data_failure()))
    assert Counter(result["level"] for result in run["results"]) == {"error": 3, "warning": 1}
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = run["results"][0]["locations"][0]["physicalLocation"]
    assert place == {"artifactLocation": {"uri": "schemas/patients.yaml"}, "region": {"startLine": 12}}


def test_sarif_has_a_file_and_a_line_for_every_result() -> None:
    run = sarif(
        render_sarif(
            reports.report(
                reports.outcome("static/a b/x", Status.FAIL, location=Location("/a b/\u00fc:1.yaml")),
                reports.outcome("data/train/rows", Status.ERROR),
            )
        )
    )
    places = [result["locations"][0]["physicalLocation"] for result in run["results"]]
    assert places == [
        {"artifactLocation": {"uri": "a%20b/%C3%BC%3A1.yaml"}, "region": {"startLine": 1}},
        {"artifactLocation": {"uri": "mlgate.yaml"}, "region": {"startLine": 1}},
    ]
    assert run["invocations"] == [{"executionSuccessful": False}]


def test_sarif_finds_a_project_in_a_folder_of_its_repository() -> None:
    placed = reports.outcome("static/a", Status.FAIL, location=Location("a.yaml", 3))
    report = reports.report(placed, reports.outcome("data/train/rows", Status.ERROR), provenance={"folder": "models/a"})
    uris = [
        result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        for result in sarif(render_sarif(report))["results"]
    ]
    assert uris == ["models/a/a.yaml", "models/a/mlgate.yaml"]


@given(text=texts())
@example(text=reports.HOSTILE)
def test_sarif_places_are_relative_whatever_the_path(text: str) -> None:
    for result in sarif(render_sarif(reports.hostile(text)))["results"]:
        uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"]
        parts = urlsplit(uri)
        assert (parts.scheme, parts.netloc) == ("", "")
        assert not uri.startswith("/")
        assert re.fullmatch(r"[A-Za-z0-9._~/%-]+", uri)
        assert result["message"]["text"].strip()


def links_and_placeholders(text: str) -> tuple[list[str], str]:
    """A plain text message as a viewer reads it (SARIF 2.1.0, 3.11.5 and 3.11.6): what it would replace, and the rest."""
    active, shown = re.findall(r"(?<!\\)(?:\\\\)*(\[(?:[^\[\]\\]|\\.)*\]\()", text), text
    active += re.findall(r"\{\d+\}", re.sub(r"\{\{|\}\}", "", text))
    shown = re.sub(r"\\([\[\]\\])", r"\1", shown)
    return active, shown.replace("{{", "{").replace("}}", "}")


def test_the_tests_can_see_a_link_and_a_placeholder() -> None:
    assert links_and_placeholders("[x](y) {0}")[0] == ["[x](", "{0}"]


@given(text=texts() | st.text("[]()\\{}01x", min_size=1))
@example(text="[text](http://x.example) {0} {{1}} \\[a](1)")
def test_a_sarif_message_is_nothing_but_text(text: str) -> None:
    report = reports.report(reports.outcome("data/a", Status.FAIL, message=text, check="[x](y){0}"))
    run = sarif(render_sarif(report))
    active, shown = links_and_placeholders(run["results"][0]["message"]["text"])
    assert active == []
    assert shown == (one_line(text, 2000) or "no message")
    assert run["tool"]["driver"]["rules"][0]["shortDescription"]["text"] == r"mlgate check \[x\](y){{0}}"


def test_a_sarif_fingerprint_is_that_of_the_whole_id() -> None:
    ids = ["model/" + "x" * 600 + end for end in ("a", "b", "\ud800")]
    run = sarif(render_sarif(reports.report(*(reports.outcome(name, Status.FAIL) for name in ids))))
    prints = [result["partialFingerprints"]["mlgateOutcome/v1"] for result in run["results"]]
    names = {result["locations"][0]["logicalLocations"][0]["fullyQualifiedName"] for result in run["results"]}
    assert prints[0] == hashlib.sha256(ids[0].encode()).hexdigest()
    assert len(set(prints)) == len(names) == 3
    lines = {result["partialFingerprints"]["primaryLocationLineHash"] for result in run["results"]}
    assert len(lines) == 3
    assert all(re.fullmatch(r"[0-9a-f]{16}:1", line) for line in lines)


def test_sarif_stays_within_githubs_limits_and_counts_the_rest() -> None:
    long = "\u4e00" * 3000
    outcomes = [reports.outcome(f"data/{n}", Status.FAIL, message=long, hint=long) for n in range(1000)]
    text = render_sarif(reports.report(*outcomes))
    run = sarif(text)
    assert len(text.encode()) < 10_000_000
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["message"]["text"].startswith(f"{1000 - len(run['results'])} more results")
    assert "toolExecutionNotifications" not in sarif(render_sarif(reports.data_failure()))["invocations"][0]
    assert "security-severity" not in text


# --- workflow commands ----------------------------------------------------------------------------------------------

COMMAND = re.compile(r"::(error|warning|notice) ([^:]*)::(.*)")


def commands(text: str) -> list[tuple[str, dict[str, str], str]]:
    """As the runner reads them: one command per line, properties split at commas, codes undone."""
    read = []
    for line in re.split(r"\r\n|\r|\n", text.rstrip("\n")):
        found = COMMAND.fullmatch(line)
        assert found, line
        pairs = (pair.partition("=") for pair in found[2].split(","))
        read.append((found[1], {key: unquote(value) for key, _, value in pairs}, unquote(found[3])))
    return read


def test_annotations_stand_at_their_lines() -> None:
    first, *_ = commands(render_annotations(reports.data_failure()))
    assert first[0] == "error"
    assert first[1] == {"file": "schemas/patients.yaml", "line": "12", "title": "train.age between"}
    assert first[2].splitlines()[0] == "2 of 20,920 values are not between 0 and 120; the largest is 131"


def test_annotations_find_a_project_in_a_folder_of_its_repository() -> None:
    failed = reports.outcome("data/a", Status.FAIL, location=Location("a.yaml", 3))
    policy = {"ruled_by": "head", "changes": [{"effect": "looser", "place": "x", "path": "mlgate.yaml", "line": 4}]}
    report = reports.report(failed, provenance={"folder": "models/a", "policy": policy})
    assert [pairs.get("file") for _, pairs, _ in commands(render_annotations(report))] == [
        "models/a/a.yaml",
        "models/a/mlgate.yaml",
        None,
    ]


def test_annotations_keep_githubs_limits_and_count_the_rest() -> None:
    warned = [reports.outcome(f"data/train/{n}/pii", Status.WARN) for n in range(12)]
    huge = reports.huge(100)
    read = commands(render_annotations(huge.with_outcomes((*huge.outcomes, *warned))))
    assert Counter(level for level, _, _ in read) == {"error": 10, "warning": 10, "notice": 1}
    assert read[0][1]["title"] == "accuracy of readmission in ward=w49"  # the worst first
    assert read[-1][0] == "notice"
    assert "92 more are in the report" in read[-1][2]


@given(text=texts())
@example(text=reports.HOSTILE)
def test_no_text_can_add_a_command_or_a_property(text: str) -> None:
    read, harmless = (commands(render_annotations(reports.hostile(t))) for t in (text, "harmless"))
    assert [(level, set(keys)) for level, keys, _ in read] == [(level, set(keys)) for level, keys, _ in harmless]
