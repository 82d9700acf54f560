"""All findings of one text."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Collection, Iterator

from mlgate.config.personal_data import ENTITIES
from mlgate.data.pii.addresses import ip_addresses, mac_addresses
from mlgate.data.pii.cards import payment_cards
from mlgate.data.pii.context import Around
from mlgate.data.pii.emails import emails
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.ibans import ibans
from mlgate.data.pii.keys import private_keys, web_tokens
from mlgate.data.pii.national_ids import national_ids
from mlgate.data.pii.phones import phones
from mlgate.data.pii.secrets import secrets
from mlgate.late import compiled

DETECTORS: dict[str, Callable[[Around], Iterator[Finding]]] = {
    "private_key": private_keys,
    "jwt": web_tokens,
    "secret": secrets,
    "email": emails,
    "iban": ibans,
    "payment_card": payment_cards,
    "national_id": national_ids,
    "mac_address": mac_addresses,
    "ip_address": ip_addresses,
    "phone": phones,
}
"""Detectors by what they find, in the order of `ENTITIES`."""
_WITHOUT_DIGITS = ("private_key", "jwt", "secret", "email", "iban", "mac_address", "ip_address")
_SHORT, _FEW = 1000, 5
"""In a text of at most so many characters, fewer digits than these are none of the other things."""

_DIGITS = compiled(r"[0-9]")
_ESCAPED = compiled(r"\\[nrt]")
_ODD_MARKS = {ord(mark): " " for mark in "\u00a0\u2007\u2009\u202f"} | {
    ord(mark): "-" for mark in "\u2010\u2011\u2012\u2013"
}
_ORDER = {entity: place for place, entity in enumerate(ENTITIES)}


def findings_in_text(text: str, *, name: str = "") -> list[Finding]:
    """Personal data and secrets in a text: where they stand and what they are, never what they say.

    Parameters
    ----------
    text : of any length; time grows in proportion to it
    name : of the column or field that the text stands in, which is evidence where the text alone could be two things

    Returns
    -------
    list of Finding
        In the order of their places; none overlaps another. Where two could be meant, check digits decide before a
        form, and a longer one before a shorter one.

    Raises
    ------
    MlgateError
        Something may be a phone, account or identity number, and the library that knows is not installed.

    Examples
    --------
    >>> [(found.entity, found.start, found.end) for found in findings_in_text("write to ann@example.org today")]
    [('email', 9, 24)]
    >>> findings_in_text("order 4111111111111111 of 2024-01-31, hash 9e107d9d372bb6826bd81d3542a419d6")
    []
    """
    few_digits = len(text) <= _SHORT and len(_DIGITS.findall(text)) < _FEW
    entities = _WITHOUT_DIGITS if few_digits else tuple(DETECTORS)
    return [found for found in candidates_in_text(text, name=name, entities=entities) if found.valid]


def candidates_in_text(text: str, *, name: str = "", entities: Collection[str] = DETECTORS) -> list[Finding]:
    """The findings, and the near misses that do not overlap one: their number says how much chance explains.

    Parameters
    ----------
    entities : those that are looked for
    """
    around = Around(_plain(text), name)
    found: list[Finding] = []
    for entity in entities:
        found += DETECTORS[entity](around)
    if len(found) < 2:
        return found
    found.sort(
        key=lambda item: (not item.valid, not item.checked, item.chance, _ORDER[item.entity], item.start - item.end)
    )
    return sorted(_apart(found), key=lambda item: item.start)


def _plain(text: str) -> str:
    """The text with other spaces and hyphens, and the escaped line ends of JSON, as plain ones: of the same length."""
    if "\\" in text:
        text = _ESCAPED.sub("  ", text)
    return text if text.isascii() else text.translate(_ODD_MARKS)


def _apart(found: list[Finding]) -> Iterator[Finding]:
    """Of several that overlap, the first one."""
    ends: list[int] = []  # of those that are kept, start and end in turn, in order
    for item in found:
        place = bisect_right(ends, item.start)
        if place % 2 == 0 and (place == len(ends) or item.end <= ends[place]):
            ends[place:place] = [item.start, item.end]
            yield item
