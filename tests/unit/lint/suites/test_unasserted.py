"""`test-without-assertion`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[tuple[int, str, str]]]
RULE = "test-without-assertion"


@pytest.mark.parametrize(
    "body",
    [
        "pass",
        "...",
        "x = 1",
        '"""Only words."""',
        "try:\n        f()\n    except Exception:\n        pass",
        "try:\n        f()\n    except:\n        print('oh')",
    ],
)
def test_test_that_cannot_fail_blocks(told: Told, body: str) -> None:
    assert told(f"def test_a():\n    {body}\n", rule=RULE) == [(1, RULE, "fail")]


@pytest.mark.parametrize("body", ["f()", "x = f()\n    print(x)", "with f():\n        pass", "helper(1)"])
def test_test_that_only_calls_is_a_warning(told: Told, body: str) -> None:
    text = f"def test_a():\n    {body}\n\ndef helper(x):\n    return x + 1\n"
    assert told(text, rule=RULE) == [(1, RULE, "warn")]


@pytest.mark.parametrize(
    "body",
    [
        "assert f()",
        "with pytest.raises(ValueError):\n        f()",
        "with pytest.warns(UserWarning):\n        f()",
        "np.testing.assert_allclose(f(), 1)",
        "torch.testing.assert_close(f(), 1)",
        "m = mock.Mock()\n    m.assert_called_once()",
        "m.called.assert_not_called()",
        "if f() != 3:\n        raise AssertionError",
        "if f() != 3:\n        pytest.fail('no')",
        "check_estimator(f())",
        "for x in f():\n        assert x",
        "helper()",
        "outer()",
        "run_and_compare(f())",
        "import doctest\n    doctest.testmod(f)",
        "with warnings.catch_warnings():\n        warnings.simplefilter('error')\n        f()",
    ],
)
def test_test_that_judges_is_fine(told: Told, body: str) -> None:
    text = f"import pytest, warnings\nfrom .common import run_and_compare\ndef test_a():\n    {body}\n\ndef helper():\n    assert f()\n\ndef outer():\n    helper()\n"
    assert told(text, rule=RULE) == []


@pytest.mark.parametrize("name", ["test_smoke", "test_fit_does_not_raise", "test_no_warning", "test_doesnt_crash"])
def test_name_that_says_what_is_meant_is_enough(told: Told, name: str) -> None:
    assert told(f"def {name}():\n    f()\n", rule=RULE) == []


def test_docstring_that_says_what_is_meant_is_enough(told: Told) -> None:
    assert told('def test_a():\n    """It must not raise for empty texts."""\n    f()\n', rule=RULE) == []


@pytest.mark.parametrize("parameter", ["benchmark", "snapshot", "num_regression", "assert_model"])
def test_fixture_that_judges_is_enough(told: Told, parameter: str) -> None:
    assert told(f"def test_a({parameter}):\n    {parameter}(f)\n", rule=RULE) == []


def test_methods_of_the_class_are_followed_and_unseen_ones_trusted(told: Told) -> None:
    text = """
        import unittest
        from base import Base
        class TestA(unittest.TestCase):
            def same(self, x):
                self.assertEqual(x, 3)
            def nothing(self, x):
                return x
            def test_a(self):
                self.same(f())
            def test_b(self):
                self.nothing(f())
        class TestB(Base, unittest.TestCase):
            def test_c(self):
                self.of_the_base(f())
    """
    assert told(text, rule=RULE) == [(11, RULE, "warn")]


def test_functions_that_call_each_other_end(told: Told) -> None:
    text = "def a():\n    b()\ndef b():\n    a()\ndef test_a():\n    a()\n"
    assert told(text, rule=RULE) == [(5, RULE, "warn")]


def test_empty_test_with_fixtures_is_a_warning(told: Told) -> None:
    assert told("def test_a(model):\n    pass\n", rule=RULE) == [(1, RULE, "warn")]


def test_doctest_async_hypothesis_and_generators(told: Told) -> None:
    text = '''
        from hypothesis import given
        def test_a():
            """
            >>> f()
            3
            """
        async def test_b():
            assert await f()
        @given(x=integers())
        def test_c(x):
            assert f(x)
        def test_d():
            yield f
    '''
    assert told(text, rule=RULE) == []


@pytest.mark.parametrize(
    ("comment", "status"),
    [("covered by test_b", "warn"), ("TODO", "fail"), ("write me", "fail"), ("assert f(x)", "fail"), ("", "fail")],
)
def test_comment_that_gives_a_reason_makes_an_empty_test_a_warning(told: Told, comment: str, status: str) -> None:
    assert told(f"def test_a():\n    # {comment}\n    pass\n", rule=RULE) == [(1, RULE, status)]
