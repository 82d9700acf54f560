"""A value that is spelled like our word for a missing one stays a slice of its own."""

from __future__ import annotations

import numpy as np

from mlgate.metrics.coding import code_slices, name_missing


def test_a_literal_missing_is_not_merged_with_rows_that_have_no_value() -> None:
    values = np.array([None, "(missing)", '"(missing)"', "a", None], dtype=object)
    assert name_missing(code_slices(values)).texts().tolist() == [
        "(missing)",
        '"(missing)"',
        '""(missing)""',
        "a",
        "(missing)",
    ]
