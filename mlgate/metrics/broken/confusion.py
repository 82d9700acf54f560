"""Which cells of the confusion table moved."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Index, Sample

MOST_CELLS = 10


def confusion_change(paired: Paired, *, most: int = MOST_CELLS) -> dict[str, Any] | None:
    """Rows by label and prediction, before and after, of the cells that changed most.

    Parameters
    ----------
    paired : the first run of either side is looked at
    most : number of cells listed

    Returns
    -------
    dict or None
        `cells`: a list of `label`, `prediction`, `before`, `after`, `delta`, the largest change first, in the order of
        the texts where changes are equal; `moved`: number of cells that changed. None without predicted classes.
    """
    before, after = paired.baseline, paired.candidate
    if after.labels is None or after.predictions is None or before.predictions is None:
        return None
    cells, counts = _counts(_cells(before), _cells(after), len(after.classes) ** 2)
    delta = counts[1] - counts[0]
    order = np.argsort(-np.abs(delta), kind="stable")
    moved = int(np.count_nonzero(delta))
    n_classes = len(after.classes)
    return {
        "moved": moved,
        "cells": [
            {
                "label": after.classes[int(cells[cell]) // n_classes],
                "prediction": after.classes[int(cells[cell]) % n_classes],
                "before": int(counts[0][cell]),
                "after": int(counts[1][cell]),
                "delta": int(delta[cell]),
            }
            for cell in order[: min(most, moved)].tolist()
        ],
    }


def _counts(before: Index, after: Index, n_cells: int) -> tuple[Index, list[NDArray[np.intp]]]:
    """The cells that may occur, ascending, and their rows on both sides; of many classes only those that do occur."""
    if n_cells <= before.size:
        return np.arange(n_cells), [np.bincount(side, minlength=n_cells) for side in (before, after)]
    cells, places = np.unique(np.concatenate([before, after]), return_inverse=True)
    sides = np.split(places.reshape(-1), [before.size])
    return cells, [np.bincount(side, minlength=cells.size) for side in sides]


def _cells(sample: Sample) -> Index:
    """label * n_classes + prediction of each row."""
    assert sample.labels is not None and sample.predictions is not None  # noqa: S101, PT018  # narrowing only
    return sample.labels.astype(np.intp) * len(sample.classes) + sample.predictions
