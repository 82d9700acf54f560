"""International bank account numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator

from mlgate.data.pii.context import Around
from mlgate.data.pii.finding import Finding
from mlgate.late import compiled

_LENGTHS = """
AD 24 AE 23 AL 28 AT 20 AZ 28 BA 20 BE 16 BG 22 BH 22 BI 27 BR 29 BY 28 CH 21 CR 22 CY 28 CZ 24 DE 22 DJ 27 DK 18 DO
28 EE 20 EG 29 ES 24 FI 18 FK 18 FO 18 FR 27 GB 22 GE 22 GI 23 GL 18 GR 27 GT 28 HR 21 HU 28 IE 22 IL 23 IQ 23 IS 26
IT 27 JO 30 KW 30 KZ 20 LB 28 LC 32 LI 21 LT 20 LU 20 LV 21 LY 25 MC 27 MD 24 ME 22 MK 19 MN 20 MR 27 MT 31 MU 30 NI
28 NL 18 NO 15 OM 23 PK 24 PL 28 PS 29 PT 25 QA 29 RO 24 RS 22 RU 33 SA 24 SC 31 SD 18 SE 24 SI 19 SK 24 SM 27 SO 23
ST 25 SV 28 TL 23 TN 24 TR 26 UA 29 VA 22 VG 24 XK 20 YE 30
"""
LENGTHS = {country: int(size) for country, size in zip(_LENGTHS.split()[::2], _LENGTHS.split()[1::2], strict=True)}
"""Characters of a number by country, from SWIFT's public registry of IBANs."""
_TESTS_TEXT = """
GB82WEST12345698765432 GB29NWBK60161331926819 DE89370400440532013000 GB33BUKB20201555555555
FR1420041010050500013M02606 NL91ABNA0417164300 CH9300762011623852957 ES9121000418450200051332
IT60X0542811101000000123456 BE68539007547034 AT611904300234573201
"""
_TESTS = frozenset(_TESTS_TEXT.split())  # fmt: skip
"""Examples of the registry and of manuals."""

PATTERN = rf"(?:{'|'.join(LENGTHS)})[0-9]{{2}}(?:[ -]?[0-9A-Z]{{4}}){{2,7}}(?:[ -]?[0-9A-Z]{{1,3}})?"
"""How one is written: at least the shortest, in groups of four or without spaces."""
_IBAN = compiled(rf"(?<!\w)(?:{PATTERN})(?!\w)")
_WHOLE = compiled(rf"(?:{PATTERN})", re.IGNORECASE)
CHANCE = 0.0005


def ibans(around: Around) -> Iterator[Finding]:
    """`iban`: a country code, the country's length, and check digits that fit (mod 97).

    The library stdnum then looks at the account's own structure and, where a country has them, its check digits. In
    lower case it counts only where nothing else stands in the value.
    """
    text = around.text
    matches = list(_IBAN.finditer(text))
    if not matches and len(text) <= 50 and (whole := _WHOLE.fullmatch(text.strip())):
        matches = [whole]
        offset = len(text) - len(text.lstrip())
    else:
        offset = 0
    for match in matches:
        written = match.group().upper()
        size = _written_size(written)
        if size:
            code = _compact(written[:size])
            yield Finding(
                entity="iban",
                kind=f"IBAN of {code[:2]}",
                start=match.start() + offset,
                end=match.start() + offset + size,
                checked=True,
                chance=CHANCE,
                documented=code in _TESTS,
                valid=is_iban(code),
            )


def _written_size(written: str) -> int:
    """How many of the characters belong to it: words in capitals may follow. 0 where it is too short."""
    left = LENGTHS[written[:2]]
    for place, mark in enumerate(written):
        left -= mark not in " -"
        if not left:
            rest = written[place + 1 : place + 2]
            return 0 if rest and rest not in " -" else place + 1
    return 0


def _compact(written: str) -> str:
    return written.replace(" ", "").replace("-", "")


def is_iban(code: str) -> bool:
    """Whether a number in capitals and without spaces is one.

    Examples
    --------
    >>> is_iban("DE89370400440532013000"), is_iban("DE89370400440532013001")
    (True, False)
    """
    if LENGTHS.get(code[:2]) != len(code) or not code.isascii() or not code.isalnum():
        return False
    moved = code[4:] + code[:4]
    if int("".join(str(int(mark, 36)) for mark in moved)) % 97 != 1:
        return False
    if set(code[4:]) <= {"0"}:
        return False
    from mlgate.data.pii.stdnum_checks import passes

    return passes("iban", code)
