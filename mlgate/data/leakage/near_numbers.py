"""Rows of a later split that stand in an earlier one with their numbers rounded or shaken a little.

Rows are hashed by the cells of a grid, in several tables with other columns and a shifted grid each, so that two rows
that are close share a cell in one of them; what shares a cell is then compared number by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import comb

from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.duplicates import Known
from mlgate.data.leakage.matching import as_rows, ask_row, ask_rows
from mlgate.data.leakage.split import MAX_SHOWN, Found, Pair, Split, judged, not_asked, share_told
from mlgate.data.plan import Verdict

TABLES = 6
CELL = 10.0
"""Width of a cell in tolerances: two numbers that are one tolerance apart share it nine times of ten."""
MOST_ROWS = 100_000
"""Rows of the later split that are looked at: of more, evenly spaced ones."""
MOST_PAIRS = 2_000_000
PER_ROW = 20.0
"""Pairs that chance puts into one cell with a row, at most; more columns make the cells smaller."""
SOME = 1000
"""Rows by which the number of pairs is estimated before they are compared."""
_MISSING = "CAST('-1e300' AS DOUBLE)"


@dataclass(frozen=True, slots=True)
class _Grid:
    """How rows are put into cells: the numbers with their scales, the other columns, and the columns of each table."""

    numbers: Sequence[Compared]
    scales: Sequence[float]
    equal: Sequence[Compared]
    tables: Sequence[Sequence[int]]
    tolerance: float

    def relation(self, split: Split, place: int, chosen: str) -> str:
        """SELECT of `r`, the numbers `x0`, ..., a digest `q` of the other columns, cells `b0`, ... of the tables."""
        numbers = [f"coalesce({column.values[place]}, {_MISSING}) AS x{n}" for n, column in enumerate(self.numbers)]
        keys = [column.keys[place] for column in self.equal]
        q = f"{sql.hashed(*keys)} AS q" if keys else "CAST(0 AS UBIGINT) AS q"
        table = split.table
        inner = f"SELECT {table.row_number} AS r, {', '.join([*numbers, q])} FROM {table.relation}{chosen}"  # noqa: S608  # names of ours
        cells = [f"{sql.hashed(*self._cell(number))} AS b{number}" for number in range(len(self.tables))]
        return f"SELECT *, {', '.join(cells)} FROM ({inner}) AS numbers"  # noqa: S608  # names of ours

    def _cell(self, number: int) -> list[str]:
        shift = number / len(self.tables)
        parts = ["q"]
        for n in self.tables[number]:
            width = CELL * self.tolerance * self.scales[n]
            parts.append(f"floor(x{n} / {sql.number_literal(width)} + {sql.number_literal(shift)})")
        return parts

    def within(self, times: float) -> str:
        """Condition that all numbers of two rows are so many tolerances apart, at most."""
        return sql.all_of(
            [
                f"abs(one.x{n} - two.x{n}) <= {sql.number_literal(times * self.tolerance * scale)}"
                for n, scale in enumerate(self.scales)
            ]
        )


def near_duplicates(pair: Pair, known: Known) -> Verdict:
    """`near_duplicates`: no row of an earlier split stands in a later one with its numbers rounded or shaken a little.

    Two rows nearly equal each other if each of their numbers differs by at most 0.01 of the column's robust standard
    deviation (`near: {tolerance: ...}`), and all their other features are equal. Rows that equal one of the earlier
    split are left out: `shared_rows` has them. Rows that lie close by chance lie as often one to two tolerances apart
    as within one, and more often in several dimensions; it is `fail` only where clearly more pairs, and more rows, lie
    within one. Of more
    than 100,000 rows of the later split evenly spaced ones are looked at, and it says so; where every row has many near
    ones, nothing is judged. `max: {near_duplicates: 0.01}` accepts a share of the later split's rows.
    """
    lacking = known.without_features() if known.lonely else None
    if lacking:
        return lacking
    grid = _grid(pair, known)
    if grid is None:
        return not_asked("not judged: no feature that varies holds numbers with fractions")
    every = max(1, -(-pair.later.rows // MOST_ROWS))
    pairs = _pairs(pair, known, grid, every)
    if pairs is None:
        return not_asked("not judged: the rows lie so close together that near ones are no sign of copies")
    looked = int(ask_row(pair.later, "SELECT count(*) FROM near_rows")[0])
    if not looked:
        return not_asked(f"not judged: every row of {words.short(pair.later.name)} equals one, see shared_rows")
    rows = ask_rows(pair.later, "SELECT here, min(there) FROM near_pairs WHERE near GROUP BY here ORDER BY here")
    counts = f"{sql.count_where('near')}, {sql.count_where('NOT near')}, {sql.count_distinct('here', where='NOT near')}"
    near, apart, others = ask_row(pair.later, f"SELECT {counts} FROM near_pairs")  # noqa: S608  # made by aggregates
    copies = _more_than_chance(int(near), int(apart), dimensions=_dimensions(known, grid), alpha=0.001)
    copies = copies and _more_than_chance(len(rows), int(others), dimensions=1, alpha=0.01)
    return _verdict(pair, grid, _Counts(looked, every, len(rows), int(apart)), rows[:MAX_SHOWN], copies=copies)


@dataclass(frozen=True, slots=True)
class _Counts:
    looked: int
    every: int
    near: int
    apart: int


def _verdict(pair: Pair, grid: _Grid, counts: _Counts, rows: Sequence[tuple[int, int]], *, copies: bool) -> Verdict:
    message = f"{counts.near:,} of {counts.looked:,} rows of {words.short(pair.later.name)} "
    message += f"({share_told(counts.near, counts.looked)}) are " if counts.near else "are "
    message += f"nearly those of {words.short(pair.earlier.name)}: {words.counted(len(grid.numbers), 'number')} within "
    message += f"{grid.tolerance:g} standard deviations, {words.counted(len(grid.equal), 'other feature')} equal"
    if counts.near and not copies:
        message += f"; chance makes as many: {words.counted(counts.apart, 'pair')} a little further apart"
    message += f"; one row in {counts.every} looked at" if counts.every > 1 else ""
    return judged(
        Found(
            judged=counts.looked,
            failing=counts.near if copies else 0,
            message=message,
            expected=f"no row of {words.short(pair.earlier.name)} nearly in {words.short(pair.later.name)}",
            hint="look at these rows: copies that were rounded, converted or augmented belong into one split",
            rows=as_rows(pair, rows) if copies else (),
            rows_in=pair.later.name,
            evidence={
                "near": counts.near,
                "pairs_a_little_further": counts.apart,
                "tolerance": grid.tolerance,
                "numbers": [column.name for column in grid.numbers],
                "one_in": counts.every,
            },
        ),
        pair.declared.limits.near_duplicates,
        pair.privacy,
    )


def _dimensions(known: Known, grid: _Grid) -> int:
    """2 where two numbers or more hardly repeat, else 1: the fewer, the more pairs chance puts close together."""
    facts = [known.facts[column.name] for column in grid.numbers]
    return 2 if sum(one.distinct > min(5000, one.rows / 2) for one in facts) >= 2 else 1


def _more_than_chance(near: int, apart: int, *, dimensions: int, alpha: float) -> bool:
    """Whether more pairs lie within one tolerance than chance puts there of those within two (a sign test)."""
    share = 0.5**dimensions
    total = near + apart
    if total > 1000:
        return bool(near > share * total + 5 * (share * (1 - share) * total) ** 0.5)
    tail = sum(comb(total, n) * share**n * (1 - share) ** (total - n) for n in range(near, total + 1))
    return bool(near > 0 and tail < alpha)


def _grid(pair: Pair, known: Known) -> _Grid | None:
    """Cells in which chance puts few rows together; None where no number has a fraction."""
    features = [column for column in known.roles.features if known.facts[column.name].distinct > 1]
    scales = _scales(pair.earlier, known, [column for column in features if column.is_numeric])
    numbers = [column for column in features if scales.get(column.name, 0.0) > 0.0]
    if not any(column.kind == "number" for column in numbers) or pair.declared.near is None:
        return None
    texts = {column.name for column in features if known.facts[column.name].is_sentences}
    equal = [column for column in features if column not in numbers and column.name not in texts]
    order = sorted(range(len(numbers)), key=lambda n: (-known.facts[numbers[n].name].distinct, n))
    tolerance = pair.declared.near.tolerance
    alike = 1.0
    for column in equal:
        alike /= max(1.0, min(known.facts[column.name].distinct, 100))
    taken = 0
    while taken < len(numbers) and alike * pair.earlier.rows > PER_ROW / 100:
        distinct = known.facts[numbers[order[taken % len(order)]].name].distinct
        alike *= max(CELL * tolerance * 0.3, 1.0 / distinct)
        taken += 1
    taken = max(1, taken)
    tables = [[order[(start + n) % len(order)] for n in range(taken)] for start in range(TABLES)]
    return _Grid(numbers, [scales[column.name] for column in numbers], equal, tables, tolerance)


def _scales(split: Split, known: Known, numbers: Sequence[Compared]) -> dict[str, float]:
    """Robust standard deviation of each column: of the middle half of the values, else of all finite ones."""
    if not numbers:
        return {}
    place, every = known.place(split), max(1, split.rows // MOST_ROWS)
    asked = []
    for column in numbers:
        value = sql.only_where(sql.is_finite(column.values[place]), column.values[place])
        asked += [sql.quantiles(value, [0.25, 0.75]), sql.sample_std(value)]
    where = f" WHERE {split.table.row_number} % {every} = 0"
    found = ask_row(split, f"SELECT {', '.join(asked)} FROM {split.table.relation}{where}")  # noqa: S608  # names of ours
    scales = {}
    for n, column in enumerate(numbers):
        quartiles, std = found[2 * n], found[2 * n + 1]
        middle = (quartiles[1] - quartiles[0]) / 1.349 if quartiles and quartiles[0] is not None else 0.0
        scales[column.name] = middle or std or 0.0
    return scales


def _pairs(pair: Pair, known: Known, grid: _Grid, every: int) -> int | None:
    """Fill `near_pairs` with the rows within two tolerances; None where there are too many to compare."""
    execute = pair.later.table.connection.execute
    twins = f'SELECT "row" FROM {pair.later.digest} SEMI JOIN {pair.earlier.digest} USING (f)'  # noqa: S608  # names of ours
    number = pair.later.table.row_number
    later = grid.relation(pair.later, known.place(pair.later), f" WHERE {number} % {every} = 0")
    chosen = f"SELECT * FROM ({later}) AS later_rows WHERE r NOT IN ({twins})"  # noqa: S608  # names of ours
    execute(f"CREATE OR REPLACE TEMP TABLE near_rows AS {chosen}")
    execute("CREATE OR REPLACE TEMP TABLE near_pairs(here BIGINT, there BIGINT, near BOOLEAN)")
    earlier = grid.relation(pair.earlier, known.place(pair.earlier), "")
    for table in range(len(grid.tables)):
        if _met(pair, earlier, table) > MOST_PAIRS:
            return None
        met = f"near_rows AS one JOIN ({earlier}) AS two ON one.b{table} = two.b{table} AND one.q = two.q"
        execute(f"INSERT INTO near_pairs SELECT one.r, two.r, {grid.within(1)} FROM {met} WHERE {grid.within(2)}")  # noqa: S608  # names of ours
    execute("CREATE OR REPLACE TEMP TABLE near_pairs AS SELECT DISTINCT here, there, near FROM near_pairs")
    return int(ask_row(pair.later, "SELECT count(*) FROM near_pairs")[0])


def _met(pair: Pair, earlier: str, table: int) -> float:
    """Pairs that share a cell, by some of the later rows."""
    rows = int(ask_row(pair.later, "SELECT count(*) FROM near_rows")[0])
    every = max(1, rows // SOME)
    some = f"SELECT b{table} AS b, q FROM near_rows WHERE {sql.hashed('r')} % {every} = 0"  # noqa: S608  # names of ours
    query = f"SELECT {sql.ROWS} FROM ({some}) AS one JOIN ({earlier}) AS two ON one.b = two.b{table} AND one.q = two.q"  # noqa: S608  # names of ours
    return float(ask_row(pair.later, query)[0]) * every
