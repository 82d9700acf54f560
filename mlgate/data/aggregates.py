"""The SQL that the checks are made of: conditions on values, and aggregates over them.

Modules that make SQL, beside this one: `dialect` (literals, and the functions that engines spell differently),
`typed_values` (a value of its column's type), `expressions` with `expression_terms` (conditions of a schema),
`text_conditions`, `own_queries` and `series_queries` (what takes a query of its own). Names of the first two are here,
too. Another engine brings its own `dialect`, and looks at the rest for what it lacks.

Column names never reach the engine (a table's columns are `c0`, `c1`, ...); values from a schema do, as literals.
"""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.data.dialect import full_match, matches, moment_literal, number_literal, spelled, text_literal
from mlgate.data.typed_values import from_json, from_stored, from_text, is_float, is_single, stored_kind
from mlgate.late import compiled

__all__ = [  # of other modules; what is defined here is exported anyway
    "from_json", "from_stored", "from_text", "full_match", "is_float", "is_single", "matches", "moment_literal",
    "number_literal", "stored_kind", "text_literal",
]  # fmt: skip

FIRST_ROWS = 100_000
"""In a table of at most so many rows one scan answers everything."""

# --- conditions -----------------------------------------------------------------------------------------------------


def text_length(value: str) -> str:
    """Number of characters (code points)."""
    return f"length({value})"


def is_nan(value: str) -> str:
    return f"isnan({value})"


def is_infinite(value: str) -> str:
    return spelled("is infinite", value)


def is_finite(value: str) -> str:
    """Condition that a number is neither infinite nor NaN."""
    return spelled("is finite", value)


def is_whole(value: str) -> str:
    """Condition that a finite number has no fraction."""
    return f"{value} = trunc({value})"


def whole_day(value: str) -> str:
    return f"CAST({value} AS DATE)"


def microseconds(value: str) -> str:
    """A date or a datetime as microseconds since 1970."""
    return spelled("microseconds", f"CAST({value} AS TIMESTAMP)")


def as_text(value: str) -> str:
    return f"CAST({value} AS VARCHAR)"


def only_where(condition: str, value: str) -> str:
    """The value where a condition holds, else null."""
    return f"CASE WHEN {condition} THEN {value} END"


def without(column: str, texts: Sequence[str]) -> str:
    """A column of text in which each of the texts is null."""
    return f"CASE WHEN {column} IN ({', '.join(map(text_literal, texts))}) THEN NULL ELSE {column} END"


def in_double(value: str) -> str:
    return f"CAST({value} AS DOUBLE)"


def in_first_rows(value: str) -> str:
    """The value in the first rows, null in the others: what is dear for many rows is asked of few, in the same scan."""
    return only_where(f'"row" <= {FIRST_ROWS}', value)


MANY = 200
"""So many literals are compared one by one; more of them are looked up, which takes a while to prepare."""
_BETWEEN = "\x1f"
_INTEGER = compiled("-?[0-9]+")


def one_of(value: str, literals: Sequence[str]) -> str:
    """Whether a value is one of some literals; null where it is null."""
    if len(literals) <= MANY:
        return f"{value} IN ({', '.join(literals)})"
    return f"{value} IN (SELECT {each_of(literals)})"


def each_of(literals: Sequence[str]) -> str:
    """A row for each literal. Many texts, or whole numbers, are one text: the engine reads that ten times faster."""
    texts, kind = [literal[1:-1] for literal in literals], "VARCHAR"
    if all(map(_INTEGER.fullmatch, literals)):
        texts, kind = list(literals), "HUGEINT"
    elif not all(literal[0] == literal[-1] == "'" for literal in literals):
        return spelled("row of each", ", ".join(literals))
    if len(literals) <= MANY or any(_BETWEEN in text for text in texts):
        return spelled("row of each", ", ".join(literals))
    return spelled("row of each part", f"'{_BETWEEN.join(texts)}'", f"'{_BETWEEN}'", kind)


def among(values: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Whether several values that are not null are one of the rows of literals: one look-up, however many there are."""
    if not rows:
        return "false"
    listed = ", ".join(f"({', '.join(row)})" for row in rows)
    names = ", ".join(f"v{place}" for place in range(len(values)))
    return f"(row({', '.join(values)}) IN (SELECT row({names}) FROM (VALUES {listed}) AS known({names})))"  # noqa: S608  # literals of ours


def all_of(conditions: Sequence[str]) -> str:
    return " AND ".join(conditions) or "true"


def first_true(conditions: Sequence[str]) -> str:
    """Whether one of the conditions holds; what stands behind it is not asked."""
    return f"CASE {' '.join(f'WHEN {condition} THEN true' for condition in conditions)} ELSE false END"


def bit_of_first(conditions: Sequence[str]) -> str:
    """The bit of the first condition that holds, 1 for the first; null where none does. What is behind is not asked."""
    return f"CASE {' '.join(f'WHEN {condition} THEN {1 << place}' for place, condition in enumerate(conditions))} END"


def byte_length(value: str) -> str:
    """Number of bytes of a text, which is known without reading it."""
    return spelled("bytes of text", value)


def whole_as_text(number: str, low: int, high: int) -> str:
    """The digits of a whole number from `low` to below `high`; null of any other."""
    inside = f"{number} >= {low} AND {number} < {high}"
    return f"CASE WHEN {inside} AND {is_whole(number)} THEN CAST(CAST({number} AS HUGEINT) AS VARCHAR) END"


def printable(value: str) -> str:
    """Bytes as text, those that are no ASCII escaped; null where more than a third of them is."""
    text = as_text(value)
    return only_where(f"{text_length(text)} <= 2 * {spelled('number of bytes', value)}", text)


def row_of_each(values: Sequence[str]) -> str:
    """Of a row, one row for each of the values."""
    return spelled("row of each", ", ".join(values))


def every_nth(value: str, nth: int) -> str:
    """Condition that chooses one in `nth` values: equal ones together, whatever their order.

    The hash is hashed once more: `about_distinct` counts by the first, and of values chosen by it would count too few.
    """
    return f"{hashed(hashed(value))} % {nth} = 0"


# --- aggregates -----------------------------------------------------------------------------------------------------

ROWS = "count(*)"


def count(value: str) -> str:
    """Values that are not null."""
    return f"count({value})"


def count_where(condition: str) -> str:
    """Rows for which a condition holds.

    Never `FILTER`: for each aggregate that has one the engine sets aside a copy of every column that the query asks
    for, so memory and time grow with the square of the number of columns. Counting ones, or values that are not null,
    takes twice as long.
    """
    return f"coalesce(count_if({condition}), 0)"


def ever(condition: str) -> str:
    """Whether the condition holds in any row."""
    return f"bool_or({condition})"


def bits(value: str) -> str:
    """All bits of the values that are not null; null where there is none."""
    return f"bit_or({value})"


def hashed(*values: str) -> str:
    """A number of 64 bits; the same for the same values, and seldom the same for different ones."""
    return spelled("hash", ", ".join(values))


def count_distinct(*values: str, where: str = "") -> str:
    """Distinct values, exact; of combinations where several are given."""
    what = values[0] if len(values) == 1 else f"row({', '.join(values)})"
    return f"count(DISTINCT {_only(what, where)})"


def about_distinct(value: str) -> str:
    """An estimate of the number of distinct values, in little memory: it chooses how to count, and is never judged."""
    return f"approx_count_distinct({value})"


def count_distinct_integers(value: str, low: int, high: int) -> str:
    """Distinct integers, exact, where all are from `low` to `high`: one bit for each, and no table of all values."""
    return spelled("bits", *(f"CAST({each} AS BIGINT)" for each in (value, str(low), str(high))))


def distinct_values(value: str, where: str = "") -> str:
    """A list of the distinct values, in no order; it may hold one null. For few of them: they are kept in memory."""
    return f"list(DISTINCT {_only(value, where)})"


def value_counts(value: str) -> str:
    """How often each value that is not null occurs, as a mapping. For few distinct ones: they are kept in memory."""
    return spelled("counts by value", value)


def digest(*values: str) -> str:
    """A number of 64 bits that is the same for the same values of the same types, null among them."""
    return spelled("hash", ", ".join(values))


def smallest(value: str, where: str = "") -> str:
    return f"min({_only(value, where)})"


def largest(value: str, where: str = "") -> str:
    return f"max({_only(value, where)})"


def _only(value: str, where: str) -> str:
    """The value where a condition holds, else null, which no aggregate counts."""
    return only_where(where, value) if where else value


def rows_where(condition: str, parts: Sequence[str], count: int) -> str:
    """A list of structs of `parts` for the first rows for which a condition holds, of which `parts` are the values.

    The first part is the number of the row.
    """
    struct = ", ".join(f"'p{place}': {part}" for place, part in enumerate(parts))
    chosen, number = only_where(condition, f"{{{struct}}}"), only_where(condition, parts[0])
    return spelled("values of smallest", chosen, number, str(count))


def mean(value: str) -> str:
    return f"avg(CAST({value} AS DOUBLE))"


def total(value: str) -> str:
    return f"sum({value})"


def sample_std(value: str) -> str:
    return f"stddev_samp(CAST({value} AS DOUBLE))"


def standardized(value: str, mean: float, std: float) -> str:
    """The distance of a number from the mean, in standard deviations."""
    return f"(({in_double(value)} - {number_literal(float(mean))}) / {number_literal(float(std))})"


def magnitude(value: str) -> str:
    return f"abs({value})"


def quantiles(value: str, levels: Sequence[float]) -> str:
    """A list: linear interpolation between the two nearest ranks, as numpy does by default."""
    listed = ", ".join(f"CAST('{level!r}' AS DOUBLE)" for level in levels)
    return spelled("quantiles", in_double(value), listed)
