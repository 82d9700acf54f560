"""Exact floats, hosts, sleeps and tiers."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.module import parse_module
from mlgate.lint.suites import Declared, is_test_file, judge_tests
from mlgate.lint.suites.hosts import host_of

Told = Callable[..., list[tuple[int, str, str]]]


@pytest.mark.parametrize(
    "body",
    [
        "assert accuracy_score(y, p) == 0.87",
        "assert 0.87 == f1_score(y, p)",
        "assert model.score(X, y) == 0.87",
        "assert model.predict_proba(X)[0, 1] == 0.1",
        "assert x.mean() == 0.3",
        "assert np.std(x) == 0.3",
        "assert math.sqrt(x) == 1.1",
        "assert float(np.exp(x)) == 1.1",
        "assert x.mean().item() == 0.3",
        "loss = criterion(x, y)\n    assert loss.item() == 0.69",
        "value = roc_auc_score(y, p)\n    assert value == 0.87",
        "loss, acc = model.evaluate(x, y)\n    assert acc == 0.87",
        "out = model.evaluate(x, y)\n    assert out['accuracy'] == 0.87",
        "self.assertEqual(mean_squared_error(y, p), 0.87)",
        "self.assertTrue(r2_score(y, p) == 0.87)",
        "assert f(x) == 0.4173913043478260",
        "assert y and accuracy_score(y, p) == -0.3",
    ],
)
def test_computed_number_that_is_compared_exactly_blocks(told: Told, body: str) -> None:
    found = told(f"import math\nimport numpy as np\ndef test_a(self, model, x, y, p, X):\n    {body}\n")
    assert [(rule, status) for _, rule, status in found] == [("exact-float-equality", "fail")]


@pytest.mark.parametrize(
    "body",
    [
        "assert accuracy_score(y, p) == 1.0",
        "assert accuracy_score(y, p) == 0.5",
        "assert accuracy_score(y, p) == 1",
        "assert accuracy_score(y, p) == pytest.approx(0.87)",
        "assert np.isclose(accuracy_score(y, p), 0.87)",
        "assert round(x.mean(), 2) == 0.87",
        "assert config.lr == 0.1",
        "assert run.metrics['accuracy'] == 0.87",
        "assert frame['x'].item() == 0.1",
        "assert json.loads(x) == 0.4173913043478260",
        "assert back(0.4173913043478261) == 0.4173913043478261",
        "assert accuracy_score(y, p) > 0.87",
        "assert x.mean() != 0.3",
        "assert name.score == '0.87'",
    ],
)
def test_stored_rounded_exact_or_tolerant_numbers_are_fine(told: Told, body: str) -> None:
    assert told(f"import numpy as np\ndef test_a(model, x, y, p):\n    {body}\n", rule="exact-float-equality") == []


CLOUD = Declared(hosts=("api.clinic.io",))


@pytest.mark.parametrize(
    ("call", "status"),
    [
        ("requests.get('https://api.clinic.io/v1')", "fail"),
        ("requests.get(URL + '/v1')", "fail"),
        ("requests.get(f'{URL}/v1')", "fail"),
        ("client.connect('eu.api.clinic.io')", "fail"),
        ("psycopg2.connect(host='db.prod.clinic.com')", "fail"),
        ("create_engine('postgresql://u:p@db-prod.clinic.com/x')", "fail"),
        ("mlflow.set_tracking_uri('https://acme.cloud.databricks.com')", "fail"),
        ("redis.Redis(host='x.cache.amazonaws.com')", "fail"),
        ("httpx.post('https://api.github.com/x')", "warn"),
        ("pd.read_csv('s3://bucket/x.csv')", "warn"),
        ("urllib.request.urlopen('https://raw.githubusercontent.com/x')", "warn"),
    ],
)
def test_public_host_is_told(told: Told, call: str, status: str) -> None:
    text = f"import httpx, mlflow, psycopg2, redis, requests, urllib.request\nimport pandas as pd\nfrom sqlalchemy import create_engine\nURL = 'https://api.clinic.io'\ndef test_a(client):\n    assert {call}\n"
    assert told(text, declared=CLOUD) == [(6, "production-host-in-test", status)]


@pytest.mark.parametrize(
    "text",
    [
        "def test_a():\n    assert requests.get('http://127.0.0.1:8000/x')\n",
        "def test_a():\n    assert requests.get('http://localhost/x')\n",
        "def test_a():\n    assert requests.get('https://example.com/x')\n",
        "def test_a():\n    assert requests.get('https://model.test/x')\n",
        "def test_a():\n    assert requests.get('/x')\n",
        "def test_a(requests_mock):\n    assert requests.get('https://db.prod.acme.io/x')\n",
        "@mock.patch('requests.get')\ndef test_a(get):\n    assert requests.get('https://db.prod.acme.io/x')\n",
        "def test_a():\n    with mock.patch('requests.get'):\n        assert requests.get('https://db.prod.acme.io/x')\n",
        "import responses\n@responses.activate\ndef test_a():\n    assert requests.get('https://db.prod.acme.io/x')\n",
        "@pytest.mark.network\ndef test_a():\n    assert requests.get('https://api.github.com/x')\n",
        "def test_a():\n    assert urlparse('https://api.clinic.io/x').path == '/x'\n",
        "def test_a():\n    assert {}.get('https://api.github.com')\n",
        "def test_a():\n    assert requests.Request('GET', 'https://api.github.com')\n",
    ],
)
def test_local_reserved_replaced_and_only_named_hosts_are_fine(told: Told, text: str) -> None:
    head = "import pytest, requests\nfrom unittest import mock\nfrom urllib.parse import urlparse\n"
    assert told(head + text, rule="production-host-in-test", declared=CLOUD) == []


def test_host_is_told_once_for_a_file(told: Told) -> None:
    text = "import requests\n" + "".join(
        f"def test_{n}():\n    assert requests.get('https://api.github.com/{n}')\n" for n in range(3)
    )
    assert told(text) == [(3, "production-host-in-test", "warn")]


@given(st.text(max_size=40))
def test_host_of_any_text_does_not_raise(text: str) -> None:
    host, scheme = host_of(text)
    assert host == host.lower()
    assert scheme == scheme.lower()


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        ("time.sleep(2)\n    assert f()", [3]),
        ("sleep(0.1)\n    sleep(0.2)\n    assert f()", [3]),
        ("time.sleep(PAUSE)\n    assert f()", [3]),
        ("for _ in range(3):\n        time.sleep(1)\n    assert f()", [4]),
        ("time.sleep(0)\n    assert f()", []),
        ("time.sleep(delay)\n    assert f()", []),
        ("while not f():\n        time.sleep(1)\n    assert f()", []),
        ("for _ in range(9):\n        if f():\n            break\n        time.sleep(1)\n    assert f()", []),
        ("def work():\n        time.sleep(1)\n    assert run(work)", []),
        ("assert run(lambda: time.sleep(1))", []),
        ("monkeypatch.setattr(time, 'sleep', f)\n    time.sleep(1)\n    assert f()", []),
    ],
)
def test_sleep_is_told_where_it_is_slept(told: Told, body: str, lines: list[int]) -> None:
    text = f"import time; from time import sleep; PAUSE = 3\ndef test_a(monkeypatch, delay):\n    {body}\n"
    assert told(text, rule="sleep-in-test") == [(line, "sleep-in-test", "warn") for line in lines]


def test_sleep_in_a_fixture_and_in_async_tests(told: Told) -> None:
    text = """
        import asyncio, pytest, time
        @pytest.fixture
        def server():
            time.sleep(1)
        async def test_a():
            await asyncio.sleep(1)
            assert f()
        @freeze_time("2026-01-01")
        def test_b():
            time.sleep(1)
            assert f()
        def helper():
            time.sleep(1)
    """
    assert [line for line, _, _ in told(text, rule="sleep-in-test")] == [5, 7]


@pytest.mark.parametrize(
    ("paths", "lines"),
    [
        (["tests/unit"], [1]),
        (["tests/unit/"], [1]),
        (["tests"], []),
        (["."], []),
        (["tests/test_model.py"], []),
        (["./tests/test_model.py::TestA"], []),
        (["tests/test_mod"], [1]),
        (["other", "tests"], []),
    ],
)
def test_file_is_in_a_tier_or_told(told: Told, paths: list[str], lines: list[int]) -> None:
    found = told("def test_a():\n    assert f()\n", declared=Declared(tiers={"unit": paths}))
    assert found == [(line, "test-outside-tiers", "fail") for line in lines]


def test_tiers_are_not_judged_without_tests_or_tiers(told: Told) -> None:
    assert told("def helper():\n    return 1\n", declared=Declared(tiers={"unit": ["x"]})) == []
    assert told("def test_a():\n    assert f()\n", declared=Declared(tiers={"unit": []})) == []


@pytest.mark.parametrize(
    ("path", "text", "expected"),
    [
        ("test_a.py", "", True),
        ("pkg/a_test.py", "", True),
        ("pkg/tests.py", "import unittest", True),
        ("pkg/test.py", "import argparse", False),
        ("tests/conftest.py", "import pytest", False),
        ("pkg/testing_tools.py", "import pytest", False),
        ("pkg/latest.py", "import pytest", False),
    ],
)
def test_files_of_tests_are_known_by_name(path: str, text: str, *, expected: bool) -> None:
    assert is_test_file(path, text) is expected


@pytest.mark.parametrize(
    "text", ["", "x = 1", "class TestA:\n    pass", "def test_a(): ...", "class test_x(a.b, c()): x: int = 3"]
)
def test_odd_modules_do_not_raise(text: str) -> None:
    module = parse_module(text, "test_odd.py")
    assert all(finding.path == "test_odd.py" for finding in judge_tests(module, Declared(tiers={"unit": ["x"]})))
