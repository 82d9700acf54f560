"""Rows that stand in two splits, and rows with equal features and another label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.chance import Chance, Groups, Rows, chance_of, excess, groups
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.digests import Roles
from mlgate.data.leakage.matching import Shared, as_rows, ask_row, ask_rows, entities_among, first_matches, shared
from mlgate.data.leakage.profile import ColumnFacts
from mlgate.data.leakage.split import MAX_SHOWN, Found, Pair, Split, could_not, judged, named, not_asked, share_told
from mlgate.data.plan import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """The splits of an entry, the roles of their columns, and what was seen of these.

    `lonely` says that some splits have features that others lack.
    """

    splits: Sequence[Split]
    roles: Roles
    facts: Mapping[str, ColumnFacts]
    lonely: bool = False

    def place(self, split: Split) -> int:
        return [one.name for one in self.splits].index(split.name)

    def kind(self, column: str) -> str:
        """Kind of a column that is compared, empty of another one."""
        return next((one.kind for one in [*self.roles.compared, *self.roles.naming] if one.name == column), "")

    def varied(self, columns: Sequence[Compared]) -> list[int]:
        """Places of the columns with more than one value, the most diverse first."""
        several = [n for n, column in enumerate(columns) if self.facts[column.name].distinct > 1]
        return sorted(several, key=lambda n: (-self.facts[columns[n].name].distinct, n))

    def without_features(self) -> Verdict | None:
        """What is said where the splits have no feature in common: an error where they could have one."""
        if self.roles.features:
            return None
        if self.lonely:
            return could_not(
                "the splits have no feature in common: nothing was compared", "name the columns alike in all splits"
            )
        return not_asked("not judged: there is no feature")


def shared_rows(pair: Pair, known: Known) -> Verdict:
    """`shared_rows`: no row of an earlier split stands in a later one.

    Rows are compared in all columns that both have, in any order of the columns, and in the features alone: without
    label, entity, time and identifiers (columns of which every value is another). Numbers are compared as numbers (1,
    1.0 and 1e0 are equal), missing is equal to missing, NaN counts as missing; a row of which more than half of the
    features are missing is not compared by them. A column that has one value in each split, and not the same, names the
    split and is left out. Of rows with equal features it is told how many have the same label.

    A table of few and coarse columns has equal rows by chance. How many is estimated from the pairs of rows that agree
    in all columns but one or two; only where there are over four times as many equal pairs, or clearly more rows of the
    later split have a twin than rows of the earlier one have among themselves, or where equal rows stand in groups of
    one size (things measured again, without an `entity`), it is `fail`. A single column without sentences is not
    judged: its values repeat. `max: {shared_rows: 0.01}` accepts a share of the later split's rows.
    """
    whole, features = known.roles.compared, known.roles.features
    by_features = shared(pair, "f", distinct=False)
    by_all = shared(pair, "a", distinct=False)
    lacking = _nothing(pair, known, by_all)
    if lacking:
        return lacking
    labels = _with_label(pair) if known.roles.label and by_features.rows else 0
    told = _Told(pair, known, by_all.rows, by_features.rows, labels)
    passes = [("f", features, by_features.rows), ("a", whole, by_all.rows)]
    chances: dict[str, Chance] = {}
    unsure = False
    for digest, columns, rows in passes:
        if not rows or not columns:
            continue
        if len(known.varied(columns)) < 2 and not _specific(known, columns):
            unsure = True
            continue
        chances[digest] = _chance(pair, known, columns)
        if chances[digest].copies or _specific(known, columns):
            return _verdict(told, digest, rows, chances)
    for digest in chances:
        again = None if known.roles.entity else groups(pair.later, pair.earlier, digest)
        if again:
            return _verdict(told, digest, by_features.rows if digest == "f" else by_all.rows, chances, again=again)
        more = round(excess(pair.later, pair.earlier, digest))
        if more:
            return _verdict(told, digest, more, chances, beyond=True)
    if unsure and not chances:
        columns_told = named([column.name for column in features or whole])
        return not_asked(f"not judged: {columns_told} is the only column that varies, and its values repeat")
    return _verdict(told, "", 0, chances)


def _nothing(pair: Pair, known: Known, by_all: Shared) -> Verdict | None:
    """The error that there is nothing to compare."""
    if known.lonely and not known.roles.features:
        return known.without_features()
    if by_all.judged and by_all.earlier_judged:
        return None
    empty = words.short((pair.earlier if by_all.judged else pair.later).name)
    return could_not(f"no row of {empty} holds a value to compare", "name files of the same table")


def _with_label(pair: Pair) -> int:
    query = f"SELECT {sql.ROWS} FROM {pair.later.digest} SEMI JOIN {pair.earlier.digest} USING (f, y)"  # noqa: S608  # names of ours
    return int(ask_row(pair.later, query)[0])


def _specific(known: Known, columns: Sequence[Compared]) -> bool:
    """Whether a column holds sentences, which are not equal by chance."""
    return any(known.facts[column.name].is_sentences for column in columns)


def _chance(pair: Pair, known: Known, columns: Sequence[Compared]) -> Chance:
    least = (len(columns) + 1) // 2 if columns is known.roles.features else 1
    later, earlier = (
        Rows(splits=[(known.place(split), split)], columns=columns, least=least) for split in (pair.later, pair.earlier)
    )
    return chance_of(later, earlier, known.varied(columns))


@dataclass(frozen=True, slots=True)
class _Told:
    """Counts of equal rows, and the words for them."""

    pair: Pair
    known: Known
    by_all: int
    by_features: int
    with_label: int

    @property
    def compared(self) -> str:
        """What was compared, and what was left out of it."""
        roles = self.known.roles
        parts = [f"all {words.counted(len(roles.compared), 'column')}"]
        if roles.features and (roles.left_out or roles.label):
            without = [*roles.left_out, *([roles.label.name] if roles.label else [])]
            parts.append(f"the {words.counted(len(roles.features), 'feature')} (without {named(without)})")
        naming = [column.name for column in roles.naming]
        apart = f"; not in {named(naming)}: one value in each split" if naming else ""
        return f"{' and in '.join(parts)}{apart}"

    def message(self, digest: str, rows: int, *, beyond: bool) -> str:
        earlier, later = words.short(self.pair.earlier.name), words.short(self.pair.later.name)
        total = self.pair.later.rows
        if not self.by_all and not self.by_features:
            return f"0 of {total:,} rows of {later} are in {earlier} too, compared in {self.compared}"
        if beyond:
            told = f"at least {rows:,} of {total:,} rows of {later} ({share_told(rows, total)}) are copies of rows of "
            equal, what = (self.by_features, "the features") if digest == "f" else (self.by_all, "all columns")
            return f"{told}{earlier}: {equal:,} are equal in {what}, more than chance makes"
        told = f"{self.by_features or self.by_all:,} of {total:,} rows of {later} "
        told += f"({share_told(self.by_features or self.by_all, total)}) are in {earlier} too"
        if self.by_features and self.known.roles.label:
            told += f", equal in {words.counted(len(self.known.roles.features), 'feature')}"
            told += f", {self.with_label:,} of them with the same label"
        told += f"; {self.by_all:,} equal in all {words.counted(len(self.known.roles.compared), 'column')}"
        naming = [column.name for column in self.known.roles.naming]
        told += f" but {named(naming)}, which names the split" if naming else ""
        if self.by_all == total == self.pair.earlier.rows:
            told += f": {later} holds the rows of {earlier}"
        return told if digest else f"{told}; chance makes as many in columns so coarse"


def _verdict(  # the last two by name
    told: _Told,
    digest: str,
    rows: int,
    chances: Mapping[str, Chance],
    *,
    beyond: bool = False,
    again: Groups | None = None,
) -> Verdict:
    pair, known = told.pair, told.known
    matches = first_matches(pair, digest) if digest else []
    entities = entities_among(pair, digest) if digest and known.roles.entity else 0
    message = told.message(digest, rows, beyond=beyond)
    hint = "remove repeated rows before splitting, and split once"
    if again:
        message += f"; {again.straddling:,} groups of {again.size} equal rows stand in both: "
        message += "things that were measured again"
        hint = "declare what was measured again as `entity`, and split by it"
    if entities:
        message += f"; {entities:,} {'entity' if entities == 1 else 'entities'}"
    expected = {f"pairs_{name}": chance.pairs for name, chance in sorted(chances.items())}
    expected |= {f"pairs_{name}_by_chance": round(chance.expected, 3) for name, chance in sorted(chances.items())}
    return judged(
        Found(
            judged=pair.later.rows,
            failing=rows if digest else 0,
            message=message,
            expected=f"no row of {words.short(pair.earlier.name)} in {words.short(pair.later.name)}",
            hint=hint,
            rows=as_rows(pair, matches),
            rows_in=pair.later.name,
            evidence={
                "equal_in_all_columns": told.by_all,
                "equal_in_features": told.by_features,
                "equal_in_features_and_label": told.with_label,
                "entities": entities,
                "columns": [column.name for column in known.roles.compared],
                "features": [column.name for column in known.roles.features],
                **expected,
            },
        ),
        pair.declared.limits.shared_rows,
        pair.privacy,
    )


def conflicting_labels(known: Known, limit: float, privacy: str) -> Verdict:
    """`conflicting_labels`: rows with equal features have the same label, in one split and across all of them.

    Rows without a label and rows of which more than half of the features are missing are left out. Where rows are equal
    by chance (see `shared_rows`), other labels are no contradiction, and it says so. Rows and combinations of features
    are counted. `max: {conflicting_labels: 0.01}` accepts a share of all rows.
    """
    roles = known.roles
    lacking = known.without_features()
    if lacking:
        return lacking
    every = " UNION ALL ".join(
        f'SELECT f, y, {n} AS split, "row" FROM {split.digest} WHERE f IS NOT NULL AND y IS NOT NULL'  # noqa: S608  # names of ours
        for n, split in enumerate(known.splits)
    )
    ends = (
        f"{sql.ROWS} AS n, {sql.smallest('y')} AS low, {sql.largest('y')} AS high, {sql.smallest('split')} AS first, "
    )
    ends += f"{sql.largest('split')} AS last"
    groups = f"SELECT f, {ends} FROM ({every}) AS every_row GROUP BY f"  # noqa: S608  # made by aggregates
    first = known.splits[0]
    total, repeated, combinations, rows, across = ask_row(
        first,
        f"SELECT coalesce(sum(n), 0), {sql.count_where('n > 1')}, {sql.count_where('low <> high')}, "  # noqa: S608  # made by aggregates
        f"coalesce(sum({sql.only_where('low <> high', 'n')}), 0), {sql.count_where('low <> high AND first <> last')} "
        f"FROM ({groups}) AS grouped",
    )
    if not total:
        return could_not("no row has a label and features", "correct the label, or name another column")
    message = f"{rows:,} of {total:,} rows have equal features and another label than an equal row"
    message += f", in {words.counted(repeated, 'combination')} of features that repeat" if not rows else ""
    counted = int(rows)
    if rows:
        message += f": {words.counted(combinations, 'combination')} of features, {across:,} of them across splits"
        if not _chance_of_all(known).copies and not _specific(known, roles.features):
            message, counted = f"{message}; columns so coarse make rows equal that have nothing in common", 0
    return judged(
        Found(
            judged=int(total),
            failing=counted,
            message=message,
            expected="one label for equal features",
            hint="look at these rows: one of the labels is wrong, or a feature that tells them apart is missing",
            rows=_conflicts(known, groups) if counted else (),
            rows_in="the split that each row names",
            evidence={"combinations": int(combinations), "across_splits": int(across), "equal_rows": int(rows)},
        ),
        limit,
        privacy,
    )


def _chance_of_all(known: Known) -> Chance:
    """Of all splits together."""
    columns = known.roles.features
    every = Rows(splits=list(enumerate(known.splits)), columns=columns, least=(len(columns) + 1) // 2)
    return chance_of(every, every, known.varied(columns), same=True)


def _conflicts(known: Known, groups: str) -> list[dict[str, object]]:
    """First rows of the first combinations with several labels, and the first row with the other label."""
    sides = " UNION ALL ".join(
        f'SELECT f, y, {n} AS split, "row" FROM {split.digest}'  # noqa: S608  # names of ours
        for n, split in enumerate(known.splits)
    )
    place = "min({'split': split, 'row': \"row\"})"
    picked = f"SELECT f, low, high FROM ({groups}) AS grouped WHERE low <> high"  # noqa: S608  # made by aggregates
    ends = (
        f"SELECT f, y, low, high, {place} AS spot FROM ({picked}) AS picked JOIN ({sides}) AS sides USING (f) "  # noqa: S608  # made by aggregates
        "WHERE y IN (low, high) GROUP BY f, y, low, high"
    )
    low, high = sql.smallest("spot", "y = low"), sql.smallest("spot", "y = high")
    both = f"SELECT {low} AS one, {high} AS other FROM ({ends}) AS ends GROUP BY f"  # noqa: S608  # made by aggregates
    query = f"SELECT one, other FROM ({both}) AS both_labels ORDER BY least(one, other) LIMIT {MAX_SHOWN}"  # noqa: S608  # names of ours
    found: list[dict[str, object]] = []
    for one, other in ask_rows(known.splits[0], query):
        here, there = sorted([one, other], key=lambda spot: (spot["split"], spot["row"]))
        names = [known.splits[spot["split"]].name for spot in (here, there)]
        found.append({"row": here["row"], "value": f"of {names[0]}, and row {there['row']:,} of {names[1]}"})
    return found
