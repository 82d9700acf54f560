"""SQL over two tables: which keys the other one lacks, and which rows only one of them has.

Like `own_queries`, this is a place that another engine replaces: each query speaks of `source`, the scanned columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.data import aggregates as sql
from mlgate.data.comparable import Pair
from mlgate.data.own_queries import MAX_SHOWN, Query
from mlgate.data.table import Table
from mlgate.late import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Two tables that are compared in pairs of columns.

    Parameters
    ----------
    other : the other table
    pairs : columns of both
    judged : condition of the rows of `source` that are compared
    """

    other: Table
    pairs: Sequence[Pair]
    judged: str = "true"

    @property
    def keys(self) -> list[str]:
        return [f"k{place}" for place in range(len(self.pairs))]

    def orphans(self) -> Query:
        """Rows whose key the other table lacks.

        A struct: `rows`, how many; `places`, the numbers of the first ten; `most`, the ten most frequent keys, each
        with its `value` as text, its number of rows `n`, and the number of all such `keys`. The lists are null where
        every key is there.
        """
        keys = ", ".join(self.keys)
        grouped = f"SELECT {keys}, {sql.ROWS} AS n FROM orphaned GROUP BY {keys}"  # noqa: S608  # names of ours
        first = (
            f"SELECT *, count(*) OVER () AS every FROM ({grouped}) AS grouped ORDER BY n DESC, {keys} LIMIT {MAX_SHOWN}"  # noqa: S608  # names of ours
        )
        most = f"list({{'keys': every, 'value': {joined_text(self.keys)}, 'n': n}} ORDER BY n DESC, {keys})"
        return Query(
            f"SELECT * FROM (WITH orphaned AS MATERIALIZED ({self._orphaned()}) "  # noqa: S608  # names of ours
            f"SELECT {{'rows': {sql.ROWS}, 'places': min(here_row, {MAX_SHOWN}), "
            f"'most': (SELECT {most} FROM ({first}) AS first)}} FROM orphaned) AS found"
        )

    def _orphaned(self) -> str:
        there = [f"{item.there} AS {key}" for item, key in zip(self.pairs, self.keys, strict=True)]
        real = [f"{key} IS NOT NULL" for key in self.keys]
        nan = [f"NOT coalesce({item.is_nan}, false)" for item in self.pairs if item.is_nan]
        known = f"SELECT {', '.join(there)} FROM {self.other.relation} WHERE {sql.all_of(nan)}"  # noqa: S608  # made by `pair`
        known = f"SELECT * FROM ({known}) AS listed WHERE {sql.all_of(real)}"  # noqa: S608  # names of ours
        equal = sql.all_of([f"key.{key} = known.{key}" for key in self.keys])
        return f"SELECT key.* FROM {self._here()} AS key ANTI JOIN ({known}) AS known ON {equal}"  # noqa: S608  # names of ours

    def _here(self) -> str:
        here = [f"{item.here} AS {key}" for item, key in zip(self.pairs, self.keys, strict=True)]
        return f'(SELECT "row" AS here_row, {", ".join(here)} FROM source WHERE {self.judged})'  # noqa: S608  # made by `pair`

    def one_sided(self) -> Query:
        """Rows that only one of the tables has; one that stands twice there counts twice.

        A list of the first ten of each table: whether they are `here`, how many such rows there are in `every` place,
        and each one's number `row` and `value` as text. It is null where the tables are equal.
        """
        first = "coalesce(here_row, there_row)"
        shown = (
            f"SELECT n > 0 AS here, sum(abs(n)) OVER (PARTITION BY n > 0) AS every, {first} AS first, "  # noqa: S608  # names of ours
            f"{joined_text(self.keys)} AS shown FROM ({self._differing()}) AS differing "
            f"QUALIFY row_number() OVER (PARTITION BY n > 0 ORDER BY {first}) <= {MAX_SHOWN}"
        )
        struct = "{'here': here, 'every': every, 'row': first, 'value': shown}"
        return Query(f"SELECT list({struct} ORDER BY here, first) FROM ({shown}) AS shown")  # noqa: S608  # names of ours

    def _differing(self) -> str:
        """Rows that one table has more often, each once, with the surplus `n`: below zero where the other one has it.

        Rows that stand in the same place of both tables cancel out first, in one pass that keeps nothing; only the rest
        is grouped. Any pairing of the rows would do, so no order of reading can change the result.
        """
        keys = ", ".join(self.keys)
        values = ", ".join(f"CASE WHEN side = 1 THEN {key} ELSE t{key} END AS {key}" for key in self.keys)
        sides = (
            f"SELECT side, CASE WHEN side = 1 THEN here_row END AS here_row, {values}, "  # noqa: S608  # names of ours
            f"CASE WHEN side = -1 THEN there_row END AS there_row "
            f"FROM ({self._paired()}) AS paired CROSS JOIN (VALUES (1), (-1)) AS sides(side)"
        )
        return (
            f"SELECT min(here_row) AS here_row, min(there_row) AS there_row, sum(side) AS n, {keys} "  # noqa: S608  # names of ours
            f"FROM ({sides}) AS one WHERE here_row IS NOT NULL OR there_row IS NOT NULL "
            f"GROUP BY {keys} HAVING sum(side) <> 0"
        )

    def _paired(self) -> str:
        """Rows of both tables side by side that are not equal; the longer one's rest stands beside nulls."""
        there = ", ".join(f"{item.there} AS t{key}" for item, key in zip(self.pairs, self.keys, strict=True))
        differ = " OR ".join(f"{key} IS DISTINCT FROM t{key}" for key in self.keys)
        return (
            f"SELECT * FROM {self._here()} AS here POSITIONAL JOIN "  # noqa: S608  # names of ours
            f"(SELECT {self.other.row_number} AS there_row, {there} FROM {self.other.relation}) AS there "
            f"WHERE {differ} OR here_row IS NULL OR there_row IS NULL"
        )


def joined_text(values: Sequence[str]) -> str:
    """Values as one text, separated by commas; null is nothing."""
    return " || ', ' || ".join(f"coalesce({sql.as_text(value)}, '')" for value in values)


def count_other(other: Table) -> Query:
    """The number of rows of another table."""
    return Query(f"SELECT {sql.ROWS} FROM {other.relation}")  # noqa: S608  # a name of ours
