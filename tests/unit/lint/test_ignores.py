"""A comment ignores a finding where it says why; one that ignores nothing is told."""

from __future__ import annotations

import pytest

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED, UNKNOWN, Edit, Finding
from mlgate.lint.ignores import ignores_of, judge_ignores
from mlgate.lint.merging import merge
from mlgate.lint.module import parse_module
from mlgate.outcome import Status

KNOWN = ("unseeded-split", "unseeded-numpy", "late-seed")


def covered(text: str, rule: str = "unseeded-split") -> set[int]:
    """The lines of a text in which a rule is ignored."""
    ignores = ignores_of(parse_module(text, "a.py"))
    return {line for line in range(1, text.count("\n") + 2) if any(item.covers(rule, line) for item in ignores)}


@pytest.mark.parametrize(
    ("text", "lines"),
    [
        ("a = f()  # mlgate: ignore[unseeded-split] why\nb = f()", {1}),
        ("# mlgate: ignore[unseeded-split] why\na = f()\nb = f()", {2}),
        ("# mlgate: ignore[unseeded-split] why\n# and more\n\na = f(\n  1,\n)\nb = 2", {4, 5, 6}),
        ("a = f(  # mlgate: ignore[unseeded-split] why\n  1,\n)", {1, 2, 3}),
        ("a = f(\n  1,\n)  # mlgate: ignore[unseeded-split] why", {1, 2, 3}),
        ("a = f(\n  1,  # mlgate: ignore[unseeded-split] why\n  2,\n)", {2}),
        ("a = f(\n  # mlgate: ignore[unseeded-split] why\n  1,\n  2,\n)", {3}),
        ("# mlgate: ignore[unseeded-split] why\nfor x in f(\n  1):\n    g()", {2, 3}),
        ("# mlgate: ignore[unseeded-split] why\n@d\ndef f():\n    g()", {2, 3}),
        ("a = 1\n# mlgate: ignore-file[unseeded-split] why", {1, 2}),
        ("a = f()  #mlgate:ignore[ late-seed , unseeded-split ]: why", {1}),
        ("a = f()  # mlgate: ignore[unseeded-split] - why", {1}),
        ("a = f()  # mlgate: ignore[unseeded-split]", set()),
        ("a = f()  # mlgate: ignore[unseeded-split]   :", set()),
        ("a = f()  # mlgate: ignore because", set()),
        ("a = f()  # mlgate: ignore[late-seed] why", set()),
        ("a = '# mlgate: ignore[unseeded-split] why'", set()),
        ("a = f()  # noqa  # mlgate: ignore[unseeded-split] why", {1}),
        ("a = f()  # write `# mlgate: ignore[unseeded-split] why`", set()),
    ],
)
def test_a_comment_covers_its_statement(text: str, lines: set[int]) -> None:
    assert covered(text) == lines


def told(text: str, used: set[tuple[int, str]] | None = None) -> list[tuple[str, int, str]]:
    found = judge_ignores("a.py", ignores_of(parse_module(text, "a.py")), used or set(), KNOWN, KNOWN[:2])
    return [(item.rule, item.line, item.message) for item in found]


def test_without_a_reason_or_with_an_unknown_rule_it_is_told() -> None:
    assert told("# mlgate: ignore[unseeded-split]") == [
        ("unexplained-ignore", 1, "the comment gives no reason, so it ignores nothing")
    ]
    assert told("# mlgate: ignore why") == [
        ("unexplained-ignore", 1, "the comment names no rule, so it ignores nothing")
    ]
    assert told("# mlgate: ignore[unseeded-splt, late-seed] why") == [
        ("unexplained-ignore", 1, "there is no rule 'unseeded-splt', so nothing is ignored by it")
    ]
    ignores = ignores_of(parse_module("# mlgate: ignore[unseeded-splt] why", "a.py"))
    assert next(iter(judge_ignores("a.py", ignores, set(), KNOWN, KNOWN))).hint == "did you mean unseeded-split?"


def test_one_that_ignores_nothing_is_told_if_its_rule_was_asked() -> None:
    text = "x = 1  # mlgate: ignore[unseeded-split, unseeded-numpy, late-seed] why"
    assert told(text) == [
        ("unused-ignore", 1, "nothing is found here that `ignore[unseeded-split, unseeded-numpy]` could ignore")
    ]
    used = {(1, "unseeded-split"), (1, "unseeded-numpy")}
    assert told(text, used) == []


def finding(rule: str = "unseeded-split", line: int = 1, verdict: str = UNCONTROLLED, path: str = "a.py") -> Finding:
    status = Status.FAIL if verdict == UNCONTROLLED else Status.WARN
    edits = (Edit(0, 0, "seed"), Edit(line, line, "x"))
    return Finding(
        rule=rule, path=path, line=line, message=f"{verdict} {line}", hint="", status=status, verdict=verdict, scope="f",
        edits=edits,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("views", "stays"),
    [
        ([UNKNOWN, CONTROLLED], ""),
        ([UNKNOWN], UNKNOWN),
        ([CONTROLLED, CONDITIONAL, UNKNOWN], CONDITIONAL),
        ([CONDITIONAL, UNCONTROLLED, CONTROLLED], UNCONTROLLED),
    ],
)
def test_of_what_entry_points_saw_the_worst_that_is_known_stays(views: list[str], stays: str) -> None:
    for order in (views, views[::-1]):
        merged = merge([finding(verdict=verdict) for verdict in order], {}, ())
        assert [item.verdict for item in merged["a.py"].findings] == ([stays] if stays else [])
        assert merged["a.py"].controlled == (0 if stays else 1)


def test_what_one_entry_knows_of_a_place_settles_what_another_does_not() -> None:
    merged = merge([finding("late-seed"), finding("unseeded-torch", verdict=UNKNOWN)], {}, ())
    assert [item.rule for item in merged["a.py"].findings] == ["late-seed"]


def test_a_rule_that_is_told_once_takes_the_first_of_the_worst() -> None:
    places = [
        finding(line=1, verdict=CONDITIONAL),
        finding(line=2),
        finding(line=3),
        finding(line=4, verdict=CONTROLLED),
    ]
    (one,) = merge([*places, finding("late-seed", 9)], {}, ("unseeded-split",))["a.py"].findings[:1]
    assert (one.line, one.verdict, one.scope) == (2, UNCONTROLLED, "")
    assert one.message == "uncontrolled 2 (and 2 more places)"
    assert one.evidence == {"lines": [1, 3], "places": 3}
    assert set(one.edits) == {Edit(0, 0, "seed"), *(Edit(line, line, "x") for line in (1, 2, 3))}


def test_an_ignored_place_is_not_among_those_that_are_told() -> None:
    module = parse_module("a = 1\nb = 2  # mlgate: ignore[unseeded-split] why", "a.py")
    merged = merge(
        [finding(line=1), finding(line=2), finding(line=2, path="b.py")],
        {"a.py": ignores_of(module)},
        ("unseeded-split",),
    )
    assert [item.line for item in merged["a.py"].findings] == [1]
    assert "lines" not in merged["a.py"].findings[0].evidence
    assert merged["a.py"].used == {(2, "unseeded-split")}
    assert [item.line for item in merged["b.py"].findings] == [2]
