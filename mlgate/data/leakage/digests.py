"""One small relation per split, made in one pass over its file: of each row its number and a few digests.

All comparisons of rows and entities ask these. Columns: `row`; `a` of all compared columns; `f` of the features, null
where more than half of them are missing; `e` of the entity, null where a part of it is; `t` the moment; `y` of the
label, null where it is missing. A word for missing, such as NA, is no entity.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.split import Split
from mlgate.data.plausible import WORDS_FOR_MISSING
from mlgate.errors import SourceError


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """What the columns of the splits are.

    Parameters
    ----------
    compared : all columns that are compared
    features : what a model could learn from: neither label, entity, time nor an identifier
    identifiers : columns of which every value is another, and that no model should learn from
    naming : columns that name the split, which are not compared
    entity, time, label : as declared; empty or None where none is, or where it cannot be read alike
    """

    compared: Sequence[Compared]
    features: Sequence[Compared]
    identifiers: Sequence[Compared]
    naming: Sequence[Compared] = ()
    entity: Sequence[Compared] = ()
    time: Compared | None = None
    label: Compared | None = None

    @property
    def left_out(self) -> list[str]:
        """Names of the compared columns that are no features; the label is none of them."""
        features = {column.name for column in self.features}
        label = self.label.name if self.label else ""
        return [column.name for column in self.compared if column.name not in features and column.name != label]


def make_digests(splits: Sequence[Split], roles: Roles, guard: Callable[[str], None] | None = None) -> None:
    """Make the relation of every split.

    Parameters
    ----------
    guard : called with the name of each split before it is read

    Raises
    ------
    SourceError
        The engine cannot read a file.
    """
    import duckdb

    for place, split in enumerate(splits):
        if guard:
            guard(split.name)
        try:
            split.table.connection.execute(f"CREATE TEMP TABLE {split.digest} AS {digest_query(split, place, roles)}")
        except duckdb.Error as problem:
            told = (str(problem).strip().splitlines() or ["unknown"])[0][:200]
            raise SourceError(
                f"{split.table.shown} cannot be read: {told}", hint="write it again, or raise the memory limit"
            ) from None


def digest_query(split: Split, place: int, roles: Roles) -> str:
    """SELECT of the digests of a split, which is at a place among the splits."""
    keys: dict[str, str] = {}
    for column in [*roles.compared, *_one(roles.label)]:
        keys.setdefault(column.name, f"k{len(keys)}")
    by_name = {column.name: column for column in [*roles.compared, *_one(roles.label)]}
    inner = [
        f'{split.table.row_number} AS "row"',
        *(f"{by_name[name].keys[place]} AS {key}" for name, key in keys.items()),
    ]
    inner += [f"{entity_key(column, split, place)} AS n{n}" for n, column in enumerate(roles.entity)]
    if roles.time:
        inner.append(f"{roles.time.values[place]} AS t")
    feature_keys = [keys[column.name] for column in roles.features]
    parts = {
        "a": _there([keys[column.name] for column in roles.compared], 1),
        "f": _there(feature_keys, (len(feature_keys) + 1) // 2),
        "e": _whole([f"n{n}" for n in range(len(roles.entity))]),
        "t": "t" if roles.time else "NULL",
        "y": keys[roles.label.name] if roles.label else "NULL",
    }
    chosen = ", ".join(f"{text} AS {name}" for name, text in parts.items())
    return f'SELECT "row", {chosen} FROM (SELECT {", ".join(inner)} FROM {split.table.relation}) AS source'  # noqa: S608  # names of ours


def entity_key(column: Compared, split: Split, place: int) -> str:
    """Key of a part of an entity's name: null where it is missing, blank or a word for missing."""
    if split.table.engine_types[column.name] != "VARCHAR":
        return column.keys[place]
    return f"CASE WHEN {names_nothing(split.table.sql(column.name))} THEN NULL ELSE {column.keys[place]} END"


def names_nothing(text: str) -> str:
    """Condition that a text is blank or a word for missing."""
    listed = ", ".join(sql.text_literal(word) for word in ("", *WORDS_FOR_MISSING))
    return f"lower(trim({text})) IN ({listed})"


def _one(column: Compared | None) -> list[Compared]:
    return [column] if column else []


def _there(keys: Sequence[str], least: int) -> str:
    """Digest of a row of which at least so many values are there."""
    if not keys:
        return "CAST(NULL AS UBIGINT)"
    there = " + ".join(f"CAST({key} IS NOT NULL AS INTEGER)" for key in keys)
    return sql.only_where(f"{there} >= {least}", sql.hashed(*keys))


def _whole(keys: Sequence[str]) -> str:
    """Digest of values that are all there."""
    if not keys:
        return "CAST(NULL AS UBIGINT)"
    return sql.only_where(sql.all_of([f"{key} IS NOT NULL" for key in keys]), sql.hashed(*keys))
