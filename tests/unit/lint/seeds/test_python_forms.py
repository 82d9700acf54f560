"""Forms of Python in which draws and seeds hide: each once seeded and once not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]

UNSEEDED = {
    "alias of a module": "import numpy as np\nnpr = np.random\nprint(npr.rand())\n",
    "module from a package": "from numpy import random as nr\nprint(nr.rand())\n",
    "function from a module": "from numpy.random import rand as draw\nprint(draw())\n",
    "getattr": "import numpy as np\nprint(getattr(np.random, 'rand')())\n",
    "walrus": "import numpy as np\nif (x := np.random.rand()) > 0:\n    print(x)\n",
    "match": "import sys\nimport numpy as np\nmatch sys.argv[1]:\n    case 'a':\n        print(np.random.rand())\n",
    "async": (
        "import asyncio\nimport numpy as np\nasync def main():\n    print(np.random.rand())\nasyncio.run(main())\n"
    ),
    "nested class": (
        "import numpy as np\nclass A:\n    class B:\n        def draw(self):\n            return np.random.rand()\n"
        "print(A.B().draw())\n"
    ),
    "lambda in a dict": "import numpy as np\ntable = {'a': lambda: np.random.rand()}\nprint(table['a']())\n",
    "generator": (
        "import numpy as np\ndef batches():\n    yield np.random.rand()\nfor batch in batches():\n    print(batch)\n"
    ),
    "comprehension": "import numpy as np\nprint([np.random.rand() for _ in range(3)])\n",
    "default argument": "import numpy as np\ndef f(x=np.random.rand()):\n    return x\nprint(f())\n",
    "decorator with arguments": (
        "import numpy as np\ndef times(n):\n    def wrap(f):\n        def inner():\n            return [f() for _ in range(n)]\n"
        "        return inner\n    return wrap\n@times(3)\ndef draw():\n    return np.random.rand()\nprint(draw())\n"
    ),
    "method called through super": (
        "import numpy as np\nclass A:\n    def draw(self):\n        return np.random.rand()\nclass B(A):\n"
        "    def draw(self):\n        return super().draw()\nprint(B().draw())\n"
    ),
    "call in an f-string": "import numpy as np\nprint(f'{np.random.rand()}')\n",
    "conditional expression": "import sys\nimport numpy as np\nprint(np.random.rand() if len(sys.argv) > 1 else 0)\n",
    "partial": "from functools import partial\nimport numpy as np\ndraw = partial(np.random.uniform, 0)\nprint(draw(1))\n",
    "callback of a thread": (
        "import threading\nimport numpy as np\ndef work():\n    print(np.random.rand())\n"
        "threading.Thread(target=work).start()\n"
    ),
    "map": "import numpy as np\nprint(list(map(lambda _: np.random.rand(), range(3))))\n",
    "property": (
        "import numpy as np\nclass A:\n    @property\n    def x(self):\n        return np.random.rand()\nprint(A().x)\n"
    ),
    "seed in a function that nothing calls": (
        "import numpy as np\ndef fix():\n    np.random.seed(0)\nprint(np.random.rand())\n"
    ),
}


@pytest.mark.parametrize("name", UNSEEDED)
def test_a_draw_is_found_in_any_form(name: str, told: Told) -> None:
    found = told(UNSEEDED[name])
    assert [item.partition(":")[0] for item in found] == ["unseeded-numpy"], found


@pytest.mark.parametrize("name", UNSEEDED)
def test_a_seed_before_it_controls_it(name: str, told: Told) -> None:
    assert told("import numpy\nnumpy.random.seed(0)\n" + UNSEEDED[name]) == []


SEEDED = {
    "torch under another name": "import torch as th\nth.manual_seed(1)\nprint(th.rand(3))\n",
    "attribute of a class": (
        "import numpy as np\nclass Config:\n    SEED = 3\nnp.random.seed(Config.SEED)\nprint(np.random.rand())\n"
    ),
    "default argument": (
        "import numpy as np\ndef fix(seed=3):\n    np.random.seed(seed)\nfix()\nprint(np.random.rand())\n"
    ),
    "global": (
        "import numpy as np\nSEED = None\ndef choose():\n    global SEED\n    SEED = 4\nchoose()\n"
        "np.random.seed(SEED)\nprint(np.random.rand())\n"
    ),
    "walrus": "import numpy as np\nnp.random.seed(seed := 5)\nprint(np.random.rand(), seed)\n",
    "getattr": "import numpy as np\ngetattr(np.random, 'seed')(0)\nprint(np.random.rand())\n",
    "with statement": (
        "from contextlib import contextmanager\nimport numpy as np\n@contextmanager\ndef seeded():\n"
        "    np.random.seed(0)\n    yield\nwith seeded():\n    print(np.random.rand())\n"
    ),
    "dict of settings": "import numpy as np\nC = {'seed': 1}\nnp.random.seed(C['seed'])\nprint(np.random.rand())\n",
    "tuple": "import numpy as np\na, b = 1, 2\nnp.random.seed(b)\nprint(np.random.rand(), a)\n",
    "loop over seeders": (
        "import random\nimport numpy as np\nfor fix in (random.seed, np.random.seed):\n    fix(0)\n"
        "print(random.random(), np.random.rand())\n"
    ),
    "try": "import numpy as np\ntry:\n    np.random.seed(0)\nfinally:\n    print(np.random.rand())\n",
}


@pytest.mark.parametrize("name", SEEDED)
def test_a_seed_is_seen_in_any_form(name: str, told: Told) -> None:
    assert told(SEEDED[name]) == []


def test_names_of_a_star_import_are_known(told: Told) -> None:
    modules = {"seeding": "import numpy as np\ndef fix():\n    np.random.seed(0)\n"}
    text = "from seeding import *\nimport numpy\n{}print(numpy.random.rand())\n"
    assert told(text.format("fix()\n"), modules) == []
    assert told(text.format(""), modules) == ["unseeded-numpy:3:uncontrolled"]


def test_a_seed_of_none_undoes_a_seed(told: Told) -> None:
    text = "import numpy as np\nnp.random.seed(0)\nnp.random.seed(None)\nprint(np.random.rand())\n"
    assert told(text) == ["unseeded-numpy:4:uncontrolled"]


def test_a_package_whose_modules_import_each_other_is_followed(told: Told) -> None:
    modules = {
        "pkg": "from .a import f\nfrom .b import g\n",
        ".a": "from .b import g\nimport numpy as np\ndef f():\n    return np.random.rand()\n",
        ".b": "def g():\n    from .a import f\n    return f()\n",
    }
    assert told("import pkg\nprint(pkg.g())\n", modules) == ["unseeded-numpy:2:uncontrolled"]
