"""Frictionless Table Schemas, and the descriptors of resources and packages that hold one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlgate.data import words
from mlgate.data.imports.declarations import Check, Entry, Origin
from mlgate.data.imports.draft import Draft
from mlgate.data.imports.frictionless_fields import read_field
from mlgate.errors import UsageError

EXPECTED = "a mapping with the list `fields`, or a resource or package with such a `schema`"
_HEAD = (
    "A column may be empty unless it is `required`; NaN counts as missing. A table without rows is an error.",
    "Of a descriptor, schema, dialect and encoding are read.",
)
_KEY_VALUES = "each of its fields needs a value, as the standard says; to frictionless-py one of them is enough"
_MISSING_ROW = "a row in which one of the columns is missing is not judged here"
_ENCODINGS = {
    **dict.fromkeys(("utf-8", "utf8", "utf-8-sig", "ascii", "us-ascii"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf16"), "utf-16"),
    **dict.fromkeys(("latin-1", "latin1", "iso-8859-1", "iso8859-1"), "latin-1"),
}
_SCHEMA_KEYS = (
    *("fields", "missingValues", "primaryKey", "foreignKeys", "uniqueKeys", "fieldsMatch"),
    *("name", "title", "description", "$schema", "profile"),
)
_JUDGED_ELSEWHERE = {
    "hash": "track the file with DVC",
    "bytes": "track the file with DVC",
    "stats": "row_count, or DVC",
    "checklist": "expressions, and the checks of the table",
}


def is_frictionless(data: object) -> bool:
    """Whether the data look like a schema, or like a descriptor that holds one."""
    if not isinstance(data, Mapping):
        return False
    return isinstance(data.get("fields"), list) or _has_schema(data) or isinstance(data.get("resources"), list)


def read_frictionless(data: Mapping[str, Any], draft: Draft, *, resource: str = "") -> None:
    """Add all of a schema to a draft; what has no counterpart is left there with the reason.

    Parameters
    ----------
    data : a schema, a resource or a package
    resource : which one of a package; empty where it has only one with a schema

    Raises
    ------
    UsageError
        It holds no schema, or several of which none is chosen.
    """
    descriptor, schema = _chosen(data, resource)
    draft.head += [*_described(descriptor), *_described(schema), *_HEAD]
    fields = list(_fields(schema, draft))
    decimals = {str(field.get("decimalChar", ".")) for field in fields if field.get("type") == "number"}
    decimal = "," if decimals == {","} else "."
    if decimal != ".":
        draft.read["decimal"] = decimal
    _dialect(descriptor, draft)
    _missing(schema.get("missingValues"), draft)
    keys = _names(schema.get("primaryKey"))
    for field in fields:
        read_field(field, draft, decimal=decimal, in_key=field["name"] in keys)
    _match(schema.get("fieldsMatch"), [str(field["name"]) for field in fields], draft)
    _keys(schema, draft)
    own = descriptor.get("name")
    for key in _listed(schema.get("foreignKeys")):
        _foreign_key(key, own if isinstance(own, str) else "", draft)
    for name in [name for name in schema if name not in _SCHEMA_KEYS]:
        draft.leave(Origin(name), "it is not read")
    for name, nearest in _JUDGED_ELSEWHERE.items():
        if descriptor.get(name):
            draft.leave(Origin(name), "it says what the file is, and is not read", nearest)


def _described(source: Mapping[str, Any]) -> list[str]:
    told = ("name", "title", "description")
    return [f"{key.capitalize()}: {words.short(str(source[key]))}" for key in told if source.get(key)]


def _has_schema(data: Mapping[str, Any]) -> bool:
    schema = data.get("schema")
    return isinstance(schema, Mapping) and isinstance(schema.get("fields"), list)


def _chosen(data: Mapping[str, Any], resource: str) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The resource's descriptor, empty for a bare schema, and its schema."""
    listed = data.get("resources")
    if not isinstance(listed, list):
        if resource:
            raise UsageError(f"no resource is called {resource!r}: the file is no package", hint="leave --resource out")
        return (data, data["schema"]) if _has_schema(data) else ({}, data)
    known = {str(item.get("name", place)): item for place, item in enumerate(listed) if _is_resource(item)}
    told = words.listed(known)
    if resource and resource not in known:
        raise UsageError(f"no resource with a schema is called {resource!r}", hint=f"there are: {told or 'none'}")
    if len(known) != 1 and not resource:
        fact = f"the package has {len(known)} resources with a schema of their own"
        raise UsageError(fact, hint=f"choose one with --resource: {told}" if known else "import the file of the schema")
    descriptor = known[resource] if resource else next(iter(known.values()))
    return descriptor, descriptor["schema"]


def _is_resource(item: object) -> bool:
    return isinstance(item, Mapping) and _has_schema(item)


def _fields(schema: Mapping[str, Any], draft: Draft) -> Iterator[Mapping[str, Any]]:
    seen = set()
    for place, field in enumerate(_listed(schema.get("fields")), 1):
        name = field.get("name") if isinstance(field, Mapping) else None
        if not isinstance(name, str) or name in seen:
            draft.leave(Origin(f"field {place}"), "it has no name of its own")
            continue
        seen.add(name)
        yield field


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _names(value: Any) -> list[str]:
    """One name, or a list of them."""
    listed = [value] if isinstance(value, str) else _listed(value)
    return listed if all(isinstance(item, str) and item for item in listed) else []


def _dialect(descriptor: Mapping[str, Any], draft: Draft) -> None:
    """How a text file is written: flat in versions 1 and 2, below `csv` in between."""
    encoding = descriptor.get("encoding")
    if isinstance(encoding, str):
        known = _ENCODINGS.get(encoding.lower())
        if known is None:
            draft.leave(Origin("encoding"), f"{words.short(encoding)} is not read", "save the file as UTF-8")
        elif known != "utf-8":
            draft.read["encoding"] = known
    dialect = descriptor.get("dialect")
    if isinstance(dialect, str):
        draft.leave(Origin("dialect"), "it stands in a file of its own", "read: {delimiter: ...}")
    if not isinstance(dialect, Mapping):
        return
    of_csv = dialect.get("csv")
    given = {key: value for key, value in dialect.items() if key != "csv"}
    given |= of_csv if isinstance(of_csv, Mapping) else {}
    for key, value in given.items():
        if key == "delimiter" and isinstance(value, str) and len(value) == 1:
            draft.read["delimiter"] = value
            draft.mapped += 1
        elif key == "nullSequence" and isinstance(value, str):
            draft.read["null"] = ["", value]
            draft.mapped += 1
        elif value is not None and value not in _USUAL.get(key, ()):
            draft.leave(Origin(f"dialect.{key}"), f"{words.short(repr(value))}: files are read in one way only")


_USUAL: dict[str, tuple[Any, ...]] = {
    "quoteChar": ('"',),
    "doubleQuote": (True,),
    "skipInitialSpace": (False,),
    "header": (True,),
    "headerRows": ([1],),
    "headerCase": (True,),
    "headerJoin": (" ",),
    "caseSensitiveHeader": (True, False),
    "lineTerminator": ("\r\n", "\n", "\r"),
    "skipBlankRows": (False,),
    "commentRows": ([],),
    "csvddfVersion": (1, 1.2, "1.2"),
    "escapeChar": ("",),
    "commentChar": ("",),
    "$schema": ("https://datapackage.org/profiles/2.0/tabledialect.json",),
}
"""Values of a dialect that need no word, since files are always read so."""


def _missing(values: Any, draft: Draft) -> None:
    if values is None:
        return
    tokens = [item.get("value") if isinstance(item, Mapping) else item for item in _listed(values)]
    if not tokens or not all(isinstance(token, str) for token in tokens):
        draft.leave(Origin("missingValues"), "the empty text is always missing here, and tokens are texts")
        return
    draft.mapped += 1
    every = list(dict.fromkeys([*draft.read.get("null", ()), *tokens]))
    if every != [""]:
        draft.read["null"] = every


def _match(mode: Any, names: list[str], draft: Draft) -> None:
    """How fields and header belong together: in the same order unless the schema says otherwise."""
    mode = mode[0] if isinstance(mode, list) and len(mode) == 1 else mode or "exact"
    origin = Origin("fieldsMatch")
    draft.extra_columns = "ignore" if mode in ("subset", "partial") else "fail"
    draft.mapped += 1
    if mode == "exact" and len(names) > 1:
        check = Check(check="columns_match", argument={"columns": names, "ordered": True, "exact": False})
        draft.add(Entry(origin=origin, checks=(check,), columns=names))
    elif mode in ("superset", "partial"):
        draft.leave(origin, f"{mode}: here every declared column must be there", "environments")
    elif mode not in ("exact", "equal", "subset"):
        draft.leave(origin, f"{words.short(str(mode))} is not known")


def _keys(schema: Mapping[str, Any], draft: Draft) -> None:
    """Primary key: each of its fields has a value, as the standard says, and together they are unique."""
    given = [("primaryKey", _names(schema.get("primaryKey")))] if schema.get("primaryKey") else []
    given += [("uniqueKeys", _names(key)) for key in _listed(schema.get("uniqueKeys"))]
    for what, names in given:
        origin = Origin(what, ", ".join(names))
        absent = [name for name in names if name not in draft.columns]
        if not names or absent:
            draft.leave(origin, f"no field is called {words.listed(absent)}" if absent else "it is no list of fields")
            continue
        if what == "primaryKey":
            for name in names:
                check = Check(check="not_null", argument=True)
                draft.add(Entry(origin=Origin(what, name), checks=(check,), column=name))
        if len(names) == 1:
            draft.add(Entry(origin=origin, checks=(Check(check="unique", argument=True),), column=names[0]))
        else:
            told = (_KEY_VALUES if what == "primaryKey" else _MISSING_ROW,)
            check = Check(check="unique", argument=names)
            draft.add(Entry(origin=origin, checks=(check,), columns=names, differs=told))


def _foreign_key(key: Any, own: str, draft: Draft) -> None:
    """A key into another resource, which is a dataset of the same name here; an empty name is the resource itself."""
    values = key if isinstance(key, Mapping) else {}
    reference = values.get("reference")
    reference = reference if isinstance(reference, Mapping) else {}
    names, there = _names(values.get("fields")), _names(reference.get("fields"))
    other = reference.get("resource") or own
    origin = Origin("foreignKeys", ", ".join(names))
    if not names or not there or not isinstance(other, str):
        draft.leave(origin, "it does not name fields on both sides")
    elif not other:
        nearest = "foreign_keys with `references: {dataset: ...}`"
        draft.leave(origin, "it refers to this table, whose name is not known", nearest)
    elif any(name not in draft.columns for name in names):
        draft.leave(origin, "it names a field that is not there")
    else:
        argument = {"columns": names, "references": {"dataset": other, "columns": there}}
        told = (
            f"declare {words.short(other)} as a dataset of mlgate.yaml, or give --reference {words.short(other)}=FILE"
        )
        check = Check(check="foreign_keys", argument=argument)
        differs = (told, *((_MISSING_ROW,) if len(names) > 1 else ()))
        draft.add(Entry(origin=origin, checks=(check,), columns=names, differs=differs))
