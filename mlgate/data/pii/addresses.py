"""Addresses of machines: IP and MAC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import AddressValueError, IPv6Address, IPv6Network

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.late import compiled

_IPV4 = compiled(r"(?<![\w.:+/@\-])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.[\w*]|-[\w]|/[0-9])")
_AFTER_AT = compiled(r"(?<=[@/:])[0-9]{1,3}(?:\.[0-9]{1,3}){3}(?!\w|\.[\w*]|-[\w]|/[0-9])")
_IPV6 = compiled(r"(?<![\w:.])[23][0-9A-Fa-f]{3}:(?:[0-9A-Fa-f]{0,4}:){1,6}[0-9A-Fa-f]{0,4}(?![\w:]|/[0-9])")
_MAC = compiled(r"(?<![\w:-])[0-9A-Fa-f]{2}([:-])(?:[0-9A-Fa-f]{2}\1){4}[0-9A-Fa-f]{2}(?![\w]|[:-]\w)")
_DOTTED_MAC = compiled(r"(?<![\w.:-])[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}\.[0-9A-Fa-f]{4}(?![\w]|[.:-]\w)")
_IP_WORDS = vocabulary("ip ips ipv ip_address ipaddr inet peer")
_MAC_WORDS = vocabulary("mac mac_address ether ethernet bssid hwaddr wlan wifi bluetooth")
_VERSION_WORDS_TEXT = """
version versions ver release build firmware driver revision rev update upgrade patch sdk edition chrome firefox
safari edge mozilla python java linux kernel package pip npm oid objectidentifier section chapter clause asn
"""
_VERSION_WORDS = vocabulary(_VERSION_WORDS_TEXT)
_VERSION_BEFORE = compiled(r"(?:[=<>~!]=|[~^]|\b[vV]\.?|[vV]ersion[ :]|[A-Za-z]/) ?\Z")
_LIKE_A_VERSION = 30
"""An address whose four numbers are all at most this is more likely a version."""
_EXAMPLES_V4 = ("192.0.2.", "198.51.100.", "203.0.113.")
_EXAMPLES_V6 = (IPv6Network("2001:db8::/32"), IPv6Network("3fff::/20"))
_EXAMPLE_MACS = ("00005e0053", "00005E0053")


def ip_addresses(around: Around) -> Iterator[Finding]:
    """`ip_address`: a public IPv4 or IPv6 address.

    Private, local and reserved networks name no person and are left out, and so are versions: four numbers of at most
    30, or with a word or mark for a version before them. Networks set aside for documentation are found, and marked.
    """
    text = around.text
    if text.count(".") >= 3:
        for pattern in (_IPV4, _AFTER_AT):
            for match in pattern.finditer(text):
                known = _ipv4(around, match)
                if known is not None:
                    yield _ip("IPv4 address", match, documented=known)
    if text.count(":") >= 2:
        for match in _IPV6.finditer(text):
            try:
                address = IPv6Address(match.group())
            except AddressValueError:
                continue
            documented = any(address in net for net in _EXAMPLES_V6)
            if documented or address.is_global:
                yield _ip("IPv6 address", match, documented=documented)


def _ip(kind: str, match: re.Match[str], *, documented: bool) -> Finding:
    return Finding(entity="ip_address", kind=kind, start=match.start(), end=match.end(), documented=documented)


def _ipv4(around: Around, match: re.Match[str]) -> bool | None:
    """Whether it is set aside for documentation; None where it is no public address."""
    numbers = match.group().split(".")
    if any(int(number) > 255 or (number[0] == "0" and number != "0") for number in numbers):
        return None
    documented = match.group().startswith(_EXAMPLES_V4)
    if not documented and _is_reserved(*map(int, numbers)):
        return None
    before = around.text[max(0, match.start() - 12) : match.start()]
    told = around.any_near(_IP_WORDS, *match.span())
    if _VERSION_BEFORE.search(before) and not before.endswith("://") and not documented:
        return None
    if not told and (
        all(int(number) <= _LIKE_A_VERSION for number in numbers) or around.any_near(_VERSION_WORDS, *match.span())
    ):
        return None
    return documented


def _is_reserved(first: int, second: int, third: int, _: int) -> bool:
    """Whether an IPv4 address is private, local, for many or for nobody (IANA's registry of special addresses)."""
    return (
        first in (0, 10, 127)
        or first >= 224
        or (first == 100 and 64 <= second < 128)
        or (first == 172 and 16 <= second < 32)
        or (first, second) in ((169, 254), (192, 168))
        or (first, second, third) in ((192, 0, 0), (192, 88, 99))
        or (first == 198 and second in (18, 19))
    )


def mac_addresses(around: Around) -> Iterator[Finding]:
    """`mac_address`: the address of one network device, in pairs with colons or hyphens, or in fours with dots.

    Addresses of groups and empty ones are left out, and so are pairs that are all decimal: those are times.
    """
    for pattern in (_MAC, _DOTTED_MAC):
        for match in pattern.finditer(around.text):
            written = match.group()
            plain = written.replace(":", "").replace("-", "").replace(".", "").lower()
            told = around.any_near(_MAC_WORDS, *match.span())
            documented = plain.startswith(_EXAMPLE_MACS)
            if int(plain[1], 16) % 2 or len(set(plain)) < 3:  # the lowest bit of the first byte says: a group
                continue
            if not told and not documented and (plain.isdigit() or (plain.isalpha() and pattern is _DOTTED_MAC)):
                continue
            yield Finding(
                entity="mac_address",
                kind="MAC address",
                start=match.start(),
                end=match.end(),
                documented=documented,
            )
