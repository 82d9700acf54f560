"""The sizes of the splits, and how the label is spread over them."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from math import asin, erfc, log1p, sqrt
from typing import Any

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.matching import ask_row, ask_rows
from mlgate.data.leakage.split import LEAST_SHOWN, Pair, Split, could_not, not_asked, share_told
from mlgate.data.plan import Verdict
from mlgate.outcome import Status

ALPHA = 0.001
MOST_CLASSES = 50
PARTS = 10
"""A label of many numbers is compared in so many parts of equal size."""
_LONGEST_NUMBER = 4
"""Characters of a number that may be shown of a class where privacy is `masked`: 1, 0.25, 2024."""


def split_proportions(known: Known, declared: dict[str, float], limit: float) -> Verdict:
    """`split_proportions`: the splits have the shares of all rows that are declared, or it says which they have.

    It is `fail` if a share is further from the declared one than 0.02 (`max: {split_proportions: ...}`) and than chance
    would put it. Without `proportions` the sizes are only told.
    """
    total = sum(split.rows for split in known.splits)
    shares = {split.name: split.rows / total for split in known.splits}
    sizes = [f"{words.short(split.name)} {split.rows:,} ({share_told(split.rows, total)})" for split in known.splits]
    wrong = []
    for name, share in declared.items():
        sigma = sqrt(share * (1 - share) / total)
        if not (abs(shares[name] - share) <= limit or abs(shares[name] - share) <= 3.3 * sigma):
            wrong.append(f"{words.short(name)} {100 * share:.3g} %")
    told = f"{total:,} rows: {', '.join(sizes)}"
    return Verdict(
        status=Status.FAIL if wrong else Status.PASS,
        message=f"{told}; declared: {', '.join(wrong)}" if wrong else told,
        observed={name: round(share, 6) for name, share in shares.items()},
        expected=", ".join(f"{name} {100 * share:.3g} %" for name, share in declared.items()) or "any proportions",
        hint="split again, or correct the declared proportions" if wrong else "",
        evidence={"judged": total, "failing": len(wrong), "sizes": {split.name: split.rows for split in known.splits}},
    )


@dataclass(frozen=True, slots=True)
class _Share:
    """A class, or a part of a label of many numbers, in two splits: its shares, rows, p-value of the difference."""

    shown: str
    earlier: float
    later: float
    rows: int
    p_value: float

    @property
    def effect(self) -> float:
        """Cohen's h: 0.1 is 50 % to 55 %, or 2 % to 3.6 %."""
        return abs(2 * asin(sqrt(self.earlier)) - 2 * asin(sqrt(self.later)))


def label_balance(pair: Pair, known: Known) -> Verdict:
    """`label_balance`: the classes of the label have the same shares in two splits.

    It is `fail` if the share of a class differs clearly (p below 0.001, corrected for the number of classes) and by
    more than 0.1 in Cohen's h (50 % and 55 %, or 2 % and 3.6 %; `max: {label_balance: ...}`). With `entity` the rows of
    one count together: few entities do not look like many rows. A label of more than 50 numbers is compared in ten
    parts. With `time` a label may move, which is drift: then only a class that is absent from a split is judged, and
    a label of many numbers is not. Privacy `masked` masks the classes of text, `none` names no class.
    """
    label, timed = known.roles.label, pair.declared.time is not None
    edges = _edges(pair, label, known.place(pair.earlier)) if label and label.is_numeric else []
    if timed and edges:
        return not_asked("not judged: the label is a number and may move with time, which is drift")
    shares = _shares(pair, known, label, edges) if label else []
    if not shares:
        return could_not("no row of one of the splits has a label", "correct the column, or name another one")
    limit = pair.declared.limits.label_balance
    wrong = [one for one in shares if _differs(one, limit, len(shares), timed=timed)]
    worst = sorted(wrong or shares, key=lambda one: (-one.effect, one.shown))
    told = ", ".join(f"{one.shown} {_percent(one.earlier)} and {_percent(one.later)}" for one in worst[:3])
    earlier, later = words.short(pair.earlier.name), words.short(pair.later.name)
    if wrong:
        message = f"the label is spread otherwise in {later} than in {earlier}: {told}"
    else:
        kept = "every class is in both" if timed else "the label is spread alike"
        message = f"{kept} in {earlier} and {later}; largest difference: {told}"
    return Verdict(
        status=Status.FAIL if wrong else Status.PASS,
        message=message,
        observed=round(worst[0].effect, 4),
        expected=f"shares that differ by at most {limit:g} (Cohen's h)",
        hint="split again, stratified by the label, or use metrics that do not depend on its shares" if wrong else "",
        evidence={
            "judged": len(shares),
            "failing": len(wrong),
            "classes": [
                {
                    "class": one.shown,
                    pair.earlier.name: one.earlier,
                    pair.later.name: one.later,
                    "effect": one.effect,
                    "p_value": one.p_value,
                }
                for one in worst[:20]
            ],
        },
    )


def _differs(one: _Share, limit: float, classes: int, *, timed: bool) -> bool:
    clear = one.p_value * classes < ALPHA and not one.effect <= limit
    return clear and (not timed or one.earlier == 0.0 or one.later == 0.0)


def _percent(share: float) -> str:
    return f"{100 * share:.3g} %"


def _shares(pair: Pair, known: Known, label: Compared, edges: Sequence[float]) -> list[_Share]:
    """Each class, or each tenth of a label of many numbers, in both splits."""
    groups = _classes(pair, known, label, edges)
    entities = bool(known.roles.entity)
    counted = []
    for split in (pair.earlier, pair.later):
        rows = f"SELECT r, g, n FROM ({groups[split.name]}) AS labelled"  # noqa: S608  # names of ours
        counted.append(_Counts.of(split, rows, entities=entities))
    if not all(one.rows for one in counted):
        return []
    found = []
    for group in sorted({*counted[0].sizes, *counted[1].sizes}, key=str):
        one, other = counted
        share = (one.sizes.get(group, 0) + other.sizes.get(group, 0)) / (one.rows + other.rows)
        size = one.sizes.get(group, 0) + other.sizes.get(group, 0)
        variance = one.variance(group, share) + other.variance(group, share)
        difference = one.sizes.get(group, 0) / one.rows - other.sizes.get(group, 0) / other.rows
        freedom = min(one.units, other.units) - 1
        shown = _shown(pair, label, str(group), size, edges)
        p_value = _p_value(difference, variance, freedom)
        found.append(
            _Share(shown, one.sizes.get(group, 0) / one.rows, other.sizes.get(group, 0) / other.rows, size, p_value)
        )
    return found


def _shown(pair: Pair, label: Compared, group: str, size: int, edges: Sequence[float]) -> str:
    """A class, or a part of a label of many numbers, as far as privacy allows."""
    if pair.privacy == "full":
        return group
    if edges:
        return f"{words.short(label.name)}, part {int(group)} of {len(edges) + 1}"
    if size < LEAST_SHOWN:
        return "a rare class"
    if pair.privacy == "none":
        return "a class"
    start = f"{words.short(label.name)} = "
    value = group.removeprefix(start)
    plain = label.kind != "string" and len(value) <= _LONGEST_NUMBER + (label.kind == "boolean")
    return group if plain else f"{start}{words.masked(value)}"


def _classes(pair: Pair, known: Known, label: Compared, edges: Sequence[float]) -> dict[str, str]:
    """Of each split a SELECT of `r`, the number of the row, `g`, its class, and `n`, a digest of its entity."""
    texts = {}
    for split in (pair.earlier, pair.later):
        place = known.place(split)
        value = label.values[place]
        shown, number = words.short(label.name), 'source."row"'
        if edges:
            ends = ["", *(f"{edge:.6g}" for edge in edges), ""]
            names = [f"{shown} {_range(low, high)}" for low, high in itertools.pairwise(ends)]
            if pair.privacy != "full":
                names = [f"{part:02}" for part in range(1, len(names) + 1)]
            cases = " ".join(
                f"WHEN {value} <= {sql.number_literal(edge)} THEN {sql.text_literal(name)}"
                for edge, name in zip(edges, names, strict=False)
            )
            group = f"CASE {cases} ELSE {sql.text_literal(names[-1])} END"
        else:
            group = f"{sql.text_literal(f'{shown} = ')} || {_short(sql.as_text(value))}"
        entity = f'JOIN {split.digest} AS d ON d."row" = {number}' if known.roles.entity else ""
        texts[split.name] = (
            f"SELECT {number} AS r, {group} AS g, {'d.e' if entity else 'NULL'} AS n "  # noqa: S608  # names of ours
            f"FROM {_source(split)} {entity} WHERE {label.keys[place]} IS NOT NULL"
        )
    return texts


def _source(split: Split) -> str:
    """The split with the columns that are its own: the digests have a `row`, too."""
    table = split.table
    columns = ", ".join(f"c{place}" for place in range(len(table.columns)))
    return f'(SELECT {table.row_number} AS "row", {columns} FROM {table.relation}) AS source'  # noqa: S608  # names of ours


def _range(low: str, high: str) -> str:
    if not low:
        return f"up to {high}"
    return f"over {low}" if not high else f"{low} to {high}"


def _short(text: str) -> str:
    return f"regexp_replace(left({text}, 60), '\\.0$', '')"


def _edges(pair: Pair, label: Compared, place: int) -> list[float]:
    """Ends of ten parts of equal size of a label of many numbers; none where it has few."""
    value = label.values[place]
    every = max(1, pair.earlier.rows // 100_000)
    where = f"WHERE {pair.earlier.table.row_number} % {every} = 0"
    levels = [n / PARTS for n in range(1, PARTS)]
    query = (
        f"SELECT {sql.count_distinct(value)}, {sql.quantiles(value, levels)} FROM {pair.earlier.table.relation} {where}"  # noqa: S608  # names of ours
    )
    distinct, edges = ask_row(pair.earlier, query)
    return sorted(set(edges)) if distinct > MOST_CLASSES and edges else []


@dataclass(frozen=True, slots=True)
class _Counts:
    """Rows of a split by class; `units` are the entities, or the rows, that were drawn.

    For each class the sums over units of (x squared, x times n), for x rows of the class among the n of the unit.
    """

    rows: int
    units: int
    squares: float
    sizes: dict[Any, int]
    sums: dict[Any, tuple[float, float]]

    @classmethod
    def of(cls, split: Split, rows: str, *, entities: bool) -> _Counts:
        if not entities:
            sizes = dict(ask_rows(split, f"SELECT g, {sql.ROWS} FROM ({rows}) AS labelled GROUP BY g"))  # noqa: S608  # names of ours
            total = sum(sizes.values())
            return cls(total, total, float(total), sizes, {group: (float(n), float(n)) for group, n in sizes.items()})
        units = f"SELECT coalesce(n, r) AS u, {sql.ROWS} AS n FROM ({rows}) AS labelled GROUP BY u"  # noqa: S608  # names of ours
        each = f"SELECT coalesce(n, r) AS u, g, {sql.ROWS} AS x FROM ({rows}) AS labelled GROUP BY u, g"  # noqa: S608  # names of ours
        total, count, squares = ask_row(
            split,
            f"SELECT coalesce(sum(n), 0), {sql.ROWS}, coalesce(sum(CAST(n AS DOUBLE) * n), 0) FROM ({units}) AS units",  # noqa: S608  # names of ours
        )
        found = ask_rows(
            split,
            f"SELECT g, sum(x), sum(CAST(x AS DOUBLE) * x), sum(CAST(x AS DOUBLE) * n) "  # noqa: S608  # names of ours
            f"FROM ({each}) AS each_unit JOIN ({units}) AS units USING (u) GROUP BY g",
        )
        sizes = {group: int(n) for group, n, _, _ in found}
        return cls(int(total), int(count), squares, sizes, {group: (xx, xn) for group, _, xx, xn in found})

    def variance(self, group: Any, share: float) -> float:
        """Of the share of a class, if its true share is known: of sums over units, which were drawn one by one."""
        xx, xn = self.sums.get(group, (0.0, 0.0))
        spread = xx - 2 * share * xn + share * share * self.squares
        return spread / self.rows**2 * (self.units / (self.units - 1) if self.units > 1 else 1.0)


def _p_value(difference: float, variance: float, freedom: int) -> float:
    """Two-sided, by Student's distribution: Wallace's transformation to the normal one, right to two digits."""
    if not variance > 0 or freedom < 1:
        return 1.0
    t = difference * difference / variance
    z = (8 * freedom + 1) / (8 * freedom + 3) * sqrt(freedom * log1p(t / freedom))
    return erfc(z / sqrt(2))
