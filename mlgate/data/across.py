"""SQL over two tables: which keys the other one lacks, and which rows only one of them has."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data.comparable import Pair
from mlgate.data.plan import MAX_ROWS
from mlgate.data.table import Table


@dataclass(frozen=True, slots=True, kw_only=True)
class Across:
    """Two tables that are compared in pairs of columns.

    Parameters
    ----------
    source : SELECT over the table (`plan.scanned`)
    judged : condition of the rows of `source` that are compared
    other : the other table
    pairs : columns of both
    """

    source: str
    judged: str
    other: Table
    pairs: Sequence[Pair]

    @property
    def keys(self) -> list[str]:
        return [f"k{place}" for place in range(len(self.pairs))]

    @property
    def shown(self) -> str:
        return joined_text(self.keys)

    def orphans(self) -> str:
        """Rows of keys that the other table lacks: how many in all, of how many keys, and the most frequent keys.

        Each row is (rows in all, keys in all, key as text, its rows); none where every key is there.
        """
        keys = ", ".join(self.keys)
        grouped = f"SELECT {keys}, count(*) AS n FROM {self._orphaned()} GROUP BY {keys}"  # noqa: S608  # names of ours
        return (
            f"SELECT sum(n) OVER (), count(*) OVER (), {self.shown}, n FROM ({grouped}) AS grouped "  # noqa: S608  # names of ours
            f"ORDER BY n DESC, {keys} LIMIT {MAX_ROWS}"
        )

    def is_orphan(self) -> str:
        """Condition of the first rows whose key the other table lacks."""
        return f'"row" IN (SELECT here_row FROM {self._orphaned()} ORDER BY here_row LIMIT {MAX_ROWS})'  # noqa: S608  # names of ours

    def _orphaned(self) -> str:
        there = [f"{item.there} AS {key}" for item, key in zip(self.pairs, self.keys, strict=True)]
        real = [f"{key} IS NOT NULL" for key in self.keys]
        nan = [f"NOT coalesce({item.is_nan}, false)" for item in self.pairs if item.is_nan]
        known = f"SELECT {', '.join(there)} FROM {self.other.relation} WHERE {sql.all_of(nan)}"  # noqa: S608  # made by `pair`
        known = f"SELECT * FROM ({known}) AS listed WHERE {sql.all_of(real)}"  # noqa: S608  # names of ours
        equal = sql.all_of([f"key.{key} = known.{key}" for key in self.keys])
        return f"({self._here()} AS key ANTI JOIN ({known}) AS known ON {equal})"

    def _here(self) -> str:
        here = [f"{item.here} AS {key}" for item, key in zip(self.pairs, self.keys, strict=True)]
        return f'(SELECT "row" AS here_row, {", ".join(here)} FROM ({self.source}) AS source WHERE {self.judged})'  # noqa: S608  # made by `pair`

    def one_sided(self) -> str:
        """Rows that only one table has, a row that stands twice counted twice.

        Each row is (whether it is here, such rows in all, row number, row as text): the first ones of each table.
        """
        first = "coalesce(here_row, there_row)"
        return (
            f"SELECT n > 0, sum(abs(n)) OVER (PARTITION BY n > 0), {first}, {self.shown} FROM {self._differing()} "  # noqa: S608  # names of ours
            f"QUALIFY row_number() OVER (PARTITION BY n > 0 ORDER BY {first}) <= {MAX_ROWS} ORDER BY 1, 3"
        )

    def is_only_here(self) -> str:
        """Condition of the first rows that only this table has."""
        return f'"row" IN (SELECT here_row FROM {self._differing()} WHERE n > 0 ORDER BY here_row LIMIT {MAX_ROWS})'  # noqa: S608  # names of ours

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
            f"(SELECT min(here_row) AS here_row, min(there_row) AS there_row, sum(side) AS n, {keys} "  # noqa: S608  # names of ours
            f"FROM ({sides}) AS one WHERE here_row IS NOT NULL OR there_row IS NOT NULL "
            f"GROUP BY {keys} HAVING sum(side) <> 0) AS differing"
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


def count_other(other: Table) -> str:
    """The number of rows of another table."""
    return f"SELECT {sql.ROWS} FROM {other.relation}"  # noqa: S608  # a name of ours
