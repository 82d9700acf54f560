"""Which types the values of a text column could have, decided on a sample so that the rest need not be tried on all."""

from __future__ import annotations

from collections.abc import Sequence

from mlgate.data import aggregates as sql
from mlgate.data.measure import measure
from mlgate.data.plan import Field, as_kind
from mlgate.data.table import Table

WORDS_FOR_MISSING = (
    *("na", "n/a", "#n/a", "nan", "null", "(null)", "none", "nil", "?", "-", "--", "missing", "undefined", "\\n"),
)
SAMPLED_FROM = 20_000
SAMPLE_ROWS = 2_000
LEAST_SHARE = 0.5
ODD_SHARE = 0.05
"""At most this share of a column's values (but always one value) may differ for the rest to be called its type."""
LEAST_TYPED = 3
"""So many values of one type make a type."""


def is_word_for_missing(field: Field) -> str:
    """Condition that a text is one of the words that usually mean a missing value."""
    listed = ", ".join(sql.text_literal(word) for word in WORDS_FOR_MISSING)
    return f"coalesce(lower(trim({field.raw})) IN ({listed}), false)"


def plausible_kinds(table: Table, fields: Sequence[Field], kinds: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Kinds of which at least half of a column's values are, by column name; none for a typed column.

    Up to 20,000 rows every kind is tried on every row. Above, a kind that fewer than half of some 2,000 evenly spaced
    rows have is left out; words that mean missing count for every kind.
    """
    texts = [field for field in fields if field.is_text]
    found = {field.name: tuple(kinds) if field.is_text else () for field in fields}
    rows = measure(table, [((), [sql.ROWS])])[sql.ROWS]
    if not texts or not isinstance(rows, int) or rows <= SAMPLED_FROM:
        return found
    present = {field.name: sql.count(field.raw) for field in texts}
    asked = {
        field.name: {
            kind: sql.count_where(f"{as_kind(field, kind).value} IS NOT NULL OR {is_word_for_missing(field)}")
            for kind in kinds
        }
        for field in texts
    }
    questions = (
        ([field, *(as_kind(field, kind) for kind in kinds)], [present[field.name], *asked[field.name].values()])
        for field in texts
    )
    facts = measure(table, questions, every=rows // SAMPLE_ROWS)

    def rare(name: str, kind: str) -> bool:
        count, of = facts[asked[name][kind]], facts[present[name]]
        return isinstance(count, int) and isinstance(of, int) and count < LEAST_SHARE * of

    return {name: tuple(kind for kind in tried if not rare(name, kind)) for name, tried in found.items()}
