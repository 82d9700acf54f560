"""`always-skipped-test`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[tuple[int, str, str]]]
RULE = "always-skipped-test"


@pytest.mark.parametrize(
    "decorator",
    [
        "@pytest.mark.skip",
        "@pytest.mark.skip(reason='flaky')",
        "@pytest.mark.skipif(True, reason='x')",
        "@pytest.mark.skipif('True', reason='x')",
        "@pytest.mark.xfail(run=False)",
        "@pytest.mark.parametrize('x', [])",
        "@unittest.skip('later')",
        "@unittest.skipIf(1, 'later')",
        "@unittest.skipUnless(False, 'later')",
        "@slow",
    ],
)
def test_mark_without_condition_blocks(told: Told, decorator: str) -> None:
    text = f"import pytest, unittest\nslow = pytest.mark.skip\n{decorator}\ndef test_a():\n    assert f()\n"
    assert told(text, rule=RULE) == [(4, RULE, "fail")]


@pytest.mark.parametrize(
    "decorator",
    [
        "@pytest.mark.skipif(sys.platform == 'win32', reason='x')",
        "@pytest.mark.skipif('not np', reason='x')",
        "@unittest.skipUnless(True, 'later')",
        "@pytest.mark.xfail(reason='known')",
        "@pytest.mark.xfail(sys.maxsize > 3, run=False)",
        "@pytest.mark.parametrize('x', [1])",
        "@skip_on_windows",
    ],
)
def test_mark_with_a_condition_is_fine(told: Told, decorator: str) -> None:
    text = f"import pytest, sys, unittest\nskip_on_windows = pytest.mark.skipif(sys.platform == 'win32')\n{decorator}\ndef test_a(x):\n    assert f(x)\n"
    assert told(text, rule=RULE) == []


@pytest.mark.parametrize(
    "reason", ["see #123", "https://bugs.clinic.io/7", "until 2027-01", "ML-42", "needs numpy 2.3"]
)
def test_reason_that_waits_for_something_is_a_warning(told: Told, reason: str) -> None:
    text = f"import pytest\n@pytest.mark.skip(reason='{reason}')\ndef test_a():\n    assert f()\n"
    assert told(text, rule=RULE) == [(3, RULE, "warn")]


@pytest.mark.parametrize(
    "body",
    [
        "pytest.skip('later')",
        "x = 1\n    pytest.skip('later')",
        "raise unittest.SkipTest('later')",
        "raise unittest.SkipTest",
        "return\n    assert f()",
        '"""Says something."""\n    return\n    assert f()',
        "if True:\n        pytest.skip('later')\n    assert f()",
    ],
)
def test_body_that_ends_at_once_blocks(told: Told, body: str) -> None:
    assert told(f"import pytest, unittest\ndef test_a():\n    {body}\n", rule=RULE) == [(2, RULE, "fail")]


@pytest.mark.parametrize(
    "body",
    [
        "if f():\n        pytest.skip('later')\n    assert f()",
        "np = pytest.importorskip('numpy')\n    assert np",
        "assert f()\n    pytest.skip('after the work')",
        "for x in f():\n        pytest.skip('each')\n    assert f()",
        "return",
        "return f()",
    ],
)
def test_body_that_may_go_on_is_fine(told: Told, body: str) -> None:
    assert told(f"import pytest\ndef test_a():\n    {body}\n", rule=RULE) == []


@pytest.mark.parametrize(
    "line",
    [
        "pytestmark = pytest.mark.skip",
        "pytestmark = [pytest.mark.skip('x')]",
        "pytest.skip('x', allow_module_level=True)",
    ],
)
def test_file_that_skips_itself_is_told_once(told: Told, line: str) -> None:
    text = f"import pytest\n{line}\ndef test_a():\n    assert f()\ndef test_b():\n    assert f()\n"
    assert told(text, rule=RULE) == [(2, RULE, "fail")]


def test_file_that_skips_itself_under_a_condition_is_fine(told: Told) -> None:
    text = """
        import pytest
        try:
            import torch
        except ImportError:
            pytest.skip("no torch", allow_module_level=True)
        if not torch.cuda.is_available():
            pytestmark = pytest.mark.skip("no GPU")
        def test_a():
            assert torch.f()
    """
    assert told(text, rule=RULE) == []


def test_class_is_told_once_and_setup_counts(told: Told) -> None:
    text = """
        import unittest
        class TestA(unittest.TestCase):
            def setUp(self):
                self.skipTest("gone")
            def test_a(self):
                self.assertTrue(f())
        @unittest.skip("gone")
        class TestB(unittest.TestCase):
            def test_b(self):
                self.assertTrue(f())
    """
    assert told(text, rule=RULE) == [(4, RULE, "fail"), (9, RULE, "fail")]


def test_inherited_test_that_is_switched_off_is_a_warning(told: Told) -> None:
    text = """
        import pytest
        class TestBase:
            def test_a(self):
                assert f()
        class TestChild(TestBase):
            @pytest.mark.skip(reason="makes no sense here")
            def test_a(self):
                pass
    """
    assert told(text, rule=RULE) == [(8, RULE, "warn")]


def test_test_about_skipping_is_left_alone(told: Told) -> None:
    text = "import pytest\n@pytest.mark.skip\ndef test_skip_mark_is_seen():\n    assert False\n"
    assert told(text, rule=RULE) == []


def test_a_test_of_skip_connections_that_is_skipped_is_told(told: Told) -> None:
    text = "import pytest\n@pytest.mark.skip\ndef test_skip_connection():\n    assert block(1) == 2\n"
    assert len(told(text, rule=RULE)) == 1


def test_functions_of_another_file_are_no_tests(told: Told) -> None:
    text = "import pytest\n@pytest.mark.skip\ndef test_a():\n    pass\n"
    assert told(text, path="src/testing_tools.py") == []
