"""Values of which one was taken, and numbers that are made of several."""

from __future__ import annotations

import pytest

from mlgate.lint.seeds.alternatives import MAX_MEMBERS, any_of, blend, either, element_of
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Either,
    Entropy,
    External,
    Items,
    Known,
    Maybe,
    Option,
    Result,
    Value,
    is_none,
)

CLOCK = Entropy("the clock")
SEED = Maybe("--seed")
OPTION = Option(Known(42), "--seed")
SEVEN = Known(7)


@pytest.mark.parametrize(
    ("first", "second", "kind"),
    [
        (SEVEN, Known(8), type(FIXED)),
        (SEVEN, NONE, Maybe),
        (NONE, FIXED, Maybe),
        (NONE, OPTION, Maybe),
        (OPTION, SEVEN, type(FIXED)),
        (SEED, SEVEN, Maybe),
        (SEED, UNKNOWN, Maybe),
        (CLOCK, SEVEN, Entropy),
        (CLOCK, UNKNOWN, Entropy),
        (UNKNOWN, SEVEN, Either),
        (External("a"), External("b"), Either),
        (Result("pandas.DataFrame"), Result("pandas.DataFrame"), Result),
    ],
)
def test_either_side_may_come_first(first: Value, second: Value, kind: type[Value]) -> None:
    assert type(either(first, second)) is kind
    assert type(either(second, first)) is kind


def test_either_of_one_value_is_the_value() -> None:
    assert either(CLOCK, CLOCK) is CLOCK
    assert either(Known(1), Known(1)).const == 1  # type: ignore[attr-defined]  # a literal, by what it is made of
    assert isinstance(either(Known(True), Known(1)), type(FIXED)), "True and 1 are two literals"


def test_entropy_on_one_side_hangs_on_the_user() -> None:
    one = either(CLOCK, SEVEN)
    both = either(CLOCK, Entropy("the system's entropy"))
    assert isinstance(one, Entropy)
    assert one.conditional
    assert isinstance(both, Entropy)
    assert not both.conditional


def test_either_keeps_few_members() -> None:
    found = any_of(External(str(number)) for number in range(20))
    assert isinstance(found, Either)
    assert len(found.members) == MAX_MEMBERS


@pytest.mark.parametrize(
    ("values", "kind"),
    [
        ([SEVEN, UNKNOWN], type(FIXED)),
        ([SEVEN, SEED], Maybe),
        ([SEED, SEVEN], Maybe),
        ([SEED, CLOCK], Entropy),
        ([UNKNOWN], type(UNKNOWN)),
        ([], type(UNKNOWN)),
        ([Either((SEVEN, CLOCK))], Entropy),
        ([Either((External("a"), SEVEN))], type(FIXED)),
    ],
)
def test_of_a_sum_the_seed_decides(values: list[Value], kind: type[Value]) -> None:
    assert type(blend(values)) is kind


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        (Items([SEVEN, NONE]), Maybe),
        (Items([]), type(UNKNOWN)),
        (OPTION, type(FIXED)),
        (CLOCK, Entropy),
        (SEED, Maybe),
        (Result("numpy.arange"), Result),
        (Either((Items([SEVEN]), Items([Known(8)]))), type(FIXED)),
        (Either((UNKNOWN, Items([SEVEN]))), Either),
        (External("a"), type(UNKNOWN)),
    ],
)
def test_an_element_may_be_any(value: Value, kind: type[Value]) -> None:
    assert type(element_of(value)) is kind


def test_an_option_is_none_where_its_default_is() -> None:
    assert is_none(Option(NONE, "--seed"))
    assert not is_none(OPTION)
    assert not is_none(SEED), "the user may give it"
