"""Profiles: what is written is read back as it was, holds nothing of single rows, and is refused where it was changed."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.config.schema import Column as Declared
from mlgate.data.drift import parse_profile, profile_text
from mlgate.data.drift.grid import edges_for
from mlgate.data.drift.profile_text import digest_of, edge_of, edge_text, sealed
from mlgate.data.drift.queries import CLASSES
from mlgate.data.drift.sketch import STATES, Column, Sketch, Writing, named_values, ordered_of, values_of
from mlgate.errors import ConfigError
from mlgate.outcome import Location, Status
from tests.unit.data.drift.conftest import sketch

TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
COUNTS = st.dictionaries(TEXTS, st.integers(1, 40), max_size=30)
NUMBERS = st.dictionaries(st.floats(-1e9, 1e9, allow_nan=False), st.integers(1, 40), max_size=40)


def read_back(made: Sketch, floor: int = 5) -> Sketch:
    return replace(parse_profile(profile_text(made, floor), "p.yaml"), profile="")


@given(COUNTS, st.integers(2, 6), st.integers(0, 9))
def test_values_are_read_back(counts: Mapping[str, int], floor: int, missing: int) -> None:
    rows = sum(counts.values()) + missing
    column = Column(
        name="x",
        kind="string",
        rows=rows,
        states=dict.fromkeys(STATES, 0) | {"missing": missing},
        values=values_of(counts, floor),
    )
    made = Sketch(name="data", rows=rows, columns={"x": column})
    assert read_back(made) == made


@given(NUMBERS, st.sampled_from(["number", "integer", "date", "datetime", "time"]))
def test_cells_are_read_back(counts: Mapping[float, int], kind: str) -> None:
    order = sorted(counts)
    rows = [counts[value] for value in order]
    cells = ordered_of(order, rows, edges_for(order, rows, 5))
    column = Column(name="x", kind=kind, rows=sum(rows), states=dict.fromkeys(STATES, 0), ordered=cells)
    made = Sketch(name="data", rows=sum(rows), columns={"x": column})
    assert read_back(made) == made


@given(st.floats(allow_nan=False, allow_infinity=False), st.sampled_from(["number", "datetime", "time"]))
def test_edges_are_read_back(edge: float, kind: str) -> None:
    assert edge_of(edge_text(edge, kind)) == edge


def test_moments_are_written_as_such() -> None:
    day = (dt.date(2024, 3, 1) - dt.date(1970, 1, 1)).days * 86400.0
    assert edge_text(day, "date") == edge_text(day, "datetime") == "2024-03-01"
    assert edge_text(day + 1.5, "datetime") == "2024-03-01T00:00:01.500000"
    assert edge_text(3661.0, "time") == "01:01:01"
    assert edge_text(math.nextafter(day, -math.inf), "date").startswith("17092511")


@given(TEXTS.filter(bool), TEXTS.filter(bool))
def test_names_are_read_back(name: str, column: str) -> None:
    made = Sketch(
        name=name, rows=0, columns={column: Column(name=column, kind="any", rows=0, states={}, left_out=name)}
    )
    again = read_back(made)
    assert (again.name, list(again.columns), again.columns[column].left_out) == (name, [column], name)


def table() -> dict[str, Any]:
    rng = np.random.default_rng(1)
    start = dt.datetime(2024, 1, 1)  # noqa: DTZ001  # as files store them
    return {
        "patient_id": range(3000),
        "contact": [f"person{place}@uni-linz.ac.at" for place in rng.integers(0, 30, 3000)],
        "age": rng.integers(0, 90, 3000),
        "weight": [None if place % 40 == 0 else value for place, value in enumerate(rng.normal(70, 9, 3000).tolist())],
        "city": [f"city {place}" for place in rng.zipf(1.5, 3000)],
        "note": [f"note {'x' * place} of {rng.integers(10**9)}" for place in rng.integers(1, 30, 3000)],
        "smoker": rng.random(3000) < 0.3,
        "visit": [start + dt.timedelta(days=int(day)) for day in rng.integers(0, 99, 3000)],
    }


def test_a_table_is_read_back() -> None:
    for asked_for in ((), ("visit", "patient_id")):
        made = sketch(table(), asked_for=asked_for)
        contact = replace(made.columns["contact"], values=None, ordered=None, writing=None)
        assert contact.personal
        assert read_back(made) == replace(made, columns={**made.columns, "contact": contact})


def test_no_rare_value_and_no_personal_one_is_written() -> None:
    columns = table()
    text = profile_text(sketch(columns, asked_for=("patient_id",)), 5)
    assert "uni-linz" not in text
    assert "note x" not in text
    cities = columns["city"]
    for city in set(cities):
        assert (f"{city}:" in text) == (cities.count(city) >= 5)
    numbers = [float(value) for value in columns["weight"] if value is not None]
    assert repr(min(numbers)) not in text
    assert repr(max(numbers)) not in text
    patients = text.partition("patient_id")[2].partition("contact")[0]
    assert "at 17:" not in patients
    assert not re.search(r"to [0-9]+:", patients)  # no edge is a number of the data
    assert max(map(len, text.splitlines())) <= 120


def test_what_the_schema_calls_personal_is_not_named() -> None:
    from mlgate.config.personal_data import Allowed

    declared = {
        "city": Declared(name="city", type="string", personal=Allowed((), "consented"), location=Location("s.yaml", 1))
    }
    text = profile_text(sketch({"city": ["Linz"] * 300}, declared), 5)
    assert "Linz" not in text
    assert "personal: the schema says that it holds personal data" in text
    number = Declared(name="n", type="integer", personal=Allowed(("email",), "x"), location=Location("s.yaml", 1))
    text = profile_text(sketch({"n": [7177] * 300}, {"n": number}), 5)
    assert "717" not in text
    assert "personal: the schema says" in text


def test_no_card_number_and_no_phone_number_is_written() -> None:
    rng = np.random.default_rng(3)
    phones = [436640000000 + int(number) for number in rng.integers(10**6, 10**7, 2000)]
    cards = [4539356230123836, 4539607776793618] * 1000
    made = sketch({"card": cards, "card_text": list(map(str, cards)), "phone": phones, "x": rng.normal(size=2000)})
    text = profile_text(made, 5)
    assert "4539" not in text
    assert "43664" not in text
    assert read_back(made).columns["card"].personal == made.columns["card"].personal


def test_what_is_not_installed_withholds_every_text(monkeypatch: pytest.MonkeyPatch) -> None:
    from mlgate.data.pii import check
    from mlgate.errors import SourceError

    def refuse(*_: Any, **__: Any) -> Any:
        raise SourceError("phonenumbers is not installed", hint="install it")

    monkeypatch.setattr(check, "look", refuse)
    monkeypatch.setattr(check, "look_at_few", refuse)
    text = profile_text(sketch({"who": ["+43 664 1234567", "+43 664 7654321"] * 200}), 5)
    assert "664" not in text
    assert "whether it holds personal data could not be computed" in text


def test_frequent_values_are_few() -> None:
    counts = {f"v{place}": 1000 - place for place in range(900)}
    found = named_values(counts, [sum(counts.values())])
    assert len(found.named) == 500
    assert found.bound == 500
    assert named_values({"x" * 300: 90, "y": 80}, [170]).bound == 90


PROFILE = sealed("""\
profile: 1
data: train.csv
rows: 30
column_count: 2
digest:
columns:
  age:
    type: integer
    without_value: {missing: 2}
    cells: {at 1: 10, to 5: 8, below 9: 3, at 9: 5, above: 2}
  ward:
    type: string
    values: {A: 20, B: 10}
""")


def test_a_profile_as_a_person_reads_it() -> None:
    read = parse_profile(PROFILE, "p.yaml")
    age, ward = read.columns["age"], read.columns["ward"]
    assert age.ordered is not None
    assert list(age.ordered.edges) == [math.nextafter(1, 0), 1, 5, math.nextafter(9, 0), 9]
    assert list(age.ordered.counts) == [0, 10, 8, 3, 5, 2]
    assert age.states["missing"] == 2
    assert ward.values is not None
    assert ward.values.bound == 0
    assert read.profile == "p.yaml"


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("profile: 1", "profile: 2", "written by another version of mlgate: format 2, this one reads 1"),
        ("column_count: 2", "column_count: 3", "2 of 3 columns are here"),
        ("column_count: 2\n", "", "needs the key 'column_count'"),
        ("column_count: 2", "column_count: 0", "outside"),
        ("A: 20, B: 10", "A: 10, B: 20", "this is not what was written"),
        ("data: train.csv", "data: test.csv", "this is not what was written"),
        ("  ward:\n    type: string\n    values: {A: 20, B: 10}\n", "", "1 of 2 columns are here"),
        ("    values: {A: 20, B: 10}\n", "", "'values' are missing, so nothing could be compared"),
        ("    cells: {at 1: 10, to 5: 8, below 9: 3, at 9: 5, above: 2}\n", "", "'cells' are missing"),
        ("missing: 2", "missing: 32", "32 rows without a value, of 30"),
        (
            "    values: {A: 20",
            "    personal: yes\n    values: {A: 20",
            "it holds personal data, and 'values' stands here",
        ),
        ("    values: {A: 20, B: 10}", "    lengths: {to 3: 20, above: 10}", "'holding' are missing"),
        (
            "    values: {A: 20, B: 10}",
            "    lengths: {to 3: 20, above: 10}\n    holding: {digits: 3}",
            "'holding' lacks 'upper case'",
        ),
        (
            "    values: {A: 20, B: 10}",
            "    values: {A: 20}\n    buckets: [20, 4, 3, 3]",
            "'others_at_most' are missing",
        ),
        ("    values: {A: 20, B: 10}", "    left_out: no", "this is not what was written"),
        ("profile: 1\n", "", "needs the key 'profile'"),
        ("missing: 2", "missing: 3", "age: cells add up to 28 rows, 27 have a value"),
        ("missing: 2", "absent: 2", "unknown name 'absent'"),
        ("A: 20", "A: 21", "ward: values add up to 31 rows, 30 have a value"),
        ("A: 20", "A: -1", "outside"),
        ("to 5: 8", "to 0.5: 8", "not in order"),
        ("to 5: 8", "towards 5: 8", "is no cell"),
        ("to 5: 8", "to five: 8", "is no cell"),
        (", above: 2", "", "the last cell is `above`"),
        ("type: string", "type: words", "is not one of"),
        (
            "    values: {A: 20, B: 10}",
            "    values: {A: 20}\n    others_at_most: 4\n    buckets: [20, 4, 3, 2, 1]",
            "5 buckets",
        ),
        (
            "    values: {A: 20, B: 10}",
            "    values: {A: 20}\n    others_at_most: 4\n    buckets: [10, 10, 5, 5]",
            "fewer rows than its values",
        ),
        ("rows: 30", "rows: many", "a whole number"),
        ("  ward:", "  ward: {}\n  wards:", "needs the key 'type'"),
    ],
)
def test_a_changed_profile_is_refused(old: str, new: str, words: str) -> None:
    assert old in PROFILE
    with pytest.raises(ConfigError) as caught:
        parse_profile(PROFILE.replace(old, new, 1), "p.yaml")
    assert words in str(caught.value)
    assert "p.yaml" in str(caught.value)
    assert caught.value.hint == "write it again with `mlgate data profile`"
    assert caught.value.exit_code == 2


def test_a_profile_that_was_cut_anywhere_is_refused() -> None:
    text = profile_text(sketch(table()), 5)
    lines = text.splitlines(keepends=True)
    for end in range(len(lines)):
        with pytest.raises(ConfigError) as caught:
            parse_profile("".join(lines[:end]), "p.yaml")
        assert caught.value.hint == "write it again with `mlgate data profile`"
    for end in range(0, len(text) - 1, 97):
        with pytest.raises(ConfigError):
            parse_profile(text[:end], "p.yaml")


def test_line_ends_and_comments_change_nothing() -> None:
    text = profile_text(sketch(table()), 5)
    read = parse_profile(text, "p.yaml")
    assert parse_profile(text.replace("\n", "\r\n"), "p.yaml") == read
    assert parse_profile(f"# reviewed\n{text}\n", "p.yaml") == read
    assert digest_of(text) in text


def test_no_columns_are_no_profile() -> None:
    empty = sealed("profile: 1\ndata: x\nrows: 2000\ncolumn_count: 0\ndigest:\ncolumns: {}\n")
    with pytest.raises(ConfigError, match="outside"):
        parse_profile(empty, "p.yaml")


def test_writing_must_add_up() -> None:
    cells = ordered_of([3.0, 4.0], [50, 60], (3.0,))
    held = dict.fromkeys(CLASSES, 4)
    column = Column(name="note", kind="string", rows=110, states=dict.fromkeys(STATES, 0), writing=Writing(cells, held))
    text = profile_text(Sketch(name="d", rows=110, columns={"note": column}), 5)
    with pytest.raises(ConfigError, match="lengths add up to 111"):
        parse_profile(text.replace("to 3: 50", "to 3: 51"), "p.yaml")


def test_one_cell_of_all_values_says_nothing() -> None:
    from tests.unit.data.drift.conftest import newer, outcomes_of

    text = "profile: 1\ndata: before\nrows: 2000\ncolumn_count: 1\ndigest:\ncolumns:\n  v:\n    type: number\n"
    profile = parse_profile(sealed(f"{text}    cells: {{above: 2000}}\n"), "p.yaml")
    found = outcomes_of(profile, newer({"v": np.random.default_rng(1).normal(9, 1, 2000)}, profile))
    assert found["v/drift"].status is Status.WARN
    assert found["v/drift"].message == "cannot say: the profile holds no values of this column"
