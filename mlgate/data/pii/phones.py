"""Phone numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.phone_plans import is_international, is_national
from mlgate.late import compiled

_WORDS_TEXT = """
phone phones telephone tel mobile mob cell cellphone fax call calls called calling dial ring sms whatsapp
telegram signal viber msisdn hotline reach callback voicemail telefon telefonnummer handy handynummer mobil
mobilnummer rufnummer anruf tlf telefono móvil movil celular fijo llamar cellulare tél portable appeler telefone
telemóvel telemovel ligar telefoon bellen puhelin puh komórka phone_number
"""
WORDS = vocabulary(_WORDS_TEXT)
"""Words beside phone numbers, and in names of columns that hold them."""
REGIONS = ("US", "GB", "DE", "FR", "IT", "ES", "NL", "CH", "AT", "BE", "SE", "DK", "NO", "FI", "PL", "PT", "IE", "IN",
           "BR", "MX", "AU", "JP", "KR", "CN", "ZA", "TR", "GR", "CZ", "RO", "HU")  # fmt: skip
"""Plans that a number without a country code is tried in, where words speak for it."""

_INTERNATIONAL = compiled(r"(?<![\w+])\+ ?[1-9](?:[ ().\-/]{0,2}[0-9]){6,14}(?![\w])")
_NOT_BEFORE, _NOT_BEHIND = r"(?<![\w.+#$€£/@\-])", r"(?![\w@]|[-./:][0-9])"
_AMERICAN = compiled(
    rf"{_NOT_BEFORE}(?:1[-. ])?(?:\([2-9][0-9]{{2}}\) ?|[2-9][0-9]{{2}}[-.])[2-9][0-9]{{2}}[-.][0-9]{{4}}{_NOT_BEHIND}"
)
FORMS = (
    (r"0[1-9]([ .-])[0-9]{2}(?:\1[0-9]{2}){3}(?![ .-][0-9])", "FR", "33"),
    (r"\(?0[123][0-9]{1,4}\)? [0-9]{3,4} ?[0-9]{3,4}(?! [0-9])", "GB", "44"),
    (r"07[0-9]{3} [0-9]{3} ?[0-9]{3}(?! [0-9])", "GB", "44"),
    (r"01[567][0-9]{1,2}[ /-][0-9]{6,8}", "DE", "49"),
    (r"04[0-9]{2} [0-9]{3} [0-9]{3}(?! [0-9])", "AU", "61"),
)
_NATIONAL = tuple((compiled(f"{_NOT_BEFORE}{form}{_NOT_BEHIND}"), region, code) for form, region, code in FORMS)
_ANY = compiled(r"(?<![\w.+#$€£@\-<>&|])(?<![<>&|!]=)(?:00|[(0-9])(?:[ ().\-/]{0,2}[0-9]){6,15}(?![\w@]|[.:][0-9])")
_DECIMAL = compiled(r"\+ ?[0-9]+\.[0-9]+")
_NO_DIGIT = compiled(r"[^0-9]")
_YEAR, _PART = "(?:19|20)[0-9]{2}", "[0-9]{1,2}"
_DATE = compiled(rf"{_YEAR}[-./]{_PART}[-./]{_PART}|{_PART}[-./]{_PART}[-./]{_YEAR}|{_YEAR} ?[-/] ?{_YEAR}")
_FICTION = compiled(
    r"1(?!800|8([3-8])\1)[2-9][0-9]{2}55501[0-9]{2}|44(?:2079460[0-9]{3}|1(?:1[3-8]|[2-6]1)4960[0-9]{3}|1632960[0-9]{3}|7700900[0-9]{3})"
    r"|33(?:19900|26191|35301|46571|53649|63998)[0-9]{4}|493023125[0-9]{3}|4917139200[0-9]{2}"
    r"|6149157[0-9]{4}|61[2378](?:5550|7010)[0-9]{4}"
)
"""Numbers that regulators keep free for films and manuals, with their country code."""


def phones(around: Around) -> Iterator[Finding]:
    """`phone`: a number of the world's numbering plans, by the library phonenumbers.

    A number with a plus and a country code is taken wherever it stands. Without one it has to be written as its country
    writes it (`(415) 555-0132`, `01 99 00 12 34`, `020 7946 0123`), or words nearby or the column's name have to say
    that it is one. Hot lines and paid services are left out. Numbers kept free for fiction are found, and marked.
    """
    text = around.text
    for match in _INTERNATIONAL.finditer(text):
        end = 0 if _DECIMAL.fullmatch(match.group()) else _end_of_number(match.group())
        if end:
            digits = _digits(match.group()[:end].replace("(0)", ""))
            yield _finding(match.start(), match.start() + end, digits)
    yield from _written_nationally(around)
    yield from _called_so(around)


def _written_nationally(around: Around) -> Iterator[Finding]:
    text = around.text
    for match in _AMERICAN.finditer(text):
        digits = _digits(match.group()).removeprefix("1")
        if _may_be(around, match) and is_international(f"1{digits}"):
            yield _finding(match.start(), match.end(), f"1{digits}")
    for pattern, region, code in _NATIONAL:
        for match in pattern.finditer(text):
            digits = _digits(match.group())
            abroad = code + digits[1:]
            if _may_be(around, match) and (is_national(digits, region) or _FICTION.fullmatch(abroad)):
                yield _finding(match.start(), match.end(), abroad)


def _called_so(around: Around) -> Iterator[Finding]:
    """Numbers in any form of which words say what they are."""
    for match in _ANY.finditer(around.text):
        alone = match.group().startswith("(") and ")" not in match.group()
        start, end = match.start() + alone, match.end()
        written = around.text[start:end]
        digits = _digits(written)
        if written.count("(") != written.count(")") or not 7 <= len(digits) <= 15 or _DATE.search(written):
            continue
        if not around.any_near(WORDS, start, end):
            continue
        if around.speaks_against(start, end) and not around.name & WORDS:
            continue
        plain = digits.removeprefix("00")
        if (plain != digits and is_international(plain)) or any(is_national(digits, region) for region in REGIONS):
            yield _finding(start, end, plain if plain != digits else "")
        elif around.name & WORDS and is_international(digits):
            yield _finding(start, end, digits)


def _end_of_number(written: str) -> int:
    """How much of it is a number: other digits may follow behind a space. 0 where nothing is."""
    end = len(written)
    for _ in range(4):
        digits = _digits(written[:end].replace("(0)", ""))
        if len(digits) < 7:
            return 0
        if len(digits) <= 15 and (is_international(digits) or _FICTION.fullmatch(digits)):
            return end
        cut = max(written.rfind(mark, 0, end) for mark in " -./")
        if cut < 7:
            return 0
        end = len(written[:cut].rstrip(" -./()"))
    return 0


def _may_be(around: Around, match: re.Match[str]) -> bool:
    """Whether nothing nearby says that it is another number."""
    start, end = match.span()
    if start and around.text[start - 1] == ":" and around.text[start - 2 : start - 1].isdigit():
        return False
    return around.any_near(WORDS, start, end) or not around.speaks_against(start, end)


def _digits(written: str) -> str:
    return _NO_DIGIT.sub("", written)


def _finding(start: int, end: int, digits: str) -> Finding:
    documented = bool(digits and _FICTION.fullmatch(digits))
    return Finding(entity="phone", kind="phone number", start=start, end=end, documented=documented)
