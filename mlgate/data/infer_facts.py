"""What the columns of a table hold: the type that all values have, and the figures that a schema is made of."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.config.json_types import STRING
from mlgate.config.schema import Column
from mlgate.data import aggregates as sql
from mlgate.data.hygiene import FAR_BELOW, NUMBERS_FOR_MISSING
from mlgate.data.infer_samples import TEXT_KINDS, possible_kinds, sample_texts
from mlgate.data.measure import first_broken, measure
from mlgate.data.plan import JSON_TYPE, Field, as_kind, field_of
from mlgate.data.table import Table
from mlgate.errors import SourceError
from mlgate.outcome import Location

LARGE_FOR_MISSING = (999, 9999, 99999, 999999)
COLUMNS_AT_ONCE = 12
"""The engine plans a query in a time that grows with the square of its length, and types make long expressions."""
LEADING_ZERO = r"^[+-]?0[0-9]+([.,][0-9]*)?$"
_WORD = "^(true|false)$"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What was seen of one column.

    Parameters
    ----------
    field : the column, read as its type
    rows, present, distinct : rows of the table; values that are there; different ones among them, as stored
    shortest, longest : characters of a text; None for other types
    texts_of_kind : of a text column, how many values are of each type
    codes : texts that are digits with a leading zero
    low, high : smallest and largest value; of numbers, of the finite ones that do not look like a missing value
    lowest, highest : of numbers, the smallest and largest finite one
    median : of the values between `low` and `high`
    whole : whether every finite number has no fraction
    nan, infinite : how many numbers are so
    small_missing, large_missing : how many are one of -999, ... and of 9999, ...
    """

    field: Field
    rows: int
    present: int
    distinct: int
    shortest: int | None = None
    longest: int | None = None
    texts_of_kind: Mapping[str, int]
    codes: int = 0
    low: Any = None
    high: Any = None
    lowest: Any = None
    highest: Any = None
    median: float | None = None
    whole: bool = False
    nan: int = 0
    infinite: int = 0
    small_missing: int = 0
    large_missing: int = 0

    @property
    def name(self) -> str:
        return self.field.name

    @property
    def kind(self) -> str:
        """The type as a schema names it."""
        return "any" if self.field.kind == "other" else self.field.kind

    @property
    def is_numeric(self) -> bool:
        return self.kind in ("integer", "number")

    @property
    def missing(self) -> int:
        """Rows without a value; NaN is none."""
        return self.rows - self.present + self.nan

    @property
    def complete(self) -> bool:
        return self.rows > 0 and not self.missing


def observe(table: Table, *, path: str, names: Collection[str] | None = None) -> list[Seen]:
    """What every named column holds, in the file's order; empty where the table has no rows.

    Parameters
    ----------
    path : the file as an error names it
    names : look at these columns only

    Raises
    ------
    SourceError
        The engine cannot read the file.
    """
    place = Location(table.shown)
    chosen = [name for name in table.columns if name and (names is None or name in names)]
    fields = [field_of(table, Column(name=name, location=place)) for name in chosen]
    kinds = possible_kinds(sample_texts(table, [field for field in fields if field.is_text]))
    asked = {field.name: _questions(field, kinds.get(field.name, ())) for field in fields}
    facts = ask(table, [(_readings(field, kinds), asked[field.name]) for field in fields], path)
    found = {field: known for field, (_, known) in zip(fields, facts, strict=True) if known["rows"]}
    typed = {field: as_kind(field, _kind(known)) if field.is_text else field for field, known in found.items()}
    more = ask(table, [([read], _range(read)) for read in typed.values()], path)
    return [
        _seen(read, kinds.get(read.name, ()), found[field], known)
        for (field, read), (_, known) in zip(typed.items(), more, strict=True)
    ]


def ask(
    table: Table, questions: Sequence[tuple[Sequence[Field], Mapping[str, str]]], path: str
) -> list[tuple[Sequence[Field], dict[str, Any]]]:
    """The answers to each set of named aggregates, beside the columns that they are about.

    Raises
    ------
    SourceError
        The engine cannot compute one.
    """
    facts: dict[str, Any] = {}
    for start in range(0, len(questions), COLUMNS_AT_ONCE):
        block = questions[start : start + COLUMNS_AT_ONCE]
        facts |= measure(table, [(fields, named.values()) for fields, named in block if named])
    broken = first_broken(facts)
    if broken:
        raise SourceError(f"{path} cannot be read: {broken.reason}", hint="write the file again")
    return [(fields, {name: facts[text] for name, text in named.items()}) for fields, named in questions]


def _readings(field: Field, kinds: Mapping[str, Sequence[str]]) -> list[Field]:
    json = [as_kind(field, JSON_TYPE)] if field.json_types else []
    return [field, *json, *(as_kind(field, kind) for kind in kinds.get(field.name, ()))]


def _questions(field: Field, kinds: Sequence[str]) -> dict[str, str]:
    """Aggregates that decide a column's type; `kinds` are the types that a text may have."""
    asked = {"rows": sql.ROWS, "present": sql.count(field.raw), "distinct": sql.count_distinct(field.raw)}
    if field.kind == "string":
        size = sql.text_length(sql.as_text(field.value))
        asked |= {"shortest": sql.smallest(size), "longest": sql.largest(size)}
    if field.is_text:
        asked |= {kind: sql.count(as_kind(field, kind).value) for kind in kinds}
        asked["codes"] = sql.count_where(sql.matches(f"trim({field.raw})", LEADING_ZERO))
        asked["words"] = sql.count_where(sql.matches(f"lower(trim({field.raw}))", _WORD))
    if field.json_types:
        asked["texts"] = sql.count_where(f"{as_kind(field, JSON_TYPE).value} = {STRING}")
    return asked


def _kind(found: Mapping[str, Any]) -> str:
    """The type of a text column: the narrowest that all values are, else text, or `any` if JSON knows other values."""
    present = found["present"]
    texts = "string" if found.get("texts", present) == present else "any"
    if not present:
        return "any"
    if found["codes"]:
        return texts
    if found["words"] == found.get("boolean") == present:
        return "boolean"
    kinds = (kind for kind in TEXT_KINDS if kind != "boolean")
    return next((kind for kind in kinds if found.get(kind) == present), texts)


def _range(field: Field) -> dict[str, str]:
    """Aggregates for the extent of numbers, dates and times."""
    value = field.value
    if field.kind in ("date", "datetime"):
        return {"low": sql.as_text(sql.smallest(value)), "high": sql.as_text(sql.largest(value))}
    if field.kind not in ("integer", "number"):
        return {}
    small, large = _one_of(value, NUMBERS_FOR_MISSING), _one_of(value, LARGE_FOR_MISSING)
    finite = sql.is_finite(value)
    core = f"{finite} AND NOT {small} AND NOT {large}"
    return {
        "lowest": sql.smallest(value, finite),
        "highest": sql.largest(value, finite),
        "low": sql.smallest(value, core),
        "high": sql.largest(value, core),
        "median": sql.quantiles(sql.only_where(core, value), [0.5]),
        "fractions": sql.count_where(f"{finite} AND NOT {sql.is_whole(value)}"),
        "finite": sql.count_where(finite),
        "nan": sql.count_where(field.nan) if field.nan else "0",
        "small": sql.count_where(small),
        "large": sql.count_where(large),
        "large_found": sql.largest(value, large),
    }


def _one_of(value: str, numbers: Sequence[int]) -> str:
    return f"{value} IN ({', '.join(map(sql.number_literal, numbers))})"


def _seen(field: Field, kinds: Sequence[str], found: Mapping[str, Any], more: Mapping[str, Any]) -> Seen:
    present, nan = found["present"], more.get("nan") or 0
    common = {
        "field": field,
        **{name: found[name] for name in ("rows", "present", "distinct")},
        **{name: found.get(name) for name in ("shortest", "longest")},
        "texts_of_kind": {kind: found[kind] for kind in kinds},
        "codes": found.get("codes", 0),
    }
    if "fractions" not in more:
        return Seen(**common, low=more.get("low"), high=more.get("high"))
    small, large = _for_missing(more)
    low, high = more["low"] if small else more["lowest"], more["high"] if large else more["highest"]
    (median,) = more["median"] or (None,)
    return Seen(
        **common,
        low=low,
        high=high,
        lowest=more["lowest"],
        highest=more["highest"],
        median=median,
        whole=more["finite"] > 0 and not more["fractions"],
        nan=nan,
        infinite=present - more["finite"] - nan,
        small_missing=small,
        large_missing=large,
    )


FAR_ABOVE = 5
"""9999 does only where it is so many times the largest other value, and stands there twice or more."""


def _for_missing(more: Mapping[str, Any]) -> tuple[int, int]:
    """How many small and large numbers stand for a missing value."""
    low, high = more["low"], more["high"]
    small = more["small"] if low is not None and low >= FAR_BELOW else 0
    far = high is not None and more["large"] > 1 and more["large_found"] >= FAR_ABOVE * max(high, 1)
    return small, more["large"] if far else 0


_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def words_of(name: str) -> tuple[str, ...]:
    """The words of a column's name in lower case.

    Examples
    --------
    >>> words_of("PatientID"), words_of("visit_date"), words_of("Country Code")
    (('patient', 'id'), ('visit', 'date'), ('country', 'code'))
    """
    return tuple(part.lower() for part in re.split(r"[\W_]+", _CAMEL.sub(" ", name)) if part)
