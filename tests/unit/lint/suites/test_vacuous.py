"""`assertion-that-cannot-fail`."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[tuple[int, str, str]]]
RULE = "assertion-that-cannot-fail"
HEAD = "import pytest, unittest\nfrom unittest import mock\n"


@pytest.mark.parametrize(
    "assertion",
    [
        "assert (f() == 1, 'message')",
        "assert f() == 'a' or 'b'",
        "assert f() or True",
        "assert True",
        "assert 'text'",
        "assert 1 == 1",
        "assert not []",
        "assert len(f()) >= 0",
        "assert 0 <= len(f())",
        "assert len(f()) > -1",
        "assert isinstance(f(), object)",
        "assert (x > 0 for x in f())",
        "assert [x > 0 for x in f()]",
        "assert [f() == 1]",
        "assert lambda: f()",
        "assert helper",
        "assert coroutine()",
        "assert (f() == 1).all",
        "assert f().startswith",
        "assert pytest.approx(f(), 1)",
        "assert x is x",
        "assert f'{x} is'",
        "self.assertTrue(f(), 3)",
        "self.assertTrue(f(), [1])",
        "self.assertTrue(True)",
        "self.assertFalse([])",
        "self.assertRaises(ValueError)",
        "pytest.raises(ValueError)",
        "assert_allclose(x, x)",
        "f() == 3",
        "x.y == 3",
        "m.assert_called_once",
        "assert m.called_once_with(1)",
        "m.called_once_with(1)",
    ],
)
def test_assertion_that_holds_in_every_run_blocks(told: Told, assertion: str) -> None:
    text = f"{HEAD}def helper():\n    return 1\nasync def coroutine():\n    return 1\ndef test_a(self, x, m):\n    {assertion}\n"
    assert told(text, rule=RULE) == [(8, RULE, "fail")]


@pytest.mark.parametrize(
    "assertion",
    [
        "assert f() == 1, 'message'",
        "assert f() in ('a', 'b')",
        "assert f() or g()",
        "assert len(f()) > 0",
        "assert isinstance(f(), int)",
        "assert all(x > 0 for x in f())",
        "assert [x for x in f()]",
        "assert [*f()]",
        "assert helper()",
        "assert (f() == 1).all()",
        "assert f() == pytest.approx(1)",
        "assert f() == f()",
        "assert x.y is x.y",
        "assert False, 'never'",
        "assert ()",
        "self.assertTrue(f(), 'message')",
        "self.assertTrue(f() == 3, x)",
        "self.assertFalse(f())",
        "self.assertRaises(ValueError, f)",
        "self.assertRaises(*x)",
        "assert_allclose(x, f(x))",
        "m.assert_called_once()",
        "with pytest.raises(TypeError):\n        x < 3",
        "helper = f()\n    assert helper",
        "for helper in f():\n        assert helper",
    ],
)
def test_assertion_that_can_fail_is_fine(told: Told, assertion: str) -> None:
    text = f"{HEAD}def helper():\n    return 1\ndef test_a(self, x, m):\n    {assertion}\n"
    assert told(text, rule=RULE) == []


@pytest.mark.parametrize(
    "assertion",
    [
        "assert x == x",
        "assert abs(f()) >= 0",
        "assert f()\n    assert True",
        "self.assertEqual(x, x)",
        "with pytest.raises(Exception):\n        f()\n        g()",
    ],
)
def test_assertion_that_may_be_meant_is_a_warning(told: Told, assertion: str) -> None:
    found = told(f"{HEAD}def test_a(self, x):\n    {assertion}\n", rule=RULE)
    assert [status for _, _, status in found] == ["warn"]


@pytest.mark.parametrize("name", ["test_eq", "test_hash_is_stable", "test_nan_differs", "test_assert_allclose"])
def test_comparison_with_itself_is_fine_where_equality_is_tested(told: Told, name: str) -> None:
    assert told(f"def {name}(x):\n    assert x == x\n    assert_allclose(x, x)\n", rule=RULE) == []


EXCEPT_ONLY = """
    try:
        f()
    except ValueError as problem:
        assert "x" in str(problem)
"""


def test_of_what_hypothesis_draws_some_may_raise_and_some_not(told: Told) -> None:
    test = "    try:\n        f(x)\n    except ValueError as problem:\n        assert problem.args\n"
    head = "from hypothesis import given, strategies as st\n"
    assert told(f"{head}@given(st.text())\ndef test_it(x):\n{test}", rule=RULE) == []
    assert len(told(f"{head}def test_it(x):\n{test}", rule=RULE)) == 1


@pytest.mark.parametrize(
    ("rest", "lines"),
    [
        ("", [6]),
        ("    g()\n", [6]),
        ("    else:\n        pytest.fail('no error')\n", []),
        ("    else:\n        assert False\n", []),
        ("    assert g()\n", []),
        ("    except ImportError:\n        pass\n", []),
    ],
)
def test_assertion_in_a_handler_needs_something_that_forces_it(told: Told, rest: str, lines: list[int]) -> None:
    found = told(f"def test_a():{EXCEPT_ONLY}{rest}", rule=RULE)
    assert [line for line, _, _ in found] == [line - 1 for line in lines]


@pytest.mark.parametrize(
    ("handler", "told_too"),
    [
        ("except Exception:\n        pass", True),
        ("except AssertionError as problem:\n        print(problem)", True),
        ("except (ValueError, AssertionError):\n        pass", True),
        ("except:\n        logging.exception('oh')", True),
        ("except ValueError:\n        pass", False),
        ("except Exception:\n        raise", False),
        ("except Exception as problem:\n        pytest.fail(str(problem))", False),
        ("except AssertionError:\n        ok = True", False),
    ],
)
def test_handler_that_swallows_the_failure(told: Told, handler: str, *, told_too: bool) -> None:
    found = told(f"def test_a():\n    try:\n        assert f()\n    {handler}\n", rule=RULE)
    assert found == ([(3, RULE, "fail")] if told_too else [])


def test_pytest_fail_is_not_swallowed_by_exception(told: Told) -> None:
    text = (
        "def test_a():\n    try:\n        f()\n        pytest.fail('no error')\n    except Exception:\n        pass\n"
    )
    assert told(text, rule=RULE) == []
    assert told(text.replace("pytest.fail('no error')", "assert False"), rule=RULE) == [(4, RULE, "fail")]


@pytest.mark.parametrize(
    ("body", "line"),
    [
        ("with pytest.raises(ValueError) as e:\n        f()\n        assert 'x' in str(e.value)", 3),
        ("with self.assertRaises(ValueError) as e:\n        f()\n        self.assertIn('x', str(e.exception))", 3),
        ("assert f()\n    return\n    assert g()", 4),
    ],
)
def test_assertion_that_no_run_reaches(told: Told, body: str, line: int) -> None:
    found = told(f"def test_a(self):\n    {body}\n", rule=RULE)
    assert [(status, at) for at, _, status in found] == [("fail", line + 1 if "with" in body else line)]


def test_record_of_warnings_may_be_read_inside_the_block(told: Told) -> None:
    text = (
        "def test_a():\n    with pytest.warns(UserWarning) as record:\n        f()\n        assert len(record) == 1\n"
    )
    assert told(text, rule=RULE) == []


def test_mock_like_names_without_a_mock_are_left_alone(told: Told) -> None:
    assert told("def test_a(door):\n    assert door.called_with(3)\n", rule=RULE) == []


@pytest.mark.parametrize(
    "body",
    [
        "self.assertFalse(le(x, m), (x, m))",
        "x == m  # noqa: B015",
        "try:\n        f()\n    except Exception as e:\n        with pytest.raises(type(e)):\n            g()\n    else:\n        compare(f(), g())",
        "try:\n        import torch\n    except ImportError:\n        assert f() is None",
        "try:\n        f()\n    except ValueError as e:\n        assert 'x' in str(e)\n        return\n    g()",
    ],
)
def test_what_is_meant_so_is_left_alone(told: Told, body: str) -> None:
    assert told(f"{HEAD}def test_a(self, x, m):\n    {body}\n", rule=RULE) == []


def test_constant_in_the_place_of_an_inherited_test_is_a_warning(told: Told) -> None:
    text = "from base import StoreTests\nclass TestMemory(StoreTests):\n    def test_a(self):\n        assert True\n"
    assert told(text, rule=RULE) == [(4, RULE, "warn")]


def test_flag_behind_the_assertion_says_whether_it_held(told: Told) -> None:
    text = "def test_a():\n    try:\n        assert f()\n        held = True\n    except Exception:\n        pass\n    assert held\n"
    assert told(text, rule=RULE) == []
