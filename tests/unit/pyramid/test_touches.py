from __future__ import annotations

from typing import Any

import pytest

from mlgate.pyramid.touches import Touched, Traces, is_trace

A, B = "tests/test_a.py", "tests/test_b.py"
SHARED_MODULE = "/p/clinic/data.py"


def bucket(**found: dict[str, list[str]]) -> dict[str, dict[str, list[str]]]:
    kinds = ("data", "code", "folders", "network", "foreign", "processes")
    return {kind: found.get(kind, {}) for kind in kinds}


def trace(files: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A process in which the tests of A ran before those of B."""
    return {
        "format": 1,
        "root": "/p",
        "tests": {A: [f"{A}::test"], B: [f"{B}::test"]},
        "marked": [],
        "spans": {A: [1, 1], B: [2, 2]},
        "files": files,
        "shared": bucket(),
        "libraries": [],
        "spawns": False,
        **more,
    }


def touched(path: str, *traces: dict[str, Any]) -> Touched:
    """Both test files reach the shared module by their imports, and every source is explained but one."""
    read = Traces(
        traces,
        lambda _path, code: code == SHARED_MODULE,
        lambda _path, code: [name for name in code if "odd" in name],
        lambda _path, code: "outside" in code,
    )
    found = read.of(path)
    assert found is not None
    return found


def test_a_file_hangs_on_what_its_own_tests_touched() -> None:
    own = {A: bucket(data={"/p/a.csv": [A]}, folders={"/p/data": [A]}), f"collect:{A}": bucket(data={"/p/c.json": [A]})}
    found = touched(A, trace(own))
    assert (found.files, found.folders, found.breadth) == (("/p/a.csv", "/p/c.json"), ("/p/data",), "traced")
    assert found.tests == {f"{A}::test"}
    assert touched(B, trace(own)).files == ()


def test_what_code_may_remember_counts_for_those_that_reach_it_later() -> None:
    asked = [SHARED_MODULE, f"/p/{A}"]
    own = {A: bucket(data={"/p/a.csv": asked, "/p/alone.csv": [f"/p/{A}"]}, processes={"git": asked})}
    later = touched(B, trace(own))
    assert (later.files, later.breadth) == (("/p/a.csv",), "all")
    own = {B: bucket(data={"/p/b.csv": [SHARED_MODULE]})}
    assert touched(A, trace(own)).files == ()  # it came before


def test_what_happened_while_files_were_collected_came_before_all_tests() -> None:
    own = {
        f"collect:{B}": bucket(data={"/p/b.csv": [SHARED_MODULE]}, code={"/p/odd.py": [SHARED_MODULE], "/p/x.py": []})
    }
    found = touched(A, trace(own))
    assert (found.files, found.code) == (("/p/b.csv",), ("/p/odd.py",))


def test_a_source_of_which_nobody_knows_who_imports_it_counts_for_all_that_come_later() -> None:
    own = {f"collect:{A}": bucket(code={"/p/odd.py": [f"/p/{A}"], "/odd/outside.py": [f"/p/{A}"]})}
    assert touched(B, trace(own)).code == ("/odd/outside.py",)


def test_what_a_thread_reads_may_be_remembered_by_anybody() -> None:
    """Where pandas reads in a thread, no code of the project is on the stack."""
    own = {A: bucket(data={"/p/a.csv": ["lib:pandas"], "/p/b.csv": [], "/p/c.csv": ["lib:pandas", f"/p/{A}"]})}
    assert touched(B, trace(own)).files == ("/p/a.csv", "/p/b.csv")


@pytest.mark.parametrize(("library", "files"), [("lib:hydra", ("/p/a.yaml",)), ("lib:pandas", ())])
def test_a_library_may_remember_unless_it_is_known_not_to(library: str, files: tuple[str, ...]) -> None:
    assert touched(B, trace({A: bucket(data={"/p/a.yaml": [library, f"/p/{A}"]})})).files == files


def test_what_counts_for_all_counts_for_each_process() -> None:
    shared = bucket(data={"/p/conf.json": []}, processes={"git": []})
    for path in (A, B):
        found = touched(path, trace({}, shared=shared))
        assert (found.files, found.breadth) == (("/p/conf.json",), "all")
    leader = trace({}, tests={}, spans={}, shared=shared)  # of xdist: it starts the workers
    assert touched(A, trace({}), leader).breadth == "traced"
    assert touched(A, trace({}), leader).files == ("/p/conf.json",)


@pytest.mark.parametrize(
    ("more", "breadth"),
    [
        ({"libraries": ["numpy", "pandas"]}, "traced"),
        ({"libraries": ["numpy", "pyarrow"]}, "data"),
        ({"libraries": ["ctypes"]}, "data"),
        ({"spawns": True}, "all"),
    ],
)
def test_how_widely_may_be_read_without_a_sound(more: dict[str, Any], breadth: str) -> None:
    assert touched(A, trace({}, **more)).breadth == breadth


@pytest.mark.parametrize(
    ("files", "libraries", "never"),
    [
        ({A: bucket(network={"example.org": []})}, [], "its tests reach the network: example.org"),
        ({A: bucket(foreign={"localhost": []})}, [], "its tests ask a server that they did not start: localhost"),
        ({A: bucket(foreign={"file x, relative": []})}, [], "its tests hang on file x, relative"),
        ({}, ["psycopg2"], "its tests load psycopg2, which may reach the network"),
        ({}, ["numpy"], ""),
    ],
)
def test_what_is_never_reused(files: dict[str, Any], libraries: list[str], never: str) -> None:
    assert touched(A, trace(files, libraries=libraries)).never == never


def test_two_processes_that_ran_one_file_count_together() -> None:
    first = trace({A: bucket(data={"/p/1": []})}, tests={A: [f"{A}::one"]})
    second = trace({A: bucket(data={"/p/2": []})}, tests={A: [f"{A}::two"]})
    found = touched(A, first, second)
    assert found.files == ("/p/1", "/p/2")
    assert found.tests == {f"{A}::one", f"{A}::two"}


def test_nothing_is_known_of_a_file_without_a_trace() -> None:
    assert Traces([trace({})], lambda *_: False, lambda *_: [], lambda *_: False).of("tests/test_c.py") is None


@pytest.mark.parametrize("raw", [None, [], {}, {"format": 2}, {**trace({}), "files": []}, {**trace({}), "format": 0}])
def test_what_is_no_trace(raw: object) -> None:
    assert is_trace(trace({}))
    assert not is_trace(raw)
