"""What is known of the columns before rows are compared: how diverse they are, which name a row, which are text.

Looked at on some 50,000 evenly spaced rows of each split; that a column names a row is then confirmed on all rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from mlgate.data import aggregates as sql
from mlgate.data.infer_facts import words_of
from mlgate.data.leakage.columns import Compared
from mlgate.data.leakage.matching import ask_row
from mlgate.data.leakage.split import Split

SAMPLE = 50_000
LONG_TEXT = 40
SENTENCE = 6
"""A column holds sentences where its texts have on average so many characters and so many words."""
LONGEST_NAME = 64
DENSE = 4
_NAMES = frozenset({"id", "ids", "uuid", "guid", "key", "pk", "index", "idx", "nr", "no", "number", "num", "rowid"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ColumnFacts:
    """Of one column in a sample of all splits.

    Parameters
    ----------
    rows, present, distinct : rows looked at, values that are there, different ones among them
    length, gaps : of text, characters and spaces on average; else 0
    longest : of text, characters of the longest
    low, high : of numbers, the smallest and the largest
    """

    rows: int
    present: int
    distinct: int
    length: float = 0.0
    gaps: float = 0.0
    longest: int = 0
    low: float | None = None
    high: float | None = None

    @property
    def is_sentences(self) -> bool:
        return self.length >= LONG_TEXT and self.gaps + 1 >= SENTENCE


def column_facts(splits: Sequence[Split], columns: Sequence[Compared]) -> dict[str, ColumnFacts]:
    """Facts of each column by its name."""
    if not columns:
        return {}
    parts = []
    for place, split in enumerate(splits):
        every = max(1, split.rows // SAMPLE)
        values = [f"{column.keys[place]} AS k{n}, {_extent(column, place)}" for n, column in enumerate(columns)]
        named = ", ".join(text.replace("#", str(n)) for n, text in enumerate(values))
        table = split.table
        parts.append(f"SELECT {named} FROM {table.relation} WHERE {table.row_number} % {every} = 0")  # noqa: S608  # names of ours
    asked = []
    for n, column in enumerate(columns):
        asked += [sql.count(f"k{n}"), sql.count_distinct(f"k{n}")]
        asked += [f"avg(x{n})", f"avg(y{n})", f"max(x{n})"] if column.kind == "string" else ["0", "0", "0"]
        asked += [sql.smallest(f"x{n}"), sql.largest(f"x{n}")] if column.is_numeric else ["NULL", "NULL"]
    found = ask_row(splits[0], f"SELECT {sql.ROWS}, {', '.join(asked)} FROM ({' UNION ALL '.join(parts)}) AS sampled")  # noqa: S608  # names of ours
    facts = {}
    for n, column in enumerate(columns):
        present, distinct, length, gaps, longest, low, high = found[1 + 7 * n : 8 + 7 * n]
        facts[column.name] = ColumnFacts(
            rows=found[0],
            present=present,
            distinct=distinct,
            length=length or 0.0,
            gaps=gaps or 0.0,
            longest=int(longest or 0),
            low=low,
            high=high,
        )
    return facts


def _extent(column: Compared, place: int) -> str:
    value = column.values[place]
    if column.kind == "string":
        return f"length({value}) AS x#, length({value}) - length(replace({value}, ' ', '')) AS y#"
    return f"{value if column.is_numeric else 'CAST(NULL AS DOUBLE)'} AS x#, 0 AS y#"


def naming(splits: Sequence[Split], columns: Sequence[Compared], facts: Mapping[str, ColumnFacts]) -> list[Compared]:
    """Columns that name the split: one value, or none, in each of them, and not the same in all.

    With such a column no row of one split equals one of another, whatever else they hold.
    """
    few = [column for column in columns if facts[column.name].distinct <= len(splits)]
    if not few or all(split.rows < 2 for split in splits):
        return []
    ends: list[list[tuple[int, int] | None]] = [[] for _ in few]
    for place, split in enumerate(splits):
        asked = []
        for column in few:
            key = column.keys[place]
            asked += [sql.count(key), sql.smallest(key), sql.largest(key)]
        found = ask_row(split, f"SELECT {', '.join(asked)} FROM {split.table.relation}")  # noqa: S608  # names of ours
        for n, one in enumerate(ends):
            present, low, high = found[3 * n : 3 * n + 3]
            one.append((low, high) if present == split.rows else (0, 0) if not present else None)
    return [
        column
        for column, one in zip(few, ends, strict=True)
        if all(end is not None and end[0] == end[1] for end in one) and len(set(one)) > 1
    ]


def identifiers(
    splits: Sequence[Split], columns: Sequence[Compared], facts: Mapping[str, ColumnFacts]
) -> list[Compared]:
    """Columns that name a row: every value is there and another one in each split, and it looks like a name.

    Text without spaces does; a whole number does by the column's name (`id`, `number`, ...) or because the numbers lie
    as close together as numbers of rows do.
    """
    rows = sum(split.rows for split in splits)
    likely = [column for column in columns if _may_name(column, facts[column.name], rows)]
    return [column for column in likely if all(_unique(split, column, n) for n, split in enumerate(splits))]


def _may_name(column: Compared, facts: ColumnFacts, rows: int) -> bool:
    if facts.present < facts.rows or facts.rows < 2 or facts.distinct < 0.5 * facts.rows:
        return False
    if column.kind == "string":
        return 0 < facts.longest <= LONGEST_NAME and facts.gaps == 0
    if column.kind != "integer":
        return False
    dense = facts.low is not None and facts.high is not None and facts.high - facts.low + 1 <= DENSE * rows
    return (dense and rows >= 100) or bool(_NAMES & set(words_of(column.name)))


def _unique(split: Split, column: Compared, place: int) -> bool:
    key = column.keys[place]
    query = f"SELECT {sql.count(key)}, {sql.count_distinct(key)} FROM {split.table.relation}"  # noqa: S608  # names of ours
    present, distinct = ask_row(split, query)
    return bool(present == distinct == split.rows)
