"""Which moments say their time zone: beside ones that do not, none can be told to be the earlier one."""

from __future__ import annotations

from mlgate.data import aggregates as sql
from mlgate.data.plan import Field

_ZONE_AT_END = r"[Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:?[0-9]{2})\s*$"
NO_ZONE = "false"
"""The condition of columns in which no moment can have one."""
_STORED = ("TIMESTAMP WITH TIME ZONE", "TIMESTAMPTZ_NS")


def zoned(field: Field) -> str:
    """Condition that a value of a column of moments is there and has a time zone.

    A column that a file stores as moments with one has it in every value; other stored ones have none.
    """
    if field.kind != "datetime":
        return NO_ZONE
    if field.is_text:
        return f"({field.value} IS NOT NULL AND {sql.matches(field.raw, _ZONE_AT_END)})"
    return f"({field.value} IS NOT NULL)" if field.engine_type in _STORED else NO_ZONE
