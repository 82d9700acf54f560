"""Orders of listings and sets, told where they reach data, and not where they are sorted or only counted."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]

HEAD = "import os, glob, random\nimport numpy as np\nfrom pathlib import Path\n"
LISTING = "unsorted-listing:4:uncontrolled"
HASH = "hash-order:4:uncontrolled"
REACH_DATA = [
    ("print(np.array(os.listdir('.')))\n", LISTING),
    ("print(glob.glob('*')[:3])\n", LISTING),
    ("files = list(Path('.').glob('*'))\nnp.stack([np.load(f) for f in files])\n", LISTING),
    ("files = [f for f in Path('.').iterdir()]\nprint(files[0])\n", LISTING),
    (
        "paths = []\nfor top, folders, files in os.walk('.'):\n    paths.extend(sorted(files))\nprint(paths[0])\n",
        "unsorted-listing:5:uncontrolled",
    ),
    (
        (
            "paths = []\nfor top, folders, files in os.walk('.'):\n    folders.sort()\n    for name in files:\n"
            "        paths.append(name)\nprint(paths[0])\n"
        ),
        "unsorted-listing:5:uncontrolled",
    ),
    ("first = next(glob.iglob('*'), None)\nprint(first)\n", LISTING),
    ("labels = list(set(names))\nprint(labels[0])\n", HASH),
    ("table = {n: i for i, n in enumerate(set(names))}\nprint(table)\n", HASH),
    ("table = dict(zip(set(names), range(3)))\nprint(table)\n", HASH),
]
HARMLESS = [
    "print(np.array(sorted(os.listdir('.'))))\n",
    "print(len(os.listdir('.')))\n",
    "print('a' in os.listdir('.'))\n",
    "for name in os.listdir('.'):\n    os.remove(name)\n",
    "for name in os.listdir('.'):\n    print(name)\n",
    "files = os.listdir('.')\nfiles.sort()\nprint(files[0])\n",
    "files = sorted(Path('.').glob('*'))\nprint(files[:3])\n",
    "print(max(os.listdir('.')))\n",
    "labels = sorted(set(names))\nprint(labels[0])\n",
    "print(len(set(names)))\n",
    "print('a' in set(names))\n",
    (
        "paths = []\nfor top, folders, files in os.walk('.'):\n    folders.sort()\n    for name in sorted(files):\n"
        "        paths.append(name)\nprint(paths[0])\n"
    ),
    (
        "paths = []\nfor top, folders, files in os.walk('.'):\n    folders[:] = sorted(folders)\n"
        "    paths += [name for name in sorted(files)]\nprint(paths[0])\n"
    ),
    "found = set(names)\nprint(found.pop(), next(iter(found)))\n",
    "print(next(glob.iglob('*'), None) is not None)\n",
    "if next(glob.iglob('*'), None) is None:\n    print('nothing')\n",
    "numbers = list({1, 2, 3})\nprint(numbers[0])\n",
]


@pytest.mark.parametrize(("body", "expected"), REACH_DATA)
def test_an_order_that_reaches_data_is_told(body: str, expected: str, told: Told) -> None:
    assert told(HEAD + body) == [expected]


@pytest.mark.parametrize("body", HARMLESS)
def test_an_order_that_is_sorted_or_does_not_matter_is_not_told(body: str, told: Told) -> None:
    assert told(HEAD + body) == []
