"""The finder of personal data that the rules of notebooks are given, since `lint` may not see `data`."""

from __future__ import annotations

from collections.abc import Iterator

ENTITIES = ("private_key", "jwt", "secret", "email", "iban")
"""What is certain by its form or check digits; numbers of an output that may be a phone's are mostly results."""


def find_personal(text: str) -> Iterator[tuple[str, int, int]]:
    """What a text holds, and where: an entity of `mlgate.config.personal_data`, start and end."""
    from mlgate.data.pii.text import candidates_in_text

    for found in candidates_in_text(text, entities=ENTITIES):
        if found.valid and not found.documented:
            yield found.entity, found.start, found.end
