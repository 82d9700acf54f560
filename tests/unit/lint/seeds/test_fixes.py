"""Edits: what they make parses, and what they mend is no longer told."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

import pytest

from mlgate.lint.finding import CONTROLLED, Edit, Finding
from mlgate.lint.module import parse_module
from mlgate.lint.seeds import judge

Told = Callable[..., list[str]]

CASES = Path(__file__).parents[3] / "cases"
FILES = sorted(path for folder in ("lint", "lint_hard") for path in (CASES / folder).rglob("*.py"))


def found_in(text: str) -> list[Finding]:
    return [item for item in judge(parse_module(text, "run.py"), lambda *_: None) if item.verdict != CONTROLLED]


def applied(text: str, edits: Sequence[Edit]) -> str:
    for edit in sorted(edits, key=lambda item: item.start, reverse=True):
        text = text[: edit.start] + edit.new + text[edit.end :]
    return text


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(CASES)))
def test_an_edit_leaves_python_in_which_the_finding_is_gone(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    for finding in found_in(text):
        if finding.edits:
            mended = applied(text, finding.edits)
            before = sum(item.rule == finding.rule for item in found_in(text))
            assert sum(item.rule == finding.rule for item in found_in(mended)) < before, finding


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ("import numpy as np\nnp.random.default_rng()\n", "import numpy as np\nnp.random.default_rng(42)\n"),
        ("import numpy as np\nnp.random.rand()\n", "import numpy as np\nnp.random.seed(42)\nnp.random.rand()\n"),
        (
            "import torch\nif __name__ == '__main__':\n    torch.rand(3)\n",
            "import torch\nif __name__ == '__main__':\n    torch.manual_seed(42)\n    torch.rand(3)\n",
        ),
        (
            "from sklearn.cluster import KMeans\nKMeans(\n    3,\n)\n",
            "from sklearn.cluster import KMeans\nKMeans(\n    3, random_state=42,\n)\n",
        ),
        (
            "from sklearn.cluster import KMeans\nprint('ä', KMeans(n_clusters=3))\n",
            "from sklearn.cluster import KMeans\nprint('ä', KMeans(n_clusters=3, random_state=42))\n",
        ),
    ],
)
def test_edits_are_as_a_person_would_write_them(text: str, mended: str) -> None:
    (finding,) = found_in(text)
    assert applied(text, finding.edits) == mended


@pytest.mark.parametrize(
    "text",
    [
        "from sklearn.cluster import KMeans\nKMeans(**given)\n",
        "from sklearn.cluster import KMeans\nKMeans(3  # three\n)\n",
        "from numpy.random import rand\nrand()\n",
        "import numpy as np\nimport time\nnp.random.seed(int(time.time()))\nnp.random.rand()\n",
    ],
)
def test_what_a_person_must_decide_is_not_edited(text: str) -> None:
    assert all(not finding.edits for finding in found_in(text))
