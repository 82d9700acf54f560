"""Findings as sentences: how many, of what, how sure, and what to do. No value is in them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from mlgate.config.personal_data import ENTITIES
from mlgate.data import words
from mlgate.data.pii.rules import OF_THE_COLUMN, Found
from mlgate.outcome import Status

PLURALS: Mapping[str, str] = {
    **{entity: f"{noun}s" for entity, noun in ENTITIES.items()},
    "email": "e-mail addresses",
    "secret": "secrets or API keys",
    "ip_address": "IP addresses",
    "mac_address": "MAC addresses",
}
KEYS = ("secret", "private_key", "jwt")
_PROOF = {
    "payment_card": "with valid check digits",
    "iban": "with valid check digits",
    "national_id": "with valid check digits",
}
MOST_KINDS = 3


def sentence(found: Found, present: int) -> str:
    """One finding in words.

    Parameters
    ----------
    present : values of the column that are not null
    """
    noun = PLURALS[found.entity]
    about = "about " if found.every > 1 else ""
    verb = _verb(found)
    proof = f" {_PROOF[found.entity]}" if found.checked and found.entity in _PROOF else ""
    kinds = f" ({words.listed(found.kinds, MOST_KINDS)})" if _worth_saying(found) else ""
    text = f"{about}{found.rows:,} of {words.counted(present, 'value')} {verb} {noun}{proof}{kinds}"
    if found.documented:
        share = "all" if found.documented == found.values else f"{found.documented:,}"
        text += f", {share} of them examples of manuals"
    if found.every > 1:
        text += f"; {found.looked:,} different ones were looked at closely"
    return text


def _verb(found: Found) -> str:
    if found.rule == OF_THE_COLUMN:
        return words.verb(found.rows) if found.checked else "looks like" if found.rows == 1 else "look like"
    holds = "holds" if found.rows == 1 else "hold"
    return holds if found.checked else f"{holds} what looks like"


def _worth_saying(found: Found) -> bool:
    """Whether the kinds say more than the noun."""
    return found.entity in ("payment_card", "national_id", "secret", "private_key")


def hint_for(found: Sequence[Found], *, declared: bool) -> str:
    """The next step.

    Parameters
    ----------
    declared : whether the table has a schema
    """
    listed = ", ".join(dict.fromkeys(item.entity for item in found))
    where = "" if declared else " in a schema (`mlgate data infer` proposes one)"
    allow = f"write `pii: [{listed}]` with a `reason` for the column{where}"
    if any(item.entity in KEYS for item in found):
        return f"revoke the keys, then remove them from the file and its history; if they open nothing, {allow}"
    sure = any(item.status is Status.FAIL for item in found)
    return f"remove, mask or hash them{'' if sure else ' if they are of persons'}, or {allow}"


def evidence_of(found: Sequence[Found], present: int, rows: int) -> dict[str, Any]:
    """Counts of a column for the report."""
    return {
        "judged": present,
        "failing": max(item.rows for item in found),
        "null": rows - present,
        "found": [
            {
                "entity": item.entity,
                "rule": item.rule,
                "status": item.status.value,
                "checked": item.checked,
                "rows": item.rows,
                "values": item.values,
                "fraction": round(item.rows / present, 6),
                "kinds": dict(item.kinds),
                "documented": item.documented,
                "every": item.every,
            }
            for item in found
        ],
    }
