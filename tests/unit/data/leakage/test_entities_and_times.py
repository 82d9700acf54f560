"""Entities that stand in two splits, and splits that are not in order of time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from tests.unit.data.leakage.conftest import Columns, Leak


def visits(patients: range, start: str, days: int = 30) -> dict[str, list[Any]]:
    """Three visits of each patient, spread over some days."""
    first = dt.date.fromisoformat(start)
    rows = [(patient, visit) for patient in patients for visit in range(3)]
    return {
        "patient": [patient for patient, _ in rows],
        "ward": ["AB"[patient % 2] for patient, _ in rows],
        "day": [str(first + dt.timedelta(days=(7 * patient + 11 * visit) % days)) for patient, visit in rows],
        "value": [patient + visit / 7 for patient, visit in rows],
    }


def test_no_shared_entity_is_said_with_both_counts(leak: Leak) -> None:
    found = leak(visits(range(40), "2020-01-01"), visits(range(40, 55), "2020-01-01"), entity=("patient",))
    outcome = found["entity_overlap"]
    assert outcome.status == "pass"
    assert outcome.message == "0 of 15 entities (patient) of test are in train too"
    assert outcome.evidence["rows_judged"] == 45


def test_shared_entities_and_their_rows_are_counted(leak: Leak) -> None:
    found = leak(visits(range(40), "2020-01-01"), visits(range(38, 55), "2021-01-01"), entity=("patient",))
    outcome = found["entity_overlap"]
    assert outcome.status == "fail"
    assert outcome.message == (
        "2 of 17 entities (patient) of test are in train too, with 6 rows of test (11.8 %) and 6 of train"
    )
    assert outcome.evidence["rows_shared"] == 6
    assert outcome.hint == "split again by patient, so that all rows of one stand in one split"


def test_rows_of_entities_show_what_privacy_allows(leak: Leak) -> None:
    train, test = visits(range(40), "2020-01-01"), visits(range(39, 45), "2021-01-01")
    shown = {}
    for privacy in ("none", "masked", "full"):
        evidence = leak(train, test, entity=("patient",), privacy=privacy)["entity_overlap"].evidence
        shown[privacy] = evidence.get("rows")
    assert shown["none"] is None
    assert shown["masked"] == [{"row": 1, "value": "patient 3*** (2 characters), row 118 of train"}]
    assert shown["full"] == [{"row": 1, "value": "patient 39, row 118 of train"}]


def test_a_composite_key_is_shared_only_as_a_whole(leak: Leak) -> None:
    train, test = {"a": [1, 1, 2], "b": [1, 2, 1], "x": [1.5, 2.5, 3.5]}, {"a": [2, 2], "b": [2, 3], "x": [4.5, 5.5]}
    assert leak(train, test, entity=("a", "b"))["entity_overlap"].status == "pass"
    assert leak(train, test, entity=("a",))["entity_overlap"].status == "fail"


def test_rows_without_an_entity_are_left_out_and_counted(leak: Leak) -> None:
    train, test = {"a": [1, None, 2], "x": [1.5, 2.5, 3.5]}, {"a": [None, 3], "x": [4.5, 5.5]}
    found = leak(train, test, entity=("a",))["entity_overlap"]
    assert found.status == "warn"
    assert found.message.endswith("; 2 rows without one left out: 50 % of test")
    nobody = leak(train, {"a": [None, None], "x": [4.5, 5.5]}, entity=("a",))["entity_overlap"]
    assert (nobody.status, nobody.message) == ("error", "no row of test names an entity: a is never there")


def test_ids_of_text_and_of_integers_are_the_same(leak: Leak) -> None:
    import pyarrow as pa

    test = {"patient": pa.array([7, 8, 900], pa.int64()), "value": pa.array([1.5, 2.5, 3.5])}
    plain = leak("patient,value\n7,0.5\n8.0,0.25\n10,0.125\n", test, entity=("patient",))["entity_overlap"]
    assert (plain.status, plain.observed) == ("fail", 2)
    codes = leak("patient,value\n007,0.5\n011,0.25\n", test, entity=("patient",))["entity_overlap"]
    assert (codes.status, codes.observed) == ("fail", 1)


@pytest.mark.parametrize("share", [(199, "error"), (20, "warn"), (9, "pass")])
def test_many_rows_without_an_entity_cannot_be_checked(leak: Leak, share: tuple[int, str]) -> None:
    lacking, status = share
    train = {"a": [None] * lacking + list(range(lacking, 200)), "x": list(range(200))}
    found = leak(train, {"a": range(300, 400), "x": range(100)}, entity=("a",))["entity_overlap"]
    assert found.status == status


def test_words_for_missing_are_no_entities(leak: Leak) -> None:
    train = {"a": [f"P{n}" for n in range(96)] + ["NA", " ", "n/a", "none"], "x": range(100)}
    test = {"a": [f"Q{n}" for n in range(96)] + ["NA", " ", "N/A", "None"], "x": range(100)}
    found = leak(train, test, entity=("a",))["entity_overlap"]
    assert (found.status, found.message) == (
        "pass",
        "0 of 96 entities (a) of test are in train too; 8 rows without one left out",
    )


def entities(first: list[str], second: list[str], leak: Leak) -> Any:
    train, test = {"a": first, "x": range(len(first))}, {"a": second, "x": range(len(second))}
    return leak(train, test, entity=("a",))["entity_overlap"]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("{:05}", "{}"),
        ("{:04}.0 ", "{}"),
        ("P{}", "P{} "),
        ("M\u00fcller {}", "Mu\u0308ller {}"),
        ("P{}", "\tP{}\u00a0"),
    ],
    ids=["zeros", "number", "space", "unicode", "tab"],
)
def test_entities_that_are_written_differently_are_shared(leak: Leak, one: str, other: str) -> None:
    found = entities([one.format(n) for n in range(50)], [other.format(n) for n in range(40, 60) for _ in "ab"], leak)
    assert (found.status, found.observed) == ("fail", 10)
    assert found.message == (
        "10 of 20 entities (a) of test are in train too, with 20 rows of test (50 %) and 10 of train; "
        "10 of them written differently (zeros, spaces, ...)"
    )
    assert found.evidence["rows"][0]["row"] == 1
    assert found.evidence["rows"][0]["value"].endswith(", row 41 of train")


def test_text_in_parquet_is_read_like_text_in_other_files(leak: Leak) -> None:
    import pyarrow as pa

    train = {"a": pa.array([f"{n:05}" for n in range(50)]), "x": pa.array(range(50))}
    test = {"a": pa.array([str(n) for n in range(40, 60)]), "x": pa.array(range(20))}
    assert leak(train, test, entity=("a",))["entity_overlap"].observed == 10


def test_entities_that_may_be_others_are_a_warning(leak: Leak) -> None:
    case = entities([f"P{n}" for n in range(50)], [f"p{n} " for n in range(40, 60)], leak)
    assert (case.status, case.message) == (
        "warn",
        "0 of 20 entities (a) of test are in train too; 10 are but for upper and lower case",
    )
    codes = entities(["01", "1", "02", "2"], ["001", "002", "77"], leak)
    assert (codes.status, codes.message) == (
        "warn",
        "0 of 3 entities (a) of test are in train too; 2 are but for zeros or spaces, as are some of one split",
    )
    assert entities(["P1", "P2"], ["P3", "P10"], leak).status == "pass"


def test_doubles_cannot_tell_large_integers_apart(leak: Leak) -> None:
    import pyarrow as pa

    whole = [2**53 + 2 * n + 1 for n in range(50)]
    train = {"a": pa.array([float(2**53 + 2 * n) for n in range(50)]), "x": pa.array(range(50))}
    test = {"a": pa.array(whole), "x": pa.array(range(50))}
    found = leak(train, test, entity=("a",))
    assert found["split_columns"].status == "error"
    assert "integers beyond 2^53, which doubles cannot tell apart" in found["split_columns"].message
    assert found["entity_overlap"].status == "skip"
    small = {"a": pa.array([2**53 - 1]), "x": pa.array([1])}
    assert leak(train, small, entity=("a",))["entity_overlap"].status == "pass"


def test_ids_that_can_never_be_equal_are_an_error(leak: Leak) -> None:
    import pyarrow as pa

    test = {"patient": pa.array([7, 8], pa.int64()), "value": pa.array([1.5, 2.5])}
    found = leak("patient,value\nP7,0.5\nP8,0.25\n", test, entity=("patient",))
    assert found["split_columns"].status == "error"
    assert found["split_columns"].message == (
        "cannot be compared: patient is text in train and integer in test, and no text is of that type"
    )
    assert (found["entity_overlap"].status, found["entity_overlap"].message) == (
        "skip",
        "patient: cannot be compared, see split_columns",
    )


def test_splits_in_order_of_time_say_their_ends(leak: Leak) -> None:
    found = leak(visits(range(40), "2020-01-01"), visits(range(40, 55), "2020-02-01"), time="day")["time_overlap"]
    assert found.status == "pass"
    assert found.message == "train ends 2020-01-30, test starts 2020-02-01: 0 of 45 rows of test lie before that"


def test_a_gap_is_kept_or_not(leak: Leak) -> None:
    train, test = {"day": ["2020-01-30"], "x": [1]}, {"day": ["2020-02-01", "2020-02-09"], "x": [2, 3]}
    assert leak(train, test, time="day", gap_s=2 * 86400)["time_overlap"].status == "pass"
    found = leak(train, test, time="day", gap_s=7 * 86400)["time_overlap"]
    assert found.status == "fail"
    assert found.message == (
        "1 of 2 rows of test (50 %) lie less than 7d after the end of train, 2020-01-30; test starts 2020-02-01"
    )


def test_equal_moments_overlap(leak: Leak) -> None:
    train = {"day": [f"2020-01-{day:02}" for day in range(1, 31)], "x": list(range(30))}
    test = {"day": ["2020-01-29", "2020-01-30", "2020-01-31"] * 5, "x": list(range(15))}
    found = leak(train, test, time="day")["time_overlap"]
    assert found.status == "fail"


def test_a_split_at_random_overlaps(leak: Leak) -> None:
    days = [str(dt.date(2020, 1, 1) + dt.timedelta(days=n)) for n in range(200)]
    train, test = {"day": days[::2], "x": list(range(100))}, {"day": days[1::2], "x": list(range(100))}
    found = leak(train, test, time="day", entity=("x",))["time_overlap"]
    assert found.status == "fail"
    assert found.observed == 98  # all but those behind the end of train without its last row
    assert "with 98 entities" in found.message


def test_one_stray_moment_is_listed_and_does_not_make_everything_leak(leak: Leak) -> None:
    days = [str(dt.date(2020, 1, 1) + dt.timedelta(days=n)) for n in range(100)]
    train = {"day": [*days[:16], "2031-01-01", *days[17:]], "x": list(range(100))}
    test = {"day": ["2020-06-01", "2020-06-02"], "x": [1, 2]}
    found = leak(train, test, time="day")["time_overlap"]
    assert found.status == "warn"
    assert found.message == (
        "1 row of train lies after 2020-04-09, where it ends otherwise: stray rows; "
        "the rest of train lies before the rest of test"
    )
    assert found.evidence["rows"] == [{"row": 17, "value": "day 2031-01-01"}]
    assert found.evidence["rows_in"] == "train"


def test_half_of_a_split_is_not_stray(leak: Leak) -> None:
    train, test = {"day": ["2024-06-01", "2024-01-01"], "x": [1, 2]}, {"day": ["2024-05-01", "2024-05-03"], "x": [3, 4]}
    found = leak(train, test, time="day")["time_overlap"]
    assert (found.status, found.observed) == ("fail", 2)


def test_a_last_row_beside_the_others_is_not_stray(leak: Leak) -> None:
    days = [str(dt.date(2020, 1, 1) + dt.timedelta(days=n)) for n in range(300)]
    train, test = {"day": days[:200], "x": range(200)}, {"day": days[199:], "x": range(101)}
    found = leak(train, test, time="day")["time_overlap"]
    assert (found.status, found.observed) == ("fail", 1)


def test_a_day_is_all_of_it_beside_times_of_day(leak: Leak) -> None:
    import pyarrow as pa

    days: dict[str, list[Any]] = {"day": ["2024-01-30"] * 50 + ["2024-01-31"] * 50, "x": list(range(100))}
    times: dict[str, list[Any]] = {
        "day": [f"2024-01-31T{n:02}:12:30" for n in range(1, 21)],
        "x": list(range(100, 120)),
    }
    found = leak(days, times, time="day")["time_overlap"]
    assert (found.status, found.observed) == ("fail", 20)
    assert "days are compared, since one has no times of day" in found.message
    later = {**times, "day": [text.replace("01-31", "02-01") for text in times["day"]]}
    assert leak(days, later, time="day")["time_overlap"].status == "pass"
    assert leak(days, later, time="day", gap_s=86400)["time_overlap"].status == "fail"
    midnights = {"day": pa.array([dt.datetime.fromisoformat(day) for day in days["day"]]), "x": pa.array(range(100))}
    assert leak(midnights, times, time="day")["time_overlap"].status == "fail"
    assert leak(times, {"day": ["2024-01-31", "2024-02-01"], "x": [1, 2]}, time="day")["time_overlap"].status == "fail"


def test_numbers_in_other_units_are_an_error(leak: Leak) -> None:
    seconds = [1_700_000_000 + 3600 * n for n in range(50)]
    for factor, told in ((1000, "1,000"), (10**6, "1,000,000"), (10**9, "1,000,000,000")):
        test = {"t": [value * factor for value in seconds], "x": list(range(50))}
        found = leak({"t": seconds, "x": list(range(50))}, test, time="t")["time_overlap"]
        assert (found.status, found.message) == (
            "error",
            f"t is some {told} times as large in test as in train: they seem to count other units of time",
        )
    steps = {"t": list(range(1, 100)), "x": list(range(99))}
    later = {"t": list(range(40_000, 60_000, 1000)), "x": list(range(20))}
    assert leak(steps, later, time="t")["time_overlap"].status == "pass"
    whole = leak({"t": seconds, "x": list(range(50))}, {"t": [1_800_000_000], "x": [1]}, time="t")["time_overlap"]
    assert "test starts 1800000000" in whole.message


def test_rows_without_a_moment_are_a_warning_and_most_of_them_an_error(leak: Leak) -> None:
    train = {"day": ["2024-01-01", *[None] * 99], "x": list(range(100))}
    test = {"day": ["2024-02-01"] * 100, "x": list(range(100))}
    found = leak(train, test, time="day")["time_overlap"]
    assert found.status == "error"
    assert found.message.endswith("; 99 rows without day left out: 99 % of train, which could not be checked")
    train["day"] = ["2024-01-01"] * 90 + [None] * 10
    assert leak(train, test, time="day")["time_overlap"].status == "warn"
    train["day"] = ["2024-01-01"] * 96 + [None] * 4
    assert leak(train, test, time="day")["time_overlap"].status == "pass"
    test["day"] = ["2023-02-01"] * 100
    train["day"] = ["2024-01-01"] * 10 + [None] * 90
    assert leak(train, test, time="day")["time_overlap"].status == "fail"


@pytest.mark.parametrize("privacy", ["none", "masked"])
def test_no_moment_of_a_single_row_is_named(leak: Leak, privacy: str) -> None:
    days = [str(dt.date(1950, 1, 1) + dt.timedelta(days=37 * n)) for n in range(300)]
    parts = {
        "clean": (days[:150], days[150:]),
        "overlap": (days[::2], days[1::2]),
        "stray": ([*days[:150], "2031-01-01"], days[150:]),
    }
    for name, (one, other) in parts.items():
        train, test = {"day": one, "x": range(len(one))}, {"day": other, "x": range(len(other))}
        found = leak(train, test, time="day", privacy=privacy)["time_overlap"]
        assert found.status == {"clean": "pass", "overlap": "fail", "stray": "warn"}[name]
        told = f"{found.message} {found.evidence} {found.observed} {found.expected}"
        assert not any(day in told for day in (*days, "2031-01-01")), told
    often = {"day": ["2020-01-01"] * 5, "x": range(5)}, {"day": ["2020-01-02"] * 5, "x": range(5)}
    named = leak(*often, time="day", privacy=privacy)["time_overlap"]
    assert ("train ends 2020-01-01, test starts 2020-01-02" in named.message) is (privacy == "masked")


def test_moments_may_be_numbers_such_as_years(leak: Leak) -> None:
    train, test = {"year": [1990, 1991, 1992], "x": [1, 2, 3]}, {"year": [1993, 1994], "x": [4, 5]}
    found = leak(train, test, time="year")["time_overlap"]
    assert (found.status, "train ends 1992, test starts 1993" in found.message) == ("pass", True)
    with_gap = leak(train, test, time="year", gap_s=86400)["time_overlap"]
    assert (with_gap.status, with_gap.message) == ("error", "a gap is a duration, and year holds numbers")


@pytest.mark.parametrize(
    ("days", "told"),
    [
        (["2020-01-01", "31.01.2020"], "1 value of day in train is no ISO 8601 date or time: rows 2"),
        (["2020-01-01T10:00:00Z", "2020-01-02T10:00:00"], "without a time zone, others have one"),
        (["", ""], "day is never there in train"),
        (["soon", "later"], "2 values of day in train are no ISO 8601 date or time: rows 1, 2"),
    ],
)
def test_moments_that_cannot_be_compared_are_an_error(leak: Leak, days: list[str], told: str) -> None:
    found = leak({"day": days, "x": [1, 2]}, {"day": ["2021-01-01"], "x": [3]}, time="day")["time_overlap"]
    assert found.status == "error"
    assert told in found.message


def test_zones_are_compared_in_utc(leak: Leak) -> None:
    train = {"at": ["2020-01-01T23:30:00+02:00"], "x": [1]}
    assert leak(train, {"at": ["2020-01-01T22:00:00Z"], "x": [2]}, time="at")["time_overlap"].status == "pass"
    assert leak(train, {"at": ["2020-01-01T21:30:00Z"], "x": [2]}, time="at")["time_overlap"].status == "fail"


def test_rows_of_an_entity_are_in_order(leak: Leak) -> None:
    train = {"firm": ["a", "a", "b", "b"], "year": [1, 2, 1, 5], "x": [1, 2, 3, 4]}
    test = {"firm": ["a", "b"], "year": [3, 4], "x": [5, 6]}
    found = leak(train, test, entity=("firm",), time="year")["entity_time"]
    assert found.status == "fail"
    assert found.message == (
        "1 of 2 entities of both has rows in train that are not older than its first one in test: 1 row of train"
    )
    assert found.evidence["rows"] == [{"row": 4, "value": "firm b, year 5"}]
    train["year"] = [1, 2, 1, 3]
    assert leak(train, test, entity=("firm",), time="year")["entity_time"].status == "pass"
    apart: Columns = {"firm": ["c"], "year": [0], "x": [1]}
    nothing = leak(train, apart, entity=("firm",), time="year")["entity_time"]
    assert nothing.message == "no entity is in both train and test: there is nothing to compare"
