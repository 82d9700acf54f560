"""How a module is judged: as a script, as a library with callers that are not seen, or as the cells of a notebook."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest

from mlgate.lint.finding import CONTROLLED
from mlgate.lint.module import parse_module
from mlgate.lint.notebook import notebook_module, read_notebook
from mlgate.lint.seeds import judge
from mlgate.lint.seeds.scripts import runs

Told = Callable[..., list[str]]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("def f():\n    pass\n", False),
        ("X = 1\nclass A:\n    pass\n", False),
        ("import logging\nlogging.basicConfig()\n", False),
        ("print(1)\n", True),
        ("if __name__ == '__main__':\n    pass\n", True),
        ("try:\n    main()\nexcept ValueError:\n    pass\n", True),
        ("for i in range(3):\n    print(i)\n", True),
    ],
)
def test_a_script_does_something(text: str, *, expected: bool) -> None:
    assert runs(parse_module(text, "run.py")) is expected


def test_a_main_module_is_a_script() -> None:
    assert runs(parse_module("X = 1\n", "pkg/__main__.py"))


def test_a_library_is_called_by_whom_is_not_seen(told: Told) -> None:
    text = "import numpy as np\ndef f(seed=None):\n    {}return np.random.rand()\n"
    assert told(text.format("")) == ["unseeded-numpy:3:unknown"]
    assert told(text.format("np.random.seed(3); ")) == []
    assert told(text.format("np.random.seed(seed); ")) == ["unseeded-numpy:3:conditional"]


def test_methods_of_a_library_and_its_objects_are_judged(told: Told) -> None:
    text = "import numpy as np\nclass A:\n    def __init__(self, seed{}):\n        self.rng = np.random.default_rng(seed)\n"
    assert told(text.format("=None")) == ["unseeded-generator:4:conditional"]
    assert told(text.format("=3")) == []
    assert told(text.format("")) == ["unseeded-generator:4:unknown"]


def test_tests_are_left_to_the_rules_of_tests(told: Told) -> None:
    text = "import random\nrandom.random()\n"
    assert told(text, path="test_a.py") == told(text, path="tests/conftest.py") == []
    assert told("import random\ndef test_a():\n    random.random()\n", path="lib.py") == []


def test_draws_of_a_module_are_told_where_the_script_calls_it(told: Told) -> None:
    modules = {"data": "import numpy as np\ndef load():\n    return np.random.rand()\n"}
    text = "import numpy as np\nfrom data import load\n{}print(load())\n"
    assert told(text.format(""), modules) == ["unseeded-numpy:3:uncontrolled"]
    assert told(text.format("np.random.seed(1)\n"), modules) == []


def test_cells_run_from_the_first_to_the_last() -> None:
    sources = ["import numpy as np\n", "np.random.rand()\n", "np.random.seed(0)\n", "np.random.rand()\n"]
    cells: list[dict[str, object]] = [
        {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None}
        for source in sources
    ]
    raw = json.dumps({"cells": cells, "metadata": {}, "nbformat": 4, "nbformat_minor": 5})
    module, _ = notebook_module(read_notebook(raw), "a.ipynb")
    found = [item for item in judge(module, lambda *_: None) if item.verdict != CONTROLLED]
    assert [(item.rule, module.place(item.line)[0]) for item in found] == [("late-seed", 2)]


def test_a_method_that_a_library_calls_is_judged(told: Told) -> None:
    text = """\
    import numpy as np
    from torch.utils.data import Dataset

    class Rows(Dataset):
        def __getitem__(self, place):
            return np.random.rand()

    print(Rows())
    """
    assert told(text) == ["unseeded-numpy:6:uncontrolled"]
