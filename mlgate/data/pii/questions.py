"""The questions that the engine answers about a column: how many values may hold something, and which they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from mlgate.data import aggregates as sql
from mlgate.data.own_queries import ROW
from mlgate.data.pii import shapes
from mlgate.data.plan import Field
from mlgate.late import dataclass

TEXT_KINDS = ("string", "any", "other", "binary")
NUMBER_KINDS = ("integer", "number")
LEAST_NUMBER, LEAST_TOLD_NUMBER = 10**10, 10**6
"""Numbers of 11 digits may be identity numbers, and where the column's name says so those of 7."""
MOST_NUMBER = 10**19
NUMERIC = frozenset(["payment_card", "national_id", "phone"])
"""Entities that whole numbers may be."""
BYTES_LOOKED_AT = 64_000_000
"""Of long texts no more than this is looked at closely."""


@dataclass(frozen=True, slots=True)
class Scanned:
    """A column in which entities are looked for.

    Parameters
    ----------
    field : of the table
    entities : names of `ENTITIES`, those that the schema does not allow
    """

    field: Field
    entities: tuple[str, ...]

    @property
    def is_number(self) -> bool:
        return self.field.kind in NUMBER_KINDS

    @property
    def is_told(self) -> bool:
        """Whether the column's name says that it holds numbers of phones or persons."""
        return any(shapes.is_told(entity, self.field.name) for entity in self.entities)

    @property
    def text(self) -> str:
        """SQL of the values as text; null where they are none."""
        field = self.field
        if self.is_number:
            number = field.value if field.is_text or field.kind == "integer" else field.raw
            return sql.whole_as_text(number, LEAST_TOLD_NUMBER, MOST_NUMBER)
        if field.engine_type == "BLOB":
            return sql.printable(field.raw)
        return field.raw if field.engine_type == "VARCHAR" else sql.as_text(field.raw)

    @property
    def may_hold(self) -> str:
        """Condition of the values in which something may be found."""
        return self._long_number if self.is_number else self.gate(self.text)

    @property
    def _long_number(self) -> str:
        number = self.field.value
        return f"{number} >= {LEAST_TOLD_NUMBER if self.is_told else LEAST_NUMBER} AND {number} < {MOST_NUMBER}"

    def gates(self, value: str) -> list[str]:
        """Conditions of which a text meets one in which something may be found."""
        gates = [sql.matches(value, gate) for gate in shapes.gates_of(self.entities, self.field.name)]
        words = shapes.words_pattern(self.entities)
        return [*gates, *([_told(value, words)] if words else [])]

    def gate(self, value: str) -> str:
        """Condition of a text in which something may be found; the same for columns of the same kind."""
        return _long_enough(value, sql.first_true(self.gates(value)))

    def passed(self, gates: int | None) -> str:
        """Condition of the values that passed one of these gates: bits of `candidates`, or none for any of them."""
        if self.is_number or gates is None:
            return self.may_hold
        chosen = [gate for place, gate in enumerate(self.gates(self.text)) if gates >> place & 1]
        return _long_enough(self.text, sql.first_true(chosen))

    def conditions(self, value: str) -> dict[str, str]:
        """Of a value that may hold something, the condition that it may hold each entity.

        Whole numbers are apart: what they are is told by the column, not by one of them. Their name is `numbers`.
        """
        if self.is_number:
            return {"numbers": "true"}
        whole = sql.matches(value, shapes.NUMBERS)
        numeric = NUMERIC & set(self.entities)
        found = {"numbers": whole} if numeric else {}
        for entity in self.entities:
            words = shapes.words_pattern((entity,))
            shape = sql.matches(value, shapes.shape_of(entity, self.field.name))
            holds = sql.first_true([shape, *([_told(value, words)] if words else [])])
            found[entity] = f"NOT {whole} AND {holds}" if entity in numeric else holds
        return found

    @property
    def counts(self) -> dict[str, str]:
        """The aggregates that every judgement needs."""
        return {"rows": sql.ROWS, "present": sql.count(self.field.raw)}

    @property
    def candidates(self) -> dict[str, str]:
        """The aggregate of the gates that values pass first, as bits; null where a closer look can find nothing."""
        gates = [self._long_number] if self.is_number else self.gates(self.text)
        first = sql.bit_of_first(gates)
        return {"candidates": sql.bits(first if self.is_number else _long_enough(self.text, first))}


def _long_enough(value: str, answer: str) -> str:
    return sql.only_where(f"{sql.byte_length(value)} >= {shapes.LEAST_LENGTH}", answer)


def _told(value: str, words: str) -> str:
    return sql.only_where(sql.matches(value, shapes.SOME_DIGITS), sql.matches(value, words))


def few_query(columns: Sequence[Scanned], source: str, most: int) -> str:
    """The distinct candidates of all columns of a small table: place of the column, value, rows, first row.

    A pattern takes the engine longer to make ready than to try on a few thousand values, so each is made once for all
    columns that ask the same. No more than `most` are given, and one.
    """
    groups: dict[str, list[int]] = {}
    for place, column in enumerate(columns):
        groups.setdefault("v IS NOT NULL" if column.is_number else column.gate("v"), []).append(place)
    parts = []
    for gate, places in groups.items():
        chosen = [columns[place] for place in places]
        texts = sql.row_of_each(
            [sql.only_where(each.may_hold, each.text) if each.is_number else each.text for each in chosen]
        )
        which = sql.row_of_each(list(map(str, places)))
        rows = f"SELECT {texts} AS v, {which} AS k, {ROW} FROM ({source}) AS source"  # noqa: S608  # made by aggregates
        parts.append(f"SELECT k, v, {ROW} FROM ({rows}) AS listed WHERE {gate}")  # noqa: S608  # made by aggregates
    every = " UNION ALL ".join(parts)
    return f"SELECT k, v, {sql.ROWS}, {sql.smallest(ROW)} FROM ({every}) AS every GROUP BY k, v LIMIT {most + 1}"  # noqa: S608  # made by aggregates


def counts_query(column: Scanned, source: str, gates: int | None, nth: int) -> tuple[str, list[str]]:
    """How many rows may hold each entity, about how many distinct values that are, and of how many bytes on average.

    Only every `nth` value that passed one of the gates is asked about.
    """
    conditions = column.conditions("v")
    flags = [f"f{place}" for place in range(len(conditions))]
    parts = [
        part
        for flag in flags
        for chosen in [sql.only_where(flag, "v")]
        for part in (sql.count(chosen), sql.about_distinct(chosen), sql.mean(sql.byte_length(chosen)))
    ]
    flagged = _flagged(
        column,
        source,
        dict(zip(flags, conditions.values(), strict=True)),
        sql.only_where(sql.every_nth(column.text, nth), column.passed(gates)),
    )
    return f"SELECT {', '.join(parts)} FROM ({flagged}) AS flagged", list(conditions)  # noqa: S608  # made by aggregates


def values_query(column: Scanned, source: str, gates: int | None, shares: Mapping[str, int]) -> str:
    """The distinct candidates: value, rows, first row, and for each entity of `shares` whether it may hold it.

    Of the values of an entity every n-th is taken, n being its share, chosen by a hash of the value.
    """
    conditions = column.conditions("v")
    flags = {
        f"f{place}": sql.only_where(sql.every_nth("v", nth), conditions[entity]) if nth > 1 else conditions[entity]
        for place, (entity, nth) in enumerate(shares.items())
    }
    names = ", ".join(flags)
    chosen = " OR ".join(flags)
    flagged = _flagged(column, source, flags, column.passed(gates), _some(column, shares))
    return (  # chosen by an aggregate, since the engine asks what stands in WHERE of every row, in place of `_some`
        f"SELECT v, {sql.ROWS}, {sql.smallest(ROW)}, {names} FROM ({flagged}) AS flagged "  # noqa: S608  # made by aggregates
        f"GROUP BY v, {names} HAVING {sql.ever(chosen)}"
    )


def _some(column: Scanned, shares: Mapping[str, int]) -> str:
    """Condition of the values that may be chosen: where most are of an entity of which a part is, the others need not
    be asked about each entity."""
    parts = sorted({nth for nth in shares.values() if nth > 1})
    if column.is_number or not parts:
        return " AND ".join(sql.every_nth("v", nth) for nth in parts) or "true"
    whole = tuple(entity for entity in column.entities if shares.get(entity) == 1)
    gates = replace(column, entities=whole).gates("v") if whole else []
    numbers = [sql.matches("v", shapes.NUMBERS)] if shares.get("numbers") == 1 else []
    return sql.first_true([*(sql.every_nth("v", nth) for nth in parts), *gates, *numbers])


def _flagged(column: Scanned, source: str, flags: Mapping[str, str], passed: str, some: str = "true") -> str:
    """Values with whether each condition holds for them."""
    found = f"SELECT {column.text} AS v, {ROW} FROM ({source}) AS source WHERE {passed}"  # noqa: S608  # made by aggregates
    named = ", ".join(f"coalesce({condition}, false) AS {name}" for name, condition in flags.items())
    return f"SELECT v, {ROW}, {named} FROM ({found}) AS found WHERE {some}"  # noqa: S608  # made by aggregates
