"""The text of a config file as a document with places: YAML, JSON, TOML and ini, each by its own rules."""

from __future__ import annotations

import re

from mlgate.config.document import Node, load_document
from mlgate.errors import ConfigError
from mlgate.lint.config_found import Config

MAX_BYTES = 2_000_000
"""Of a config; JSON may be larger, since the standard library reads it at once."""
MAX_PLAIN_BYTES = 20_000_000

_KINDS = {
    **dict.fromkeys(("json", "geojson", "jsonld", "ipynb", "webmanifest", "avsc"), "json"),
    "toml": "toml",
    "ini": "ini",
    "cfg": "ini",
}
_CONFLICT = r"(?m)^(<{7} |={7}$|>{7} )"
_BOM = "\ufeff"


def kind_of(path: str) -> str:
    """The kind of a config by its file's ending; what is no other is YAML, unless its text is JSON.

    Examples
    --------
    >>> [kind_of(path) for path in ("a.json", "b.TOML", "setup.cfg", "c.yml", "params")]
    ['json', 'toml', 'ini', 'yaml', 'yaml']
    """
    name = path.rpartition("/")[2]
    return _KINDS.get(name.rpartition(".")[2].lower(), "yaml") if "." in name else "yaml"


def most_bytes(path: str) -> int:
    """Size above which a config of this kind is not read."""
    return MAX_PLAIN_BYTES if kind_of(path) == "json" else MAX_BYTES


def parse_config(text: str, path: str) -> Config:
    """A config file as a document with places; the kind follows from the file's ending.

    Raises
    ------
    ConfigError
        The file is not valid, with the fact in words that a person acts on.
    SourceError
        It holds more values than a config does.
    """
    kind = kind_of(path)
    if kind == "yaml" and not path.endswith((".yaml", ".yml")) and text.lstrip().startswith("{"):
        kind = "json"
    marks = re.findall(_CONFLICT, text) if "<<<<<<< " in text else []
    if len(marks) > 1:
        line = text[: text.index("<<<<<<< ")].count("\n") + 1
        hint = "keep one side of it, and delete the lines with <<<<<<<, ======= and >>>>>>>"
        raise ConfigError("a merge conflict of Git is not resolved", hint=hint, path=path, line=line)
    return Config(path, kind, text, _document(text, path, kind))


def _document(text: str, path: str, kind: str) -> Node:
    if kind == "toml":
        from mlgate.lint.config_toml import parse_toml

        return parse_toml(text, path)
    if kind == "ini":
        from mlgate.lint.config_ini import parse_ini

        return parse_ini(text, path)
    if kind == "json":
        from mlgate.lint.config_json import parse_json

        return parse_json(text, path)
    try:
        return load_document(text, path, foreign_tags=True)
    except ConfigError as mistake:
        from mlgate.lint.config_yaml import explained

        raise explained(mistake, text.removeprefix(_BOM), path) from None
