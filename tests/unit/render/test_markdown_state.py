"""What the comment remembers, and what it makes of what somebody else wrote into it."""

from __future__ import annotations

import base64
import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.outcome import Report, Status
from mlgate.render.markdown import render_comment
from mlgate.render.markdown_state import (
    LONGEST_ID,
    MAX_BYTES,
    MOST_IDS,
    State,
    next_state,
    read_state,
    resolved,
    state_line,
)
from tests.unit.render import reports
from tests.unit.render.strategies import texts

COMMITS = ("a" * 40, "b" * 40, "c" * 40)


def push(commit: str, **statuses: Status) -> Report:
    outcomes = [reports.outcome(f"data/train/{name}/between", status, message="m") for name, status in statuses.items()]
    return replace(reports.report(*outcomes), provenance={"commit": commit})


def acknowledged(text: str) -> str:
    return next((line for line in text.splitlines() if "Resolved since an earlier push" in line), "")


def test_what_is_resolved_is_said_on_the_next_push_and_stays_on_a_second_run() -> None:
    first = render_comment(push(COMMITS[0], age=Status.FAIL, sex=Status.ERROR, bmi=Status.PASS), "")
    assert acknowledged(first) == ""
    second = render_comment(push(COMMITS[1], age=Status.PASS, sex=Status.ERROR, bmi=Status.PASS), first)
    assert "age" in acknowledged(second)
    assert "sex" not in acknowledged(second)
    again = render_comment(push(COMMITS[1], age=Status.PASS, sex=Status.ERROR, bmi=Status.PASS), second)
    assert again == second
    third = render_comment(push(COMMITS[2], age=Status.PASS, sex=Status.PASS, bmi=Status.PASS), second)
    assert "sex" in acknowledged(third)
    assert "age" not in acknowledged(third)


def test_what_was_not_judged_is_not_resolved_and_waits() -> None:
    first = render_comment(push(COMMITS[0], age=Status.FAIL), "")
    stopped = render_comment(push(COMMITS[1], age=Status.SKIP, bmi=Status.FAIL), first)
    assert acknowledged(stopped) == ""
    gone = render_comment(push(COMMITS[1], bmi=Status.PASS), stopped)
    assert "age" not in acknowledged(gone)
    assert "age" in acknowledged(render_comment(push(COMMITS[2], age=Status.PASS), gone))


def test_what_was_accepted_is_not_resolved() -> None:
    first = render_comment(push(COMMITS[0], age=Status.FAIL), "")
    report = push(COMMITS[1], age=Status.WARN)
    accepted = report.with_outcomes([replace(report.outcomes[0], evidence={"accepted": {"until": "2027-01-01"}})])
    assert acknowledged(render_comment(accepted, first)) == ""


IDS = st.lists(st.text(min_size=1, max_size=LONGEST_ID), max_size=MOST_IDS, unique=True).map(tuple)


@given(IDS, IDS, st.sampled_from(["", *COMMITS]))
def test_a_state_is_read_back_and_bounded(blocking: tuple[str, ...], solved: tuple[str, ...], commit: str) -> None:
    line = state_line(State(commit=commit, blocking=blocking, resolved=solved))
    assert len(line) <= MAX_BYTES
    assert line.isascii()
    assert line.count("--") == 2
    found = read_state(f"## verdict\n\ntext\n{line}\n")
    assert found is not None
    assert found.commit == commit
    assert blocking[: len(found.blocking)] == found.blocking
    if sum(map(len, (*blocking, *solved))) < 500:
        assert (found.blocking, found.resolved) == (blocking, solved)


def packed(value: object) -> str:
    return f"<!-- mlgate-state:1 {base64.urlsafe_b64encode(json.dumps(value).encode()).decode()} -->"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<!-- mlgate-state:1  -->",
        "<!-- mlgate-state:1 !!!! -->",
        "<!-- mlgate-state:2 e30= -->",
        packed([]),
        packed({"commit": "x y", "blocking": [], "resolved": []}),
        packed({"commit": "", "blocking": "abc", "resolved": []}),
        packed({"commit": "", "blocking": [1], "resolved": []}),
        packed({"commit": "", "blocking": ["a"] * (MOST_IDS + 1), "resolved": []}),
        packed({"commit": "", "blocking": ["a" * (LONGEST_ID + 1)], "resolved": []}),
        packed({"commit": "", "blocking": ["a"]}),
        f"{packed({'commit': '', 'blocking': ['a'], 'resolved': []})} and more",
        f"<!-- mlgate-state:1 {base64.urlsafe_b64encode(b'[' * 4000).decode()} -->",
    ],
)
def test_what_is_odd_is_as_if_it_were_not_there(text: str) -> None:
    assert read_state(text) is None
    report = push(COMMITS[0], age=Status.PASS)
    assert render_comment(report, text) == render_comment(report, "")


@given(
    st.one_of(st.text(), texts(), st.binary().map(lambda b: f"<!-- mlgate-state:1 {base64.b64encode(b).decode()} -->"))
)
def test_any_text_in_our_comment_is_tolerated(text: str) -> None:
    report = push(COMMITS[0], age=Status.FAIL)
    assert render_comment(report, text).splitlines()[0] == render_comment(report, "").splitlines()[0]


def test_a_forged_state_can_only_name_what_the_report_holds() -> None:
    forged = packed({"commit": COMMITS[0], "blocking": ["data/train/age/between", "<b>@all</b>"], "resolved": []})
    text = render_comment(push(COMMITS[1], age=Status.PASS), forged)
    assert "age" in acknowledged(text)
    assert "all" not in acknowledged(text)


def test_the_whole_comment_stays_within_its_bytes() -> None:
    text = render_comment(reports.huge(), "", max_bytes=60_000)
    assert len(text.encode()) <= 60_000
    assert read_state(text) is not None
    state = next_state(reports.huge(), None)
    assert len(state.blocking) <= MOST_IDS
    assert resolved(reports.huge(), State(resolved=state.blocking)) == []
