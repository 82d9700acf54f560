"""What stands around a place of a text, and what a column is called: evidence, never proof."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from itertools import pairwise

from mlgate.late import compiled

BEFORE, AFTER = 40, 16
"""Characters before and after a place in which words speak for or against it."""

_SHORT, _FEW_WORDS = 200, 2
_CAMEL = compiled(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WORD = compiled(r"[^\W\d_]+")


def vocabulary(text: str) -> frozenset[str]:
    """Words to look for; two words with an underscore between them are also one without.

    Examples
    --------
    >>> sorted(vocabulary("tel phone_number"))
    ['phone_number', 'phonenumber', 'tel']
    """
    words = text.split()
    return frozenset([*words, *(word.replace("_", "") for word in words)])


_OTHER_NUMBERS_TEXT = """
order orders invoice tracking shipment parcel consignment waybill ref reference sku isbn issn ean upc gtin barcode
asin serial version versions build revision release hash sha md crc checksum commit uuid guid doi batch lot model part
ticket case issue timestamp epoch unix millis microseconds nanoseconds lat lon lng latitude longitude coordinate
coordinates geo msgid message imei iccid transaction txn trace span session request job run process pid port seq
sequence row offset bytes size price amount total quantity qty score measurement pixel frame bestellung rechnung
commande facture pedido factura ordine fattura auftrag sendung product item article catalog catalogue coupon voucher
"""
OTHER_NUMBERS = vocabulary(_OTHER_NUMBERS_TEXT)
"""Words for numbers that are about no person."""


def words_of(text: str) -> frozenset[str]:
    """The words of a text in lower case, and each two neighbours with an underscore between them.

    Examples
    --------
    >>> sorted(words_of("Tel. no: 7"))
    ['no', 'tel', 'tel_no']
    """
    parts = _WORD.findall(text.lower())
    return frozenset([*parts, *map("_".join, pairwise(parts))])


@lru_cache(maxsize=1024)
def words_of_name(name: str) -> frozenset[str]:
    """The words of a column's name; one may begin with a capital inside it.

    Examples
    --------
    >>> sorted(words_of_name("userIPAddress"))
    ['address', 'ip', 'ip_address', 'user', 'user_ip']
    """
    return words_of(_CAMEL.sub(" ", name))


class Around:
    """A text with the name of the column that it stands in."""

    __slots__ = ("_all", "name", "text")

    def __init__(self, text: str, name: str = "") -> None:
        self.text = text
        self.name = words_of_name(name) if name else frozenset()
        self._all: frozenset[str] | None = None

    def mentions(self, known: frozenset[str]) -> bool:
        """Whether a word is in the column's name or anywhere in the text; a quick look before a close one."""
        if not self.name.isdisjoint(known):
            return True
        if self._all is None:
            self._all = words_of(self.text)
        return not self._all.isdisjoint(known)

    def words(self, start: int, end: int) -> frozenset[str]:
        """Words near a place, before it on its line and right after it, and those of the column's name."""
        name = self.name if self.name and self._is_about(start, end) else frozenset[str]()
        if not start and end >= len(self.text):
            return name
        before = self.text[max(0, start - BEFORE) : start]
        line = max(before.rfind("\n"), before.rfind(";"))
        after = self.text[end : end + AFTER].split("\n", 1)[0]
        return name | words_of(before[line + 1 :]) | words_of(after)

    def _is_about(self, start: int, end: int) -> bool:
        """Whether the value is about the place, so that its name is too: half of it, or most digits among few words."""
        if 2 * (end - start) >= len(self.text):
            return True
        if len(self.text) > _SHORT or len(_WORD.findall(self.text)) > _FEW_WORDS:
            return False
        return 4 * sum(map(str.isdigit, self.text[start:end])) >= 3 * sum(map(str.isdigit, self.text)) > 0

    def any_near(self, known: Iterable[str], start: int, end: int) -> bool:
        return not self.words(start, end).isdisjoint(known)

    def speaks_against(self, start: int, end: int) -> bool:
        """Whether a word nearby is one for a number that is about no person."""
        return self.any_near(OTHER_NUMBERS, start, end)
