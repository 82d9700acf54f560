"""Reading JSON Schemas of the repository."""

from __future__ import annotations

from mlgate.errors import ConfigError, SourceError
from mlgate.sources.config_files import read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from os import PathLike
    from typing import Any

MAX_SCHEMA_BYTES = 5_000_000


def load_json_schema(root: str | PathLike[str], path: str) -> Mapping[str, Any]:
    """A JSON Schema in JSON or YAML.

    Raises
    ------
    ConfigError
        The file is absent, not valid or no mapping, or the schema is refused: it reaches outside, or could run away.
    """
    return _required(_parsed(_text(str(root), path), path), path)


def parse_json_schema(text: str, path: str) -> Mapping[str, Any]:
    """The same from a text that is there already.

    Raises
    ------
    ConfigError
        It is not valid or no mapping, or the schema is refused.
    """
    return _required(_parsed(text, path), path)


def read_json_schema(root: str | PathLike[str], path: str) -> Mapping[str, Any]:
    """A JSON Schema as its file has it; whether it is right is not looked at.

    Raises
    ------
    ConfigError
        The file is absent, not valid or no mapping.
    """
    return _parsed(_text(str(root), path), path)


def _required(schema: Mapping[str, Any], path: str) -> Mapping[str, Any]:
    from mlgate.lint.config_schema import require_json_schema

    require_json_schema(schema, path)
    return schema


def _parsed(text: str, path: str) -> Mapping[str, Any]:
    if path.endswith((".yaml", ".yml")):
        from mlgate.config.document import load_document

        schema = load_document(text, path).plain_data()
    else:
        import json

        try:
            schema = json.loads(text)
        except (json.JSONDecodeError, RecursionError) as problem:
            line = getattr(problem, "lineno", None)
            raise ConfigError(f"not valid JSON: {problem}", hint="correct the schema", path=path, line=line) from None
    if not isinstance(schema, dict):
        raise ConfigError("a JSON Schema is a mapping", hint='start with {"type": "object"}', path=path)
    return schema


def _text(root: str, path: str) -> str:
    try:
        return read_file(root, path, limit=MAX_SCHEMA_BYTES, hint="this is no JSON Schema").decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        raise ConfigError(f"is not UTF-8 text: {problem.reason}", hint="save the file as UTF-8", path=path) from None
    except SourceError as problem:
        reason = problem.message.removeprefix(f"{path} ")
        hint = "correct the path, or create the file" if "cannot be read" in reason else problem.hint
        raise ConfigError(reason, hint=hint, path=path) from None
