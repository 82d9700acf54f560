"""What is made ahead comes in order, its problems too, and its thread ends with whoever takes."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import closing

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.sources.read_ahead import read_ahead


def threads() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name == "mlgate-read-ahead"]


@given(items=st.lists(st.none() | st.integers()), depth=st.integers(1, 5))
def test_items_come_in_order(items: list[int | None], depth: int) -> None:
    assert list(read_ahead(iter(items), depth=depth)) == items
    assert not threads()


@pytest.mark.parametrize("problem", [ValueError("no"), KeyboardInterrupt(), StopAsyncIteration()])
@pytest.mark.parametrize("after", [0, 1, 9])
def test_a_problem_comes_after_the_items_before_it(problem: BaseException, after: int) -> None:
    def make() -> Iterator[int]:
        yield from range(after)
        raise problem

    items = read_ahead(make(), depth=3)
    assert [next(items) for _ in range(after)] == list(range(after))
    with pytest.raises(type(problem)) as raised:
        next(items)
    assert raised.value is problem
    assert not threads()


def test_no_more_is_made_than_depth_allows() -> None:
    made: list[int] = []
    waiting = threading.Event()

    def make() -> Iterator[int]:
        for number in range(100):
            made.append(number)
            if number == 5:  # 0 is taken, 1 to 4 wait, 5 has no room
                waiting.set()
            yield number

    with closing(read_ahead(make(), depth=4)) as items:
        assert next(items) == 0
        assert waiting.wait(10)
        assert made == list(range(6))
    assert len(made) <= 7
    assert not threads()


@pytest.mark.parametrize("taken", range(4))
def test_who_stops_early_ends_the_thread(taken: int) -> None:
    items = read_ahead(iter(range(1_000_000)), depth=1)
    assert [next(items) for _ in range(taken)] == list(range(taken))
    items.close()
    assert not threads()


def test_an_endless_source_is_no_hindrance() -> None:
    def make() -> Iterator[int]:
        while True:
            yield 1

    with closing(read_ahead(make())) as items:
        assert next(items) == 1
    assert not threads()
