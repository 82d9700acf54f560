"""The section `artifacts` of `mlgate.yaml`: names that model files may import beside those of the built-in list."""

from __future__ import annotations

import re

from mlgate.config import fields as f
from mlgate.config.document import Node

_ENTRY = re.compile(r"[A-Za-z_]\w*(\.[A-Za-z_]\w*)*\.([A-Za-z_]\w*|\*)")


def is_entry(text: str) -> bool:
    """Whether a text is `module.name` or `package.*`.

    Examples
    --------
    >>> is_entry("clinic.model.Scorer"), is_entry("imblearn.*"), is_entry("*"), is_entry("Scorer")
    (True, True, False, False)
    """
    return _ENTRY.fullmatch(text) is not None


class _EntryKind:
    """`module.name`, or `package.*` for everything below a package."""

    def parse(self, node: Node, reading: f.Reading) -> str:
        text = f.Text().parse(node, reading)
        if not isinstance(text, str) or not is_entry(text):
            raise node.error(f"{text!r} is no name that a model file imports", hint="write module.name or package.*")
        return text

    def json_schema(self) -> f.JsonSchema:
        return {"type": "string", "pattern": f"^{_ENTRY.pattern}$"}


class ArtifactsKind:
    """`{allow: [clinic.model.Scorer, imblearn.*]}`; the names."""

    _KEYS = f.Struct(
        "artifacts",
        {"allow": f.Key(f.ListOf(_EntryKind(), single=True), "names that model files may import")},
    )

    def parse(self, node: Node, reading: f.Reading) -> tuple[str, ...]:
        allowed: tuple[str, ...] = self._KEYS.parse(node, reading).get("allow", ())
        return allowed

    def json_schema(self) -> f.JsonSchema:
        return self._KEYS.json_schema()
