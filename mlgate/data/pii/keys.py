"""Private keys and JSON web tokens."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator

from mlgate.data.pii.context import Around
from mlgate.data.pii.finding import Finding
from mlgate.late import compiled

_BEGIN = compiled(r"-----BEGIN ((?:[A-Z0-9]{2,12} ){0,2}PRIVATE KEY(?: BLOCK)?)-----")
_PUTTY = compiled(r"PuTTY-User-Key-File-[23]: ")
_HEADER = compiled(r"[ \t\r\n]*(?:[A-Za-z-]{2,20}: [^\n]{0,120}\n|[ \t\r\n])*")
_BODY = compiled(r"(?:[A-Za-z0-9+/]{16,}={0,2}[\s\\]*){1,400}")
_LEAST_BODY = 40
_JWT = compiled(r"(?<![\w.-])eyJ[\w-]{8,8000}\.[\w-]{0,16000}\.[\w-]{0,8000}(?:\.[\w-]{0,8000}){0,2}", re.ASCII)
_JWT_EXAMPLE = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkw"
"""The first characters of the token that jwt.io shows."""


def private_keys(around: Around) -> Iterator[Finding]:
    """`private_key`: a block in PEM, OpenSSH, PGP or PuTTY form that holds the key itself, not only the first line."""
    text = around.text
    if "PRIVATE KEY" in text:
        for match in _BEGIN.finditer(text):
            body = _BODY.match(text, _HEADER.match(text, match.end()).end())  # type: ignore[union-attr]  # may be empty
            if body is not None and sum(mark.isalnum() for mark in body.group()[:200]) >= _LEAST_BODY:
                kind = match.group(1).lower().replace("pgp", "PGP").replace("rsa", "RSA").replace("openssh", "OpenSSH")
                yield _found("private_key", kind, match.start(), body.end())
    if "PuTTY-User-Key" in text:
        for match in _PUTTY.finditer(text):
            if "Private-Lines: " in text[match.end() : match.end() + 6000]:
                yield _found("private_key", "PuTTY private key", match.start(), match.end())


def _found(entity: str, kind: str, start: int, end: int, *, documented: bool = False) -> Finding:
    return Finding(entity=entity, kind=kind, start=start, end=end, checked=True, chance=1e-9, documented=documented)


def web_tokens(around: Around) -> Iterator[Finding]:
    """`jwt`: a JSON web token: parts in base64url, of which the first is JSON that names an algorithm."""
    if "eyJ" not in around.text:
        return
    for match in _JWT.finditer(around.text):
        parts = match.group().split(".")
        if _names_an_algorithm(parts[0]) and len(match.group()) >= 60:
            documented = match.group().startswith(_JWT_EXAMPLE)
            yield _found("jwt", "JSON web token", match.start(), match.end(), documented=documented)


def _names_an_algorithm(part: str) -> bool:
    try:
        header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and isinstance(header.get("alg"), str)
