"""A YAML text is changed where it has to be, and nowhere else."""

from __future__ import annotations

import copy
import doctest
import re
import subprocess
from pathlib import Path
from typing import Any

import hypothesis.strategies as st
import pytest
import yaml
from hypothesis import given, settings

from mlgate.config import plain_edits, yaml_edit, yaml_match, yaml_text
from mlgate.config.document import load_document
from mlgate.config.yaml_edit import UneditableError, patch, rewrite, same
from mlgate.config.yaml_text import flow, scalar
from mlgate.errors import ConfigError

SCHEMA = """\
# Patients of the clinic.
version: 1
read: {delimiter: ",", null: ["", NA]}   # as exported
columns:
  # who
  patient_id: {type: integer, not_null: true, unique: true}
  age:        {type: integer, between: [0, 120], null_fraction: {max: 0.02}}  # years
  sex:
    type: string
    in_set:   # as of 2024
      - F
      - 'M'   # male
      - "X"

  email: {
    type: string,     # text
    regex: '^[^@]+@[^@]+$',
  }
  # none of these is final
  score: {type: number, checks: [{between: {strict_min: 0, max: 1}, mostly: 0.99}]}
table:
  row_count: {min: 1000}
  unique:
  - [patient_id, age]
"""


def data(text: str) -> Any:
    return load_document(text, "s.yaml").plain_data()


def edited(text: str, change: Any) -> str:
    """The text after a change of its plain data."""
    wanted = copy.deepcopy(data(text))
    change(wanted)
    return rewrite(text, wanted, path="s.yaml")


def renamed(mapping: dict[str, Any], old: str, new: str, value: Any = None) -> None:
    items = list(mapping.items())
    mapping.clear()
    mapping.update((new, item if value is None else value) if key == old else (key, item) for key, item in items)


def changes(before: str, after: str) -> list[str]:
    """Lines of the diff that are taken out or put in."""
    return [line for line in patch(before, after, "s").splitlines()[2:] if line[0] in "+-"]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (
            lambda d: d["columns"]["age"]["between"].__setitem__(1, 131),
            [
                "-  age:        {type: integer, between: [0, 120], null_fraction: {max: 0.02}}  # years",
                "+  age:        {type: integer, between: [0, 131], null_fraction: {max: 0.02}}  # years",
            ],
        ),
        (lambda d: d["columns"]["sex"]["in_set"].append("NO"), ['+      - "NO"']),
        (lambda d: d["columns"]["sex"]["in_set"].remove("M"), ["-      - 'M'   # male"]),
        (lambda d: d["columns"]["sex"]["in_set"].insert(0, "D"), ["+      - D"]),
        (
            lambda d: renamed(d["columns"]["patient_id"], "not_null", "null_fraction", {"max": 0.03}),
            [
                "-  patient_id: {type: integer, not_null: true, unique: true}",
                "+  patient_id: {type: integer, null_fraction: {max: 0.03}, unique: true}",
            ],
        ),
        (
            lambda d: renamed(d["columns"]["score"]["checks"][0]["between"], "strict_min", "min"),
            [
                "-  score: {type: number, checks: [{between: {strict_min: 0, max: 1}, mostly: 0.99}]}",
                "+  score: {type: number, checks: [{between: {min: 0, max: 1}, mostly: 0.99}]}",
            ],
        ),
        (
            lambda d: d["columns"].pop("age"),
            ["-  age:        {type: integer, between: [0, 120], null_fraction: {max: 0.02}}  # years"],
        ),
        (
            lambda d: renamed(d["columns"], "sex", "gender"),
            ["-  sex:", "+  gender:"],
        ),
        (lambda d: d["columns"].update(bmi={"type": "number"}), ["+  bmi: {type: number}"]),
        (lambda d: d["columns"]["sex"].update(not_null=True), ["+    not_null: true"]),
        (
            lambda d: d["columns"]["email"].pop("type"),
            [],  # refused: the comment would be lost
        ),
        (
            lambda d: d["columns"]["email"].update(length=[1, 9]),
            ["-    regex: '^[^@]+@[^@]+$',", "+    regex: '^[^@]+@[^@]+$', length: [1, 9],"],
        ),
        (
            lambda d: d["columns"]["email"].__setitem__("regex", "it's"),
            ["-    regex: '^[^@]+@[^@]+$',", "+    regex: 'it''s',"],
        ),
        (lambda d: d["table"]["unique"].append(["age"]), ["+  - [age]"]),
        (lambda d: d["table"].pop("row_count"), ["-  row_count: {min: 1000}"]),
        (
            lambda d: d["read"]["null"].append("N/A"),
            [
                '-read: {delimiter: ",", null: ["", NA]}   # as exported',
                '+read: {delimiter: ",", null: ["", NA, N/A]}   # as exported',
            ],
        ),
    ],
)
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_the_diff_is_what_a_person_would_write(change: Any, expected: list[str], line_end: str) -> None:
    before = SCHEMA.replace("\n", line_end)
    if not expected:
        with pytest.raises(UneditableError, match="comment would be lost in line 16"):
            edited(before, change)
        return
    after = edited(before, change)
    assert after.count("\r") == (after.count("\n") if line_end == "\r\n" else 0)
    assert changes(before.replace("\r", ""), after.replace("\r", "")) == expected


def test_a_gone_column_takes_its_lines_and_leaves_the_comment_above() -> None:
    after = edited(SCHEMA, lambda d: d["columns"].pop("sex"))
    assert "as of 2024" not in after
    assert "'M'   # male" not in after
    assert "  # years\n\n  email: {" in after


@pytest.mark.parametrize(
    ("before", "wanted", "after"),
    [
        ("a: 1", {"a": 1, "b": 2}, "a: 1\nb: 2"),
        ("a:\n", {"a": {"b": 1}}, "a: {b: 1}\n"),
        ("a:  # soon\n", {"a": {"b": 1}}, "a: {b: 1}  # soon\n"),
        ("{a, b: 1}", {"a": 5, "b": 1}, "{a: 5, b: 1}"),
        ("a: {}", {"a": {"b": 1}}, "a: {b: 1}"),
        ("a: [ 1,  2 ,3, ]", {"a": [1, 3]}, "a: [ 1 ,3, ]"),
        ("a: [1, 2]", {"a": [2]}, "a: [2]"),
        ("a: [1, 2]", {"a": [0, 1, 2]}, "a: [0, 1, 2]"),
        ("a: [1]", {"a": []}, "a: []"),
        ("- a: 1\n  b: 2\n- c\n", [{"b": 2}, "c"], "- b: 2\n- c\n"),
        ("- a: 1\n  b: 2\n", [{"z": 0, "a": 1, "b": 2}], "- z: 0\n  a: 1\n  b: 2\n"),
        ("- a: 1\n  b: 2\n", [{"a": 1, "b": 2, "z": 0}], "- a: 1\n  b: 2\n  z: 0\n"),
        ("- - a\n  - b\n", [["a", "b", "c"]], "- - a\n  - b\n  - c\n"),
        ("a: |\n  text\n  more\nb: 1\n", {"a": "text\nmore\n", "x": 1, "b": 1}, "a: |\n  text\n  more\nx: 1\nb: 1\n"),
        ("a: |\n  text\nb: 1\n", {"b": 1}, "b: 1\n"),
        ("a:\n  b: 1\n", {"a": {"b": 1, "c": 2}, "d": 3}, "a:\n  b: 1\n  c: 2\nd: 3\n"),
        ("a:\n  b: 1", {"a": {"b": 1, "c": 2}, "d": 3}, "a:\n  b: 1\n  c: 2\nd: 3"),
        ("? a\n: 1\n? b\n: 2\n", {"b": 2, "c": 3}, "? b\n: 2\nc: 3\n"),
        ("a: 'x'\n", {"a": "it's"}, "a: 'it''s'\n"),
        ('a: "x"\n', {"a": "y"}, 'a: "y"\n'),
        ("a: x\n", {"a": "NO"}, 'a: "NO"\n'),
        ("a: 1\n", {"a": 1.0}, "a: 1.0\n"),
        ("\ufeffa: 1\n", {"a": 2}, "\ufeffa: 2\n"),
        ("a: 1\n---\n", None, None),
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [2]}, None),
        ("a: &x [1]\nb: *x\n", {"a": [1], "b": [1], "c": 1}, "a: &x [1]\nb: *x\nc: 1\n"),
        ("a: 1\nb: 2\n", {"b": 2, "a": 1}, None),
        ("a: [1, # one\n 2]\n", {"a": [2]}, None),
        (
            "# top\na: 1 # one\n# two\nb: 2 # two\n# end",
            {"a": 1, "c": 3},
            "# top\na: 1 # one\n# two\nc: 3 # two\n# end",
        ),
        ("é: ü\n", {"é": "ü", "x": "日本"}, 'é: ü\nx: "日本"\n'),
        ("a: 😀 # x\nb: 1\n", {"a": "😀", "b": 2}, "a: 😀 # x\nb: 2\n"),
    ],
)
def test_small_texts(before: str, wanted: Any, after: str | None) -> None:
    if after is None:
        with pytest.raises((UneditableError, ConfigError)):
            rewrite(before, wanted, path="s.yaml")
    else:
        assert rewrite(before, wanted, path="s.yaml") == after
        assert same(data(after), wanted)


def test_what_means_the_same_is_not_touched() -> None:
    assert rewrite(SCHEMA, data(SCHEMA), path="s.yaml") is SCHEMA


def test_the_patch_is_taken_by_git(tmp_path: Path) -> None:
    for before in (SCHEMA, SCHEMA.rstrip(), SCHEMA.replace("\n", "\r\n")):
        after = edited(before, lambda d: d["table"]["unique"].append(["age"]))
        (tmp_path / "s.yaml").write_bytes(before.encode())
        (tmp_path / "p.diff").write_bytes(patch(before, after, "s.yaml").encode())
        subprocess.run(["git", "apply", "--whitespace=nowarn", "p.diff"], cwd=tmp_path, check=True, timeout=30)
        assert (tmp_path / "s.yaml").read_bytes() == after.encode()


# --- any text, any change -------------------------------------------------------------------------------------------

WORDS = st.sampled_from(["a", "b", "age", "NO", "x y", "it's", "", "007", "é", "#1", "a: b", "- z", "null", "1e3"])
SCALARS = WORDS | st.integers(-3, 120) | st.booleans() | st.none() | st.sampled_from([0.5, 1e-7, -2.25])
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(WORDS.filter(bool), inner, max_size=4),
    max_leaves=12,
)
DOCUMENTS = st.dictionaries(WORDS.filter(bool), VALUES, min_size=1, max_size=4)


class Writer:
    """Writes a value as a person may have: block or flow, any quotes, comments of which each has a number."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.draw = draw
        self.comments = 0

    def comment(self) -> str:
        self.comments += 1
        return f"# comment {self.comments}."

    def scalar(self, value: Any) -> str:
        if isinstance(value, str) and self.draw(st.booleans()):
            return "'" + value.replace("'", "''") + "'"
        return scalar(value)

    def flow(self, value: Any) -> str:
        gap = self.draw(st.sampled_from(["", " "]))
        match value:
            case dict():
                return "{" + gap + ", ".join(f"{self.scalar(k)}: {self.flow(v)}" for k, v in value.items()) + gap + "}"
            case list():
                return "[" + gap + ", ".join(self.flow(v) for v in value) + gap + "]"
        return self.scalar(value)

    def lines(self, value: Any, indent: int) -> list[str]:
        """A mapping or list in block style."""
        found = []
        pad = " " * indent
        entries = value.items() if isinstance(value, dict) else [(None, item) for item in value]
        for key, item in entries:
            if self.draw(st.integers(0, 3)) == 0:
                found.append(pad + self.comment())
            start = pad + ("-" if key is None else f"{self.scalar(key)}:")
            if item and isinstance(item, dict | list) and self.draw(st.booleans()):
                found += [start, *self.lines(item, indent + 2)]
            else:
                tail = f"  {self.comment()}" if self.draw(st.integers(0, 2)) == 0 else ""
                found.append(f"{start} {self.flow(item)}{tail}")
        return found


@st.composite
def documents(draw: st.DrawFn) -> str:
    writer = Writer(draw)
    line_end = draw(st.sampled_from(["\n", "\r\n"]))
    lines = writer.lines(draw(DOCUMENTS), 0)
    return line_end.join(lines) + draw(st.sampled_from(["", line_end, f"{line_end}# end{line_end}"]))


def collections(value: Any) -> list[Any]:
    inner = list(value.values()) if isinstance(value, dict) else value if isinstance(value, list) else []
    return ([value] if isinstance(value, dict | list) else []) + [found for v in inner for found in collections(v)]


@st.composite
def grown(draw: st.DrawFn) -> tuple[str, Any]:
    """A text, and its data with single values changed and entries put in, none taken out."""
    text = draw(documents())
    wanted = copy.deepcopy(data(text))
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(collections(wanted)))
        value = draw(VALUES)
        if isinstance(where, list):
            where.insert(draw(st.integers(0, len(where))), value)
        elif where and draw(st.booleans()):
            key = draw(st.sampled_from(list(where)))
            where[key] = where[key] if isinstance(where[key], dict | list) else value
        else:
            place, items = draw(st.integers(0, len(where))), list(where.items())
            where.clear()
            where.update([*items[:place], (f"new{place}", value), *items[place:]])
    return text, wanted


@st.composite
def shrunk(draw: st.DrawFn) -> tuple[str, Any]:
    """A text, and its data with entries taken out, put in and renamed."""
    text, wanted = draw(grown())
    for _ in range(draw(st.integers(1, 3))):
        where = draw(st.sampled_from(collections(wanted)))
        if not where:
            continue
        place = draw(st.integers(0, len(where) - 1))
        if isinstance(where, list):
            del where[place]
        elif draw(st.booleans()):
            del where[list(where)[place]]
        else:
            renamed(where, list(where)[place], f"other{place}")
    return text, wanted


def comments(text: str) -> list[str]:
    return re.findall(r"# comment \d+\.", text)


@settings(max_examples=80, deadline=None)
@given(grown())
def test_changed_values_and_new_entries_leave_every_other_character(case: tuple[str, Any]) -> None:
    text, wanted = case
    after = rewrite(text, wanted, path="s.yaml")
    assert same(data(after), wanted)
    assert comments(after) == comments(text)
    assert "\n" not in after.replace("\r\n", "") or "\r" not in text


@settings(max_examples=80, deadline=None)
@given(shrunk())
def test_any_change_means_what_was_wanted_or_is_refused(case: tuple[str, Any]) -> None:
    text, wanted = case
    try:
        after = rewrite(text, wanted, path="s.yaml")
    except UneditableError as refusal:
        assert re.search("comment would be lost|shares its line|not be valid", str(refusal)), refusal
        return
    assert same(data(after), wanted)
    kept = comments(after)
    assert kept == [c for c in comments(text) if c in kept]


@given(VALUES)
def test_flow_style_means_its_value(value: Any) -> None:
    assert same(data(f"x: {flow(value)}")["x"], value)


@pytest.mark.parametrize("module", [plain_edits, yaml_edit, yaml_text])
def test_examples_in_the_docstrings_hold(module: Any) -> None:
    found = doctest.testmod(module)
    assert found.attempted
    assert not found.failed


ODD = st.none() | st.booleans() | st.integers(-2, 2) | st.sampled_from([0.0, 1.0, float("nan"), "", "a", "1"])
PLAIN = st.recursive(
    ODD, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from("abc"), inner, max_size=3)
)


def likeness(a: object, b: object) -> float:
    """How alike two items of a list are, by its definition."""
    if same(a, b):
        return 1.0
    if isinstance(a, dict) and isinstance(b, dict):
        return 0.1 + 0.8 * sum(same(a[key], b[key]) for key in a if key in b) / max(len(a), len(b), 1)
    kinds = [isinstance(value, dict) + 2 * isinstance(value, list) for value in (a, b)]
    return 0.1 if kinds[0] == kinds[1] else 0.0


@given(PLAIN, PLAIN)
def test_likeness_is_what_it_is_defined_as(a: object, b: object) -> None:
    for one, other in ((a, b), (a, copy.deepcopy(a)), (a, a)):
        found = yaml_match._likeness(yaml_match._Entry.of(one), yaml_match._Entry.of(other))
        assert found == likeness(one, other)


def places(node: Any) -> list[Any]:
    """Where each value stands, in the order of the text."""
    mine = (node.start_mark.index, node.end_mark.index, node.tag, getattr(node, "style", "") or "")
    if isinstance(node, yaml.MappingNode):
        return [mine, *(places(part) for pair in node.value for part in pair), bool(node.flow_style)]
    if isinstance(node, yaml.SequenceNode):
        return [mine, *map(places, node.value), bool(node.flow_style)]
    return [mine, node.value]


PIECES = ["a", "b: ", "- ", "[1, 2]", "{x: y}", "'t\u00e4'", '"q"', "\n", "\r\n", "  ", "# c\n", "\U0001f600", "|\n  text\n", ", ", "x: ", "&n ", "!!str ", "\u2028", "\x85"]  # fmt: skip


@settings(max_examples=300)
@given(st.lists(st.sampled_from(PIECES), max_size=12).map("".join) | documents())
def test_both_parsers_give_the_same_places(text: str) -> None:
    try:
        pure, fast = yaml.compose(text, yaml.BaseLoader), yaml.compose(text, yaml_edit.COMPOSER)
    except yaml.YAMLError:
        return
    assert (pure is None) == (fast is None)
    if pure is not None:
        assert places(pure) == places(fast)
