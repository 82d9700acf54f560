"""Notebooks become modules whose lines keep their places; what only IPython understands is not Python's business."""

from __future__ import annotations

import ast
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.errors import SourceError
from mlgate.lint.magics import plain_python
from mlgate.lint.notebook import BrokenCell, notebook_module, read_notebook


def notebook(*sources: str, **more: Any) -> str:
    cells: list[dict[str, Any]] = [
        {"cell_type": "code", "source": source, "outputs": [], "execution_count": None} for source in sources
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells} | more)


@pytest.mark.parametrize(
    ("source", "python"),
    [
        ("%matplotlib inline\nx = 1", "pass\nx = 1"),
        ("!pip install torch\nx = 1", "pass\nx = 1"),
        ("!pip install \\\n  torch\nx = 1", "pass\n\nx = 1"),
        ("if a:\n    !ls\ny = 2", "if a:\n    pass\ny = 2"),
        ("files = !ls *.png", "files = get_ipython()"),
        ("a, b = %run x.py", "a, b = get_ipython()"),
        ("%time model.fit(x)", "model.fit(x)"),
        ("%timeit -n 10 -r 3 f(x)", "f(x)"),
        ("model?\n??f\nf?", "pass\npass\npass"),
        ("pip install torch\nx = 1", "pass\nx = 1"),
        ("%%time\nx = 1\n%pwd", "\nx = 1\npass"),
        ("%%capture out\nx = 1\n!ls", "\nx = 1\npass"),
        ("x = %time f(y)", "x = f(y)"),
        ("%%track_emissions\nrandom.random()", "\nrandom.random()"),
        ("%%bash\nls\nrandom.random()", "\n\n"),
        ("%%html\n<b>x</b>", "\n"),
        ("\n%%writefile train.py\nimport random", "\n\n"),
        ('text = """\n%d of\n!important\n"""\n%pwd', 'text = """\n%d of\n!important\n"""\npass'),
        ("x = (a\n  % b)\n!ls", "x = (a\n  % b)\npass"),
        ("x = a \\\n  % b\n!ls", "x = a \\\n  % b\npass"),
        ("x = 'a' # it's\n!ls", "x = 'a' # it's\npass"),
        ("x = y != z\n!ls", "x = y != z\npass"),
    ],
)
def test_magics_are_blanked_and_lines_keep_their_places(source: str, python: str) -> None:
    assert plain_python(source) == python
    assert source.count("\n") == python.count("\n")
    ast.parse(python)


@given(
    st.lists(st.sampled_from(["x = 1", "%pwd", "!ls", "f(", ")", '"""', "'", "\\", "if x:", "    y?", "%%time", "#"]))
)
def test_any_cell_keeps_its_number_of_lines(lines: list[str]) -> None:
    assert plain_python("\n".join(lines)).count("\n") == max(0, len(lines) - 1)


def test_pure_python_is_left_as_it_is() -> None:
    source = 'print("50 %d" % 3)\nx = (7\n%4)'
    module, broken = notebook_module(read_notebook(notebook(source, "await f()")), "a.ipynb")
    assert module.text == f"{source}\nawait f()"
    assert broken == ()


def test_a_line_of_the_module_is_a_line_of_a_cell() -> None:
    text = notebook("import os\nx = 1", "y = 2", "%pwd\nz = 3")
    module, broken = notebook_module(read_notebook(text), "a.ipynb")
    assert broken == ()
    places = [module.place(node.lineno) for node in module.tree.body]
    assert places == [(1, 1), (1, 2), (2, 1), (3, 1), (3, 2)]


def test_a_cell_that_is_not_python_is_told_and_the_others_stay() -> None:
    text = notebook("x = 1", "y = (\n", "a = 1\nprint 'x'\nb = 2", "z = 3")
    module, broken = notebook_module(read_notebook(text), "a.ipynb")
    assert [(item.number, item.line) for item in broken] == [(2, 1), (3, 2)]
    assert broken[1] == BrokenCell(3, 2, "Missing parentheses in call to 'print'. Did you mean print(...)?")
    assert [module.place(node.lineno) for node in module.tree.body] == [(1, 1), (4, 1)]
    assert module.text.count("\n") == 6


def test_markdown_is_counted_and_not_read() -> None:
    raw = json.loads(notebook("x = 1"))
    raw["cells"].insert(0, {"cell_type": "markdown", "source": ["# Title\n", "print 'x'"]})
    found = read_notebook(json.dumps(raw))
    module, broken = notebook_module(found, "a.ipynb")
    assert broken == ()
    assert [cell.kind for cell in found.cells] == ["markdown", "code"]
    assert module.place(1) == (2, 1)


def test_format_3_has_worksheets_and_prompt_numbers() -> None:
    cell = {
        "cell_type": "code",
        "input": ["x = 1\n", "y = 2"],
        "prompt_number": 4,
        "language": "python",
        "outputs": [{}],
    }
    found = read_notebook(json.dumps({"nbformat": 3, "metadata": {}, "worksheets": [{"cells": [cell]}]}))
    assert found.is_python
    assert found.cells[0].source == "x = 1\ny = 2"
    assert found.cells[0].execution_count == 4
    assert found.cells[0].outputs == ({},)


@pytest.mark.parametrize(
    ("metadata", "language"),
    [
        ({}, "python"),
        ({"kernelspec": {"language": "R"}}, "r"),
        ({"language_info": {"name": "julia"}}, "julia"),
        ({"kernelspec": {"name": "python3"}, "language_info": {"name": "python"}}, "python"),
        ("nonsense", "python"),
    ],
)
def test_the_kernel_names_the_language(metadata: object, language: str) -> None:
    found = read_notebook(notebook("x <- 1", metadata=metadata))
    assert found.language == language
    assert found.is_python == (language == "python")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "line 1: not valid JSON"),
        ('{"nbformat": 4,\n "cells": [', "line 2: not valid JSON"),
        ("[]", "its JSON is no object"),
        ('{"nbformat": 2}', "notebook format 2 is not known"),
        ('{"nbformat": 4}', "no list of cells"),
        ('{"nbformat": 4, "cells": [1]}', "no list of cells"),
        ('{"nbformat": 3, "worksheets": 1}', "no list of cells"),
        ("[" * 100_000, "nested too deeply"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code"}]}', "the source of cell 1 is no text"),
        ('{"nbformat": 4, "cells": [{"cell_type": "code", "source": ["x", 1]}]}', "the source of cell 1 is no text"),
    ],
)
def test_what_is_no_notebook_says_why(text: str, words: str) -> None:
    with pytest.raises(SourceError, match=words):
        read_notebook(text)


def test_odd_values_of_a_cell_are_taken_for_nothing() -> None:
    cell = {"cell_type": 5, "source": ["x"], "execution_count": True, "outputs": "none"}
    found = read_notebook(json.dumps({"nbformat": 4, "cells": [cell]})).cells[0]
    assert (found.kind, found.source, found.execution_count, found.outputs) == ("", "x", None, ())


def test_below_a_magic_that_is_not_known_python_is_read_and_anything_else_is_not() -> None:
    module, broken = notebook_module(read_notebook(notebook("%%track_it\nx = 1", "%%chat\nwhat is this?")), "a.ipynb")
    assert not broken
    assert module.text == "\nx = 1\n\n"


def test_a_cell_that_is_indented_as_a_whole_is_python_as_it_is_for_jupyter() -> None:
    module, broken = notebook_module(read_notebook(notebook("  x = 1\n  if x:\n    y = 2")), "a.ipynb")
    assert not broken
    assert module.text == "x = 1\nif x:\n  y = 2"
