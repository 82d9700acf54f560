"""Texts that stand for a missing value: declared as such, they spare a column a wider type or a new category."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence

from mlgate.config.plain_edits import Put
from mlgate.data import aggregates as sql
from mlgate.data import words
from mlgate.data.accept_case import Answer, Case
from mlgate.data.plan import Facts, Field, field_of
from mlgate.data.plausible import WORDS_FOR_MISSING

MAX_TOKENS = 5
ODD_SHARE = 0.05
"""Of a column's values: where more than these are another word, it may be text."""
_OWN_MEANING = ("na", "none", "nil", "-")
"""Words that may as well be categories: the code of Namibia, an answer."""


def or_missing(
    case: Case, field: Field, failing: str, blocked: Collection[str], otherwise: Callable[[], Answer]
) -> Answer:
    """Values that do not hold, declared as missing ones, if that is what they say; else what `otherwise` gives.

    They do if all are words for it (N/A, ?, ...). In a column of numbers or moments another word does, too, if it has
    no digit, comes back, and is rare. No other column may hold one of them, unless it does not hold itself.

    Parameters
    ----------
    failing : condition of the values
    blocked : columns with a finding
    """
    table = case.scope.table
    if not table.is_text:
        return otherwise()
    of_set = field.kind == "string"
    known = tuple(word for word in WORDS_FOR_MISSING if not (of_set and word in _OWN_MEANING))
    listed = ", ".join(map(sql.text_literal, known))
    word = f"lower(trim({field.raw})) IN ({listed})"
    other = f"{failing} AND NOT {word}"
    aggregates = {
        **field.counts,
        "words": sql.count_distinct(field.raw, where=f"{failing} AND {word}"),
        "others": sql.count_where(other),
        "different": sql.count_distinct(field.raw, where=other),
        "digits": sql.count_where(f"{other} AND {sql.matches(field.raw, '[0-9]')}"),
    }

    def answer(facts: Facts) -> Answer:
        others, different = facts["others"], facts["different"]
        rare = others <= ODD_SHARE * facts["present"]
        markers = not facts["digits"] and others >= 2 * different and rare and field.kind not in ("string", "boolean")
        if facts["words"] + different > MAX_TOKENS or (others and not markers):
            return otherwise()
        return case.ask((field,), {"tokens": sql.distinct_values(field.raw, failing)}, found)

    def found(facts: Facts) -> Answer:
        tokens = sorted(token for token in facts["tokens"] if token is not None)
        shown = [token for token in tokens if token.strip().lower() in known]
        return _only_here(case, tokens, shown, blocked, otherwise)

    return case.ask((field,), aggregates, answer)


def _only_here(
    case: Case, tokens: Sequence[str], shown: Sequence[str], blocked: Collection[str], otherwise: Callable[[], Answer]
) -> Answer:
    scope = case.scope
    names = [name for name in dict.fromkeys(scope.table.columns) if name != case.column and name not in blocked]
    others = [field_of(scope.table, scope.column(name)) for name in names]
    listed = ", ".join(map(sql.text_literal, tokens))
    counts = {f"in {place}": sql.count_where(f"{other.raw} IN ({listed})") for place, other in enumerate(others)}

    def answer(facts: Facts) -> Answer:
        return otherwise() if any(facts[name] for name in counts) else _declared(case, tokens, shown)

    return case.ask(others, counts, answer)


def _declared(case: Case, tokens: Sequence[str], shown: Sequence[str]) -> Answer:
    read = case.data.get("read") or {}
    declared = read.get("null")
    if declared is None:  # JSON says null itself: there an empty text stays a value unless it is declared
        declared = [""] if case.scope.table.read.delimiter else []
    known = list(declared) if isinstance(declared, list) else [declared]
    after = known + [token for token in tokens if token not in known]
    hidden = len(tokens) - len(shown)
    parts = [words.listed(shown)] * bool(shown) + [words.counted(hidden, "repeated word")] * bool(hidden)
    said = f"read.null gets {' and '.join(parts)}, for a missing value here"
    values = [token for token in tokens if token not in shown]
    if isinstance(case.data.get("read"), dict):
        return case.change(said, Put(("read", "null"), after), values=values)
    return case.change(said, Put(("read",), {"null": after}, after="version"), values=values)
