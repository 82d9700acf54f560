"""What most differences have in common: each pattern planted, and not found where it is not."""

from __future__ import annotations

import datetime as dt
import math
import random
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.data.skew.patterns import pattern_of, typical_difference


def numbers(count: int = 200) -> list[float]:
    draw = random.Random(7)
    return [draw.lognormvariate(3, 1.2) for _ in range(count)]


def moments(count: int = 60) -> list[dt.datetime]:
    start = dt.datetime.fromisoformat("2026-01-17T09:41:12.345")
    return [start + dt.timedelta(hours=31.4 * place, microseconds=37 * place) for place in range(count)]


TEXTS = ["Linz", "Ybbs an der Donau", "sankt Pölten", "Wien", "Graz-Umgebung", "Steyr"] * 10


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (lambda x: x * 1000, "served as 1,000 times the trained value"),
        (lambda x: x / 100, "served as 1/100 of the trained value"),
        (lambda x: -x, "served with the other sign"),
        (lambda x: x + 273.15, "served 273.15 higher"),
        (lambda x: x - 5, "served 5 lower"),
        (lambda x: x * 1.8 + 32, "served as 1.8 times trained + 32"),
        (lambda x: (x - 31.5) / 12.5, "served as 0.08 times trained - 2.52"),
        (lambda x: round(x, 2), "served rounded to 2 decimals"),
        (lambda x: round(x, 1), "served rounded to 1 decimal"),
        (round, "served rounded to whole numbers"),
        (math.trunc, "served cut off to whole numbers"),
        (lambda x: math.trunc(x * 100) / 100, "served cut off to 2 decimals"),
        (lambda x: x * (1 + 3e-5), "served with a relative difference of less than 0.0001, as a number of lower precision is"),
        (math.log, "log(x) is taken in serving and not in training"),
        (math.log1p, "log(1 + x) is taken in serving and not in training"),
        (math.exp, "log(x) is taken in training and not in serving"),
        (math.sqrt, "the square root is taken in serving and not in training"),
        (lambda _: None, "nothing is served"),
        (lambda _: math.nan, "NaN is served"),
        (str, "the number is served as text"),
        (lambda _: -1.0, "larger values are served as -1"),
        (lambda _: 1e9, "smaller values are served as 1,000,000,000"),
        (lambda _: 30.0, "30 is served whatever the value was in training"),
    ],
)  # fmt: skip
def test_numbers(serve: Callable[[float], Any], told: str) -> None:
    values = [value for value in numbers() if value < 500]
    pairs = [(value, serve(value)) for value in values]
    found = pattern_of([(trained, served) for trained, served in pairs if trained != served])
    assert found is not None
    assert found.told == told
    rest = [(value, value * random.Random(place).uniform(1.1, 3)) for place, value in enumerate(values[:30])]
    assert pattern_of([*pairs[:100], *rest]) is None  # three in four are not enough


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (lambda t: t + dt.timedelta(hours=2), "served 2 hours later (another time zone)"),
        (lambda t: t - dt.timedelta(hours=1), "served 1 hour earlier (another time zone)"),
        (lambda t: t + dt.timedelta(hours=5.5), "served 5.5 hours later (another time zone)"),
        (
            lambda t: t + dt.timedelta(hours=1 + (t.month in range(3, 11))),
            "served 1 hour later or 2 hours later (another time zone, in summer and in winter)",
        ),
        (lambda t: dt.datetime.combine(t.date(), dt.time()), "served without the time of day"),
        (lambda t: t.replace(microsecond=0), "served without fractions of a second"),
        (lambda t: t + dt.timedelta(days=1), "served 1 day later"),
        (lambda t: t - dt.timedelta(days=7), "served 7 days earlier"),
        (lambda t: t + dt.timedelta(minutes=t.minute, hours=t.hour), None),
    ],
)
def test_moments(serve: Callable[[dt.datetime], dt.datetime], told: str | None) -> None:
    found = pattern_of([(moment, serve(moment)) for moment in moments()])
    assert (found.told if found else None) == told


def test_dates() -> None:
    days = [dt.date(2026, 1 + place % 12, 1 + (place * 5) % 12) for place in range(40)]
    swapped = [(day, day.replace(month=day.day, day=day.month)) for day in days if day.day != day.month]
    assert (found := pattern_of(swapped))
    assert found.told == "day and month are exchanged"
    later = pattern_of([(day, day + dt.timedelta(days=1)) for day in days])
    assert later
    assert later.told == "served 1 day later"


@pytest.mark.parametrize(
    ("serve", "told"),
    [
        (str.upper, "letters are of the other case"),
        (lambda text: f" {text} ", "spaces differ"),
        (lambda text: f"{text.lower()}  ", "spaces and the case of letters differ"),
        (lambda text: text.replace("ö", "o\u0308"), None),
        (lambda text: text[:3], "served with the first 3 characters only"),
        (lambda _: "", "an empty text is served whatever the value was in training"),
        (lambda text: text.lower().replace(" ", "_").replace("-", "_"), None),
        (lambda text: {"Linz": "L", "Wien": "W"}.get(text, text[-2:]), "each of 6 values is served as one other (another code)"),
        (lambda _: "other", "'other' is served whatever the value was in training"),
    ],
)  # fmt: skip
def test_texts(serve: Callable[[str], str], told: str | None) -> None:
    pairs = [(text, serve(text)) for text in TEXTS]
    found = pattern_of([(trained, served) for trained, served in pairs if trained != served])
    if told is not None:
        assert found is not None
        assert found.told == told
    elif found is not None:
        assert found.told in (
            "characters are coded in another way (Unicode forms)",
            "signs, spaces and the case of letters differ",
        )


def test_codes_and_numbers_as_text() -> None:
    zips = [f"{place:05d}" for place in range(1200, 1260)]
    assert (found := pattern_of([(text, text.lstrip("0")) for text in zips]))
    assert found.told == "leading zeros are lost"
    decimals = [(f"{place}", f"{place}.0") for place in range(40)]
    assert (found := pattern_of(decimals))
    assert found.told == "numbers are written in another way"
    accents = [("Köln", "Koln"), ("Zürich", "Zurich"), ("Genève", "Geneve")] * 5
    assert (found := pattern_of(accents))
    assert found.told == "accents are lost"


def test_whole_numbers_that_no_double_holds() -> None:
    assert (found := pattern_of([(2**53 + 2 * place, 2**53 + 2 * place + 1) for place in range(40)]))
    assert found.told == "served 1 higher"
    assert (found := pattern_of([(2**60 + 7 * place, (2**60 + 7 * place) // 10 * 10) for place in range(1, 6)]))
    assert found.told == "served cut off to 10s"


def test_text_for_a_number_is_no_code() -> None:
    assert (found := pattern_of([(place % 10, str(place % 10)) for place in range(90)]))
    assert found.told == "the number is served as text"
    assert (found := pattern_of([(f"0{place % 10}", place % 10) for place in range(90)]))
    assert found.told == "the text of a number is served as a number"


def test_missing_values() -> None:
    assert (found := pattern_of([(float(place), float("nan")) for place in range(20)]))  # each a NaN of its own
    assert (found.told, found.count) == ("NaN is served", 20)
    default = [(None, 0.0)] * 20
    assert (found := pattern_of(default))
    assert (found.told, found.count) == ("what was missing in training is served as 0", 20)
    assert (found := pattern_of([(math.nan, float(place)) for place in range(20)]))
    assert found.told == "what was missing in training has a value in serving"
    assert (found := pattern_of([(math.nan, None)] * 10 + [(None, math.nan)] * 10))
    assert found.told == "null on one side is NaN on the other"
    assert (found := pattern_of([(True, False), (False, True)] * 5))
    assert found.told == "true and false are exchanged"


def test_single_values_are_not_told_where_they_may_not_be() -> None:
    masked = pattern_of([(text, "secret") for text in TEXTS], show=False)
    assert masked
    assert masked.told == "one value is served whatever the value was in training"
    few = pattern_of([(float(place), 77.0) for place in (1, 90, 3, 8)], show=False)
    assert few
    assert "77" not in few.told


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_differences_have_nothing_in_common(count: int) -> None:
    assert pattern_of([(float(place), place * 1000.0) for place in range(1, 1 + count)]) is None


def test_one_value_shows_no_factor() -> None:
    assert (found := pattern_of([(2.0, 6.0)] * 30)) is None or "times" not in found.told


@given(st.lists(st.tuples(st.floats(allow_nan=True) | st.none(), st.floats(allow_nan=True) | st.none()), max_size=30))
def test_no_number_breaks_it(pairs: list[tuple[Any, Any]]) -> None:
    found = pattern_of(pairs)
    assert found is None or (0.9 * len(pairs) < found.count <= len(pairs) and found.told)
    assert typical_difference(pairs) is None or typical_difference(pairs) >= 0  # type: ignore[operator]  # checked


@given(st.lists(st.tuples(st.text(max_size=4), st.text(max_size=4)), max_size=30))
def test_no_text_breaks_it(pairs: list[tuple[Any, Any]]) -> None:
    found = pattern_of(pairs, show=False)
    assert found is None or 0.9 * len(pairs) < found.count <= len(pairs)


@given(st.floats(-1e6, 1e6).filter(lambda factor: abs(factor) > 1e-3 and abs(factor - 1) > 1e-3), st.integers(0, 99))
def test_any_factor_is_found(factor: float, seed: int) -> None:
    draw = random.Random(seed)
    pairs = [(value, value * factor) for value in (draw.uniform(0.1, 1000) for _ in range(40))]
    found = pattern_of(pairs)
    assert found is not None
    assert "the trained value" in found.told or found.told == "served with the other sign"
