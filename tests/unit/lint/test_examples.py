"""Every rule has a bad and a good example file, and finds in them what they say: no more and no less."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from mlgate.config.lint_section import RULE_NAMES
from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.lint.rules import RULES, collect

CASES = Path(__file__).parents[2] / "cases" / "lint"
FINDS = re.compile(r"^(?P<code>.*?)#\s*finds:\s*(?P<rules>.+)$")
Place = tuple[int | None, int, str]
"""Cell, line, rule."""


def examples(rule: str, word: str) -> list[Path]:
    return sorted(path for path in (CASES / rule).glob(f"{word}*") if path.suffix in (".py", ".ipynb"))


def expected(path: Path) -> Iterator[Place]:
    """What an example says of itself: a note behind code is about its line, a note alone about the next line."""
    text = path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        yield from _notes(text, None)
        return
    for number, cell in enumerate(json.loads(text)["cells"], 1):
        yield from _notes("".join(cell["source"]), number)


def _notes(text: str, cell: int | None) -> Iterator[Place]:
    for line, content in enumerate(text.splitlines(), 1):
        match = FINDS.match(content)
        if match:
            for rule in match["rules"].split(","):
                yield cell, line if match["code"].strip() else line + 1, rule.strip()


def found(path: Path) -> Iterator[Place]:
    report = lint_paths(LintRequest(paths=(path.name,), start=path.parent, cache=False))
    for outcome in report.outcomes:
        if outcome.check in RULES:
            cell = outcome.evidence.get("cell")
            line = outcome.evidence["line"] if cell else outcome.location and outcome.location.line
            yield cell, line or 0, outcome.check
        else:
            assert outcome.status in ("pass", "skip"), outcome


@pytest.mark.parametrize("rule", RULES)
def test_a_rule_finds_what_its_examples_say(rule: str) -> None:
    bad, good = examples(rule, "bad"), examples(rule, "good")
    assert bad, f"{rule} has no bad example in {CASES / rule}"
    assert good, f"{rule} has no good example in {CASES / rule}"
    for path in bad:
        said = sorted(expected(path), key=str)
        assert rule in {place[2] for place in said}, path
        assert sorted(found(path), key=str) == said, path
    for path in good:
        assert list(found(path)) == [], path


def test_no_example_is_of_an_unknown_rule() -> None:
    assert {path.name for path in CASES.iterdir() if path.is_dir()} - set(RULES) == set()


def test_mlgate_yaml_knows_the_same_rules() -> None:
    assert list(RULE_NAMES) == list(RULES)


def test_a_rule_says_everything_and_its_id_is_new() -> None:
    rule = RULES["late-seed"]
    with pytest.raises(ValueError, match="late-seed"):
        collect({"a": [rule], "b": [rule]})
    with pytest.raises(ValueError, match="late-seed"):
        collect({"a": [rule._replace(fix="")]})
