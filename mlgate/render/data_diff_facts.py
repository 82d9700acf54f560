"""What a diff of data says, in words and cells that every medium shares."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.render.facts import as_count, as_number, as_text
from mlgate.render.words import count

MAX_NAMED = 20
MAX_VALUES = 5
_SIDES = ("before", "after")


@dataclass(frozen=True, slots=True)
class Medium:
    """How a medium writes a name, any other text from a diff, and the sign between before and after."""

    name: Callable[[str], str]
    text: Callable[[str], str]
    arrow: str

    def names(self, found: Sequence[str]) -> str:
        more = f" and {len(found) - MAX_NAMED:,} more" if len(found) > MAX_NAMED else ""
        return ", ".join(map(self.name, found[:MAX_NAMED])) + more

    def moved(self, before: str, after: str) -> str:
        """Both, or one where they read the same."""
        return before if before == after else f"{before} {self.arrow} {after}"


def size_facts(diff: Mapping[str, Any], medium: Medium) -> list[str]:
    """Rows and columns of both tables, and rows that could not be read."""
    sides = [mapping(diff, side) for side in _SIDES]
    rows = medium.moved(*(f"{as_count(side.get('rows')) or 0:,}" for side in sides))
    columns = medium.moved(*(f"{as_count(side.get('columns')) or 0:,}" for side in sides))
    unread = [(which, as_count(side.get("unread_rows")) or 0) for which, side in zip(_SIDES, sides, strict=True)]
    told = [f"{count(rows, 'row')} {which} could not be read and took no part" for which, rows in unread if rows]
    return [f"{rows} rows, {columns} columns", *told]


def header_facts(diff: Mapping[str, Any], medium: Medium) -> list[tuple[str, str]]:
    """What changed in the columns, each with a mark: + came, - went, ~ renamed, ! changed."""
    schema = mapping(diff, "schema")
    facts: list[tuple[str, str]] = []
    for key, mark in (("added", "+"), ("removed", "-")):
        found = mappings(schema, key)
        facts += [(mark, f"{_column(one, medium)} ({_text(one, 'type', medium)})") for one in found[:MAX_NAMED]]
        facts += [(mark, f"... and {len(found) - MAX_NAMED:,} more")] * (len(found) > MAX_NAMED)
    for one in mappings(schema, "renamed")[:MAX_NAMED]:
        both = f"{medium.name(as_text(one.get('before')))} {medium.arrow} {medium.name(as_text(one.get('after')))}"
        alike = f"names {share(one.get('name_likeness'))} alike, content {share(one.get('content_likeness'))}"
        facts.append(("~", f"{both}, likely renamed ({alike})"))
    for one in mappings(schema, "retyped")[:MAX_NAMED]:
        types = medium.moved(_text(one, "before", medium), _text(one, "after", medium))
        facts.append(("!", f"{_column(one, medium)} is of another type: {types}"))
    repeated = [as_text(item) for item in listed(schema, "repeated")]
    facts += [("!", f"the header repeats {medium.names(repeated)}")] * bool(repeated)
    facts += [("!", "the columns stand in another order")] * (schema.get("reordered") is True)
    return facts


def row_facts(diff: Mapping[str, Any], medium: Medium) -> list[str]:
    """Rows by the key, and as wholes where there is none."""
    key = mapping(diff, "key")
    columns = medium.names([as_text(item) for item in listed(key, "columns")])
    if not key or as_text(key.get("problem")):
        problem = [f"by {columns}: {_text(key, 'problem', medium)}"] if key else []
        return [*problem, *_whole_rows(diff)]
    counts = [f"{as_count(key.get(what)) or 0:,} {what}" for what in ("added", "removed", "changed")]
    facts = [f"by {columns}: {', '.join(counts)}, {as_count(key.get('same')) or 0:,} the same"]
    each = {as_text(name): as_count(rows) or 0 for name, rows in mapping(key, "changed_by_column").items()}
    most = sorted(each, key=lambda name: (-each[name], name))
    if most:
        more = f" and {len(most) - MAX_NAMED:,} more columns" if len(most) > MAX_NAMED else ""
        told = ", ".join(f"{medium.name(name)} in {each[name]:,}" for name in most[:MAX_NAMED])
        facts.append(f"changed: {told}{more}")
    without = [as_count(item) or 0 for item in listed(key, "without_key")]
    if len(without) == 2 and any(without):
        facts.append(f"left out, for want of a key: {without[0]:,} before, {without[1]:,} after")
    return facts


def _whole_rows(diff: Mapping[str, Any]) -> list[str]:
    rows = mapping(diff, "rows")
    same, old, new = (as_count(rows.get(key)) for key in ("same", "only_before", "only_after"))
    if same is None or old is None or new is None:
        return []
    columns = count(as_count(rows.get("columns_compared")) or 0, "column")
    return [f"{same:,} the same in the {columns} of both, {old:,} only before, {new:,} only after"]


def content_cells(change: Mapping[str, Any], medium: Medium) -> tuple[str, ...]:
    """A column's figures: name, type, missing, distinct, mean, range, values."""

    def whole(value: Any) -> str:
        return f"{as_count(value) or 0:,}"

    def number(value: Any) -> str:
        return medium.text(figure(value))

    low, high = pair(change, "low"), pair(change, "high")
    if None in (*low, *high):
        reach = _both(change, "longest", lambda value: f"up to {whole(value)} long", medium)
    else:
        reach = medium.moved(*(f"{number(a)} to {number(b)}" for a, b in zip(low, high, strict=True)))
    return (
        _column(change, medium),
        _text(change, "type", medium),
        _both(change, "missing_fraction", share, medium),
        _both(change, "distinct", whole, medium),
        _both(change, "mean", number, medium),
        reach,
        "; ".join(_value_facts(change, medium)),
    )


def _value_facts(change: Mapping[str, Any], medium: Medium) -> list[str]:
    """Values that came and went, and the one whose share moved most; hidden ones in counts."""
    values = mapping(change, "values")
    facts = []
    for what, key, side in (("new", "appeared", "after"), ("gone", "vanished", "before")):
        total, found = as_count(values.get(key)) or 0, mappings(values, f"{key}_values")
        seen = [one for one in found if one.get("value") is not None][:MAX_VALUES]
        told = [f"{_text(one, 'value', medium, as_name=True)} ({as_count(one.get(side)) or 0:,})" for one in seen]
        rows = sum(as_count(one.get(side)) or 0 for one in found)
        if total > len(told):
            told.append(f"{total - len(told):,} more" if told else f"{count(total, 'value')} in {count(rows, 'row')}")
        facts += [f"{what}: {', '.join(told)}"] * bool(told)
    most, present = mapping(values, "most_moved"), [as_count(item) for item in listed(values, "present")]
    if most and len(present) == 2 and all(present):
        shares = [(as_count(most.get(side)) or 0) / (rows or 1) for side, rows in zip(_SIDES, present, strict=True)]
        which = _text(most, "value", medium, as_name=True) if most.get("value") is not None else "one value"
        facts.append(f"moved most: {which} {medium.moved(*map(share, shares))}")
    return facts


def without_empty(table: Sequence[Sequence[str]]) -> list[Sequence[str]]:
    """A table without the columns of which no row but the head says anything."""
    kept = [place for place in range(len(table[0])) if any(row[place] for row in table[1:])]
    return [[row[place] for place in kept] for row in table]


# --- parts ----------------------------------------------------------------------------------------------------------


def _column(one: Mapping[str, Any], medium: Medium) -> str:
    return medium.name(as_text(one.get("column")))


def _text(one: Mapping[str, Any], key: str, medium: Medium, *, as_name: bool = False) -> str:
    text = as_text(one.get(key))
    return medium.name(text) if as_name else medium.text(text)


def _both(change: Mapping[str, Any], key: str, written: Callable[[Any], str], medium: Medium) -> str:
    found = pair(change, key)
    if found == (None, None):
        return ""
    return medium.moved(*("none" if value is None else written(value) for value in found))


def figure(value: Any) -> str:
    """A number with four digits, or a moment as it stands.

    Examples
    --------
    >>> figure(54.123456), figure(1204), figure(98765.4), figure("2026-01-31")
    ('54.12', '1,204', '98,765', '2026-01-31')
    """
    number = as_number(value)
    if number is None:
        return as_text(value)[:40]
    if number.is_integer() and abs(number) < 1e15:
        return f"{int(number):,}"
    return f"{number:.4g}" if not 1e4 <= abs(number) < 1e15 else f"{number:,.0f}"


def share(value: Any) -> str:
    """A share in percent, such that only 0 is 0 % and only 1 is 100 %.

    Examples
    --------
    >>> share(0.0213), share(0.00004), share(0.99999), share(1)
    ('2.1 %', 'under 0.1 %', 'over 99.9 %', '100 %')
    """
    number = as_number(value)
    if number is None:
        return ""
    percent = round(100 * number, 1)
    if percent == 0 and number > 0:
        return "under 0.1 %"
    if percent == 100 and number < 1:
        return "over 99.9 %"
    return f"{percent:g} %"


def pair(change: Mapping[str, Any], key: str) -> tuple[Any, Any]:
    found = listed(change, key)
    return (found[0], found[1]) if len(found) == 2 else (None, None)


def mapping(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, Mapping) else {}


def mappings(data: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    return [item for item in listed(data, key) if isinstance(item, Mapping)]


def listed(data: Mapping[str, Any], key: str) -> list[Any]:
    value = data.get(key)
    return list(value) if isinstance(value, list | tuple) else []
