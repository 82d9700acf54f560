"""Two rules say what counts mean: a column of personal data, and single values that hold them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from mlgate.data.pii.chance import chance_of
from mlgate.data.pii.looking import Looked, told_tallies
from mlgate.data.pii.tally import Tally
from mlgate.data.plan import MAX_ROWS
from mlgate.late import dataclass
from mlgate.outcome import Status

OF_THE_COLUMN, OF_VALUES = "column", "values"
"""Names of the rules: prevalence in a column, contamination of a few values."""
PREVALENT = 0.5
"""From this share of the values on it is a column of them."""
SURE, POSSIBLE = 0.011, 0.11
"""What is as unlikely by chance is a failure, or a warning: one card number is 1 in 10, a printed one 1 in 100."""
TELLING = 0.8
"""Share of the numbers of a column that are of a scheme which no word names."""
SURE_SCHEME, POSSIBLE_SCHEME = 1e-6, 1e-3
"""The same for these: several schemes are tried."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """An entity in a column.

    Parameters
    ----------
    entity : a name of `ENTITIES`
    rule : `OF_THE_COLUMN` or `OF_VALUES`
    status : `FAIL` where check digits or a prefix speak for it, more than chance explains; else `WARN`
    values, rows : distinct values and rows that hold one; about so many where only every n-th was looked at
    looked, every : distinct values that were looked at closely; every how many-th that is
    kinds : findings by kind, the most frequent first
    documented : of `values`, those that hold examples only
    first_rows : numbers of the first rows, at most ten
    """

    entity: str
    rule: str
    status: Status
    checked: bool
    values: int
    rows: int
    looked: int
    every: int
    kinds: Mapping[str, int]
    documented: int
    first_rows: tuple[int, ...]


def decide(looked: Looked, present: int) -> list[Found]:
    """What the counts of a column mean, by entity, the failures first.

    Parameters
    ----------
    present : values of the column that are not null, at least 1
    """
    found: dict[str, Found] = {}
    for item in (*_of_texts(looked, present), *_of_numbers(looked, present)):
        before = found.get(item.entity)
        found[item.entity] = item if before is None else _both(before, item, present)
    return sorted(found.values(), key=lambda item: (item.status is not Status.FAIL, -item.rows, item.entity))


def _both(one: Found, two: Found, present: int) -> Found:
    """One entity that was found in texts and in plain numbers, or with check digits and without."""
    rows = min(present, one.rows + two.rows)
    kinds = Counter(one.kinds) + Counter(two.kinds)
    return replace(
        one,
        rule=OF_THE_COLUMN if rows >= PREVALENT * present else OF_VALUES,
        status=Status.FAIL if Status.FAIL in (one.status, two.status) else Status.WARN,
        checked=one.checked or two.checked,
        values=one.values + two.values,
        rows=rows,
        looked=one.looked + two.looked,
        every=max(one.every, two.every),
        kinds=_frequent(kinds),
        documented=one.documented + two.documented,
        first_rows=tuple(sorted({*one.first_rows, *two.first_rows})[:MAX_ROWS]),
    )


def _frequent(kinds: Mapping[str, int]) -> dict[str, int]:
    return dict(sorted(kinds.items(), key=lambda item: (-item[1], item[0])))


def _of_texts(looked: Looked, present: int) -> Iterator[Found]:
    for entity, tally in told_tallies(looked):
        if tally.values:
            chance = _chance(tally) if tally.checked else 1.0
            if not tally.checked or chance <= POSSIBLE:
                every = looked.shares.get(entity, 1)
                yield _found(entity, tally, present, sure=tally.checked and chance <= SURE, every=every, looked=looked)


def _chance(tally: Tally) -> float:
    """How likely so many pass by chance; a tenth of it where words speak for them, and not against most of the form."""
    chance = chance_of(tally.passed, tally.tried, tally.chance)
    return chance / 10 if tally.supported and 2 * tally.passed >= tally.tried else chance


def _of_numbers(looked: Looked, present: int) -> Iterator[Found]:
    numbers = looked.numbers
    every = looked.shares.get("numbers", 1)
    cards = numbers.cards
    chance = chance_of(cards.passed, cards.tried, cards.chance)
    if cards.values and cards.values >= PREVALENT * numbers.card_sized and chance <= POSSIBLE:
        yield _found("payment_card", cards, present, sure=chance <= SURE, every=every, looked=looked)
    best: tuple[float, Tally] | None = None
    for scheme, tally in numbers.schemes.items():
        chance = chance_of(tally.passed, tally.tried, scheme.chance)
        telling = tally.values >= TELLING * numbers.sizes[scheme.digits] and chance <= POSSIBLE_SCHEME
        if telling and (best is None or chance < best[0]):
            best = chance, tally
    if best is not None:
        yield _found("national_id", best[1], present, sure=best[0] <= SURE_SCHEME, every=every, looked=looked)


def _found(entity: str, tally: Tally, present: int, *, sure: bool, every: int, looked: Looked) -> Found:
    rows = min(present, tally.rows * every)
    return Found(
        entity=entity,
        rule=OF_THE_COLUMN if rows >= PREVALENT * present else OF_VALUES,
        status=Status.FAIL if sure else Status.WARN,
        checked=tally.checked,
        values=tally.values * every,
        rows=rows,
        looked=looked.looked.get(entity, 0) or sum(looked.numbers.sizes.values()),
        every=every,
        kinds=_frequent(tally.kinds),
        documented=tally.documented * every,
        first_rows=tuple(tally.first_rows),
    )
