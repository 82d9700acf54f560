"""Which tests a selection takes, and which files it does not even import."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from mlgate.pyramid import selection as gate
from mlgate_pytest.selecting import Selection, pytest_configure

ROOT = Path("/project")


@pytest.mark.parametrize(
    ("only", "without", "node", "taken"),
    [
        (None, [], "t.py::a", True),
        (["t.py::a"], [], "t.py::a", True),
        (["t.py::a"], [], "t.py::b", False),
        (["t.py::a"], [], "t.py::ab", False),
        (["t.py::a"], [], "t.py::a[x::y]", True),
        (["t.py::a[x]"], [], "t.py::a[y]", False),
        (["t.py::A"], [], "t.py::A::a", True),
        (["t.py"], [], "t.py::A::a", True),
        (["t.py"], ["t.py::A::a"], "t.py::A::a", False),
        (None, ["t.py"], "t.py::a", False),
        (None, ["t.py"], "tt.py::a", True),
        ([], [], "t.py::a", False),
    ],
)
def test_a_test_is_named_by_its_id_or_the_beginning_of_it(
    only: list[str] | None, without: list[str], node: str, taken: bool
) -> None:
    assert Selection(only, without, ROOT).takes(node) is taken


@pytest.mark.parametrize(
    ("only", "without", "path", "ignored"),
    [
        (["tests/a.py::x"], [], "tests/a.py", None),
        (["tests/a.py::x"], [], "tests/b.py", True),
        (None, ["tests/a.py"], "tests/a.py", True),
        (None, ["tests/a.py::x"], "tests/a.py", None),
        (["tests/a.py"], [], "tests/conftest.py", None),
        (["tests/a.py"], [], "tests/__init__.py", None),
        (["tests/a.py"], [], "tests", None),
        (["tests/a.py"], [], "../elsewhere/b.py", None),
    ],
)
def test_a_file_without_a_selected_test_is_left_alone(
    only: list[str] | None, without: list[str], path: str, ignored: bool | None
) -> None:
    whole = Path("/elsewhere/b.py") if path.startswith("..") else ROOT / path
    assert Selection(only, without, ROOT).pytest_ignore_collect(whole) is ignored


def test_what_is_left_out_is_counted_and_not_deselected() -> None:
    items: Any = [SimpleNamespace(nodeid="t.py::a"), SimpleNamespace(nodeid="t.py::b")]
    selection = Selection(["t.py::b"], [], ROOT)
    selection.pytest_collection_modifyitems(items)
    assert ([item.nodeid for item in items], selection.left_out) == (["t.py::b"], 1)


def configured(path: Path) -> list[Any]:
    registered: list[Any] = []
    manager = SimpleNamespace(register=lambda plugin, _name: registered.append(plugin))
    options = {"mlgate_select": str(path)}
    config: Any = SimpleNamespace(
        getoption=lambda name, default=None: options.get(name, default), rootpath=ROOT, pluginmanager=manager
    )
    pytest_configure(config)
    return registered


def test_what_the_gate_writes_is_read(tmp_path: Path) -> None:
    path = tmp_path / "select.json"
    path.write_text(gate.Selection(("t.py",), ("t.py::a",)).to_json(), encoding="utf-8")
    (selection,) = configured(path)
    assert (selection.takes("t.py::b"), selection.takes("t.py::a"), selection.takes("s.py::b")) == (True, False, False)
    path.write_text(gate.Selection().to_json(), encoding="utf-8")
    assert configured(path)[0].takes("t.py::a")


@pytest.mark.parametrize("text", ["", "[]", "{", '{"only": "t.py"}', '{"only": [1]}', '{"not": 3}'])
def test_a_file_that_says_no_selection_stops_pytest(text: str, tmp_path: Path) -> None:
    path = tmp_path / "select.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(pytest.UsageError, match=r"--mlgate-select: .* cannot be used"):
        configured(path)
    with pytest.raises(pytest.UsageError, match="No such file"):
        configured(tmp_path / "absent.json")
