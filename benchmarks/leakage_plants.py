"""Leaks, planted into honest splits: each takes a case and gives one in which a check must find something."""

from __future__ import annotations

import datetime as dt
import random
import statistics
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from benchmarks import leakage_tables as tables
from benchmarks.leakage_tables import Case
from benchmarks.real_tables import RealTable

SHARE = 0.1
"""Of the rows of the test split, so many are leaked."""


def joined(one: RealTable, other: RealTable) -> RealTable:
    return replace(one, columns={name: [*values, *other.columns[name]] for name, values in one.columns.items()})


def some(rows: int, share: float, rng: random.Random) -> list[int]:
    return sorted(rng.sample(range(rows), max(8, round(share * rows))))


def copied(case: Case, rng: random.Random, share: float = SHARE) -> tuple[RealTable, RealTable]:
    """Rows of train that are added to test: (the copies, the test split without as many of its own rows)."""
    train, test = case.parts["train"], case.parts["test"]
    count = max(8, round(share * test.rows))
    copies = train.with_rows([rng.randrange(train.rows) for _ in range(count)])
    return copies, test.with_rows(range(test.rows - min(count, test.rows // 2)))


def rows_copied(case: Case, rng: random.Random) -> Case:
    coarse = case.table in ("fair", "randhie")
    copies, rest = copied(case, rng, 0.3 if coarse else SHARE)
    return replace(case.with_parts(test=joined(rest, copies)))


def as_it_is(case: Case, _rng: random.Random) -> Case:
    return case


def other_notation(case: Case, rng: random.Random) -> Case:
    """Rows are copied, and test is written with its columns in reverse, as 1.50e+00 instead of 1.5."""
    found = rows_copied(case, rng)
    test = found.parts["test"]
    turned = replace(test, columns=dict(reversed(list(test.columns.items()))))
    return replace(found.with_parts(test=turned), notation="scientific")


def features_copied(case: Case, rng: random.Random) -> Case:
    """Rows are copied under new names of rows."""
    copies, rest = copied(case, rng)
    test = joined(rest, copies)
    train = case.parts["train"]
    return replace(
        case.with_parts(
            train=train.with_column("row_id", list(range(train.rows))),
            test=test.with_column("row_id", list(range(100_000, 100_000 + test.rows))),
        ),
    )


def _numeric(whole: RealTable) -> list[str]:
    return [
        name
        for name in whole.columns
        if whole.is_numeric(name) and any(_fraction(value) for value in whole.present(name))
    ]


def _fraction(value: Any) -> bool:
    return isinstance(value, float) and not value.is_integer()


def _changed(copies: RealTable, case: Case, change: Callable[[float, float], float]) -> RealTable:
    label = case.options.get("label")
    for name in _numeric(case.parts["train"]):
        if name != label:
            spread = statistics.stdev(case.parts["train"].present(name))
            copies = copies.with_column(
                name, [value if value is None else change(value, spread) for value in copies.columns[name]]
            )
    return copies


def shaken(case: Case, rng: random.Random) -> Case:
    copies, rest = copied(case, rng)
    copies = _changed(copies, case, lambda value, spread: value + rng.uniform(-0.004, 0.004) * spread)
    return replace(case.with_parts(test=joined(rest, copies)))


def rounded(case: Case, rng: random.Random) -> Case:
    """Copies keep so many decimals that the rounding is far below the spread of the column."""
    copies, rest = copied(case, rng)

    def change(value: float, spread: float) -> float:
        step = 10.0 ** len(str(int(1 / spread))) if spread < 1 else 1.0
        return round(value * step * 100) / (step * 100)

    copies = _changed(copies, case, change)
    copies = _changed(copies, case, lambda value, spread: value + rng.uniform(-0.001, 0.001) * spread)
    return replace(case.with_parts(test=joined(rest, copies)))


def one_number_shaken(case: Case, rng: random.Random) -> Case:
    """One number of a copy is shaken: it hides the row from a comparison of all columns."""
    copies, rest = copied(case, rng)
    names = [name for name in _numeric(case.parts["train"]) if name != case.options.get("label")]
    name = names[len(names) // 2]
    spread = statistics.stdev(case.parts["train"].present(name))
    values = [value if value is None else value + rng.uniform(0.001, 0.004) * spread for value in copies.columns[name]]
    return replace(case.with_parts(test=joined(rest, copies.with_column(name, values))))


def words_changed(case: Case, rng: random.Random) -> Case:
    """Texts are copied with one word of thirty changed, in capitals and with other spaces."""
    copies, rest = copied(case, rng)
    texts = []
    for text in copies.columns["text"]:
        words = text.split()
        for _ in range(1 + len(words) // 30):
            words[rng.choice([0, len(words) - 1])] = "changed"
        texts.append("  ".join(words).upper())
    copies = copies.with_column("text", texts).with_column("length", [len(text) for text in texts])
    return replace(case.with_parts(test=joined(rest, copies)))


def entity_in_both(case: Case, rng: random.Random) -> Case:
    """A quarter of the rows of two entities of train stand in test, too."""
    train = case.parts["train"]
    keys = list(zip(*(train.columns[name] for name in case.options["entity"]), strict=True))
    chosen = rng.sample(sorted(set(keys)), 2)
    rows = [row for row, key in enumerate(keys) if key in chosen]
    moved = rows[: max(1, len(rows) // 4)]
    kept = [row for row in range(train.rows) if row not in moved]
    return replace(
        case.with_parts(train=train.with_rows(kept), test=joined(case.parts["test"], train.with_rows(moved))),
    )


def time_mixed(case: Case, rng: random.Random) -> Case:
    """A tenth of the rows of test stand in train."""
    train, test = case.parts["train"], case.parts["test"]
    moved = some(test.rows, SHARE, rng)
    kept = [row for row in range(test.rows) if row not in moved]
    return replace(case.with_parts(train=joined(train, test.with_rows(moved)), test=test.with_rows(kept)))


def stray_moment(case: Case, _rng: random.Random) -> Case:
    """One row of train has a moment far in the future: stray, unless the rows are fewer than a hundred."""
    column = case.options["time"]
    train = case.parts["train"]
    moments = list(train.columns[column])
    moments[3] = moments[3] + (dt.timedelta(days=40_000) if isinstance(moments[3], dt.date) else 400)
    status = "warn" if len(moments) >= 100 else "fail"
    return replace(case.with_parts(train=train.with_column(column, moments)), status=status)


def gap_too_small(case: Case, _rng: random.Random) -> Case:
    return replace(case, options={**case.options, "gap": "400d"})


def entity_backwards(case: Case, rng: random.Random) -> Case:
    """Of one entity the last rows of test stand in train."""
    test, columns = case.parts["test"], case.options["entity_shared"]
    keys = list(zip(*(test.columns[name] for name in columns), strict=True))
    chosen = rng.choice(sorted(set(keys)))
    rows = [row for row, key in enumerate(keys) if key == chosen][-2:]
    kept = [row for row in range(test.rows) if row not in rows]
    parts = {"train": joined(case.parts["train"], test.with_rows(rows)), "test": test.with_rows(kept)}
    return replace(case, parts=parts, options={**case.options, "entity": columns})


def labels_contradict(case: Case, rng: random.Random) -> Case:
    """Copies have another label."""
    copies, rest = copied(case, rng)
    label = case.options["label"]
    values = sorted(set(case.parts["train"].columns[label]))
    others = [rng.choice([other for other in values if other != value]) for value in copies.columns[label]]
    return replace(case.with_parts(test=joined(rest, copies.with_column(label, others))))


def _with(case: Case, make: Callable[[Any, int], Any], name: str) -> dict[str, RealTable]:
    """A further column, made of the label and a running number of the row."""
    label, first, parts = case.options["label"], 0, {}
    for part, whole in case.parts.items():
        values = [make(value, first + row) for row, value in enumerate(whole.columns[label])]
        parts[part] = whole.with_column(name, values)
        first += whole.rows
    return parts


def label_copied(case: Case, rng: random.Random) -> Case:
    """A feature is the label with a little noise."""
    spread = statistics.stdev(map(float, case.parts["train"].columns[case.options["label"]]))
    parts = _with(case, lambda value, _: 3.0 * value + rng.gauss(0, 0.02 * spread), "score")
    return replace(case, parts=parts)


def label_renamed(case: Case, _rng: random.Random) -> Case:
    """A feature is the label in other words."""
    values = sorted({value for part in case.parts.values() for value in part.columns[case.options["label"]]})
    parts = _with(case, lambda value, _: f"outcome {chr(97 + (7 * values.index(value)) % len(values))}", "status")
    return replace(case, parts=parts)


def label_by_absence(case: Case, rng: random.Random) -> Case:
    """A feature is missing where, and only where, the label is of one class of two."""
    label = case.options["label"]
    largest = max(set(case.parts["train"].columns[label]))
    parts = {
        part: whole.with_column(label, [int(value == largest) for value in whole.columns[label]])
        for part, whole in case.parts.items()
    }
    made = replace(case, parts=parts)
    return replace(made, parts=_with(made, lambda value, _: rng.random() if value else None, "days"))


def identifier_knows(case: Case, rng: random.Random) -> Case:
    """Rows are numbered by their label."""
    label = case.options["label"]
    every = [
        (value, rng.random(), part, row)
        for part, whole in case.parts.items()
        for row, value in enumerate(whole.columns[label])
    ]
    numbers: dict[tuple[str, int], int] = {(part, row): n for n, (_, _, part, row) in enumerate(sorted(every))}
    parts = {
        part: whole.with_column("case_id", [numbers[part, row] for row in range(whole.rows)])
        for part, whole in case.parts.items()
    }
    return replace(case, parts=parts)


def sorted_by_label(case: Case, _rng: random.Random) -> Case:
    label, train = case.options["label"], case.parts["train"]
    rows = sorted(range(train.rows), key=lambda row: (train.columns[label][row], row))
    return replace(case.with_parts(train=train.with_rows(rows)))


def other_proportions(case: Case, _rng: random.Random) -> Case:
    return replace(case, options={**case.options, "proportions": {"train": 0.9, "test": 0.1}})


def labels_unbalanced(case: Case, _rng: random.Random) -> Case:
    """Most rows of the largest class are taken out of test."""
    label, test = case.options["label"], case.parts["test"]
    values = test.columns[label]
    most = max(sorted(set(values)), key=values.count)
    kept = [row for row, value in enumerate(values) if value != most or row % 5 == 0]
    return replace(case.with_parts(test=test.with_rows(kept)))


@dataclass(frozen=True, slots=True)
class Plant:
    kind: str
    make: Callable[[str, random.Random], Case]
    plant: Callable[[Case, random.Random], Case]
    tables: Sequence[str]
    check: str

    def cases(self, only: Sequence[str] = ()) -> Iterator[Case]:
        for name in self.tables:
            if not only or name in only:
                rng = random.Random(tables.SEED + 1)  # noqa: S311  # a simulation
                yield replace(self.plant(self.make(name, rng), rng), kind=self.kind, check=self.check)


_RANDOM = tables.at_random
PLANTS: tuple[Plant, ...] = (
    Plant("rows copied", _RANDOM, rows_copied, (*tables.DENSE, "fair"), "shared_rows"),
    Plant("persons asked again, split at random", _RANDOM, as_it_is, ("randhie",), "shared_rows"),
    Plant("rows copied, other notation and order of columns", _RANDOM, other_notation, tables.DENSE, "shared_rows"),
    Plant("features copied under new identifiers", _RANDOM, features_copied, tables.DENSE, "shared_rows"),
    Plant("copies, all numbers shaken", _RANDOM, shaken, tables.NUMBERS, "near_duplicates"),
    Plant("copies, numbers rounded", _RANDOM, rounded, tables.NUMBERS, "near_duplicates"),
    Plant("copies, one number shaken", _RANDOM, one_number_shaken, tables.NUMBERS, "near_duplicates"),
    Plant("texts copied, words changed", tables.texts, words_changed, tables.TEXTS, "near_duplicate_texts"),
    Plant("entity in both", tables.by_entity, entity_in_both, tuple(tables.ENTITIES), "entity_overlap"),
    Plant("train holds later rows", tables.by_time, time_mixed, tuple(tables.TIMES), "time_overlap"),
    Plant("one stray moment", tables.by_time, stray_moment, tuple(tables.TIMES), "time_overlap"),
    Plant("gap too small", tables.by_time, gap_too_small, tables.DATES, "time_overlap"),
    Plant("entity's later rows in train", tables.by_time, entity_backwards, tuple(tables.SERIES), "entity_time"),
    Plant("equal features, other label", _RANDOM, labels_contradict, tables.DENSE, "conflicting_labels"),
    Plant("feature is the label with noise", _RANDOM, label_copied, tuple(tables.LABELS), "target_leakage"),
    Plant("feature is the label in other words", _RANDOM, label_renamed, tables.CLASSES, "target_leakage"),
    Plant("feature is missing with the label", _RANDOM, label_by_absence, tables.CLASSES, "target_leakage"),
    Plant("identifier counts by label", _RANDOM, identifier_knows, tuple(tables.LABELS), "identifier_leakage"),
    Plant("rows sorted by label", _RANDOM, sorted_by_label, tuple(tables.LABELS), "row_order"),
    Plant("other proportions than declared", _RANDOM, other_proportions, tuple(tables.LABELS), "split_proportions"),
    Plant(
        "label unbalanced",
        _RANDOM,
        labels_unbalanced,
        ("breast_cancer", "digits", "anes96", "fair", "randhie"),
        "label_balance",
    ),
)


def planted(only: Sequence[str] = (), kinds: Sequence[str] = ()) -> Iterator[Case]:
    """Splits with one leak each."""
    for plant in PLANTS:
        if not kinds or plant.kind in kinds:
            yield from plant.cases(only)
