"""Whatever the text, the analysis ends soon, says the same again, and fails closed where it gave up."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.lint.finding import UNKNOWN, Finding
from mlgate.lint.module import Module, parse_module
from mlgate.lint.seeds import judge

CASES = Path(__file__).parents[3] / "cases"
FILES = sorted(path for path in CASES.rglob("*.py") if "data" not in path.parts)
SECONDS = 30.0
"""Of a processor: far above what any of these takes, far below what one takes that doubles with each line."""
"""Processor time that one file may cost, however it is written."""

SNIPPETS = [
    "np.random.seed({n})",
    "np.random.rand()",
    "x = np.random.default_rng(x)",
    "x = [x, {n}]",
    "x = {{'a': x}}",
    "x = x['a']",
    "x = x or {n}",
    "x = None if x else {n}",
    "random.shuffle(x)",
    "f(x)",
    "x = f",
    "x = lambda y=x: f(y)",
    "x = set(x)",
    "x.append(x)",
    "x.y = x",
    "del x",
    "x = torch.nn.Linear({n}, x)",
    "x += x",
    "x, *y = x",
    "x = (y := x)",
    "global x",
    "x = (i for i in x)",
    "x = os.listdir(x)",
    "x = args.seed",
    "x = f'{{x}}'",
    "x = x.fit(x)",
    "return_ = x()",
]
BLOCKS = ["if x:", "for i in x:", "while x:", "def f(x, *y, **z):", "class f(x):", "with x as y:", "try:", "else_"]


@st.composite
def programs(draw: st.DrawFn) -> str:
    lines = ["import os, random, torch", "import numpy as np", "x = 1"]
    depth = 0
    for _ in range(draw(st.integers(1, 25))):
        if draw(st.booleans()) and depth < 5:
            block = draw(st.sampled_from(BLOCKS))
            if block == "try:":
                lines += ["    " * depth + "try:", "    " * depth + "    f(x)", "    " * depth + "finally:"]
            elif block == "else_":
                lines += ["    " * depth + "if x is None:", "    " * depth + "    x = 3", "    " * depth + "else:"]
            else:
                lines.append("    " * depth + block)
            depth += 1
        lines.append("    " * depth + draw(st.sampled_from(SNIPPETS)).format(n=draw(st.integers(0, 9))))
        depth = draw(st.integers(0, depth))
    return "\n".join(lines) + "\n"


def judged(text: str) -> list[Finding]:
    return judge(parse_module(text, "run.py"), lambda *_: None)


@given(programs())
@settings(max_examples=60, deadline=None)
def test_any_program_is_judged_and_again_alike(text: str) -> None:
    assert judged(text) == judged(text)


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CASES)))
def test_every_case_is_judged_without_an_error(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert judged(text) == judged(text)


def test_findings_do_not_hang_on_which_modules_were_judged_before() -> None:
    def module(path: str, text: str) -> Module:
        return parse_module(text, path)

    shared = module("data.py", "import numpy as np\ndef load():\n    return np.random.rand()\n")
    first = module("a.py", "from data import load\nload()\n")
    second = module("b.py", "import numpy as np\nnp.random.seed(0)\nfrom data import load\nload()\n")

    def load(name: str, _importer: str) -> Module | None:
        return shared if name == "data" else None

    one_way = [judge(first, load), judge(second, load)]
    other_way = [judge(second, load), judge(first, load)]
    assert one_way == other_way[::-1]


HEAD = "import random\n"
CALLS = "\n".join(
    f"def f{n}(x):\n    random.random()\n    f{n + 1}(x)\n    f{n + 2}(x + 1)\n    f{n + 3}(x)" for n in range(200)
)
PATHOLOGICAL = {
    "10,000 branches": "x = 1\n" + "if y:\n    x = random.random()\n" * 10_000,
    "10,000 draws": "random.random()\n" * 10_000,
    "a chain of 900 conditions": "if a == 0:\n    random.random()\n"
    + "".join(f"elif a == {n}:\n    random.seed({n})\n" for n in range(900)),
    "recursion": "def f(x):\n    random.random()\n    return f(f(x))\nf(1)\n",
    "mutual recursion": "def f(x):\n    random.random()\n    return g(g(x))\ndef g(x):\n    return f(f(x))\nf(1)\n",
    "200 functions that call three others each": CALLS + "\nf0(1)\n",
    "a deep expression": "x = " + "(" * 80 + "random.random()" + " + 1)" * 80 + "\nprint(x)\n",
    "a long sum": "x = " + " + ".join(["random.random()"] * 800) + "\nprint(x)\n",
    "90 nested branches": "".join("  " * n + "if x:\n" for n in range(90)) + "  " * 90 + "random.random()\nprint(1)\n",
    "lists that hold themselves": "x = []\nx.append(x)\nx.append([x])\nx += x\nrandom.shuffle(x)\nrun(x)\n",
    "20 nested loops": "".join("  " * n + f"for i{n} in [f, g, h]:\n" for n in range(19))
    + "  " * 19
    + "random.random()\nprint(1)\n",
    "classes that inherit from each other": "class A(B):\n    pass\nclass B(A):\n    x = random.random()\nprint(B().y)\n",
    "a chain of decorators": "def d(f):\n    random.random()\n    return f\n"
    + "@d\n" * 300
    + "def g():\n    pass\ng()\n",
    "dicts that double": "x = {'a': 1}\n" + "x = {'a': x, 'b': x}\n" * 200 + "run(x, random.random())\n",
}


@pytest.mark.parametrize("name", PATHOLOGICAL)
def test_the_analysis_ends_soon(name: str) -> None:
    module = parse_module(HEAD + PATHOLOGICAL[name], "run.py")
    start = time.process_time()
    found = judge(module, lambda *_: None)
    assert time.process_time() - start < SECONDS
    assert any(item.rule == "unseeded-random" for item in found), "no draw may be lost for want of time"


def test_what_was_given_up_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("mlgate.lint.seeds.machine.MAX_STEPS", 50)
    found = judged(HEAD + "random.seed(0)\n" + "print(random.random())\n" * 100)
    assert [(item.line, item.verdict) for item in found if item.verdict == UNKNOWN] == [(1, UNKNOWN)]
    assert "too large" in found[-1].message or any("too large" in item.message for item in found)
