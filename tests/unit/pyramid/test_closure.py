from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.pyramid.closure import Graph, build_graph, closure, why
from mlgate.pyramid.imports import asked_by

PROJECT = {
    "conftest.py": "import pytest",
    "clinic/__init__.py": "",
    "clinic/features.py": "from . import units",
    "clinic/units.py": "import json",
    "clinic/model.py": "from clinic.features import build",
    "clinic/plots.py": "import matplotlib",
    "src/other/__init__.py": "from .late import *",
    "src/other/late.py": "",
    "tests/conftest.py": "from tests.unit import shared",
    "tests/unit/shared.py": "",
    "tests/unit/test_model.py": "from clinic import model",
    "tests/unit/test_other.py": "def test():\n    import other",
    "tests/unit/test_plain.py": "import json",
}


def graph_of(files: Mapping[str, str]) -> Graph:
    return build_graph({path: asked_by(source) for path, source in files.items()})


ABOVE = {"conftest.py", "tests/conftest.py", "tests/unit/shared.py"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            "tests/unit/test_model.py",
            {"clinic/__init__.py", "clinic/model.py", "clinic/features.py", "clinic/units.py"},
        ),
        ("tests/unit/test_other.py", {"src/other/__init__.py", "src/other/late.py"}),
        ("tests/unit/test_plain.py", set()),
    ],
)
def test_closure_follows_imports_packages_and_conftests(path: str, expected: set[str]) -> None:
    assert closure(graph_of(PROJECT), path) == {path} | ABOVE | expected


def test_a_module_that_takes_the_place_of_another_is_an_input() -> None:
    path = "tests/unit/test_plain.py"
    shadowed = graph_of({**PROJECT, "tests/unit/json.py": ""})
    assert closure(shadowed, path) - closure(graph_of(PROJECT), path) == {"tests/unit/json.py"}


def test_a_module_inside_a_package_is_not_found_by_its_last_name() -> None:
    files = {**PROJECT, "clinic/json.py": ""}
    assert "clinic/json.py" not in closure(graph_of(files), "tests/unit/test_plain.py")
    files["tests/conftest.py"] = 'sys.path.insert(0, "clinic")'
    assert "clinic/json.py" in closure(graph_of(files), "tests/unit/test_plain.py")


def test_a_computed_import_reaches_every_file() -> None:
    files = {**PROJECT, "clinic/units.py": "import_module(name)"}
    assert closure(graph_of(files), "tests/unit/test_model.py") == frozenset(files)
    assert "clinic/units.py" not in closure(graph_of(files), "tests/unit/test_plain.py")


def test_the_shortest_way_to_what_changed() -> None:
    graph = graph_of(PROJECT)
    path = "tests/unit/test_model.py"
    way = (path, "clinic/model.py", "clinic/features.py", "clinic/units.py")
    assert why(graph, path, {"clinic/units.py"}) == way
    assert why(graph, path, {path, "clinic/units.py"}) == (path,)
    assert why(graph, path, {"tests/unit/shared.py"}) == (path, "tests/conftest.py", "tests/unit/shared.py")
    assert why(graph, path, {"clinic/plots.py"}) == ()


def test_the_way_through_a_computed_import() -> None:
    graph = graph_of({**PROJECT, "clinic/units.py": "import_module(name)"})
    way = why(graph, "tests/unit/test_model.py", {"clinic/plots.py"})
    assert way[-2:] == ("clinic/units.py", "clinic/plots.py")


NAMES = st.sampled_from("abcdef")


@given(st.dictionaries(NAMES, st.lists(NAMES), min_size=1), NAMES)
def test_there_is_a_way_to_all_that_is_reached_and_to_nothing_else(edges: dict[str, list[str]], start: str) -> None:
    files = {f"{name}.py": "\n".join(f"import {target}" for target in targets) for name, targets in edges.items()}
    graph = graph_of(files)
    reached = closure(graph, f"{start}.py")
    for path in graph.files:
        way = why(graph, f"{start}.py", {path})
        assert bool(way) == (path in reached)
        for here, there in pairwise(way):
            assert there in graph.imports[here]
