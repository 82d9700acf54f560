"""`unseeded-test-data`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.lint.suites import Declared

Told = Callable[..., list[tuple[int, str, str]]]
RULE = "unseeded-test-data"
HEAD = "import random\nimport numpy as np\nimport pytest, torch, unittest\nfrom sklearn.datasets import make_classification\nfrom sklearn.model_selection import train_test_split\n"
BODY = "    score = fit(rows).score(rows)\n    assert score > 0.9\n"


@pytest.mark.parametrize(
    "draw",
    [
        "np.random.rand(3)",
        "np.random.default_rng().normal(size=3)",
        "np.random.RandomState(None).rand(3)",
        "random.choices([1, 2], k=3)",
        "random.Random().random()",
        "torch.randn(3)",
        "make_classification(n_samples=9)",
        "train_test_split(data)",
    ],
)
def test_drawn_rows_that_decide_block(told: Told, draw: str) -> None:
    assert told(f"{HEAD}def test_a(data):\n    rows = {draw}\n{BODY}") == [(7, RULE, "fail")]


@pytest.mark.parametrize(
    "draw",
    [
        "np.random.default_rng(3).normal(size=3)",
        "np.random.RandomState(3).rand(3)",
        "random.Random(3).random()",
        "torch.randn(3, generator=g)",
        "make_classification(random_state=0)",
        "make_classification(**common)",
        "train_test_split(data, shuffle=False)",
        "load()",
    ],
)
def test_seeded_rows_are_fine(told: Told, draw: str) -> None:
    assert told(f"{HEAD}def test_a(data):\n    rows = {draw}\n{BODY}") == []


@pytest.mark.parametrize(
    ("assertion", "status"),
    [
        ("assert abs(rows.mean()) < 0.1", "fail"),
        ("assert x and rows.mean() >= 0.25", "fail"),
        ("self.assertGreater(rows.mean(), 0.25)", "fail"),
        ("np.testing.assert_allclose(rows.mean(), f(rows))", "warn"),
        ("assert np.allclose(rows, f(rows))", "warn"),
        ("assert abs(rows.sum() - f(rows)) < 1e-6", "warn"),
        ("assert rows.shape == (3,)", ""),
        ("assert len(rows) > 0.5", ""),
        ("assert rows.max() <= 0.5", ""),
        ("assert f(x) > 0.9", ""),
        ("assert rows is not None", ""),
        ("with pytest.raises(ValueError):\n        f(rows)", ""),
    ],
)
def test_what_is_asserted_decides(told: Told, assertion: str, status: str) -> None:
    found = told(f"{HEAD}def test_a(self, x):\n    rows = np.random.rand(3)\n    {assertion}\n", rule=RULE)
    assert found == ([(7, RULE, status)] if status else [])


@pytest.mark.parametrize(
    "before",
    [
        "np.random.seed(0)\n",
        "@pytest.fixture(autouse=True)\ndef fixed():\n    np.random.seed(0)\n",
        "@pytest.fixture(autouse=True)\ndef reset_seed():\n    reset()\n",
        "def setup_module():\n    np.random.seed(0)\n",
    ],
)
def test_seed_of_the_module_counts(told: Told, before: str) -> None:
    assert told(f"{HEAD}{before}def test_a():\n    rows = np.random.rand(3)\n{BODY}") == []


@pytest.mark.parametrize(
    ("head", "first"),
    [
        ("def test_a():", "torch.manual_seed(0)"),
        ("def test_a():", "seed_everything(0)"),
        ("def test_a(seed):", "pass"),
        ("@set_seed(0)\ndef test_a():", "pass"),
        ("def prepare():\n    set_seed(0)\ndef test_a():", "prepare()"),
        ("@pytest.fixture\ndef model():\n    np.random.seed(0)\ndef test_a(model):", "pass"),
    ],
)
def test_seed_of_the_test_counts(told: Told, head: str, first: str) -> None:
    assert told(f"{HEAD}{head}\n    {first}\n    rows = np.random.rand(3)\n{BODY}") == []


def test_seed_in_setup_and_unseen_bases_count(told: Told) -> None:
    text = f"""{HEAD}
class TestA(unittest.TestCase):
    def setUp(self):
        np.random.seed(0)
    def test_a(self):
        assert np.random.rand() > 0.1
class TestB(framework.TestCase):
    def test_b(self):
        assert np.random.rand() > 0.1
class TestC(unittest.TestCase):
    def test_c(self):
        assert np.random.rand() > 0.1
"""
    assert [line for line, _, _ in told(text, rule=RULE)] == [17]


def test_conftest_above_and_plugin_count(told: Told) -> None:
    text = f"{HEAD}def test_a():\n    rows = np.random.rand(3)\n{BODY}"
    seeding = "import numpy as np, pytest\n@pytest.fixture(autouse=True)\ndef fixed():\n    np.random.seed(0)\n"
    asked = "import numpy as np, pytest\n@pytest.fixture\ndef fixed():\n    np.random.seed(0)\n"
    assert told(text, conftests=[seeding]) == []
    assert told(text, conftests=[asked]) == [(7, RULE, "fail")]
    assert told(text, declared=Declared(reseeded=True)) == []


def test_name_that_is_assigned_anew_no_longer_depends_on_the_draw(told: Told) -> None:
    text = f"{HEAD}def test_a(data):\n    rows = np.random.rand(3)\n    rows = data\n{BODY}"
    assert told(text) == []


def test_method_that_is_given_drawn_rows_changes_its_object(told: Told) -> None:
    text = f"{HEAD}def test_a(model, data):\n    model.fit(np.random.rand(3))\n    assert model.score(data) > 0.9\n"
    assert told(text) == [(7, RULE, "fail")]


def test_context_that_sets_the_generator_counts(told: Told) -> None:
    text = f"{HEAD}def test_a():\n    with NumpyRNGContext(3):\n        assert abs(np.random.rand(9).mean()) < 0.7\n"
    assert told(text) == []
