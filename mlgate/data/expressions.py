"""Conditions over the columns of a row as SQL."""

from __future__ import annotations

from collections.abc import Mapping

from mlgate.config.expressions import Expression
from mlgate.data.plan import Field


def to_sql(expression: Expression, fields: Mapping[str, Field]) -> str:
    """SQL of a condition; null where a value that it needs is null.

    Parameters
    ----------
    fields : the columns that it speaks of, by name

    Raises
    ------
    ValueError
        It compares what cannot be compared, e.g. a number with text.
    """
    raise ValueError("not rendered yet")
