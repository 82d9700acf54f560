"""Which files pytest would collect, held against what pytest says of its own defaults."""

from __future__ import annotations

from pathlib import Path

import pytest

from mlgate.sources.pytest_settings import Collected, collected, files_of_tests


@pytest.mark.parametrize(
    ("path", "places", "taken"),
    [
        ("tests/test_a.py", ["tests"], True),
        ("tests/sub/a_test.py", ["tests"], True),
        ("tests/helper.py", ["tests"], False),
        ("tests/test_a.txt", ["tests"], True),
        ("tests/a.txt", ["tests"], False),
        ("tests/test_a.md", ["tests"], False),
        ("other/test_a.py", ["tests"], False),
        ("tests2/test_a.py", ["tests"], False),
        ("tests/checks.py", ["tests/checks.py"], True),
        ("test_a.py", ["."], True),
        ("tests/test_a.py", ["tests/"], True),
        ("tests/test_a.py", ["./tests"], True),
        ("tests/.hidden/test_a.py", ["tests"], False),
        ("tests/build/test_a.py", ["tests"], False),
        ("build/test_a.py", ["build"], True),
    ],
)
def test_the_defaults(path: str, places: list[str], *, taken: bool) -> None:
    assert files_of_tests([path], places, Collected()) == ((path,) if taken else ())


def test_a_file_that_two_places_name_is_there_once() -> None:
    assert files_of_tests(["tests/a/test_a.py"], ["tests", "tests/a"], Collected()) == ("tests/a/test_a.py",)


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("pytest.ini", "[pytest]\npython_files = check_*.py\n", ("check_*.py",)),
        ("pytest.ini", "", ("test_*.py", "*_test.py")),
        (
            "pyproject.toml",
            '[tool.pytest.ini_options]\npython_files = ["check_*.py", "t.py"]\n',
            ("check_*.py", "t.py"),
        ),
        ("pyproject.toml", '[tool.pytest]\npython_files = ["check_*.py"]\n', ("check_*.py",)),
        ("pytest.toml", '[pytest]\npython_files = ["check_*.py"]\n', ("check_*.py",)),
        ("tox.ini", "[pytest]\npython_files = check_*.py\n", ("check_*.py",)),
        ("setup.cfg", "[tool:pytest]\npython_files =\n    a.py\n    b.py\n", ("a.py", "b.py")),
        ("setup.cfg", "[metadata]\nname = x\n", ("test_*.py", "*_test.py")),
        ("pyproject.toml", "not toml at all [", ("test_*.py", "*_test.py")),
    ],
)
def test_names_of_files_as_the_configuration_says(
    name: str, text: str, expected: tuple[str, ...], tmp_path: Path
) -> None:
    (tmp_path / "tests").mkdir()
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert collected(tmp_path, ["tests"]).patterns == expected


def test_the_configuration_nearest_to_the_tests_counts(tmp_path: Path) -> None:
    (tmp_path / "tests" / "unit").mkdir(parents=True)
    (tmp_path / "pytest.ini").write_text("[pytest]\npython_files = far_*.py\n", encoding="utf-8")
    (tmp_path / "tests" / "pytest.ini").write_text("[pytest]\npython_files = near_*.py\n", encoding="utf-8")
    assert collected(tmp_path, ["tests/unit"]).patterns == ("near_*.py",)
    assert collected(tmp_path, ["tests/unit", "other"]).patterns == ("far_*.py",)


def test_doctests_and_folders_that_are_passed_over(tmp_path: Path) -> None:
    text = "[pytest]\naddopts = -q --doctest-modules\nnorecursedirs = old\n"
    (tmp_path / "pytest.ini").write_text(text, encoding="utf-8")
    what = collected(tmp_path, ["pkg"])
    listed = ["pkg/a.py", "pkg/old/b.py", "pkg/build/c.py", "pkg/d.txt"]
    assert files_of_tests(listed, ["pkg"], what) == ("pkg/a.py", "pkg/build/c.py")


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ("--doctest-glob=*.md --doctest-glob *.rst", ("*.md", "*.rst")),
        ("-q --nbmake", ("test*.txt", "*.ipynb")),
        ("-q", ("test*.txt",)),
    ],
)
def test_tests_that_are_no_python(options: str, expected: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "pytest.ini").write_text(f"[pytest]\naddopts = {options}\n", encoding="utf-8")
    assert collected(tmp_path, ["pkg"]).others == expected


def test_a_pattern_with_a_folder_is_held_against_the_path() -> None:
    what = Collected(patterns=("unit/check_*.py",))
    assert files_of_tests(["tests/unit/check_a.py", "tests/other/check_a.py"], ["tests"], what) == (
        "tests/unit/check_a.py",
    )
