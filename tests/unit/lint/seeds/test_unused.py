"""Seeds that nothing reads."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]

UNUSED = [
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', default=3)\nargs = p.parse_args()\nprint(args.x)\n",
    "import os\n\nSEED = 42\nprint(1)\n",
    "import os\n\ndef set_seed(x):\n    print(x)\nprint(1)\n",
    "import os\n\ndef f(n, seed):\n    return n\nf(3, seed=4)\n",
]
USED = [
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', default=3)\nargs = p.parse_args()\nprint(args.seed)\n",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', default=3)\nargs = p.parse_args()\nrun(args)\n",
    "import argparse\np = argparse.ArgumentParser()\np.add_argument('--seed', default=3)\nprint(vars(p.parse_args())['seed'])\n",
    "SEED = 42\nprint(SEED)\n",
    "SEED = 42\nprint(globals()['SEED'])\n",
    "def set_seed(x):\n    print(x)\nset_seed(3)\n",
    "def f(n, seed):\n    return n + seed\nf(3, seed=4)\n",
    "def f(n, seed):\n    raise NotImplementedError\nf(3, seed=4)\n",
    "class A:\n    def f(self, seed):\n        return 1\nA().f(seed=3)\n",
]


@pytest.mark.parametrize("text", UNUSED)
def test_a_seed_that_nothing_reads_is_told(text: str, told: Told) -> None:
    assert told(text) == ["unused-seed:3:uncontrolled"]


@pytest.mark.parametrize("text", USED)
def test_a_seed_that_is_read_is_not(text: str, told: Told) -> None:
    assert told(text) == []
