"""Checks of config files: parsed text in, outcomes out."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from mlgate.config.document import Node, load_document
from mlgate.errors import ConfigError
from mlgate.outcome import Location, Outcome, Status

MAX_FINDINGS = 50
_YAML_11_BOOLEAN = re.compile(r"y|Y|yes|Yes|YES|n|N|no|No|NO|on|On|ON|off|Off|OFF")
_YAML_11_TEXT = re.compile(r"[-+]?[0-9]+(\.[0-9]*)?[eE][0-9]+|[-+]?[0-9]+[eE][-+]?[0-9]+")
_YAML_11_OCTAL = re.compile(r"[-+]?0[0-7]+")
_YAML_11_SEXAGESIMAL = re.compile(r"[-+]?[1-9][0-9_]*(:[0-5]?[0-9])+(\.[0-9_]*)?")


def parse_config(text: str, path: str) -> Node:
    """A config file as a document with places; the kind follows from the file's ending.

    Raises
    ------
    ConfigError
        The file is not valid YAML, JSON or TOML.
    """
    if path.endswith(".toml"):
        try:
            return _without_places(tomllib.loads(text), path)
        except tomllib.TOMLDecodeError as problem:
            match = re.search(r"at line (\d+), column (\d+)", str(problem))
            line, column = (int(match[1]), int(match[2])) if match else (None, None)
            raise ConfigError(f"not valid TOML: {problem}", path=path, line=line, column=column) from None
    if path.endswith(".json"):
        _strict_json(text, path)
    return load_document(text, path, foreign_tags=True)


def _strict_json(text: str, path: str) -> None:
    def refuse(constant: str) -> float:
        raise ConfigError(f"{constant} is not JSON", hint="write a finite number, or null", path=path)

    try:
        json.loads(text, parse_constant=refuse)
    except json.JSONDecodeError as problem:
        raise ConfigError(
            f"not valid JSON: {problem.msg}",
            hint="correct the syntax here",
            path=path,
            line=problem.lineno,
            column=problem.colno,
        ) from None
    except RecursionError:
        raise ConfigError("nested too deeply", hint="this is no configuration file", path=path) from None


def _without_places(value: Any, path: str) -> Node:
    if isinstance(value, dict):
        return Node({str(key): _without_places(item, path) for key, item in value.items()}, path, 1, 1)
    if isinstance(value, list):
        return Node([_without_places(item, path) for item in value], path, 1, 1)
    if isinstance(value, (str, int, float)):
        return Node(value, path, 1, 1)
    return Node(str(value), path, 1, 1)  # a date or time of TOML: JSON Schema sees its text


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

    `lr: 1e-3` is a number in YAML 1.2 and the text "1e-3" for PyYAML; `no` is text in 1.2 and false in 1.1.
    """
    if path.endswith((".json", ".toml")):
        return None
    found = [(node, why) for node in document.walk() for why in [_ambiguity(node)] if why]
    if not found:
        return _outcome(path, "config_ambiguous", Status.PASS, "every value means the same in YAML 1.1 and 1.2")
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
    if not node.plain or isinstance(node.value, (dict, list)):
        return ""
    if _YAML_11_BOOLEAN.fullmatch(node.text):
        return "is text in YAML 1.2 and true or false in YAML 1.1: write true, false, or quotes"
    if _YAML_11_TEXT.fullmatch(node.text):
        return "is a number in YAML 1.2 and text for PyYAML: write it with a point and a sign, e.g. 1.0e-3"
    if _YAML_11_OCTAL.fullmatch(node.text):
        return "is decimal in YAML 1.2 and octal in YAML 1.1: write it without the leading zero, or quote it"
    if _YAML_11_SEXAGESIMAL.fullmatch(node.text):
        return "is text in YAML 1.2 and a number to base 60 in YAML 1.1: quote it"
    return ""


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
        found = sorted(
            validator.iter_errors(document.plain_data()), key=lambda item: [str(part) for part in item.absolute_path]
        )
    except Unresolvable as problem:
        raise ConfigError(
            f"refers to {problem.ref}, which is not in it", hint="correct the $ref", path=schema_path
        ) from None
    if not found:
        yield _outcome(path, "config_schema", Status.PASS, f"satisfies {schema_path}")
    seen: set[str] = set()
    for error in found[:MAX_FINDINGS]:
        pointer = "/".join(quote(str(part), safe="=._-") for part in error.absolute_path)
        part = f"config_schema/{pointer}:{error.validator}"
        if part in seen:
            continue
        seen.add(part)
        node = _node_at(document, list(error.absolute_path))
        where = ".".join(str(part) for part in error.absolute_path)
        message = f"{where}: {error.message}" if where else error.message
        yield _outcome(path, "config_schema", Status.FAIL, _short(message), f"see {schema_path}", node.line, part=part)


def require_json_schema(schema: Mapping[str, Any], path: str) -> None:
    """Refuse what is not a JSON Schema, or refers to anything outside itself.

    Raises
    ------
    ConfigError
        The mistake, before any config is read.
    """
    import jsonschema
    from jsonschema.validators import validator_for

    try:
        validator_for(schema, default=jsonschema.Draft202012Validator).check_schema(schema)
    except jsonschema.SchemaError as problem:
        raise ConfigError(f"not a JSON Schema: {problem.message}", hint="correct the schema", path=path) from None
    for reference in _references(schema):
        if not reference.startswith("#"):
            hint = "copy what it refers to into $defs: a check uses no network"
            raise ConfigError(f"refers to {reference}, which is not in it", hint=hint, path=path)


def _references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            if key in ("$ref", "$dynamicRef") and isinstance(item, str):
                yield item
            yield from _references(item)
    elif isinstance(value, list):
        for item in value:
            yield from _references(item)


def _node_at(document: Node, parts: list[str | int]) -> Node:
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
