"""What the engine looks for: patterns that every finding of `findings_in_text` meets, and little else.

They are in RE2's syntax, which knows no look-around. Where one is met, Python looks closer; where none is, nothing is.
The patterns are asked in a few groups: as one, their automaton would be too large to be fast.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from mlgate.data.pii import cards, ibans, national_ids, phones
from mlgate.data.pii.context import words_of_name
from mlgate.data.pii.secret_forms import SECRET_FORMS
from mlgate.late import compiled

LEAST_LENGTH = 6
"""No finding is shorter than this."""
NUMBERS = "^ *[0-9]{11} *$|^ *[0-9]{13,19} *$"
"""Whole values that may be card or identity numbers without a word that says so."""
SOME_DIGITS = r"[0-9](?:[ ().\-/]{0,2}[0-9]){3}"
"""So many digits stand in every number that words tell."""

_BEFORE = r"(?:^|[^0-9A-Za-z_]|\\[nrt])"
_BEFORE_NUMBER = r"(?:^|[^0-9A-Za-z_.+$%@-]|\\[nrt])"
_BEHIND = r"(?:$|[^0-9A-Za-z_])"
_ODD_MARKS = r"[0-9]\)?[\x{a0}\x{2007}\x{2009}\x{202f}\x{2010}-\x{2013}]\(?[0-9]"
"""Digits with unusual spaces or hyphens between them, which Python takes for plain ones."""
_AT, _DOT = r"@\x{ff20}\x{fe6b}", r".\x{ff0e}\x{fe52}"
"""Inside brackets: the marks of an e-mail address, also of full width."""
_SEVEN_DIGITS = r"[0-9](?:[ ().\-/]{0,2}[0-9]){6}"
_BETWEEN = compiled(r"\{(\d+),\d+\}")
_EXACTLY = compiled(r"\{\d{2,}\}")

GROUPS = (
    ("private_key", "jwt", "email", "payment_card", "ip_address", "mac_address"),
    ("iban", "national_id", "phone"),
    ("secret",),
)
"""Entities whose patterns are asked as one."""
TOLD_BY_WORDS = {"phone": phones.WORDS, "national_id": national_ids.WORDS}
"""Entities that are taken in more forms beside certain words."""


@lru_cache(maxsize=1024)
def shape_of(entity: str, name: str = "") -> str:
    """Pattern that a text meets in which an entity can be found, words or no words.

    Parameters
    ----------
    name : of the column: where its words say what plain digits are, these are enough
    """
    told = is_told(entity, name)
    match entity:
        case "phone":
            patterns = [*_phone(), *([_SEVEN_DIGITS] if told else [])]
        case "national_id":
            patterns = [*_national(), *([_bounded(f"{national_ids.NAMED}|{national_ids.NINO}")] if told else [])]
        case _:
            patterns = list(_OTHER[entity])
    return _any_of(patterns)


def is_told(entity: str, name: str) -> bool:
    """Whether the name of a column says that it holds an entity which is told by words."""
    return not words_of_name(name).isdisjoint(TOLD_BY_WORDS.get(entity, ()))


def gates_of(entities: Iterable[str], name: str = "") -> list[str]:
    """Patterns of which a text meets one in which any of the entities can be found without words in the text."""
    wanted = set(entities)
    groups = [[entity for entity in group if entity in wanted] for group in GROUPS]
    gates = [_any_of(shape_of(entity, name) for entity in group) for group in groups if group]
    if wanted & {"payment_card", "national_id"}:
        gates.append(NUMBERS)
    return gates


@lru_cache(maxsize=8)
def words_pattern(entities: tuple[str, ...]) -> str:
    """Pattern of the words that tell one of the entities; empty where none is told by words."""
    words = frozenset[str]().union(*(TOLD_BY_WORDS.get(entity, frozenset()) for entity in entities))
    known = sorted({re.escape(word).replace("_", "[^a-z]*") for word in words})
    return f"(?i)(?:^|[^a-z])(?:{'|'.join(known)})(?:$|[^a-z])" if known else ""


def _any_of(patterns: Iterable[str]) -> str:
    return "|".join(dict.fromkeys(patterns))


def _bounded(pattern: str) -> str:
    return f"{_BEFORE}(?:{pattern}){_BEHIND}"


@lru_cache(maxsize=1)
def _phone() -> tuple[str, ...]:
    national = "|".join(form.replace(r"\1", "[ .-]").partition("(?!")[0] for form, _, _ in phones.FORMS)
    return (
        r"\+ ?[1-9](?:[ ().\-/]{0,2}[0-9]){6}",
        r"[2-9][0-9]{2}(?:\) ?|[-.])[2-9][0-9]{2}[-.][0-9]{4}",
        _bounded(national),
        _ODD_MARKS,
    )


@lru_cache(maxsize=1)
def _national() -> tuple[str, ...]:
    examples = national_ids.SSN_EXAMPLES.pattern
    return (_bounded(f"{national_ids.FORMS}|{national_ids.SPACED_NINO}|{examples}"), _ODD_MARKS)


def _shortened(pattern: str) -> str:
    """The pattern with at most eight of what it repeats: long repetitions make the automaton large."""
    return _BETWEEN.sub(lambda found: f"{{{min(8, int(found.group(1)))},}}", _EXACTLY.sub("{8,}", pattern))


_OTHER: dict[str, tuple[str, ...]] = {
    "private_key": (r"-----BEGIN [0-9A-Z ]*PRIVATE KEY", r"PuTTY-User-Key-File-[23]"),
    "jwt": (r"eyJ[\w-]{8,}\.",),
    "secret": tuple(_shortened(form.pattern) for form in SECRET_FORMS),
    "email": (f"[^\\s{_AT}][{_AT}][^\\s{_AT}{_DOT}]+[{_DOT}][^\\s{_AT}{_DOT}]",),
    "iban": (_bounded(ibans.PATTERN), f"^ *(?i:{ibans.PATTERN}) *$", _ODD_MARKS),
    "payment_card": (f"{_BEFORE_NUMBER}(?:{cards.PATTERN}){_BEHIND}", _ODD_MARKS),
    "ip_address": (r"(?:^|[^0-9.])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?:$|[^0-9])", r"[23][0-9A-Fa-f]{3}:[0-9A-Fa-f:]{3}"),
    "mac_address": (
        r"[0-9A-Fa-f]{2}(?:(?::[0-9A-Fa-f]{2}){5}|(?:-[0-9A-Fa-f]{2}){5})",
        r"[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}",
    ),
}
