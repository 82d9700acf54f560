"""What holds of every rendering, whatever the report: real reports in which values were replaced, moved and taken out."""

from __future__ import annotations

import copy
import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.outcome import Report, Status, judge, report_from_dict, report_to_dict
from mlgate.render import RENDERERS
from mlgate.render.check_run import render_check
from mlgate.render.markdown import MIN_BYTES, render_comment, render_markdown
from mlgate.render.markdown_state import read_state
from tests.unit.render import reports
from tests.unit.render.strategies import texts
from tests.unit.render.test_markdown import require_valid

SHORT = "$x$ | @a #1 <b> GH-1 :tada: [^1] - [ ] www.a.b abc1234"
KINDS = tuple(map(report_to_dict, (*(make() for make in reports.SAMPLES.values()), reports.hostile(SHORT))))
NUMBERS = (0, -1, 1, 10**15, -(2**62), 1e308, -1e308, 5e-324, 1e-300, 0.5, 1e12, float(2**53))
SHAPES: tuple[Any, ...] = ([], {}, [[]], [{}], {"a": {}}, [None] * 50, ["x"] * 300, [1, 2], ["a", "b"], [0.0, 1.0])
WORDS = (
    *("", " ", "\n", "\ud800", "\u202e", "regression", "inconclusive", "invalid", "improved", "flips", "slow_decline"),
    *("fraction", "ms", "$" * 16, "data/splits/x", "model/x/y", "../../x", "/etc/passwd", "a\\b", "a\x00b"),
    *("mlgate run --tier x", "x" * 10_000, "|`<@$#" * 500, reports.HOSTILE),
)
VALUES = st.one_of(st.none(), st.booleans(), st.sampled_from(NUMBERS), st.sampled_from(WORDS), texts(6)) | (
    st.sampled_from(SHAPES).map(copy.deepcopy)
)
Path = tuple[Any, ...]


def places(value: Any, path: Path = ()) -> Iterator[Path]:
    """Where something stands in a report."""
    yield path
    inside = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in inside:
        yield from places(item, (*path, key))


def at(value: Any, path: Path) -> Any:
    for key in path:
        value = value[key]
    return value


@st.composite
def changed(draw: st.DrawFn) -> Report:
    """A real report with up to eight places replaced by a value or by what stands elsewhere, renamed, or taken out."""
    raw = copy.deepcopy(draw(st.sampled_from(KINDS)))
    free = [path for path in places(raw) if path and path[0] in ("outcomes", "provenance", "gate", "started_at")]
    for _ in range(draw(st.integers(1, 8))):
        path = draw(st.sampled_from(free))
        try:
            inside = at(raw, path[:-1])
            match draw(st.sampled_from(("value", "value", "value", "other", "renamed", "gone"))):
                case "value":
                    inside[path[-1]] = draw(VALUES)
                case "other":
                    inside[path[-1]] = copy.deepcopy(at(raw, draw(st.sampled_from(free))))
                case "renamed" if isinstance(inside, dict) and len(path) > 1:
                    inside[draw(st.sampled_from(WORDS))] = inside.pop(path[-1])
                case "gone" if len(path) > 1:
                    del inside[path[-1]]
        except (KeyError, IndexError, TypeError):
            continue  # another change took it away
    outcomes = raw["outcomes"] if isinstance(raw["outcomes"], list) else []
    raw["verdict"] = _worst([Status(each["status"]) for each in outcomes if _has_status(each)])
    try:
        return report_from_dict(raw)
    except ValueError:
        return reports.hostile(draw(texts()))  # no report any more: it would have been refused


def _has_status(outcome: Any) -> bool:
    return isinstance(outcome, dict) and outcome.get("status") in [status.value for status in Status]


def _worst(statuses: list[Status]) -> str:
    return judge(reports.outcome("x/y", status) for status in statuses).value


def require_markdown(report: Report) -> None:
    assert len(render_markdown(report, max_bytes=MIN_BYTES).encode()) <= MIN_BYTES
    comment = render_comment(report, "")
    assert read_state(comment) is not None
    require_valid(comment.rstrip().rpartition("\n")[0], 60_000)


def require_commands(report: Report) -> None:
    lines = RENDERERS["github"](report).split("\n")
    assert lines.pop() == ""
    levels = [line.split(" ", 1)[0] for line in lines]
    assert set(levels) <= {"::error", "::warning", "::notice"}
    assert max(map(levels.count, levels)) <= 10


def require_check(report: Report) -> None:
    output = render_check(report, "a note")
    json.dumps(output, allow_nan=False).encode()
    assert len(output["summary"].encode()) <= 65_535
    assert 0 < len(output["title"].encode()) <= 255
    for annotation in output["annotations"]:
        assert annotation["path"].strip()
        assert annotation["path"].isprintable()
        assert annotation["start_line"] > 0
        assert 0 < len(annotation["message"].encode()) < 64_000


def require_page(report: Report) -> None:
    page = RENDERERS["html"](report)
    assert len(page.encode()) < 2_000_000
    assert page.count("<script") == page.count("</script>")
    assert "\u2028" not in page
    assert "<!--" not in re.sub(r"<script>.*?</script>", "", page, flags=re.DOTALL)


def require_text(report: Report) -> None:
    text = RENDERERS["text"](report)
    assert all(character.isprintable() or character == "\n" for character in text)
    assert not re.search(r"^\s*::|##\[", text, re.MULTILINE)


def require_files(report: Report) -> None:
    ET.fromstring(RENDERERS["junit"](report))  # noqa: S314  # our own text, and the parser is what is tested
    for name in ("sarif", "json"):
        json.loads(RENDERERS[name](report), parse_constant=pytest.fail)


@pytest.mark.parametrize(
    "require", [require_markdown, require_commands, require_check, require_page, require_text, require_files]
)
@settings(max_examples=30)  # each is a whole report
@given(report=changed())
def test_whatever_stands_in_a_report_its_renderings_keep_their_rules(
    require: Callable[[Report], None], report: Report
) -> None:
    require(report)
