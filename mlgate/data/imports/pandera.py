"""Pandera's schemas of data frames: the YAML that `to_yaml` writes, in all three forms that versions have had.

Checks stand in a mapping by name, in a list with `options: {check_name: ...}`, or beside the other keys of the column.
Functions of one's own are never in that file: Pandera leaves them out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from mlgate.data import words
from mlgate.data.imports.arguments import Arguments
from mlgate.data.imports.declarations import Check, Entry, NotMappedError, Origin
from mlgate.data.imports.draft import Draft
from mlgate.data.imports.pandera_checks import NULL_FAILS, PANDERA_CHECKS
from mlgate.data.imports.patterns import anchored
from mlgate.data.imports.type_names import WIDTHS, is_sized, type_named

_OF_BOTH = ("title", "description", "dtype", "checks", "name", "unique", "coerce", "drop_invalid_rows", "metadata")
_OF_COLUMN = (*_OF_BOTH, "nullable", "required", "regex", "default", "report_duplicates")
"""Keys of a column that are not checks."""

_OF_SCHEMA = (
    *_OF_BOTH,
    *("schema_type", "version", "api", "dataframe_library", "columns", "index", "multiindex", "strict", "ordered"),
    *("report_duplicates", "unique_column_names", "add_missing_columns", "default"),
)

_OPTIONS = ("ignore_na", "raise_warning", "n_failure_cases", "groupby", "groups", "error", "name", "check_name")
_HEAD = (
    "Checks that are functions are not in Pandera's YAML: add them as `expressions`, or as tests.",
    "A table without rows is an error here, and passes there. In a text file the empty text is missing.",
)
EXPECTED = "a mapping with `schema_type: dataframe` and `columns`, as pandera's to_yaml writes it"


def is_pandera(data: object) -> bool:
    """Whether the data look like a schema of a data frame."""
    if not isinstance(data, Mapping):
        return False
    known = isinstance(data.get("columns"), Mapping | list) and {"coerce", "strict", "index"} <= set(data)
    return data.get("schema_type") == "dataframe" or known


def read_pandera(schema: Mapping[str, Any], draft: Draft) -> None:
    """Add all of a schema to a draft; what has no counterpart is left there with the reason."""
    draft.head += [f"{key.capitalize()}: {schema[key]}" for key in ("name", "title", "description") if schema.get(key)]
    draft.head += _HEAD
    columns = list(_columns(schema, draft))
    patterns = [name for name, column in columns if _true(column, "regex")]
    _extra_columns(schema, patterns, draft)
    for name, column in columns:
        if _true(column, "regex"):
            _read_pattern(name, column, schema, draft)
        else:
            _read_column(name, column, schema, draft)
    _read_table(schema, {name: column for name, column in columns if name not in patterns}, draft)


def _columns(schema: Mapping[str, Any], draft: Draft) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Columns by name; a list of them has names of several levels."""
    columns = schema.get("columns")
    if isinstance(columns, Mapping):
        pairs = list(columns.items())
    else:
        listed = columns if isinstance(columns, list) else []
        pairs = [(item.get("name") if isinstance(item, Mapping) else None, item) for item in listed]
    for name, column in pairs:
        if not isinstance(name, str) or not isinstance(column, Mapping | None):
            told = words.short(repr(name))
            draft.leave(Origin("column", told), "a column has one name, and a mapping of what it must hold")
        else:
            yield name, column or {}


def _true(values: Mapping[str, Any], key: str) -> bool:
    return values.get(key) is True


def _read_column(name: str, column: Mapping[str, Any], schema: Mapping[str, Any], draft: Draft) -> None:
    declared = draft.column(name)
    draft.mapped += 1
    declared.comments += [str(column[key]) for key in ("title", "description") if column.get(key)]
    if column.get("metadata"):
        declared.comments.append(f"metadata: {words.short(repr(column['metadata']))}")
    _declare_type(name, schema.get("dtype") or column.get("dtype"), draft)
    nullable = _true(column, "nullable")
    checks = list(_checks(column, name, draft))
    fails_null = any(check.check in NULL_FAILS and not ignores_null for _, check, ignores_null, _ in checks)
    may_be_null = Check(check="null_fraction", argument={"max": 1})
    nulls = may_be_null if nullable and not fails_null else Check(check="not_null", argument=True)
    _add(Origin("nullable", name), nulls, name, draft)
    if _true(column, "unique"):
        differs = ["missing values are not compared here"] if nullable else []
        _add(Origin("unique", name), Check(check="unique", argument=True), name, draft, *differs)
    if column.get("required") is False:
        text = "the column must be there: a schema has no optional ones"
        draft.leave(Origin("required: false", name), text, "environments, or no declaration")
    _read_handling(Origin("", name), column, draft)
    for origin, check, _, told in checks:
        _add(origin, check, name, draft, *told)


def _declare_type(name: str, dtype: Any, draft: Draft) -> None:
    if dtype is None:
        return
    origin = Origin("dtype", name)
    type_ = type_named(dtype) if isinstance(dtype, str) else None
    if type_ is None:
        told = words.short(str(dtype))
        draft.leave(origin, f"no type of a schema means {told}", "in_set" if told == "category" else "type: string")
        return
    try:
        draft.declare_type(name, type_)
    except NotMappedError as problem:
        draft.leave(origin, problem.reason)
        return
    if is_sized(str(dtype)):
        draft.remark(WIDTHS)


def _add(origin: Origin, check: Check, column: str, draft: Draft, *differs: str) -> None:
    draft.add(Entry(origin=origin, checks=(check,), column=column, differs=differs))


_HANDLING = {
    "coerce": "values are converted before they are checked there; here they are judged as they stand",
    "drop_invalid_rows": "rows that do not hold are dropped there; here they fail",
    "add_missing_columns": "columns that are absent are added there; here they fail",
}


def _read_handling(origin: Origin, values: Mapping[str, Any], draft: Draft) -> None:
    """What changes the data before or after they are checked, which a gate does not do."""
    for key, reason in _HANDLING.items():
        if _true(values, key):
            draft.leave(Origin(key, origin.column), reason)
    if values.get("default") is not None:
        told = words.short(str(values["default"]))
        draft.leave(Origin("default", origin.column), f"missing values become {told} there; here they stay missing")


def _read_pattern(name: str, column: Mapping[str, Any], schema: Mapping[str, Any], draft: Draft) -> None:
    """A column whose name is a pattern: checks of all the columns that it chooses."""
    chosen = {"regex": anchored(name)}
    if schema.get("dtype") or column.get("dtype"):
        reason = "columns that are chosen by a pattern have no declared type"
        draft.leave(Origin("dtype", name), reason, "declare the columns one by one")
    _read_handling(Origin("", name), column, draft)
    if column.get("required") is False:
        draft.leave(Origin("required: false", name), "a pattern that chooses no column is an error here")
    nulls = ("null_fraction", {"max": 1}) if _true(column, "nullable") else ("not_null", True)
    unique = [(Origin("unique", name), Check(check="unique", argument=True))] if _true(column, "unique") else []
    for origin, check in ((Origin("nullable", name), Check(check=nulls[0], argument=nulls[1])), *unique):
        draft.add(Entry(origin=origin, checks=(check,), chosen=chosen))
    for origin, check, _, differs in _checks(column, name, draft):
        draft.add(Entry(origin=origin, checks=(check,), chosen=chosen, differs=differs))


def _checks(
    column: Mapping[str, Any], name: str, draft: Draft
) -> Iterator[tuple[Origin, Check, bool, tuple[str, ...]]]:
    """Checks of a column: where each stands, what it is here, whether it leaves nulls out, what differs."""
    for check_name, given in _written(column):
        origin = Origin(check_name, name)
        args = Arguments(given)
        try:
            if check_name not in PANDERA_CHECKS:
                raise NotMappedError("a check of your own code", "expressions, or a test")
            if args.get("groupby") is not None or args.get("groups") is not None:
                raise NotMappedError("values are judged in groups there (`groupby`)")
            found, *differs = PANDERA_CHECKS[check_name](args)
            if found.check == "distinct_equal" and _true(column, "nullable"):
                differs.append("a column of missing values only passes here")
            ignores_null = args.flag("ignore_na", default=True)
            warn = args.flag("raise_warning")
        except NotMappedError as problem:
            draft.leave(origin, problem.reason, problem.nearest)
            continue
        said = [text for text in (args.get("name"), args.get("error")) if isinstance(text, str) and text != check_name]
        args.ignore(*_OPTIONS)
        differs += [f"`{unread}` is not read" for unread in args.unread()]
        described = " ".join(said)
        check = Check(check=found.check, argument=found.argument, warn=warn, description=described)
        yield origin, check, ignores_null, tuple(differs)


def _written(column: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Name and arguments of each check, whichever form the file has; a single argument is called `value`."""
    checks = column.get("checks")
    for item in checks if isinstance(checks, list) else ():
        options = item.get("options") if isinstance(item, Mapping) else None
        named = options.get("check_name") if isinstance(options, Mapping) else None
        yield (named, _flat(item)) if isinstance(named, str) else (words.short(repr(item)), {})
    flat = {key: value for key, value in column.items() if key not in _OF_COLUMN}
    for key, value in {**(checks if isinstance(checks, Mapping) else {}), **flat}.items():
        yield key, _flat(value)


def _flat(value: Any) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        return {"value": value}
    options = value.get("options")
    return {key: item for key, item in value.items() if key != "options"} | (
        dict(options) if isinstance(options, Mapping) else {}
    )


def _extra_columns(schema: Mapping[str, Any], patterns: list[str], draft: Draft) -> None:
    strict, origin = schema.get("strict"), Origin("strict")
    if strict is True and not patterns:
        draft.mapped += 1
        draft.extra_columns = "fail"
    elif strict is True:
        told = "columns that a pattern chooses are not declared, so that others cannot be told from them"
        draft.leave(origin, told, "declare the columns one by one, and `extra_columns: fail`")
    elif strict not in (None, False):
        draft.leave(origin, f"{words.short(str(strict))}: columns that are not declared are taken out there")


def _read_table(schema: Mapping[str, Any], columns: Mapping[str, Mapping[str, Any]], draft: Draft) -> None:
    for key in [key for key, value in schema.items() if key not in _OF_SCHEMA and value]:
        draft.leave(Origin(key), "it is not read")
    _read_handling(Origin(""), schema, draft)
    unique = schema.get("unique")
    keys = [unique] if isinstance(unique, str) else unique if isinstance(unique, list) else []
    if keys and all(isinstance(key, str) for key in keys):
        nullable = any(_true(columns.get(key, {}), "nullable") for key in keys)
        told = ("a row in which one of the columns is missing is not judged here",) if nullable else ()
        origin = Origin("unique", ", ".join(keys))
        check = Check(check="unique", argument=keys)
        draft.add(Entry(origin=origin, checks=(check,), columns=keys, differs=told))
    elif unique:
        draft.leave(Origin("unique"), "it is no list of columns")
    if _true(schema, "ordered") and columns:
        argument = {"columns": list(columns), "ordered": True, "exact": False}
        check = Check(check="columns_match", argument=argument)
        draft.add(Entry(origin=Origin("ordered"), checks=(check,), columns=list(columns)))
    if _true(schema, "unique_column_names"):
        draft.mapped += 1  # a header that repeats a name fails always
    index = schema.get("index")
    for level in index if isinstance(index, list) else []:
        named = level.get("name") if isinstance(level, Mapping) else None
        reason = "an index is no column of a file"
        draft.leave(
            Origin("index", str(named) if named else ""), reason, "declare it as a column where the file has it"
        )
    for check_name, _ in _written({"checks": schema.get("checks") or {}}):
        draft.leave(Origin(check_name), "it judges every value of the table", "`table: checks:` with `columns`")
