"""Order of statements, branches, loops and returns, each told as Python would run it without options."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]

HEAD = "import sys, os, argparse\nimport numpy as np\n"
CASES = [
    ("np.random.rand()\n", ["unseeded-numpy:3:uncontrolled"]),
    ("np.random.seed(0)\nnp.random.rand()\n", []),
    ("np.random.rand()\nnp.random.seed(0)\n", ["late-seed:3:uncontrolled"]),
    ("def f():\n    np.random.seed(0)\nf()\nnp.random.rand()\n", []),
    ("def f():\n    np.random.seed(0)\nnp.random.rand()\nf()\n", ["late-seed:5:uncontrolled"]),
    ("if len(sys.argv) > 3:\n    np.random.seed(0)\nnp.random.rand()\n", ["unseeded-numpy:5:conditional"]),
    ("if len(sys.argv) > 3:\n    np.random.seed(0)\nelse:\n    np.random.seed(1)\nnp.random.rand()\n", []),
    ("if True:\n    np.random.seed(0)\nnp.random.rand()\n", []),
    ("if False:\n    np.random.rand()\n", []),
    ("while False:\n    np.random.rand()\n", []),
    ("if 3 > 4 or not 1:\n    np.random.rand()\n", []),
    ("for i in range(3):\n    np.random.seed(i)\n    np.random.rand()\n", []),
    ("while True:\n    np.random.seed(0)\n    break\nnp.random.rand()\n", []),
    ("sys.exit(0)\nnp.random.rand()\n", []),
    ("raise SystemExit\nnp.random.rand()\n", []),
    ("try:\n    np.random.seed(0)\nexcept ValueError:\n    pass\nnp.random.rand()\n", []),
    ("try:\n    raise ValueError\nexcept ValueError:\n    np.random.seed(0)\nnp.random.rand()\n", []),
    (
        "def f(x):\n    if x:\n        return 1\n    np.random.seed(0)\nf(sys.argv)\nnp.random.rand()\n",
        ["unseeded-numpy:8:conditional"],
    ),
    ("def f():\n    np.random.seed(0)\n    return 1\n    np.random.rand()\nf()\nnp.random.rand()\n", []),
    ("with open('a') as f:\n    np.random.seed(0)\nnp.random.rand()\n", []),
    (
        "match sys.argv:\n    case []:\n        np.random.seed(0)\n    case _:\n        np.random.seed(1)\nnp.random.rand()\n",
        [],
    ),
    (
        "match sys.argv:\n    case []:\n        np.random.seed(0)\n    case _:\n        pass\nnp.random.rand()\n",
        ["unseeded-numpy:8:conditional"],
    ),
    ("assert np.random.rand() > 0\nprint(1)\n", ["unseeded-numpy:3:uncontrolled"]),
    ("class A:\n    x = np.random.rand()\nprint(A)\n", ["unseeded-numpy:4:uncontrolled"]),
    ("if __name__ == '__main__':\n    np.random.rand()\n", ["unseeded-numpy:4:uncontrolled"]),
    ("seed = int(os.environ['SEED'])\nnp.random.seed(seed)\nnp.random.rand()\n", []),
    ("def f(seed=None):\n    if seed is None:\n        return\n    np.random.seed(seed)\nf(3)\nnp.random.rand()\n", []),
]


@pytest.mark.parametrize(("body", "expected"), CASES)
def test_statements_are_followed_in_their_order(body: str, expected: list[str], told: Told) -> None:
    assert told(HEAD + body) == expected
