"""E-mail addresses."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.top_level_domains import RESERVED, is_top_level
from mlgate.late import compiled

_LOCAL = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._%+-'~"
_MORE = _LOCAL + "!#$&*/=?^`{|}"
"""Marks that an address may hold too, but which mostly stand before one."""
_MAX_LOCAL = 64
_MAX_DOMAIN = 253
_DOMAIN = compiled(r"(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{1,62}")
_USER_OF_AN_ADDRESS = compiled(r"://[^\s/@]*\Z")
_PATH = compiled(r":[\w.~-]*/|:[\w.-]+\.git\b|/")
_REPOSITORY_USERS = frozenset(["git", "hg", "svn"])
_SERVICE_USERS = frozenset(["root", "ubuntu", "ec2-user", "www-data"])
_MESSAGE_WORDS = vocabulary("message msg msgid messageid reply references thread cid")
_EXAMPLES = ("example.com", "example.net", "example.org")
_WIDE = {place + 0xFEE0: chr(place) for place in range(0x21, 0x7F)} | {0xFE6B: "@", 0xFE52: "."}
"""Characters of full width, and small ones, as NFKC writes them: one for one, so that places stay."""
_WIDE_MARKS = "\uff20\ufe6b\uff0e\ufe52"
_LONG_RUN = compiled(r"[0-9A-Fa-f]{16,}|[0-9]{12,}")
_MACHINE = compiled(r"[0-9A-Fa-f]{16,}|[0-9]{12,}|[0-9]{8}[.$T_-]?[0-9]{4,}")


def emails(around: Around) -> Iterator[Finding]:
    """`email`: a mailbox at a domain whose last part is a top-level domain.

    Left out are what only looks so: Message-IDs, the user of an address (`ssh://git@host.org`), the place of a
    repository or of a copy (`git@host.org:team/repo`), handles of a network (`@ann@host.social`), packages with their
    version and names of files (`icon@2x.png`). Domains that RFC 2606 sets aside for examples are found, and marked.
    Characters of full width, as keyboards for Chinese and Japanese write them, are read as plain ones.
    """
    around = _plain_width(around)
    text = around.text
    place = text.find("@")
    while place >= 0:
        finding = _at(around, place)
        if finding is not None:
            yield finding
        place = text.find("@", place + 1)


def _plain_width(around: Around) -> Around:
    """The text with plain characters in place of wide ones, of the same length, where an address may hold some."""
    text = around.text
    if text.isascii() or not any(mark in text for mark in _WIDE_MARKS):
        return around
    plain = Around(text.translate(_WIDE))
    plain.name = around.name
    return plain


def _at(around: Around, place: int) -> Finding | None:
    text = around.text
    start = _start_of_local(text, place)
    domain = _DOMAIN.match(text, place + 1, place + 2 + _MAX_DOMAIN)
    if start is None or domain is None:
        return None
    labels = domain.group().split(".")
    while len(labels) > 1 and not is_top_level(labels[-1]):
        labels.pop()  # a sentence without a space behind its end
    if len(labels) < 2:
        return None
    name = ".".join(labels)
    end = place + 1 + len(name)
    local = text[start:place]
    if _is_address(text, start, end, local) or _is_message_id(around, start, end, local):
        return None
    return Finding(
        entity="email", kind="e-mail address", start=start, end=end, documented=_is_reserved(name), checked=False
    )


def _start_of_local(text: str, place: int) -> int | None:
    """Where the local part begins; None where there is none, or none that is allowed."""
    low = max(0, place - _MAX_LOCAL - 1)
    before = text[low:place]
    start = low + len(before.rstrip(_LOCAL))
    while start > low and text[start - 1] > "\x7f" and text[start - 1].isalnum():  # letters beyond ASCII
        start = low + len(text[low : start - 1].rstrip(_LOCAL))
    if place - start > _MAX_LOCAL:
        return None
    while start < place and text[start] in "'.%~-+":
        start += 1
    local = text[start:place]
    if not local or local.endswith((".", "'")) or ".." in local or not any(mark.isalnum() for mark in local):
        return None
    return start


def _is_address(text: str, start: int, end: int, local: str) -> bool:
    """Whether it is a part of an address, of a place to copy to, or the handle of a network."""
    if local.lower() in _REPOSITORY_USERS or (start and text[start - 1] == "@"):
        return True
    if _USER_OF_AN_ADDRESS.search(text, max(0, start - 200), start):
        return True
    follows = _PATH.match(text, end)
    return follows is not None and (local.lower() in _SERVICE_USERS or ":" in follows.group())


def _is_message_id(around: Around, start: int, end: int, local: str) -> bool:
    """Whether a machine has made the local part to name a message."""
    text = around.text
    if start and text[start - 1] in _MORE:
        low = max(0, start - _MAX_LOCAL)
        start = low + len(text[low:start].rstrip(_MORE))
        local = text[start : start + len(local) + _MAX_LOCAL].partition("@")[0]
    if not _looks_made(local, least=8):
        return False
    if not around.words(start, end).isdisjoint(_MESSAGE_WORDS):
        return True
    bracketed = text[start - 1 : start] == "<" and text[end : end + 1] == ">"
    named = bracketed and text[:start].rstrip("<").endswith((" ", "\t")) and text[: start - 1].strip() != ""
    if bracketed and not named:
        return _looks_made(local, least=12)
    return len(local) >= 20 and _LONG_RUN.search(local) is not None and sum(map(str.isdigit, local)) >= 8


def _looks_made(local: str, *, least: int) -> bool:
    digits = sum(map(str.isdigit, local))
    if len(local) < least:
        return False
    if digits == len(local):  # a number is a name where mailboxes are numbered
        return len(local) > 15
    changes = sum(one.islower() and other.isupper() for one, other in pairwise(local))
    if digits < 2:
        return changes >= 5 and len(local) >= 20
    mixed = sum(
        (one.isalpha() and other.isdigit()) or (one.isdigit() and other.isalpha()) for one, other in pairwise(local)
    )
    return bool(_MACHINE.search(local) and digits >= 8) or (digits >= 4 and mixed >= 5) or changes >= 4


def _is_reserved(domain: str) -> bool:
    lower = domain.lower()
    return lower.rpartition(".")[2] in RESERVED or any(
        lower == known or lower.endswith(f".{known}") for known in _EXAMPLES
    )
