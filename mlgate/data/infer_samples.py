"""Some texts of each column, and the types that these leave possible: the rest need not be tried on all rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from mlgate.data import aggregates as sql
from mlgate.data.measure import measure
from mlgate.data.plan import Field, scanned
from mlgate.data.plausible import LEAST_SHARE, WORDS_FOR_MISSING
from mlgate.data.table import Table

SAMPLED = 200
MAX_TEXTS = 200_000
COLUMNS_AT_ONCE = 64
_COULD_BE = {
    "integer": r"[+-]?\d+",
    "number": r"[+-]?(\d.*|[.,]\d.*|inf.*|nan)",
    "boolean": "true|false|0|1",
    "date": r"\d{4}-\d{2}-\d{2}",
    "datetime": r"\d{4}-\d{2}-\d{2}.*",
    "time": r"\d{2}:\d{2}.*",
    "duration": "-?P.*",
}
"""Patterns that every text of the type matches, and some others do; spaces around it do not count."""
TEXT_KINDS = tuple(_COULD_BE)


def sample_texts(table: Table, fields: Sequence[Field]) -> dict[str, list[str]]:
    """Texts of evenly spaced rows by column name, at most 200 of each and fewer where there are many columns."""
    rows = measure(table, [((), [sql.ROWS])])[sql.ROWS]
    most = max(20, min(SAMPLED, MAX_TEXTS // max(len(fields), 1)))
    every = max(1, rows // most) if isinstance(rows, int) else 1
    samples: dict[str, list[str]] = {}
    for start in range(0, len(fields), COLUMNS_AT_ONCE):
        block = fields[start : start + COLUMNS_AT_ONCE]
        values = ", ".join(field.raw for field in block)
        query = f"SELECT {values} FROM ({scanned(table, block, every=every)}) AS source LIMIT {most}"  # noqa: S608  # made by aggregates
        found = table.connection.execute(query).fetchall()
        for place, field in enumerate(block):
            samples[field.name] = [row[place] for row in found if row[place] is not None]
    return samples


def possible_kinds(samples: Mapping[str, Sequence[str]]) -> dict[str, tuple[str, ...]]:
    """Types that at least half of a column's sampled texts could be, by column name.

    A type that all values have is always among them. Words that mean missing count for every type.
    """
    return {name: tuple(kind for kind in TEXT_KINDS if _often(kind, texts)) for name, texts in samples.items()}


def _often(kind: str, texts: Sequence[str]) -> bool:
    pattern = re.compile(_COULD_BE[kind], re.IGNORECASE | re.DOTALL)
    could = sum(
        pattern.fullmatch(text.strip()) is not None or text.strip().lower() in WORDS_FOR_MISSING for text in texts
    )
    return could >= LEAST_SHARE * len(texts)
