"""Of imported modules only what may draw or seed is left, at its place; what is left out could not have mattered."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.outline import imports_of, outline, without
from mlgate.lint.relevance import Relevance

ROOT = Path(__file__).parents[3]


def project(**modules: str) -> Relevance:
    """Modules of one folder, by their names."""

    def resolve(name: str, _importer: str) -> str | None:
        return name.lstrip(".") if name.lstrip(".") in modules else None

    return Relevance(lambda path: outline(modules[path]), resolve)


def left(relevance: Relevance, path: str, text: str) -> list[str]:
    """Names that the rest of a module binds."""
    tree = ast.parse(relevance.kept(path, text))
    return [getattr(node, "name", "") or ast.unparse(node).partition(" =")[0] for node in tree.body]


TEXT = '''"""Tools."""
import random
from other import quiet, loud

LIMIT = 5


def plain(x):
    return x + 1


@decorated
def noise():
    return random.random()


def calls_noise():
    return noise() + plain(1)


class Quiet:
    def f(self):
        return quiet()


class Loud:
    def f(self):
        return loud()
'''
OTHER = "import random\n\n\ndef quiet():\n    return 1\n\n\ndef loud():\n    return random.choice([1, 2])\n"


def test_what_draws_through_others_stays_and_the_rest_goes() -> None:
    relevance = project(tools=TEXT, other=OTHER)
    assert relevance.of("tools").names >= {"noise", "calls_noise", "Loud", "loud"}
    assert not relevance.of("tools").names & {"plain", "Quiet", "quiet"}
    kept = left(relevance, "tools", TEXT)
    assert [name for name in kept if name in ("LIMIT", "plain", "noise", "calls_noise", "Quiet", "Loud")] == [
        "LIMIT", "noise", "calls_noise", "Loud",
    ]  # fmt: skip


def test_of_a_module_that_draws_nothing_the_values_stay() -> None:
    text = "from tools import x\n\nSEVEN: int = 7\n\n\ndef f():\n    return SEVEN\n\n\nprint(f())\n"
    relevance = project(config=text, tools="x = 1\n")
    assert left(relevance, "config", text) == ["SEVEN: int"]


def test_importing_a_module_that_seeds_at_its_top_matters_to_all_above() -> None:
    modules = {
        "a": "import b\n",
        "b": "from c import f\n",
        "c": "import random\nrandom.seed(1)\n\n\ndef f():\n    pass\n",
    }
    relevance = project(**modules)
    assert [relevance.of(name).runs for name in "abc"] == [True, True, True]
    assert "import b" in relevance.kept("a", modules["a"])


def test_modules_that_import_each_other_are_settled_together() -> None:
    a = "from b import g\n\n\ndef f():\n    return g()\n"
    b = "from a import f\nimport random\n\n\ndef g():\n    return f() or random.random()\n"
    relevance = project(a=a, b=b)
    assert "f" in relevance.of("a").names
    assert "g" in relevance.of("b").names


def test_seeds_alone_leave_out_what_only_draws() -> None:
    text = "import random\n\n\ndef set_seed(x):\n    random.seed(x)\n\n\ndef noise():\n    return random.random()\n"
    relevance = Relevance(lambda _: outline(text), lambda *_: None, seeds_only=True)
    assert relevance.of("a").names == {"set_seed"}


def test_what_is_of_a_library_that_draws_counts() -> None:
    text = "from sklearn.ensemble import RandomForestClassifier as Forest\n\n\ndef make():\n    return Forest()\n"
    assert "make" in project(a=text).of("a").names


@pytest.mark.parametrize(
    ("text", "imports"),
    [
        ("import a", [("a", "", "a")]),
        ("import a.b, c as d", [("a.b", "", "a"), ("c", "", "d")]),
        ("from . import x, y as z", [(".", "x", "x"), (".", "y", "z")]),
        ("from .a import (\n    x,  # why\n    y,\n)", [(".a", "x", "x"), (".a", "y", "y")]),
        ("def f():\n    from a import *", [("a", "*", "*")]),
        ("text = 'no import here'", []),
    ],
)
def test_imports_are_found_wherever_they_stand(text: str, imports: list[tuple[str, str, str]]) -> None:
    assert [tuple(item) for item in imports_of(text)] == imports


def test_a_text_that_looks_like_a_definition_does_no_harm() -> None:
    text = 'def f():\n    s = """\ndef g():\n"""\n    return s\n\n\nX = 1\n'
    assert [block.names for block in outline(text).blocks if block.is_definition] == [("f",), ("g",)]
    assert left(project(a=text), "a", text) == ["X"]


@given(
    st.lists(
        st.sampled_from(
            [
                "import random",
                "def f(",
                "    x):",
                "    return 1",
                "@d",
                "class A:",
                "x = 1",
                "# why",
                "",
                "else:",
                ")",
                "\r",
            ]
        )
    )
)
def test_blanking_keeps_every_place(lines: list[str]) -> None:
    text = "\n".join(lines)
    blocks = outline(text).blocks
    assert "".join(block.text for block in blocks) == text
    blanked = without(text, [block for block in blocks if block.is_definition])
    assert len(blanked) == len(text)
    assert [len(line) for line in blanked.split("\n")] == [len(line) for line in text.split("\n")]
    assert all(new in (old, " ") for new, old in zip(blanked, text, strict=True))


def test_our_own_modules_stay_python_without_their_definitions() -> None:
    for path in sorted((ROOT / "mlgate" / "metrics").glob("*.py")):
        text = path.read_text(encoding="utf-8")
        found = outline(text)
        defined = {node.name for node in ast.parse(text).body if isinstance(node, (ast.FunctionDef, ast.ClassDef))}
        assert {name for block in found.blocks if block.is_definition for name in block.names} == defined
        rest = ast.parse(without(text, [block for block in found.blocks if block.is_definition]))
        assert not any(isinstance(node, (ast.FunctionDef, ast.ClassDef)) for node in rest.body)
