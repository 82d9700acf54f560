"""Ids and subjects of these outcomes, and what of single rows may appear in them."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.canonical import Ids, id_texts
from mlgate.metrics.checks import quote_part, show_value
from mlgate.metrics.sample import Index

SliceKey = Mapping[str, str]
"""Slice column -> value."""

_LONGEST = 200


def outcome_id(evaluation: Evaluation, *parts: str, slice_key: SliceKey | None = None) -> str:
    """`model/<evaluation>/<part>/...`, for a slice followed by `/<slice>=<value>`."""
    where = [f"{quote_part(name)}={quote_part(value)}" for name, value in (slice_key or {}).items()]
    return "/".join(("model", quote_part(evaluation.name), *map(quote_part, parts), *where))


def slice_text(slice_key: SliceKey) -> str:
    """`sex=F`, `sex=F, ward=3`: for a message."""
    return ", ".join(f"{show_value(name)}={show_value(value)}" for name, value in slice_key.items())


def counted(n: int, singular: str, plural: str = "") -> str:
    """`1 example`, `1,204 examples`."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def show_ids(ids: Ids, index: Index, privacy: str) -> list[str]:
    """Ids of the rows at `index` as far as they may be shown; empty where none may.

    Parameters
    ----------
    privacy : `none` shows no row, `masked` the first character and the length of an id, `full` the ids
    """
    if privacy not in ("masked", "full"):
        return []
    return [show_text(text, privacy) for text in id_texts(ids[index])]


def show_text(text: str, privacy: str) -> str:
    """A value of a single row: as it is, but not longer than 200 characters, or masked.

    Examples
    --------
    >>> show_text("jane@example.com", "full"), show_text("jane@example.com", "masked"), show_text("7", "masked")
    ('jane@example.com', 'j*** (16 characters)', '* (1 character)')
    """
    if privacy == "full":
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}..."
    return f"{text[0]}*** ({len(text)} characters)" if len(text) > 1 else f"* ({counted(len(text), 'character')})"
