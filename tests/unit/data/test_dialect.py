"""One table holds the functions that engines spell differently, and nothing else writes their names."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

from mlgate.data import aggregates, dialect

FOLDER = Path(aggregates.__file__).parent
CALLED = re.compile(r"\b([a-z_0-9]+)\(")
NAMES = sorted({name for template in dialect.FUNCTIONS.values() for name in CALLED.findall(template)})


def texts(module: Path) -> list[str]:
    """What a module may send to the engine: all texts in it but its documentation."""
    tree = ast.parse(module.read_text(encoding="utf-8"))
    said = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant) and id(node) not in said)
    return [node.value for node in constants if isinstance(node.value, str)]


def test_the_table_is_the_only_place_that_spells_its_functions() -> None:
    modules = [module for module in FOLDER.glob("*.py") if module.name != "dialect.py"]
    spelled = {(module.name, name) for module in modules for text in texts(module) for name in CALLED.findall(text)}
    assert len(spelled) > 50  # functions that all engines share
    assert {(module, name) for module, name in spelled if name in NAMES} == set()


def test_a_module_that_spelled_one_would_be_found(tmp_path: Path) -> None:
    module = tmp_path / "m.py"
    module.write_text('"""quantile_cont(x)"""\ndef f(x: str) -> str:\n    return f"quantile_cont({x}, [0.5])"\n')
    assert texts(module) == ["quantile_cont(", ", [0.5])"]


@cache
def functions_of_the_engine() -> frozenset[str]:
    import duckdb

    with duckdb.connect() as connection:
        return frozenset(
            name for (name,) in connection.execute("SELECT function_name FROM duckdb_functions()").fetchall()
        )


@pytest.mark.parametrize("name", NAMES)
def test_the_engine_has_every_function_of_the_table(name: str) -> None:
    assert name in functions_of_the_engine()


def test_every_entry_is_used() -> None:
    used = {text for module in FOLDER.glob("*.py") if module.name != "dialect.py" for text in texts(module)}
    own = {text for text in texts(FOLDER / "dialect.py") if texts(FOLDER / "dialect.py").count(text) > 1}
    assert dialect.FUNCTIONS.keys() <= used | own
