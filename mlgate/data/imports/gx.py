"""Great Expectations' suites: the JSON of versions 0 (`expectation_type`) and 1 (`type`)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from mlgate.data import words
from mlgate.data.imports.arguments import Arguments
from mlgate.data.imports.declarations import Check, Entry, NotMappedError, Origin
from mlgate.data.imports.draft import Draft
from mlgate.data.imports.gx_columns import COLUMN_EXPECTATIONS
from mlgate.data.imports.gx_conditions import condition
from mlgate.data.imports.gx_tables import NEAREST, TABLE_EXPECTATIONS
from mlgate.data.imports.schema_text import MAX_REMARK
from mlgate.data.imports.type_names import WIDTHS, is_sized, type_named

_TYPES = {
    "expect_column_values_to_be_of_type": "type_",
    "expect_column_type_to_be": "type_",
    "expect_column_values_to_be_in_type_list": "type_list",
}
_HOW_IT_RUNS = (
    *("result_format", "include_config", "catch_exceptions", "batch_id", "table", "interactive_evaluation"),
    *("auto", "profiler_config"),
)
_HEAD = (
    "Nulls only, a condition that chooses no row, and a table without rows are errors here, and pass there.",
    "Where a column may be empty, write `null_fraction: {max: 1}`.",
    "pandas reads NA, N/A, NaN, null and others as missing; here they are text until `read: {null: [...]}` names them.",
)


@dataclass(frozen=True, slots=True)
class _Expectation:
    """One expectation: its name, its arguments, and what is the same for all of them."""

    name: str
    args: Arguments
    column: str
    mostly: float
    where: str
    warn: bool
    description: str
    differs: Sequence[str]

    @property
    def origin(self) -> Origin:
        return Origin(self.name, self.column)

    def modified(self, checks: Sequence[Check]) -> tuple[Check, ...]:
        return tuple(
            replace(check, mostly=self.mostly, where=self.where, warn=self.warn, description=self.description)
            for check in checks
        )


def is_suite(data: object) -> bool:
    """Whether the data look like a suite."""
    return isinstance(data, Mapping) and isinstance(data.get("expectations"), list)


EXPECTED = "a mapping with the list `expectations`, each with `type` or `expectation_type`, and `kwargs`"


def read_suite(suite: Mapping[str, Any], draft: Draft) -> None:
    """Add all of a suite to a draft; what has no counterpart is left there with the reason.

    An expectation of a column declares the column, since Great Expectations fails where it is absent.
    """
    name = suite.get("name") or suite.get("expectation_suite_name")
    if isinstance(name, str):
        draft.head.append(f"Suite: {name}")
    draft.head += [f"Notes: {text}" for text in _notes(suite)]
    draft.head += [f"Meta: {text}" for text in _meta(suite)]
    draft.head += _HEAD
    for place, raw in enumerate(suite["expectations"], 1):
        origin = _origin(raw, place)
        told = [f"{origin.what}: {text}" for text in (_meta(raw) if isinstance(raw, Mapping) else [])]
        (draft.column(origin.column).comments if origin.column and told else draft.head).extend(told)
        try:
            _take(_expectation(raw, origin.what), draft)
        except NotMappedError as problem:
            if origin.column:
                draft.column(origin.column)
            draft.leave(origin, problem.reason, problem.nearest or NEAREST.get(origin.what, ""))


def _origin(raw: object, place: int) -> Origin:
    """Where an expectation stands, as far as that can be told."""
    if not isinstance(raw, Mapping):
        return Origin(f"expectation {place}")
    name = raw.get("type") or raw.get("expectation_type")
    kwargs = raw.get("kwargs")
    column = kwargs.get("column") if isinstance(kwargs, Mapping) else None
    told = name if isinstance(name, str) else f"expectation {place}"
    return Origin(told, column if isinstance(column, str) else "")


def _expectation(raw: object, name: str) -> _Expectation:
    """Raises
    ------
    NotMappedError
        It is none, or what is the same for all expectations has no counterpart.
    """
    if not isinstance(raw, Mapping) or not isinstance(raw.get("kwargs", {}), Mapping):
        raise NotMappedError("it is no mapping of `type` and `kwargs`")
    args = Arguments(raw.get("kwargs", {}))
    args.ignore(*_HOW_IT_RUNS)
    if raw.get("windows"):
        raise NotMappedError("its bounds follow earlier runs (`windows`)", "write the bounds")
    mostly = args.number("mostly")
    if mostly is not None and not 0 < mostly <= 1:
        raise NotMappedError(f"`mostly` is {mostly}, a share above 0 is needed")
    where, differs = "", tuple[str, ...]()
    if args.get("row_condition"):
        where, differs = condition(args.get("row_condition"), args.get("condition_parser"))
    args.ignore("condition_parser")
    severity = raw.get("severity", "critical")
    return _Expectation(
        name=name,
        args=args,
        column=args.text("column") if args.get("column") is not None else "",
        mostly=1.0 if mostly is None else float(mostly),
        where=where,
        warn=severity in ("warning", "info"),
        description=" ".join(_described(raw))[:MAX_REMARK],
        differs=differs,
    )


def _take(expectation: _Expectation, draft: Draft) -> None:
    name, column = expectation.name, expectation.column
    if column:
        draft.column(column)
    if name == "expect_column_to_exist" and column:
        _exists(expectation, draft)
    elif name in _TYPES and column:
        _typed(expectation, draft)
    elif name in COLUMN_EXPECTATIONS and column:
        found = COLUMN_EXPECTATIONS[name](expectation.args)
        checks = expectation.modified(found.checks)
        differs = (*found.differs, *expectation.differs)
        draft.add(Entry(origin=expectation.origin, checks=checks, column=column, differs=differs))
    elif name in TABLE_EXPECTATIONS:
        _of_table(expectation, draft)
    elif name in COLUMN_EXPECTATIONS or name in _TYPES:
        raise NotMappedError("it names no column")
    else:
        raise NotMappedError("there is no such check" if name in NEAREST else "no expectation of this name is known")
    for unread in expectation.args.unread():
        draft.differ(expectation.origin, f"`{unread}` is not read")


def _exists(expectation: _Expectation, draft: Draft) -> None:
    draft.mapped += 1
    if expectation.args.get("column_index") is not None:
        draft.leave(expectation.origin, "`column_index`: its place is not judged", "columns_match with `ordered: true`")


def _typed(expectation: _Expectation, draft: Draft) -> None:
    """A type is declared for the column as a whole."""
    given = expectation.args.get(_TYPES[expectation.name])
    names = given if isinstance(given, list) else [given]
    types = {type_named(name) if isinstance(name, str) else None for name in names}
    if types == {"integer", "number"}:
        types = {"number"}
    if expectation.mostly != 1 or expectation.where:
        raise NotMappedError("a type is declared for all values of a column", "type")
    told = words.listed(names)
    if len(types) != 1 or None in types:
        raise NotMappedError(f"{told} is no single type of a schema", "type")
    (type_,) = types
    draft.declare_type(expectation.column, str(type_))
    if any(is_sized(name) for name in names):
        draft.remark(WIDTHS)


def _of_table(expectation: _Expectation, draft: Draft) -> None:
    found = TABLE_EXPECTATIONS[expectation.name](expectation.args)
    for name in found.columns:
        draft.column(name)
    origin = Origin(expectation.name, ", ".join(found.columns))
    if found.extra:
        draft.extra_columns = "warn" if expectation.warn else found.extra
    if not found.checks:
        draft.mapped += 1
        return
    checks = expectation.modified(found.checks)
    differs = (*found.differs, *expectation.differs)
    draft.add(Entry(origin=origin, checks=checks, columns=found.columns, differs=differs))


def _described(raw: Mapping[str, Any]) -> list[str]:
    """An expectation's own words."""
    own = raw.get("description")
    return [*([own.strip()] if isinstance(own, str) and own.strip() else []), *_notes(raw)]


def _notes(raw: Mapping[str, Any]) -> list[str]:
    """Notes of version 1, and those that version 0 keeps in `meta`."""
    meta = raw.get("meta")
    of_meta = meta.get("notes") if isinstance(meta, Mapping) else None
    content = of_meta.get("content") if isinstance(of_meta, Mapping) else of_meta
    found: list[object] = []
    for notes in (raw.get("notes"), content):
        found += [notes] if isinstance(notes, str) else notes if isinstance(notes, list) else []
    return [" ".join(text.split()) for text in found if isinstance(text, str) and text.strip()]


def _meta(raw: Mapping[str, Any]) -> list[str]:
    meta = raw.get("meta")
    rest = {key: value for key, value in meta.items() if key != "notes"} if isinstance(meta, Mapping) else {}
    return [words.short(json.dumps(rest, ensure_ascii=False))] if rest else []
