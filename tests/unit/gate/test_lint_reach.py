"""Draws that are easily overlooked: behind other names, line ends and imports; and what is mended around them."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from mlgate.gate.lint import LintRequest, lint_paths
from mlgate.outcome import Outcome, Status

HELPER = "import random\n\n\nclass Run:\n    def go(self):\n        return random.random()\n\n\ndef go():\n    return random.random()\n"
HEAD = "import random\n\n\n"

Judge = Callable[..., list[Outcome]]


@pytest.fixture
def judge(tmp_path: Path) -> Judge:
    """Writes a script beside `helper.py` and judges the script alone."""
    (tmp_path / ".git").mkdir()
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")

    def judged(text: str | bytes, *, fix: bool = False) -> list[Outcome]:
        (tmp_path / "script.py").write_bytes(text if isinstance(text, bytes) else text.encode())
        request = LintRequest(paths=("script.py",), start=tmp_path, families=("seeds",), fix=fix, cache=False)
        return list(lint_paths(request).outcomes)

    return judged


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("import random; print(random.random())\n", id="behind an import on its line"),
        pytest.param("import random\n\fprint(random.random())\n", id="behind a form feed"),
        pytest.param("import random\rprint(random.random())\r", id="lines that end with a carriage return"),
        pytest.param("from random import *\nprint(choice([1, 2]))\n", id="star"),
        pytest.param("from numpy.random import *\nprint(randn(3))\n", id="star of a module within"),
        pytest.param("from numpy import *\nprint(random.rand(3))\n", id="star that binds a module"),
        pytest.param("import random\npick = random.choice\n\n\ndef main():\n    pick([1])\n\n\nmain()\n", id="alias"),
        pytest.param(
            HEAD + "class A:\n    def __init__(self):\n        self.pick = random.choice\n\n"
            "    def go(self):\n        return self.pick([1])\n\n\nA().go()\n",
            id="alias of an object",
        ),
        pytest.param("import random\nxs = [1]\nxs.sort(key=lambda _: random.random())\n", id="key of sort"),
        pytest.param("import random\nprint(sorted([1], key=lambda _: random.random()))\n", id="key of sorted"),
        pytest.param(
            HEAD + "class A:\n    def __enter__(self):\n        self.v = random.random()\n        return self\n\n"
            "    def __exit__(self, *_):\n        pass\n\n\nwith A() as a:\n    print(a.v)\n",
            id="entered",
        ),
        pytest.param("def main():\n    from helper import go\n    return go()\n\n\nmain()\n", id="import within"),
        pytest.param("def main():\n    import helper\n    return helper.go()\n\n\nmain()\n", id="plain import within"),
        pytest.param("from helper import Run\nRun().go()\n", id="a class that is called at the top"),
        pytest.param("from helper import go\nfor _ in range(2):\n    print(go())\n", id="a loop at the top"),
        pytest.param("from helper import go\nraise SystemExit(go())\n", id="an exit with what is drawn"),
        pytest.param("import sys\nfrom helper import go\nif len(sys.argv) > 1:\n    go()\n", id="a condition"),
    ],
)
def test_a_draw_is_told(judge: Judge, text: str) -> None:
    assert [(item.check, item.status) for item in judge(text)] in (
        [("unseeded-random", Status.FAIL)],
        [("unseeded-numpy", Status.FAIL)],
    )


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            "import random\nfrom math import *\nrandom.seed(1)\nprint(choice)\n", id="star of another library"
        ),
        pytest.param("from random import *\nseed(3)\nprint(choice([1, 2]))\n", id="star, seeded"),
        pytest.param("from random import *\n\n\ndef choice(x):\n    return x\n\n\nprint(choice(1))\n", id="own name"),
        pytest.param("import random\nrandom.seed(1)\nxs = [2]\nxs.sort(key=lambda _: random.random())\n", id="key"),
        pytest.param("names = {'a', 'b'}\nprint({w: i for i, w in enumerate(sorted(names))})\n", id="sorted set"),
        pytest.param("kinds = {'a': 1, 'b': 2}\nprint({w: i for i, w in enumerate(kinds)})\n", id="a dict"),
        pytest.param(
            HEAD + "class Seeded:\n    def __enter__(self):\n        random.seed(3)\n\n    def __exit__(self, *_):\n"
            "        pass\n\n\nwith Seeded():\n    print(random.random())\n",
            id="seeded on entering",
        ),
    ],
)
def test_nothing_is_told_of_what_is_seeded_or_no_draw(judge: Judge, text: str) -> None:
    assert [item.status for item in judge(text)] == [Status.PASS]


def test_the_order_of_a_set_that_is_written_down_counts(judge: Judge) -> None:
    (found,) = judge("names = {'a', 'b'}\nprint({w: i for i, w in enumerate(names)})\n")
    assert found.check == "hash-order"


def test_a_coding_comment_is_found_between_carriage_returns(judge: Judge) -> None:
    (found,) = judge(b"#!/bin/python\r# coding: latin-1\rx = '\xe9'\rimport random\rprint(random.random())\r")
    assert (found.check, found.location and found.location.line) == ("unseeded-random", 5)


@pytest.mark.parametrize(
    ("before", "after"),
    [
        pytest.param(
            b"import random\r\nprint(random.random())\r\n",
            b"import random\r\nrandom.seed(42)\r\nprint(random.random())\r\n",
            id="line ends",
        ),
        pytest.param(
            b'import random\nif __name__ == "__main__":\n\tprint(random.random())\n',
            b'import random\nif __name__ == "__main__":\n\trandom.seed(42)\n\tprint(random.random())\n',
            id="tabs",
        ),
        pytest.param(
            b'import random\nif "__main__" == __name__:\n    print(random.random())\n',
            b'import random\nif "__main__" == __name__:\n    random.seed(42)\n    print(random.random())\n',
            id="the other way round",
        ),
        pytest.param(
            b'import random\nif __name__ != "__main__":\n    raise SystemExit\nprint(random.random())\n',
            b'import random\nrandom.seed(42)\nif __name__ != "__main__":\n    raise SystemExit\nprint(random.random())\n',
            id="where it is imported",
        ),
        pytest.param(
            b"import random\n@print\ndef f(): ...\nprint(random.random())\n",
            b"import random\nrandom.seed(42)\n@print\ndef f(): ...\nprint(random.random())\n",
            id="a decorator",
        ),
        pytest.param(
            b"import random\nX = random.random()\nimport os\n",
            b"import random\nX = random.random()\nimport os\n",
            id="drawn before the place",
        ),
    ],
)
def test_the_seed_is_set_where_it_counts(judge: Judge, tmp_path: Path, before: bytes, after: bytes) -> None:
    judge(before, fix=True)
    assert (tmp_path / "script.py").read_bytes() == after


def test_a_file_that_is_read_only_is_left_as_it_is(judge: Judge, tmp_path: Path) -> None:
    text = "import random\nprint(random.random())\n"
    script = tmp_path / "script.py"
    script.write_text(text, encoding="utf-8")
    script.chmod(0o444)
    said: list[str] = []
    request = LintRequest(paths=("script.py",), start=tmp_path, fix=True, cache=False, progress=said.append)
    assert lint_paths(request).verdict is Status.FAIL
    assert script.read_text(encoding="utf-8") == text
    assert said == ["script.py: cannot be written: it is read-only"]


def test_a_module_that_begins_to_draw_is_told_although_its_importer_was_kept(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n", encoding="utf-8")
    for number in range(41):
        (tmp_path / f"m{number}.py").write_text(f"x = {number}\n", encoding="utf-8")
    (tmp_path / "main.py").write_text("from middle import go\nimport late\nprint(go(), late.go())\n", encoding="utf-8")
    (tmp_path / "middle.py").write_text("from helper import go\n", encoding="utf-8")
    (tmp_path / "helper.py").write_text("def go():\n    return 1\n", encoding="utf-8")

    def told() -> set[tuple[str, Status]]:
        request = LintRequest(paths=(".",), start=tmp_path, families=("seeds",))
        outcomes = lint_paths(request).outcomes
        return {(item.subject, item.status) for item in outcomes if item.status is not Status.PASS}

    assert told() == set()
    (tmp_path / "helper.py").write_text(HELPER, encoding="utf-8")
    assert ("main.py", Status.FAIL) in told()
    (tmp_path / "helper.py").write_text("def go():\n    return 1\n", encoding="utf-8")
    assert told() == set()
    (tmp_path / "late.py").write_text(HELPER, encoding="utf-8")
    assert ("main.py", Status.FAIL) in told()


def test_a_name_that_is_no_text_is_an_error_and_the_others_are_judged(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / "fine.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "window.pyw").write_text("import random\nprint(random.random())\n", encoding="utf-8")
    try:
        (tmp_path / os.fsdecode(b"bad\xff.py")).write_text("x = 1\n", encoding="utf-8")
    except OSError:
        pytest.skip("this file system takes no such name")
    outcomes = lint_paths(LintRequest(paths=(".",), start=tmp_path, families=("seeds",))).outcomes
    assert {item.subject: item.status for item in outcomes} == {
        "bad\\udcff.py": Status.ERROR, "fine.py": Status.PASS, "window.pyw": Status.FAIL,
    }  # fmt: skip
