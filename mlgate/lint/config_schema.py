"""A config against a JSON Schema."""

from __future__ import annotations

from urllib.parse import quote

from mlgate.config.document import Node
from mlgate.errors import ConfigError
from mlgate.lint.config_found import FAIL, Config, Found, Place, dotted
from mlgate.lint.config_schema_name import values_of
from mlgate.lint.config_schema_words import told_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import Any

PATH_FORMATS = ("path", "file-path", "existing-path")


def config_schema(
    config: Config, schema: Mapping[str, Any], schema_path: str, exists: Callable[[str], bool]
) -> list[Found]:
    """The file satisfies its JSON Schema: that of `mlgate.yaml`, or one that it names itself.

    A misspelt key would otherwise leave a default in force; an unknown key is told with the nearest known one, at its
    own line. Of `anyOf` and `oneOf` the alternative that fits best is told. `"format": "path"` and
    `"x-mlgate": {"path": "exists"}` say that a text is a path that must be there. A file names its schema by
    `# yaml-language-server: $schema=PATH` (in JSON by `"$schema"`, in TOML by `#:schema PATH`), from its own folder and
    inside the repository; one at a URL is a `skip`: no network is used. No infinite number satisfies a schema.

    Raises
    ------
    ConfigError
        The JSON Schema refers to something outside it, or to itself without end.
    """
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    validator = _validator(schema, exists)(schema, registry=Registry())
    try:
        errors = list(validator.iter_errors(values_of(config)))
    except Unresolvable as problem:
        raise ConfigError(
            f"refers to {problem.ref}, which is not in it", hint="correct the $ref", path=schema_path
        ) from None
    except RecursionError:
        raise ConfigError("refers to itself without end", hint="correct the $ref", path=schema_path) from None
    found: dict[str, Found] = {}
    for error in errors:
        for place, rule, fact, hint in told_of(error):
            pointer = "/".join(quote(str(part), safe="=._-") for part in place)
            part, where = f"{pointer}:{rule}", dotted(place)
            by_key = rule in ("additionalProperties", "unevaluatedProperties")
            message = fact if by_key or not where else f"{where}: {fact}"
            known = found.setdefault(
                part, Found(FAIL, "", hint or f"see {schema_path}", line_of(config, place), part=part)
            )
            known.message = f"{known.message}; {message}" if known.message else message
    for place in _not_finite(config):
        part = f"{'/'.join(map(str, place))}:finite"
        fact = f"{dotted(place)}: a number that is not finite satisfies no schema"
        found[part] = Found(FAIL, fact, "write a finite number", line_of(config, place), part=part)
    return sorted(found.values(), key=lambda item: (item.line, item.part))


def _validator(schema: Mapping[str, Any], exists: Callable[[str], bool]) -> Any:
    """The validator of the schema's draft, which also knows paths."""
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import ValidationError
    from jsonschema.validators import extend, validator_for

    def missing(path: Any) -> Iterator[Any]:
        if isinstance(path, str) and "${" not in path and "://" not in path and not exists(path):
            yield ValidationError(f"{path} is not there")

    def by_format(_validator: Any, name: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        return missing(instance) if name in PATH_FORMATS else iter(())

    def by_mlgate(_validator: Any, rules: Any, instance: Any, _schema: Any) -> Iterator[Any]:
        asked = isinstance(rules, dict) and rules.get("path") == "exists"
        return missing(instance) if asked else iter(())

    draft = validator_for(schema, default=Draft202012Validator)
    return extend(draft, {"format": by_format, "x-mlgate": by_mlgate})


def line_of(config: Config, place: Place) -> int:
    """Line of a value, or of the key where it is one that is not wanted."""
    node: Node = config.document
    line = node.line
    for part in place:
        value = node.value
        if isinstance(value, dict) and str(part) in value:
            line = node.key_places.get(str(part), ("", node.line, 0))[1]
            node = value[str(part)]
            line = line if isinstance(node.value, dict | list) else node.line
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            node = value[part]
            line = node.line
    return line


def _not_finite(config: Config) -> Iterator[Place]:
    for entry in config.entries:
        value = entry.node.value
        if isinstance(value, float) and not (float("-inf") < value < float("inf")):
            yield entry.place


def require_json_schema(schema: Mapping[str, Any], path: str) -> None:
    """Refuse what is not a JSON Schema, refers to anything outside itself, or could run away.

    Raises
    ------
    ConfigError
        The mistake, before any config is read.
    """
    from mlgate.config.json_schema_mistakes import mistake_in

    mistake = mistake_in(schema)
    if mistake:
        raise ConfigError(mistake.fact, hint=mistake.hint, path=path)
