"""Checks of config files: parsed text in, outcomes out."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote, unquote

import yaml

from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.lint.config_text import parse_config
from mlgate.outcome import Location, Outcome, Status

MAX_FINDINGS = 50
_PLAIN = re.compile(
    r"[-+]?(0|[1-9][0-9]*)|[-+]?[0-9]+\.[0-9]+([eE][-+][0-9]+)?|true|false|null|~|[A-Za-z_./-][\w ./-]{6,}|"
)
"""Values that every reader of YAML takes for the same, so that most need no second look."""


def config_syntax(text: str, path: str) -> tuple[Node | None, Outcome]:
    """The file is valid YAML, JSON or TOML, and no key stands twice.

    A duplicate key is silently dropped by most readers, so half of a configuration can be ignored without a word.
    """
    try:
        document = parse_config(text, path)
    except ConfigError as mistake:
        return None, _outcome(path, "config_syntax", Status.FAIL, mistake.reason, mistake.hint, mistake.line)
    return document, _outcome(path, "config_syntax", Status.PASS, "valid syntax, no key stands twice")


def config_ambiguous(document: Node, path: str) -> Outcome | None:
    """No plain value is read differently by YAML 1.1 (PyYAML, OmegaConf) and YAML 1.2.

    `lr: 1e-3` is a number in YAML 1.2 and the text "1e-3" for PyYAML; `no` is text in 1.2 and false in 1.1. Values are
    judged, keys are not.
    """
    if path.endswith((".json", ".toml")):
        return None
    found = [(node, why) for node in document.walk() for why in [_ambiguity(node)] if why]
    if not found:
        return _outcome(path, "config_ambiguous", Status.PASS, "every plain value means the same in YAML 1.1 and 1.2")
    node, why = found[0]
    more = f" (and {len(found) - 1} more)" if len(found) > 1 else ""
    evidence = {
        "values": [{"line": item.line, "value": item.text, "why": reason} for item, reason in found[:MAX_FINDINGS]]
    }
    return _outcome(
        path,
        "config_ambiguous",
        Status.WARN,
        f"{node.text} {why}{more}",
        "write the value so that it has one meaning",
        node.line,
        evidence,
    )


def _ambiguity(node: Node) -> str:
    """Why PyYAML, which reads YAML 1.1, takes a plain value for something else than YAML 1.2 does; else empty."""
    if not node.plain or isinstance(node.value, (dict, list)) or _PLAIN.fullmatch(node.text):
        return ""
    try:
        other = yaml.safe_load(node.text)
    except (yaml.YAMLError, ValueError):
        return ""  # a text such as `a: b` that is no document of its own
    if type(other) is type(node.value) and (other == node.value or str(other) == "nan"):
        return ""
    return f"is {_said(node.value)} in YAML 1.2 and {_said(other)} in YAML 1.1 (PyYAML)"


def _said(value: object) -> str:
    match value:
        case bool():
            return str(value).lower()
        case None:
            return "nothing"
        case str():
            return "text"
        case int() | float():
            return f"the number {value:g}" if isinstance(value, float) else f"the number {value}"
        case dt.date():
            return "a date"
    return "another value"


def config_schema(document: Node, path: str, schema: Mapping[str, Any], schema_path: str) -> Iterator[Outcome]:
    """The file satisfies the JSON Schema that `mlgate.yaml` declares for it.

    A misspelt key would otherwise leave a default in force. A reference to another host is refused: no network is used.

    Raises
    ------
    ConfigError
        The JSON Schema itself is not valid, or refers to something outside it.
    """
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    validator = validator_for(schema)(schema, registry=Registry())
    try:
        found = list(validator.iter_errors(document.plain_data()))
    except Unresolvable as problem:
        raise ConfigError(
            f"refers to {problem.ref}, which is not in it", hint="correct the $ref", path=schema_path
        ) from None
    except RecursionError:
        raise ConfigError("refers to itself without end", hint="correct the $ref", path=schema_path) from None
    messages: dict[tuple[tuple[str | int, ...], str], list[str]] = {}
    for error in found:
        messages.setdefault((tuple(error.absolute_path), str(error.validator)), []).append(error.message)
    for place in _not_finite(document):
        messages.setdefault((place, "finite"), []).append("a number that is not finite satisfies no schema")
    if not messages:
        yield _outcome(path, "config_schema", Status.PASS, f"satisfies {schema_path}")
    for (place, rule), said in sorted(messages.items(), key=lambda item: [str(part) for part in item[0][0]])[
        :MAX_FINDINGS
    ]:
        pointer = "/".join(quote(str(part), safe="=._-") for part in place)
        where = ".".join(str(part) for part in place)
        message = "; ".join(said)
        line = _node_at(document, place).line
        yield _outcome(
            path,
            "config_schema",
            Status.FAIL,
            _short(f"{where}: {message}" if where else message),
            f"see {schema_path}",
            line,
            part=f"config_schema/{pointer}:{rule}",
        )


def _not_finite(node: Node, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    match node.value:
        case float() if not math.isfinite(node.value):
            yield place
        case dict():
            for key, child in node.value.items():
                yield from _not_finite(child, (*place, key))
        case list():
            for number, child in enumerate(node.value):
                yield from _not_finite(child, (*place, number))


def require_json_schema(schema: Mapping[str, Any], path: str) -> None:
    """Refuse what is not a JSON Schema, or refers to anything outside itself.

    Raises
    ------
    ConfigError
        The mistake, before any config is read.
    """
    import jsonschema
    from jsonschema.validators import validator_for

    if not isinstance(schema.get("$schema", ""), str):
        raise ConfigError("not a JSON Schema: $schema is no text", hint="correct the schema", path=path)
    try:
        validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as problem:
        raise ConfigError(f"not a JSON Schema: {problem.message}", hint="correct the schema", path=path) from None
    except RecursionError:
        raise ConfigError("nested too deeply", hint="correct the schema", path=path) from None
    for reference in _references(schema):
        if not _is_inside(schema, reference):
            hint = "correct it, or copy what it refers to into $defs: a check uses no network"
            raise ConfigError(f"refers to {reference}, which is not in it", hint=hint, path=path)


def _is_inside(schema: Mapping[str, Any], reference: str) -> bool:
    """Whether a reference stays in its document: a pointer that leads somewhere, or the name of an anchor."""
    if not reference.startswith("#/"):
        return reference.startswith("#")
    value: Any = schema
    for part in unquote(reference[2:]).split("/"):
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(value, Mapping) and key in value:
            value = value[key]
        elif isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        else:
            return False
    return True


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("$ref", "$dynamicRef") and isinstance(item, str):
                yield item
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _node_at(document: Node, parts: Sequence[str | int]) -> Node:
    node = document
    for part in parts:
        if isinstance(node.value, dict) and str(part) in node.value:
            node = node.value[str(part)]
        elif isinstance(node.value, list) and isinstance(part, int):
            node = node.value[part]
    return node


def _short(text: str, limit: int = 300) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _outcome(  # noqa: PLR0913, PLR0917  # the facts of a finding; a class would only repeat Outcome
    path: str,
    check: str,
    status: Status,
    message: str,
    hint: str = "",
    line: int | None = None,
    evidence: Mapping[str, Any] | None = None,
    *,
    part: str = "",
) -> Outcome:
    return Outcome(
        id=f"static/{quote(path, safe='/=._-')}/{part or check}",
        check=check,
        tier="static",
        subject=path,
        status=status,
        message=message,
        hint=hint,
        location=Location(path, line),
        evidence=evidence or {},
    )


CATALOGUE = (
    ("config_syntax", "static", config_syntax),
    ("config_ambiguous", "static", config_ambiguous),
    ("config_schema", "static", config_schema),
)
