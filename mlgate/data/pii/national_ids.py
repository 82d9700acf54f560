"""National identity numbers of persons."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.identity_schemes import GENERAL, SCHEMES, Scheme
from mlgate.data.pii.stdnum_checks import passes
from mlgate.late import compiled

FORMS = "|".join(scheme.form for scheme in SCHEMES if scheme.form)
"""How the numbers are written that are taken wherever they stand."""
NAMED = "|".join(dict.fromkeys(scheme.named or scheme.form for scheme in SCHEMES))
"""How those are written that words have to name."""
NINO = "[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] ?[0-9]{2} ?[0-9]{2} ?[0-9]{2} ?[A-D]"
SPACED_NINO = NINO.replace(" ?", " ")
_NINO_WORDS = GENERAL | vocabulary("nino national_insurance")
WORDS = _NINO_WORDS.union(*(scheme.known_words for scheme in SCHEMES))
_NO_PREFIX = frozenset(["BG", "GB", "KN", "NK", "NT", "TN", "ZZ"])
SSN_EXAMPLES = compiled("987-65-432[0-9]|078-05-1120|219-09-9999|457-55-5462")
_DAY_AND_TIME = compiled(r"[0-9]{6,8}[-+](?:[01][0-9]|2[0-3])[0-5][0-9]")
"""What a date of birth with four digits may be, too."""
_SELDOM = 0.01
"""A scheme that so few other numbers pass is believed beside words for another."""

_BEFORE, _BEHIND = r"(?<![\w.+#$€£@/-])", r"(?!\w|[-/.]\w|@)"
_EXAMPLE = compiled(f"{_BEFORE}(?:{SSN_EXAMPLES.pattern}){_BEHIND}")
_NINO = compiled(f"{_BEFORE}{NINO}{_BEHIND}")


def national_ids(around: Around) -> Iterator[Finding]:
    """`national_id`: identity, tax and insurance numbers of persons in some fifty countries.

    Most have check digits or hold a date of birth, which the library stdnum judges. A number that is written in a form
    of its own (`756.9217.0769.85`, `120464-2349`) is taken wherever it stands; plain digits only where words nearby or
    the column's name say what they are. Numbers without check digits (US social security numbers, UK national insurance
    numbers) look so by their form and their ranges.
    """
    text = around.text
    for match in _EXAMPLE.finditer(text):
        yield Finding(
            entity="national_id",
            kind="US social security number",
            start=match.start(),
            end=match.end(),
            documented=True,
        )
    yield from _ninos(around)
    for match in _form_pattern(named=False).finditer(text):
        yield from _of_schemes(around, match.start(), named=False)
    if around.mentions(WORDS):
        for match in _form_pattern(named=True).finditer(text):
            yield from _of_schemes(around, match.start(), named=True)


def _ninos(around: Around) -> Iterator[Finding]:
    for match in _NINO.finditer(around.text):
        spaced = match.group().count(" ") == 4
        told = around.any_near(_NINO_WORDS, *match.span())
        if match.group()[:2] not in _NO_PREFIX and (told or spaced):
            yield Finding(
                entity="national_id", kind="UK national insurance number", start=match.start(), end=match.end()
            )


def _of_schemes(around: Around, start: int, *, named: bool) -> Iterator[Finding]:
    """What the number that begins here is, by each scheme that it may be of; by those that words name, if any are."""
    found = [
        (scheme, match, around.any_near(words, *match.span()))
        for scheme, pattern, words in _patterns(named=named)
        if (match := pattern.match(around.text, start))
    ]
    specific = any(told for _, _, told in found)
    for scheme, match, told in found:
        if told or not (specific or _is_unlikely(around, scheme, match, named=named)):
            yield Finding(
                entity="national_id",
                kind=scheme.name,
                start=match.start(),
                end=match.end(),
                checked=scheme.checked,
                chance=scheme.chance,
                supported=told,
                valid=passes(scheme.module, match.group()),
            )


def _is_unlikely(around: Around, scheme: Scheme, match: re.Match[str], *, named: bool) -> bool:
    """Whether a number that no word names by its own name is more likely another one."""
    if named:
        return not around.any_near(GENERAL, *match.span())
    if _DAY_AND_TIME.fullmatch(match.group()):
        return True
    return scheme.chance > _SELDOM and around.speaks_against(*match.span())


def telling_schemes(size: int) -> tuple[Scheme, ...]:
    """The schemes that a column of numbers of so many digits may be of without being called so."""
    return tuple(scheme for scheme in SCHEMES if scheme.telling and scheme.digits == size)


@lru_cache(maxsize=2)
def _form_pattern(*, named: bool) -> re.Pattern[str]:
    return compiled(f"{_BEFORE}(?:{NAMED if named else FORMS}){_BEHIND}")


@lru_cache(maxsize=2)
def _patterns(*, named: bool) -> tuple[tuple[Scheme, re.Pattern[str], frozenset[str]], ...]:
    forms = [(scheme, (scheme.named or scheme.form) if named else scheme.form) for scheme in SCHEMES]
    return tuple((scheme, compiled(f"(?:{form}){_BEHIND}"), vocabulary(scheme.words)) for scheme, form in forms if form)
