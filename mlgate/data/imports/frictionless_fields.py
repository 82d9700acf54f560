"""Fields of a Frictionless Table Schema: their types and constraints as ours.

A type that a schema of ours can read is declared. Another one is text with a pattern where that says the same, and any
value where it does not; then the constraints that need its values are left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from mlgate.data import words
from mlgate.data.imports.declarations import Check, Entry, Origin
from mlgate.data.imports.draft import Draft
from mlgate.data.imports.frictionless_constraints import FieldReading, read_constraints

UUID = "[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_YEAR_MONTH = "[0-9]{4}-(0[1-9]|1[0-2])"
_STRING_FORMATS = {
    "email": r"regex: '^[^@\s]+@[^@\s]+\.[^@\s]+$'",
    "uri": "regex: '^[a-z][a-z0-9+.-]*:'",
    "binary": "regex: '^[A-Za-z0-9+/=]*$'",
}
_DESCRIBING = ("name", "type", "format", "constraints", "title", "description", "rdfType", "example", "categories")
_NUMERIC_TRAITS = ("bareNumber", "groupChar", "decimalChar", "floatNumber")


def read_field(values: Mapping[str, Any], draft: Draft, *, decimal: str, in_key: bool) -> None:
    """Add one field to a draft.

    Parameters
    ----------
    values : the descriptor, with a name
    decimal : the decimal mark of the whole file
    in_key : whether it is part of the primary key, and so must have a value
    """
    name = str(values["name"])
    draft.mapped += 1
    column = draft.column(name)
    column.comments += [str(values[key]) for key in ("title", "description") if values.get(key)]
    if values.get("example") is not None:
        column.comments.append(f"for example {words.short(str(values['example']))}")
    if values.get("rdfType"):
        column.comments.append(f"rdfType {words.short(str(values['rdfType']))}")
    kind = values.get("type", "any")
    origin = Origin(f"type {kind}" if isinstance(kind, str) else "type", name)
    reading = _reading(values, decimal)
    if reading.type != "any":
        column.type = reading.type
    for reason, nearest in reading.left:
        draft.leave(origin, reason, nearest)
    if reading.checks:
        draft.add(Entry(origin=origin, checks=tuple(reading.checks), column=name))
    for text in reading.differs:
        draft.differ(origin, text)
    for key in [key for key in values if key not in (*_DESCRIBING, *_NUMERIC_TRAITS, "trueValues", "falseValues")]:
        if values[key] not in (None, [], {}):
            draft.leave(Origin(key, name), *_UNREAD.get(key, ("it is not read", "")))
    if values.get("categories"):
        draft.leave(Origin("categories", name), "they are names for values, and no constraint", "in_set")
    read_constraints(values, reading, draft, in_key=in_key)


_UNREAD = {
    "missingValues": ("tokens for missing values are those of the whole file here", "read: {null: [...]}"),
    "arrayItem": ("what the items of an array are is not judged", "json_schema"),
    "itemType": ("what the items of a list are is not judged", "regex"),
    "delimiter": ("what the items of a list are is not judged", "regex"),
}


def _reading(values: Mapping[str, Any], decimal: str) -> FieldReading:
    kind, form = values.get("type", "any"), values.get("format") or "default"
    if not isinstance(kind, str) or not isinstance(form, str):
        return _unread("its type or format is no text")
    match kind:
        case "integer" | "number":
            return _numeric(kind, values, decimal)
        case "boolean":
            return _boolean(values)
        case "date" | "datetime" | "time":
            return _temporal(kind, form)
        case "string":
            return _string(form)
    make = _OTHER_TYPES.get(kind)
    return make() if make else _unread("there is no such type here", "regex")


def _nested(shape: str, *left: tuple[str, str]) -> FieldReading:
    check = Check(check="json_schema", argument={"type": shape})
    return FieldReading("any", [check], left=list(left), ordered=False, of_text=False)


def _year() -> FieldReading:
    told = "a year with fewer than four digits is read too"
    return FieldReading("integer", [Check(check="between", argument=[0, 9999])], [told], of_text=False)


_OTHER_TYPES: dict[str, Callable[[], FieldReading]] = {
    "any": lambda: FieldReading("any"),
    "duration": lambda: FieldReading("duration", ordered=False),
    "year": _year,
    "yearmonth": lambda: FieldReading("string", [Check(check="fullmatch", argument=_YEAR_MONTH)], ordered=False),
    "object": lambda: _nested("object"),
    "array": lambda: _nested("array"),
    "geojson": lambda: _nested("object", ("only that it is a JSON object is judged", "")),
}
"""Types whose format does not matter here."""


def _unread(reason: str, nearest: str = "") -> FieldReading:
    return FieldReading("any", left=[(reason, nearest)], readable=False)


def _numeric(kind: str, values: Mapping[str, Any], decimal: str) -> FieldReading:
    group, mark = values.get("groupChar"), values.get("decimalChar", ".")
    if values.get("bareNumber") is False:
        why = "numbers with signs around them (`bareNumber: false`) are not read"
    elif group:
        why = f"numbers with {words.short(repr(group))} between their digits are not read"
    elif kind == "number" and mark != decimal:
        why = f"the decimal mark {words.short(repr(mark))} of one field is not read"
    else:
        return FieldReading(kind, of_text=False)
    return _unread(why, "plain numbers, or `read: {decimal: ...}`")


def _boolean(values: Mapping[str, Any]) -> FieldReading:
    given = [values.get("trueValues"), values.get("falseValues")]
    if given == [None, None]:
        return FieldReading("boolean", of_text=False)
    texts: list[Any] = []
    for found, default in zip(given, (["true", "True", "TRUE", "1"], ["false", "False", "FALSE", "0"]), strict=True):
        texts += default if found is None else found if isinstance(found, list) else []
    if not texts or not all(isinstance(text, str) for text in texts):
        return _unread("its words for true and false are no texts", "in_set")
    told = "declared text, since a schema has no words of its own for true and false"
    return FieldReading("string", [Check(check="in_set", argument=list(dict.fromkeys(texts)))], [told])


def _temporal(kind: str, form: str) -> FieldReading:
    if form == "any":
        return _unread("a format that is guessed is not read", f"type: {kind}, or datetime_format")
    if form != "default":
        return FieldReading("string", [Check(check="datetime_format", argument=form)], ordered=False)
    told = {
        "date": [],
        "datetime": ["a date without a time, and a time without seconds, are read too"],
        "time": ["a time without seconds is read too, one with a zone is not"],
    }
    return FieldReading(kind, differs=told[kind])


def _string(form: str) -> FieldReading:
    if form == "uuid":
        return FieldReading("string", [Check(check="fullmatch", argument=UUID)])
    left = [(f"the format {words.short(form)} is not judged", _STRING_FORMATS.get(form, "regex"))]
    return FieldReading("string", left=left if form != "default" else [])
