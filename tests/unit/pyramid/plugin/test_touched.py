"""What is noted of the audit events of a process. The events are told by hand: a hook could never be taken away."""

from __future__ import annotations

import os
import pathlib
import sys
import types
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from mlgate.pyramid.tiers import PLUGIN

sys.path.append(str(PLUGIN))
from mlgate_pytest.touched import Touched, listener

ROOT = "/somewhere/project"
READ, WRITTEN, ADDED = os.O_RDONLY, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, os.O_WRONLY | os.O_CREAT | os.O_APPEND
Hear = Callable[[str, tuple[Any, ...]], None]


@pytest.fixture
def touched() -> Touched:
    found = Touched()
    found.of("t.py")
    return found


@pytest.fixture
def hear(touched: Touched) -> Hear:
    return listener(touched)


def of(touched: Touched, kind: str, name: str = "t.py") -> list[str]:
    told = touched.to_json(ROOT)
    return list((told["files"][name] if name else told["shared"])[kind])


def test_reading_is_noted_with_those_who_asked(touched: Touched, hear: Hear) -> None:
    hear("open", (f"{ROOT}/a.csv", "r", READ))
    hear("open", (f"{ROOT}/absent.csv", "r", READ))
    hear("open", (3, "r", READ))
    assert of(touched, "data") == [f"{ROOT}/a.csv", f"{ROOT}/absent.csv"]
    askers = touched.to_json(ROOT)["files"]["t.py"]["data"][f"{ROOT}/a.csv"]
    assert __file__ in askers
    assert not any("_pytest" in asker or "lib:pytest" in asker for asker in askers)


def test_what_the_tests_write_themselves_is_no_input(touched: Touched, hear: Hear) -> None:
    hear("open", (f"{ROOT}/new.txt", "w", WRITTEN))
    hear("open", (f"{ROOT}/new.txt", "r", READ))
    hear("os.rename", (f"{ROOT}/x", f"{ROOT}/moved.txt", -1, -1))
    hear("open", (f"{ROOT}/moved.txt", "r", READ))
    hear("os.mkdir", (f"{ROOT}/made", 0o777, -1))
    hear("open", (f"{ROOT}/made/by/others.txt", "r", READ))
    hear("os.listdir", (f"{ROOT}/made",))
    assert of(touched, "data") == of(touched, "folders") == []


def test_what_is_read_before_it_is_written_is_an_input(touched: Touched, hear: Hear) -> None:
    hear("open", (f"{ROOT}/count.txt", "r", READ))
    hear("open", (f"{ROOT}/count.txt", "w", WRITTEN))
    hear("open", (f"{ROOT}/log.txt", "a", ADDED))
    assert of(touched, "data") == [f"{ROOT}/count.txt"]
    hear("open", (f"{ROOT}/count.txt", "r", READ))
    assert of(touched, "data") == [f"{ROOT}/count.txt"]


def test_a_folder_that_was_there_before_is_not_made(touched: Touched, hear: Hear, tmp_path: Path) -> None:
    hear("os.mkdir", (str(tmp_path), 0o777, -1))
    hear("open", (str(tmp_path / "a.csv"), "r", READ))
    assert of(touched, "data") == [str(tmp_path / "a.csv")]


def test_what_belongs_to_the_interpreter_and_the_machine_is_left_out(touched: Touched, hear: Hear) -> None:
    for path in (pathlib.__file__, pytest.__file__, "/proc/cpuinfo", "/dev/null", f"{ROOT}/.pytest_cache/v/x"):
        hear("open", (path, "r", READ))
    assert of(touched, "data") == []
    others = ["/etc/labels.txt", "/usr/src/words.txt", "/dev/shm/rows.npy"]  # noqa: S108  # nothing is written
    for path in others:
        hear("open", (path, "r", READ))
    assert of(touched, "data") == others


def test_a_project_may_lie_in_the_folder_of_an_interpreter(touched: Touched, hear: Hear) -> None:
    root = touched.began_in = f"{sys.prefix}/lib/project"
    hear("open", (f"{root}/rows.csv", "r", READ))
    assert list(touched.to_json(root)["files"]["t.py"]["data"]) == [f"{root}/rows.csv"]


def test_what_is_there_and_opened_to_be_read_and_written_is_an_input(
    touched: Touched, hear: Hear, tmp_path: Path
) -> None:
    """As by `numpy.memmap`, which opens with `r+` unless told otherwise."""
    there, new = tmp_path / "there.npy", tmp_path / "new.npy"
    there.touch()
    hear("open", (str(there), "r+", os.O_RDWR))
    hear("open", (str(new), "w+", os.O_RDWR | os.O_CREAT))
    hear("open", (str(tmp_path / "log"), "a", ADDED))
    assert of(touched, "data") == [str(there)]


def test_what_is_read_by_a_link_is_what_the_link_leads_to(touched: Touched, hear: Hear, tmp_path: Path) -> None:
    rows = tmp_path / "rows.csv"
    rows.touch()
    hear("os.mkdir", (f"{ROOT}/made", 0o777, -1))
    hear("os.symlink", (str(tmp_path), f"{ROOT}/made/data", -1))
    hear("open", (f"{ROOT}/made/data/x.csv", "r", READ))
    hear("os.listdir", (f"{ROOT}/made/data",))
    hear("os.link", (str(rows), f"{ROOT}/made/rows.csv", -1, -1))
    hear("open", (f"{ROOT}/made/rows.csv", "r", READ))
    assert of(touched, "data") == [str(tmp_path / "x.csv"), str(rows)]
    assert of(touched, "folders") == [str(tmp_path)]


def test_a_file_relative_to_a_folder_that_nobody_knows(touched: Touched, hear: Hear) -> None:
    hear("open", ("rows-of-nobody.csv", None, READ))
    assert of(touched, "foreign") == ["file rows-of-nobody.csv, relative to a folder that nobody knows"]


def test_sources_read_as_data_are_data(touched: Touched, hear: Hear) -> None:
    hear("open", (f"{ROOT}/clinic/model.py", "r", READ))
    assert of(touched, "data") == [f"{ROOT}/clinic/model.py"]


def test_a_compiled_file_stands_for_its_source(touched: Touched) -> None:
    touched.current.code[f"{ROOT}/clinic/__pycache__/model.cpython-311.pyc"] = set()
    assert of(touched, "code") == [f"{ROOT}/clinic/model.py"]


@pytest.mark.parametrize("event", ["subprocess.Popen", "os.system", "os.fork", "os.posix_spawn", "os.exec"])
def test_processes_are_noted(event: str, touched: Touched, hear: Hear) -> None:
    hear(event, () if event == "os.fork" else ("git", ["git"], None, None))
    assert len(of(touched, "processes")) == 1


@pytest.mark.parametrize(
    ("address", "kind"),
    [
        (("example.org", 443), "network"),
        (("10.1.2.3", 5432), "network"),
        (("2001:db8::1", 443, 0, 0), "network"),
        (("127.0.0.1", 5432), "foreign"),
        (("::1", 5432, 0, 0), "foreign"),
        (("localhost", 5432), "foreign"),
        ("/var/run/postgres.sock", "foreign"),
    ],
)
def test_addresses(address: object, kind: str, touched: Touched, hear: Hear) -> None:
    hear("socket.connect", (None, address))
    assert {name: bool(of(touched, name)) for name in ("network", "foreign")} == {
        "network": kind == "network",
        "foreign": kind == "foreign",
    }


def test_a_server_of_the_tests_own_may_be_asked(touched: Touched, hear: Hear) -> None:
    hear("socket.bind", (None, ("127.0.0.1", 0)))
    hear("socket.connect", (None, ("127.0.0.1", 4711)))
    assert of(touched, "foreign") == []


@pytest.mark.parametrize("module", ["scipy.io._fast_matrix_market._fmm_core", "PIL._imagingft"])
def test_modules_that_read_without_a_sound_are_named(
    module: str, touched: Touched, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert module not in touched.to_json(ROOT)["libraries"]
    monkeypatch.setitem(sys.modules, module, types.ModuleType(module))
    assert module in touched.to_json(ROOT)["libraries"]


def test_a_data_base_may_be_named_by_its_address(touched: Touched, hear: Hear) -> None:
    hear("sqlite3.connect", (f"file:{ROOT}/my%20rows.db?mode=ro",))
    hear("sqlite3.connect", ("file::memory:?cache=shared",))
    assert of(touched, "data") == [f"{ROOT}/my rows.db"]


def test_data_bases_and_folders(touched: Touched, hear: Hear) -> None:
    hear("sqlite3.connect", (f"{ROOT}/clinic.db",))
    hear("sqlite3.connect", (":memory:",))
    hear("os.scandir", (f"{ROOT}/data",))
    assert of(touched, "data") == [f"{ROOT}/clinic.db"]
    assert of(touched, "folders") == [f"{ROOT}/data"]


def test_buckets_go_back(touched: Touched, hear: Hear) -> None:
    before = touched.of("")
    hear("open", (f"{ROOT}/shared.csv", "r", READ))
    touched.go_back(before)
    hear("open", (f"{ROOT}/own.csv", "r", READ))
    assert of(touched, "data", "") == [f"{ROOT}/shared.csv"]
    assert of(touched, "data") == [f"{ROOT}/own.csv"]


def test_other_events_cost_nothing_and_say_nothing(touched: Touched, hear: Hear) -> None:
    before = touched.to_json(ROOT)
    hear("compile", (None, "x"))
    hear("object.__getattr__", (1, "x"))
    assert touched.to_json(ROOT) == before
