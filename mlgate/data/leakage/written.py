"""Entities that are one although two splits write them differently: `00001` and `1`, `P1` and `P1 `.

The names of a split are read once more, each of them once, where one of the splits holds text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.digests import names_nothing
from mlgate.data.leakage.matching import ask_row, ask_rows
from mlgate.data.leakage.split import MAX_SHOWN, Pair, Split

_BLANKS = " \t\r\n\xa0\u2007\u2009\u202f\u3000"
_ZEROS = "^0*([0-9]+?)([.]0+)?$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """Entities of the later split that are not in the earlier one as they are written, but are but for the writing.

    Parameters
    ----------
    values : equal but for zeros in front, `.0`, spaces around and the form of Unicode
    rows, earlier_rows : of the later split with one of these; of the earlier one that no equal entity has
    unsure : equal so, but then two entities of one split are equal, too
    by_case : equal but for upper and lower case
    """

    values: int = 0
    rows: int = 0
    earlier_rows: int = 0
    unsure: int = 0
    by_case: int = 0


def written_differently(pair: Pair, places: tuple[int, int], entity: Sequence[Compared]) -> Written:
    """Compare the names of entities as they would be written alike.

    Parameters
    ----------
    places : of the earlier and of the later split among the splits
    """
    sides = list(zip((pair.earlier, pair.later), places, strict=True))
    if not any(split.table.engine_types[column.name] == "VARCHAR" for column in entity for split, _ in sides):
        return Written()
    for split, place in sides:
        _make_names(split, place, entity)
    execute = pair.later.table.connection.execute
    one, two = _relation(pair.later), _relation(pair.earlier)
    new = f"SELECT e, n, c FROM {one} ANTI JOIN {two} USING (e)"  # noqa: S608  # names of ours
    execute(f"CREATE OR REPLACE TEMP TABLE new_names AS {new}")
    alike = f"SELECT e, n FROM new_names SEMI JOIN {two} USING (n)"  # noqa: S608  # names of ours
    several = f"{sql.count_distinct('e')} > 1 AS several"
    there = f"SELECT n, {sql.smallest('e')} AS there, {several} FROM {two} SEMI JOIN ({alike}) USING (n) GROUP BY n"  # noqa: S608  # names of ours
    here = f"SELECT n, {several} FROM {one} SEMI JOIN ({alike}) USING (n) GROUP BY n"  # noqa: S608  # names of ours
    execute(
        "CREATE OR REPLACE TEMP TABLE alike AS SELECT e, min(there) AS there, "  # noqa: S608  # names of ours
        "bool_or(here.several OR there.several) AS unsure "
        f"FROM new_names JOIN ({there}) AS there USING (n) JOIN ({here}) AS here USING (n) GROUP BY e"
    )
    counts = f"{sql.count_where('NOT unsure')}, {sql.count_where('unsure')}"
    values, unsure = ask_row(pair.later, f"SELECT {counts} FROM alike")  # noqa: S608  # made by aggregates
    by_case = f"SELECT {sql.count_distinct('e')} FROM new_names SEMI JOIN {two} USING (c) ANTI JOIN alike USING (e)"  # noqa: S608  # names of ours
    (cases,) = ask_row(pair.later, by_case)
    rows, earlier_rows = _rows(pair) if values else (0, 0)
    return Written(values=values, rows=rows, earlier_rows=earlier_rows, unsure=unsure, by_case=cases)


def first_written(pair: Pair) -> list[tuple[int, int]]:
    """The first rows of entities that are written differently, and the first of the same in the earlier split."""
    query = (
        f'SELECT min(one."row") AS here, min(two."row") FROM alike '  # noqa: S608  # names of ours
        f"JOIN {pair.later.digest} AS one ON one.e = alike.e JOIN {pair.earlier.digest} AS two ON two.e = alike.there "
        f"WHERE NOT unsure GROUP BY alike.e ORDER BY here LIMIT {MAX_SHOWN}"
    )
    return [(int(here), int(there)) for here, there in ask_rows(pair.later, query)]


def _rows(pair: Pair) -> tuple[int, int]:
    """Rows of the later split with an entity that is written differently, and further rows of the earlier one."""
    sure = "FROM alike WHERE NOT unsure"
    later = f"SELECT {sql.ROWS} FROM {pair.later.digest} SEMI JOIN (SELECT e {sure}) USING (e)"  # noqa: S608  # names of ours
    earlier = (
        f"SELECT {sql.ROWS} FROM {pair.earlier.digest} SEMI JOIN (SELECT there AS e {sure}) USING (e) "  # noqa: S608  # names of ours
        f"ANTI JOIN {_relation(pair.later)} USING (e)"
    )
    return int(ask_row(pair.later, later)[0]), int(ask_row(pair.earlier, earlier)[0])


def _relation(split: Split) -> str:
    return f"{split.digest}_names"


def _make_names(split: Split, place: int, entity: Sequence[Compared]) -> None:
    """Each name once: `e` as in the digests, `n` of how it would be written alike, `c` also in lower case."""
    keys = [f"{column.keys[place]} AS k{n}" for n, column in enumerate(entity)]
    texts = [f"{sql.as_text(split.table.sql(column.name))} AS t{n}" for n, column in enumerate(entity)]
    each = f"SELECT DISTINCT {', '.join([*keys, *texts])} FROM {split.table.relation}"  # noqa: S608  # names of ours
    named = sql.all_of([f"k{n} IS NOT NULL AND NOT {names_nothing(f't{n}')}" for n in range(len(entity))])
    alike = [f"{_alike(f't{n}')} AS a{n}" for n in range(len(entity))]
    read = f"SELECT *, {', '.join(alike)} FROM ({each}) AS each_name WHERE {named}"  # noqa: S608  # names of ours
    columns = [
        f"{sql.hashed(*(f'k{n}' for n in range(len(entity))))} AS e",
        f"{sql.hashed(*(f'a{n}' for n in range(len(entity))))} AS n",
        f"{sql.hashed(*(f'lower(a{n})' for n in range(len(entity))))} AS c",
    ]
    query = f"SELECT DISTINCT {', '.join(columns)} FROM ({read}) AS names"  # noqa: S608  # names of ours
    split.table.connection.execute(f"CREATE TEMP TABLE IF NOT EXISTS {_relation(split)} AS {query}")


def _alike(text: str) -> str:
    """A text without spaces around it, in one form of Unicode; digits without zeros in front and without `.0`."""
    plain = f"nfc_normalize(trim({text}, {sql.text_literal(_BLANKS)}))"
    digits = f"regexp_extract({plain}, {sql.text_literal(_ZEROS)}, 1)"
    return f"coalesce(nullif({digits}, ''), {plain})"
