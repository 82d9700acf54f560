"""Secrets and API keys."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache, lru_cache

from mlgate.data.pii.context import Around, vocabulary
from mlgate.data.pii.finding import Finding
from mlgate.data.pii.secret_forms import IN_ADDRESS, SECRET_FORMS, SecretForm
from mlgate.late import compiled

_SHORT = 1000
"""In a text of at most so many characters all beginnings of tokens are looked for at once."""
LEAST_ENTROPY = 2.6
"""Bits per character below which a token is a placeholder; random hexadecimal ones have 3.2 or more."""
_PLACEHOLDER = compiled(
    r"x{5,}|0{6,}|\*{3,}|\.{3}|abcdef|012345|123456|qwerty|your[_-]|example|placeholder|dummy|change_?me|insert[_-]|redacted|"
    r"<|\$\{|\{\{|%\(|%s|[_-]fake|fake[_-]|[_-]here\b|sample[_-]|\{\w+\}|my?pass",
    re.IGNORECASE,
)
_PASSWORD = compiled(r"://[^:]*:(.*)@[^@]*\Z", re.DOTALL)
_WORDS_FOR_PASSWORDS_TEXT = """
password passwd pass pwd secret token user username xxx test key apikey api_key pw port tiger
"""
_WORDS_FOR_PASSWORDS = vocabulary(_WORDS_FOR_PASSWORDS_TEXT)


def secrets(around: Around) -> Iterator[Finding]:
    """`secret`: tokens and API keys by the characters that a service lets them begin with, and passwords in addresses.

    The rest has the service's length and characters, and is as random as a token is: placeholders such as
    `ghp_xxxxxxxx` are left out. Examples of manuals are found, and marked.
    """
    text = around.text
    if len(text) <= _SHORT and not _any_start().search(text):
        return
    for form in SECRET_FORMS:
        if len(text) >= form.least and any(start in text for start in form.starts):
            for match in _pattern(form).finditer(text):
                finding = _judged(form, match)
                if finding is not None:
                    yield finding


def _judged(form: SecretForm, match: re.Match[str]) -> Finding | None:
    written = match.group()
    documented = "EXAMPLE" in written
    if form.name == IN_ADDRESS:
        if not _is_password(written):
            return None
    elif not documented and (entropy(_behind(form, written)) < LEAST_ENTROPY or _PLACEHOLDER.search(written)):
        return None
    return Finding(
        entity="secret",
        kind=form.name,
        start=match.start(),
        end=match.end(),
        checked=True,
        chance=1e-6,
        documented=documented,
    )


def _behind(form: SecretForm, written: str) -> str:
    """The token without the characters that all of them begin with."""
    for start in form.starts:
        head, found, rest = written.partition(start)
        if found and len(rest) > len(head):
            return rest
    return written


def _is_password(written: str) -> bool:
    found = _PASSWORD.search(written)
    password = found.group(1) if found else ""
    if password.isdigit() and len(password) <= 5:  # a port, not a password
        return False
    if password.lower() in _WORDS_FOR_PASSWORDS or f"//{password}:" in written:  # the name of the user again
        return False
    return not _PLACEHOLDER.search(password)


def entropy(text: str) -> float:
    """Shannon entropy of the characters of a text, in bits per character; 0 of an empty text.

    Examples
    --------
    >>> entropy("aaaa"), entropy("abcd")
    (0.0, 2.0)
    """
    counts = sorted(Counter(text).values())
    return math.fsum(-count / len(text) * math.log2(count / len(text)) for count in counts) + 0.0


@lru_cache(maxsize=1)
def _any_start() -> re.Pattern[str]:
    return compiled("|".join(re.escape(start) for form in SECRET_FORMS for start in form.starts if len(start) > 1))


@cache
def _pattern(form: SecretForm) -> re.Pattern[str]:
    before, behind = (
        ("", "") if form.anywhere else (r"(?<![0-9A-Za-z_+.-])(?<![^/]/)", r"(?![0-9A-Za-z_+/]|[-.][0-9A-Za-z])")
    )
    return compiled(f"{before}(?:{form.pattern}){behind}")
