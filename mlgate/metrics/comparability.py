"""The key that says what a baseline may be compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.canonical import canonical_text, exact_text, text_order
from mlgate.metrics.rows import Rows

if TYPE_CHECKING:
    from mlgate.metrics.joined import Joined

_BLOCK = 100_000


def comparability_key(rows: Rows, evaluation: Evaluation) -> dict[str, Any]:
    """What must agree between a baseline and what is compared with it; recorded with the baseline.

    Parameters
    ----------
    rows : the evaluated rows, all of them
    evaluation : names the metrics

    Returns
    -------
    dict
        `rows` (count), `labels` (sha256 of the `id -> label` pairs in order of the id's text, each part preceded by
        its length in bytes; a label set is the digits of its indicators, no label is empty), `positive` (canonical
        text or None), `metrics` (definition by name).
    """
    digest = hashlib.sha256()
    order = None if rows.ids.dtype == object else text_order(rows.ids)
    for start in range(0, rows.n_rows, _BLOCK):
        stop = min(start + _BLOCK, rows.n_rows)
        part = rows.take(np.arange(start, stop) if order is None else order[start:stop])
        digest.update(b"".join(_pairs(part)))
    return {
        "rows": rows.n_rows,
        "labels": f"sha256:{digest.hexdigest()}",
        "positive": rows.positive,
        "metrics": _definitions(evaluation),
    }


def _pairs(rows: Rows) -> Iterator[bytes]:
    for identifier, label in zip(rows.ids.tolist(), _label_texts(rows), strict=True):
        for text in (str(identifier), label):
            raw = text.encode("utf-8", "surrogatepass")
            yield b"%d:%b" % (len(raw), raw)


def _label_texts(rows: Rows) -> list[str]:
    """The label of each row as one text, in the first form that it was read in."""
    texts = rows.references if rows.labels is None else rows.labels.texts()
    if rows.truth is not None and rows.labels is None:
        return [exact_text(value) or "" for value in rows.truth.tolist()]
    if texts is not None:
        return list(texts)
    if rows.label_set is not None:
        return ["".join("01"[flag] for flag in flags) for flags in rows.label_set.tolist()]
    return [""] * rows.n_rows


def _definitions(evaluation: Evaluation) -> dict[str, str]:
    return {metric.name: metric.spec.definition for metric in evaluation.metrics}


def check_key(recorded: Mapping[str, Any], joined: Joined, evaluation: Evaluation) -> str | None:
    """What makes a recorded baseline not comparable, or None.

    The positive class and the definitions of the metrics that both sides name must agree. The label digest is not
    compared here: labels of paired rows are compared themselves, so a row that one side lacks does no harm.

    Parameters
    ----------
    recorded : what `comparability_key` gave when the baseline was recorded
    """
    metrics = recorded.get("metrics")
    if "positive" not in recorded or not isinstance(metrics, Mapping):
        return "the baseline's record does not name its positive class and metric definitions"
    positive = canonical_text(recorded["positive"])
    if positive != joined.positive:
        return f"the baseline was recorded with positive class {positive!r}, this is {joined.positive!r}"
    for name, definition in _definitions(evaluation).items():
        if name in metrics and metrics[name] != definition:
            return f"the baseline was recorded under another definition of {name} ({metrics[name]})"
    return None
