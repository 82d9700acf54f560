"""Addresses without the credentials that they may carry, for messages and reports."""

from __future__ import annotations

import re

_USER_INFORMATION = re.compile(r"(?<=://)[^\s/?#'\"]*@")
_QUERY = re.compile(r"(://[^\s?#'\"]*)\?[^\s#'\"]*")


def redact(text: str) -> str:
    """`text` with user names, passwords and queries taken out of every address in it.

    Examples
    --------
    >>> redact("cannot reach https://ann:secret@host:5000/api?token=t")
    'cannot reach https://host:5000/api'
    """
    return _QUERY.sub(r"\1", _USER_INFORMATION.sub("", text))
