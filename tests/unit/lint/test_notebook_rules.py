"""Rules of notebooks: order, names, personal data, credentials and paths."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.gate.lint_personal import find_personal
from mlgate.lint.finding import Finding
from mlgate.lint.notebook import notebook_module, read_notebook
from mlgate.lint.notebook_rules import MAX_LOOKED, judge


def stream(text: str) -> dict[str, Any]:
    return {"output_type": "stream", "name": "stdout", "text": [text]}


def code(source: str, count: int | None = None, *outputs: dict[str, Any]) -> dict[str, Any]:
    return {
        "cell_type": "code",
        "source": source,
        "execution_count": count,
        "metadata": {},
        "outputs": list(outputs),
    }


def markdown(source: str) -> dict[str, Any]:
    return {"cell_type": "markdown", "source": source, "metadata": {}}


def judged(*cells: dict[str, Any], language: str = "python") -> list[Finding]:
    raw = {"nbformat": 4, "nbformat_minor": 4, "metadata": {"language_info": {"name": language}}, "cells": list(cells)}
    notebook = read_notebook(json.dumps(raw))
    module, _ = notebook_module(notebook, "notes.ipynb")
    return list(judge(notebook, module, find_personal))


def facts(*cells: dict[str, Any], language: str = "python") -> list[tuple[str, str, int, int]]:
    """Rule, status, cell and line."""
    return [
        (item.rule, item.status.value, item.evidence["cell"], item.evidence["line"])
        for item in judged(*cells, language=language)
    ]


def test_notebook_that_was_run_from_top_to_bottom_is_fine() -> None:
    assert facts(code("x = 1", 1), code("y = x", 2), code("print(y)", 5, stream("1\n"))) == []


def test_cleared_notebook_is_fine() -> None:
    assert facts(code("x = 1"), code("print(x)"), code("")) == []


def test_cell_that_was_run_after_a_later_one_is_a_warning() -> None:
    assert facts(code("x = 1", 3), code("y = 2", 1), code("z = 3", 2)) == [("hidden-state", "warn", 1, 1)]


def test_number_that_stands_twice_is_a_warning() -> None:
    assert facts(code("x = 1", 1), code("y = 2", 1)) == [("hidden-state", "warn", 1, 1)]


@pytest.mark.parametrize(
    ("use", "definition"),
    [
        ("print(x)", "x = 1"),
        ("\nprint(x)", "import x"),
        ("f(x)\nf = 1", "def x():\n    return 1"),
        ("y = [x for _ in range(3)]", "for x in range(3):\n    pass"),
        ("class A(x):\n    pass", "class x:\n    pass"),
    ],
)
def test_name_that_only_a_later_cell_defines_blocks(use: str, definition: str) -> None:
    line = 2 if use.startswith("\n") else 1
    found = facts(code("f = print", 1), code(use, 3), code(definition, 2))
    assert found == [("hidden-state", "fail", 2, line)]


@pytest.mark.parametrize(
    "use",
    [
        "def g():\n    return x",
        "g = lambda: x",
        "x = 0\nprint(x)",
        "print([x for x in range(3)])",
        "try:\n    x\nexcept NameError:\n    x = 1",
        "print(len([]), __name__, display)",
        "a, x = 1, 2",
        "with open('f') as x:\n    print(x)",
        "if (x := 3):\n    print(x)",
    ],
)
def test_name_that_is_defined_in_time_or_used_later_is_fine(use: str) -> None:
    assert facts(code(use, 1), code("x = 1", 2)) == []


@pytest.mark.parametrize(
    "first",
    [
        "from tools import *",
        "%run setup.py",
        "x = !ls",
        "x, y = %sx ls",
        "%store -r",
        "globals()['x'] = 1",
        "exec(text)",
    ],
)
def test_what_may_define_unseen_names_is_trusted(first: str) -> None:
    assert [item for item in facts(code("text = ''", 1), code(first, 2), code("print(x)", 3)) if item[2] == 3] == []


def test_names_of_a_function_are_its_own_unless_they_are_global() -> None:
    own, shared = "def f():\n    x = 1\n    return x", "def f():\n    global x\n    x = 1"
    assert facts(code("print(x)", 1), code(own, 2)) == [("hidden-state", "warn", 1, 1)]
    assert facts(code("print(x)", 2), code(shared, 1)) == [("hidden-state", "fail", 1, 1)]
    assert facts(code(shared, 1), code("f()\nprint(x)", 2)) == []


def test_definitions_of_a_cell_that_is_not_python_count() -> None:
    assert facts(code("for y in f\n    x = 1", 1), code("print(x)", 2)) == []


def test_name_that_no_cell_defines_is_a_warning_where_the_cell_ran() -> None:
    error = {"output_type": "error", "ename": "NameError", "evalue": "x", "traceback": []}
    assert facts(code("print(x)", 1)) == [("hidden-state", "warn", 1, 1)]
    assert facts(code("print(x)", 1, error)) == []
    assert facts(code("print(x)")) == []


def test_other_languages_are_judged_by_their_numbers_only() -> None:
    assert facts(code("print(x)", 1), code("x <- 1", 2), language="R") == []
    assert facts(code("print(x)", 2), code("x <- 1", 1), language="R") == [("hidden-state", "warn", 1, 1)]


def test_personal_data_in_an_output_blocks_and_is_never_shown() -> None:
    found = judged(code("rows", 1, stream("ann.lee@clinic.org and bob@clinic.org\n")))
    assert [(item.rule, item.status.value) for item in found][-1] == ("personal-data-in-output", "fail")
    assert found[-1].evidence["found"] == {"email": 2}
    assert "ann" not in repr(found)


def test_personal_data_in_written_text_is_a_warning_with_its_cell() -> None:
    found = facts(markdown("Ask ann.lee@clinic.org"), code("x = 1", 1), markdown("or bob.ray@clinic.org"))
    assert found == [("personal-data-in-output", "warn", 1, 1), ("personal-data-in-output", "warn", 3, 1)]
    places = [(item.line, item.column) for item in judged(markdown("a.b@clinic.org"), markdown("c.d@clinic.org"))]
    assert len(set(places)) == 2


def test_credential_blocks_wherever_it_stands() -> None:
    address = "postgresql://triage:q7Vt2xLm9@db.clinic.io/visits"
    found = judged(code("x = 1", 1, stream(address)), markdown(address))
    assert [(item.rule, item.status.value) for item in found] == [("credential-in-output", "fail")] * 2
    assert "q7Vt" not in repr(found)


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "execute_result", "data": {"text/plain": ["ann.lee@clinic.org"]}},
        {"output_type": "display_data", "data": {"text/html": "<td>ann.lee@clinic.org</td>"}},
        {"output_type": "error", "ename": "E", "evalue": "ann.lee@clinic.org", "traceback": []},
        {"output_type": "error", "ename": "E", "evalue": "", "traceback": ["\x1b[0;31mann.lee@clinic.org\x1b[0m"]},
        {"output_type": "pyout", "text": ["ann.lee@clinic.org"]},
    ],
)
def test_every_kind_of_output_is_searched(output: dict[str, Any]) -> None:
    assert ("personal-data-in-output", "fail", 1, 1) in facts(code("1", 1, output))


@pytest.mark.parametrize(
    "output",
    [
        {"output_type": "display_data", "data": {"image/png": "ann.lee@clinic.org"}},
        {"output_type": "display_data", "data": {"text/html": '<img src="data:image/png;base64,aGVsbG8=">'}},
        {"output_type": "stream", "text": None},
        {"output_type": "display_data", "data": None},
        {"output_type": 3},
        stream("user@example.com"),
    ],
)
def test_images_examples_and_odd_outputs_are_passed_over(output: dict[str, Any]) -> None:
    assert facts(code("1", 1, output)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/annlee/work/x.csv", True),
        ("/Users/ann.lee/x", True),
        (r"C:\Users\Ann\x", True),
        (r"'C:\\Users\\Ann\\x'", True),
        ("/home/jovyan/work", False),
        ("/opt/conda/lib/python3.11/site-packages/x.py", False),
        ("https://clinic.org/home/pages", False),
        ("data/home/x", False),
    ],
)
def test_path_below_a_home_folder_in_an_output(text: str, *, expected: bool) -> None:
    found = facts(code("x = 1", 1, stream(f"{text}\n{text}\n")))
    assert found == ([("absolute-path-in-output", "warn", 1, 1)] if expected else [])


def test_absolute_path_in_code_is_told_at_its_line() -> None:
    assert facts(code("x = 1\nrows = open('/home/annlee/x.csv')", 1)) == [("absolute-path-in-output", "warn", 1, 2)]
    assert facts(code("# '/home/annlee/x.csv'\nrows = 'data/x.csv'", 1)) == []


def test_without_a_finder_nothing_is_said_of_personal_data() -> None:
    raw = {"nbformat": 4, "metadata": {}, "cells": [code("1", 1, stream("ann.lee@clinic.org"))]}
    notebook = read_notebook(json.dumps(raw))
    assert list(judge(notebook, notebook_module(notebook, "n.ipynb")[0])) == []


def test_more_output_than_is_searched_is_told() -> None:
    found = facts(code("1", 1, stream("x " * (MAX_LOOKED // 2 + 5))), code("2", 2, stream("ann.lee@clinic.org")))
    assert found == [("personal-data-in-output", "warn", 1, 1)]


def test_large_notebook_takes_time_in_proportion() -> None:
    image = {"output_type": "display_data", "data": {"image/png": "A" * 2_000_000}}
    start = time.perf_counter()
    assert facts(*(code(f"x{n} = {n}", n + 1, image, stream("1 2 3\n" * 200)) for n in range(25))) == []
    assert time.perf_counter() - start < 60


@st.composite
def _cells(draw: st.DrawFn) -> list[dict[str, Any]]:
    lines = st.sampled_from(["x = 1", "print(x)", "import y", "def f():\n    return z", "%run a", "for", "x = !ls", ""])
    return draw(
        st.lists(
            st.builds(code, lines, st.one_of(st.none(), st.integers(0, 5)), st.builds(stream, st.text(max_size=20)))
        )
    )


@given(_cells())
def test_any_notebook_is_judged_and_a_finding_names_one_of_its_cells(cells: list[dict[str, Any]]) -> None:
    assert all(1 <= item.evidence["cell"] <= len(cells) for item in judged(*cells))
