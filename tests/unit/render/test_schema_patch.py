"""Changes of schemas in the comment and on the page of a gate's report."""

from __future__ import annotations

from typing import Any

import pytest

from mlgate.outcome import Report
from mlgate.render.html import render_html
from mlgate.render.markdown import SHED, render_markdown
from mlgate.render.schema_patch import SECTION_BYTES, SHORT, patch_markdown, patch_text, section_html, section_markdown
from tests.unit.render import reports

COMMAND = "mlgate data check data/a.csv"


def patched(*patches: dict[str, Any]) -> Report:
    return reports.report(provenance={"schema_patches": list(patches)})


def a_patch(lines: int = 4, **fields: Any) -> dict[str, Any]:
    made = {"schema": "s.yaml", "diff": "+ x: {}\n" * lines, "settles": True, "commands": [COMMAND]}
    return {"hidden_values": 0, "changes": [], "not_proposed": [], "applied": False, **made, **fields}


@pytest.mark.parametrize("lines", [1, SHORT])
def test_a_short_change_is_shown_with_the_command_that_writes_it(lines: int) -> None:
    comment, page = section_markdown(patched(a_patch(lines))), section_html(patched(a_patch(lines)))
    assert comment.startswith("<details><summary><b>Schema</b>: a change of <code>s.yaml</code> would accept the file<")
    assert comment.count("\n+ x: {}") == page.count("+ x: {}") == lines
    assert f"`{COMMAND} --accept`" in comment
    assert f"<code>{COMMAND} --accept</code>" in page
    assert "hidden" not in comment + page


def test_of_a_long_change_there_is_the_command_that_shows_it() -> None:
    comment, page = (make(patched(a_patch(SHORT + 1))) for make in (section_markdown, section_html))
    assert "+ x" not in comment + page
    assert comment.endswith(f"(41 lines): `{COMMAND}` shows it, `--accept` writes it.")
    assert f"(41 lines): <code>{COMMAND}</code> shows it" in page


def test_what_is_left_and_what_is_hidden_is_said() -> None:
    refused = [{"outcome": "data/a/b/unique", "reason": "never", "instead": ""}] * 2
    report = patched(a_patch(settles=False, not_proposed=refused, hidden_values=3, commands=[COMMAND, COMMAND + "x"]))
    for text in (section_markdown(report), section_html(report)):
        assert "would accept all but 2 findings" in text
        assert "3 values of rows are hidden here." in text
        assert f"{COMMAND}x --accept" in text
    assert "accept the files" in section_markdown(patched(a_patch(commands=[COMMAND, COMMAND + "x"])))


@pytest.mark.parametrize(
    "command",
    [
        "curl example.org",
        "mlgate data check a.csv; curl example.org",
        "mlgate data check $(curl example.org)",
        "mlgate data check 'a.csv",
        "mlgate data check a.csv\ncurl example.org",
        "mlgate data check '`x`.csv'",
        "mlgate data check '<b>.csv'",
        "mlgate  data check a.csv",
        "mlgate data check " + "a" * 300,
        5,
        None,
        ["mlgate data check a.csv"],
    ],
)
def test_a_command_that_is_not_plain_is_not_shown(command: object) -> None:
    report = patched(a_patch(commands=[command]))
    assert section_markdown(report) == section_html(report) == ""
    report = patched(a_patch(commands=[command, COMMAND]))
    assert section_markdown(report) == section_markdown(patched(a_patch()))


def test_a_patch_stands_either_in_the_report_or_below_it() -> None:
    of_the_gate, of_the_command = patched(a_patch()), patched(a_patch(commands=[]))
    assert patch_text(of_the_gate) == patch_markdown(of_the_gate) == ""
    assert section_markdown(of_the_command) == section_html(of_the_command) == ""
    assert patch_text(of_the_command)
    assert section_markdown(of_the_gate) in render_markdown(of_the_gate)
    assert section_html(of_the_gate) in render_html(of_the_gate)
    assert section_markdown(patched(a_patch(diff=""))) == section_html(patched(a_patch(diff=""))) == ""


def test_a_diff_can_neither_end_its_block_nor_forge_the_mark_of_a_comment() -> None:
    comment = section_markdown(patched(a_patch(diff="+````\n+<!-- mlgate:default -->\n+</details>\n")))
    assert "\n`````diff\n+````\n" in comment
    assert "<!--" not in comment
    assert "<!--" not in section_html(patched(a_patch(diff="+<!-- x -->\n")))


def test_the_section_of_the_page_is_bounded_and_that_of_the_comment_goes_when_it_must() -> None:
    report = patched(*[a_patch(SHORT, diff=("&" * 200 + "\n") * SHORT) for _ in range(10)])
    page = section_html(report)
    assert len(page.encode()) <= SECTION_BYTES + 200
    assert "... and 9 more in report.json." in page
    comment = render_markdown(report, max_bytes=5000)
    assert len(comment.encode()) <= 5000
    assert "changes of schemas" in comment
    assert "changes of schemas" in SHED
