"""Baseline and candidate rows, paired by id, and the key that says what a baseline may be compared with."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlgate.config.project import Evaluation
from mlgate.metrics.canonical import Ids, canonical_text, id_texts
from mlgate.metrics.rows import Rows
from mlgate.metrics.specs import METRICS

Index = NDArray[np.intp]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joined:
    """Two models on the same examples: row i of `baseline` and row i of `candidate` have one id.

    Parameters
    ----------
    baseline, candidate : the rows that both sides have, of shape (n_rows,)
    only_baseline, only_candidate : counts of the rows of one side alone
    """

    baseline: Rows
    candidate: Rows
    only_baseline: int
    only_candidate: int

    @property
    def n_rows(self) -> int:
        return self.candidate.n_rows

    @property
    def overlap(self) -> float:
        """Share of all ids that both sides have, in 0..1: |intersection| / |union|."""
        return self.n_rows / (self.n_rows + self.only_baseline + self.only_candidate)

    @property
    def label_disagreements(self) -> int:
        """Number of paired rows whose labels differ."""
        return int(np.count_nonzero(self.baseline.labels != self.candidate.labels))


def join(baseline: Rows, candidate: Rows) -> Joined:
    """Pair the rows by id, whatever their order.

    Parameters
    ----------
    baseline, candidate : rows with distinct ids

    Notes
    -----
    Integer ids are sorted and searched, other ids are looked up as text; O(n log n) and O(n).
    """
    if np.array_equal(baseline.ids, candidate.ids):  # the same rows in the same order: nothing to search
        return Joined(baseline=baseline, candidate=candidate, only_baseline=0, only_candidate=0)
    both_integers = object not in (baseline.ids.dtype, candidate.ids.dtype)
    pair = _pair_integers if both_integers else _pair_texts
    left, right = pair(baseline.ids, candidate.ids)
    return Joined(
        baseline=baseline.take(left),
        candidate=candidate.take(right),
        only_baseline=baseline.n_rows - int(left.size),
        only_candidate=candidate.n_rows - int(right.size),
    )


def _pair_integers(baseline: Ids, candidate: Ids) -> tuple[Index, Index]:
    left, right = np.argsort(baseline), np.argsort(candidate)
    ordered, wanted = baseline[left], candidate[right]  # both in order, so that the search walks through memory
    place = np.searchsorted(ordered, wanted)
    found = np.append(ordered, 0)[place] == wanted
    found &= place < ordered.size
    return left[place[found]], right[found]


def _pair_texts(baseline: Ids, candidate: Ids) -> tuple[Index, Index]:
    texts = id_texts(baseline)
    row_of = dict(zip(texts, range(len(texts)), strict=True))
    place = np.fromiter(map(row_of.get, id_texts(candidate), repeat(-1)), dtype=np.intp, count=candidate.size)
    right = np.flatnonzero(place >= 0)
    return place[right], right


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
        its length in bytes), `positive` (canonical text or None), `metrics` (definition by name).
    """
    digest = hashlib.sha256()
    for identifier, label in sorted(zip(id_texts(rows.ids), rows.labels.tolist(), strict=True)):
        for text in (identifier, label):
            raw = text.encode("utf-8", "surrogatepass")
            digest.update(b"%d:%b" % (len(raw), raw))
    return {
        "rows": rows.n_rows,
        "labels": f"sha256:{digest.hexdigest()}",
        "positive": rows.positive,
        "metrics": _definitions(evaluation),
    }


def _definitions(evaluation: Evaluation) -> dict[str, str]:
    return {metric.name: METRICS[metric.name].definition for metric in evaluation.metrics}


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
    if positive != joined.candidate.positive:
        return f"the baseline was recorded with positive class {positive!r}, this is {joined.candidate.positive!r}"
    for name, definition in _definitions(evaluation).items():
        if name in metrics and metrics[name] != definition:
            return f"the baseline was recorded under another definition of {name} ({metrics[name]})"
    return None
