"""Payment card numbers."""

from __future__ import annotations

from collections.abc import Iterator

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.late import compiled

_WORDS_TEXT = """
card cards credit_card cc ccn ccnum pan visa mastercard amex maestro discover diners jcb unionpay debit credit cvv cvc
expiry exp kreditkarte kreditkartennummer karte kartennummer ec carte cb bancaire tarjeta tarjetas crédito cartão
cartao carta betaalkaart kort karta
"""
WORDS = vocabulary(_WORDS_TEXT)
ISSUERS: tuple[tuple[str, str, str], ...] = (
    ("Visa", "4", "16 19"),
    ("Mastercard", "51-55 2221-2720", "16"),
    ("American Express", "34 37", "15"),
    ("Discover", "6011 644-649 65", "16 19"),
    ("JCB", "3528-3589", "16"),
    ("Diners Club", "300-305 3095 36 38 39", "14 16"),
    ("UnionPay", "62", "16 17 18 19"),
    ("Mir", "2200-2204", "16"),
    ("Maestro", "50 56-58 6304 6759 6761-6763", "13 14 15 16 18 19"),
)
"""Brand, first digits, and lengths; sources: the issuers' public tables of identification numbers (ISO/IEC 7812)."""
_TESTS_TEXT = """
4111111111111111 4242424242424242 4012888888881881 4000056655665556 4222222222222 4000002500003155 4000000000000002
4000000000009995 5555555555554444 5105105105105100 5200828282828210 2223003122003222 378282246310005 371449635398431
378734493671000 6011111111111117 6011000990139424 6011981111111113 30569309025904 38520000023237 3056930009020004
36227206271667 3530111333300000 3566002020360505 6200000000000005 6200000000000047 5019717010103742
"""
_TESTS = vocabulary(_TESTS_TEXT)
"""Numbers that payment services publish for tests."""

_SEPARATED = "[ -]"
PATTERN = (
    r"[23456][0-9]{12,18}"
    rf"|[23456][0-9]{{3}}(?:{_SEPARATED}[0-9]{{4}}){{3}}(?:{_SEPARATED}[0-9]{{3}})?"
    rf"|3[47][0-9]{{2}}{_SEPARATED}[0-9]{{6}}{_SEPARATED}[0-9]{{5}}"
    rf"|3[0689][0-9]{{2}}{_SEPARATED}[0-9]{{6}}{_SEPARATED}[0-9]{{4}}"
)
"""How one is written, without what stands around it."""
_CARD = compiled(rf"(?<![\w.,+#$€£/@%-])(?:{PATTERN})(?!\w|[.,/-]\w|@)")
_AFTER_A_MARK = compiled(rf"(?<=[#/,])(?:{PATTERN})(?!\w|[.,/-]\w|@)")
LUHN_CHANCE = 0.1


def payment_cards(around: Around) -> Iterator[Finding]:
    """`payment_card`: a number with the first digits and the length of an issuer, and a valid check digit (Luhn).

    One in ten of other long numbers has a valid check digit, too. So single ones count only in the groups that cards
    are printed in or beside words for one, and none counts beside words such as order, tracking or ISBN.
    """
    for pattern in (_CARD, _AFTER_A_MARK):
        for match in pattern.finditer(around.text):
            written = match.group()
            digits = written.replace(" ", "").replace("-", "")
            brand = issuer_of(digits)
            if brand is None or (" " in written and "-" in written):
                continue
            start, end = match.span()
            told = around.any_near(WORDS, start, end)
            if not told and (pattern is _AFTER_A_MARK or around.speaks_against(start, end)):
                continue
            yield Finding(
                entity="payment_card",
                kind=f"{brand} card number",
                start=start,
                end=end,
                checked=True,
                chance=LUHN_CHANCE,
                supported=told or written != digits,
                documented=digits in _TESTS,
                valid=has_luhn_digit(digits),
            )


def issuer_of(digits: str) -> str | None:
    """The brand that issues numbers of these first digits and this length.

    Examples
    --------
    >>> issuer_of("4111111111111111"), issuer_of("1234567890123456")
    ('Visa', None)
    """
    for brand, starts, lengths in ISSUERS:
        if str(len(digits)) in lengths.split() and any(_starts(digits, start) for start in starts.split()):
            return brand
    return None


def _starts(digits: str, start: str) -> bool:
    low, _, high = start.partition("-")
    return low <= digits[: len(low)] <= (high or low)


def has_luhn_digit(digits: str) -> bool:
    """Whether the last digit is the check digit of the others (ISO/IEC 7812-1, annex B); all-equal digits are none.

    Examples
    --------
    >>> has_luhn_digit("4111111111111111"), has_luhn_digit("4111111111111112")
    (True, False)
    """
    if len(set(digits)) < 2:
        return False
    doubled = "0246813579"
    total = sum(map(int, digits[-1::-2])) + sum(int(doubled[int(digit)]) for digit in digits[-2::-2])
    return total % 10 == 0
