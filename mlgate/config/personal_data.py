"""What a schema says of personal data: that a column may hold them, which kinds, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.config import fields as f
from mlgate.config.document import Node
from mlgate.late import dataclass

ENTITIES: Mapping[str, str] = {
    "private_key": "private key",
    "jwt": "JSON web token",
    "secret": "secret or API key",
    "email": "e-mail address",
    "iban": "IBAN",
    "payment_card": "payment card number",
    "national_id": "national identity number",
    "mac_address": "MAC address",
    "ip_address": "IP address",
    "phone": "phone number",
}
"""What is looked for, by the names that a schema and a report use; where two could be meant, the first one is."""

ALLOWED = "allowed"
REASON = "write `reason: consented`, or whatever the reason is"


@dataclass(frozen=True, slots=True)
class Allowed:
    """Personal data that a column is meant to hold: the kinds, and why."""

    entities: tuple[str, ...]
    reason: str

    @property
    def everything(self) -> bool:
        return set(self.entities) >= set(ENTITIES)


class PiiKind:
    """`allowed`, or a list of what is."""

    _NAMES = f.ListOf(f.Text(choices=tuple(ENTITIES)), least=1)

    def parse(self, node: Node, reading: f.Reading) -> tuple[str, ...]:
        if isinstance(node.value, list):
            return self._NAMES.parse(node, reading)
        f.Text(choices=(ALLOWED,)).parse(node, reading)
        return tuple(ENTITIES)

    def json_schema(self) -> f.JsonSchema:
        return {"anyOf": [f.Text(choices=(ALLOWED,)).json_schema(), self._NAMES.json_schema()]}


PII_KEYS: dict[str, f.Key] = {
    "pii": f.Key(PiiKind(), "personal data that are meant to be here"),
    "reason": f.Key(f.Text(), "why personal data are allowed"),
}
TOGETHER = {"dependentRequired": {"pii": ["reason"], "reason": ["pii"]}}
"""Of the JSON Schema of a column."""


def allowed_in(values: Mapping[str, Any], node: Node) -> Allowed | None:
    """What the parsed values of a column allow.

    Raises
    ------
    ConfigError
        Personal data are allowed without a reason, or there is a reason for nothing.
    """
    for key, other, hint in (("pii", "reason", REASON), ("reason", "pii", "add `pii: allowed`, or remove it")):
        if isinstance(node.value, dict) and key in node.value and other not in node.value:
            fact = "personal data are allowed without a reason" if key == "pii" else "a reason stands without `pii`"
            raise node.key_error(key, fact, hint=hint)
    if "reason" in values and not values["reason"].strip():
        raise node.key_error("reason", "the reason is empty", hint=REASON)
    return Allowed(values["pii"], values["reason"]) if "pii" in values and "reason" in values else None
