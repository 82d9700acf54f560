"""Baseline and candidate rows, paired by id, and what does not agree between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from mlgate.metrics.coding import Column, dense, differs
from mlgate.metrics.comparability import check_key, comparability_key
from mlgate.metrics.paired import Paired
from mlgate.metrics.pairing import Pairing, pair_ids
from mlgate.metrics.rows import Rows
from mlgate.metrics.sample import Flags, Floats, Index, Sample
from mlgate.metrics.samples import Example, all_classes, build_samples, rows_sample, same_outputs, to_coded

__all__ = ["Index", "Joined", "check_key", "comparability_key", "join", "rows_sample"]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Joined:
    """Two models on the same examples, and the facts that decide whether they may be compared.

    Labels, weights, groups, queries, times and slices of `paired` are those of the candidate's first run; the counts
    say in how many paired rows any other file disagrees.

    Parameters
    ----------
    paired : the rows that every file has, in ascending order of id
    positive : canonical text of the positive class, or None
    only_baseline, only_candidate : ids that a file of the side and no file of the other side has
    incomplete : ids that both sides have, and not every run
    id_hint : why ids are not found on the other side, where it is their spelling; else empty
    label_hint : how the two sides spell their labels, where they have none in common; else empty
    label_disagreements, weights_disagree, groups_disagree, queries_disagree : paired rows
    slice_disagreements : by slice column the paired rows in another slice of the baseline; None where the baseline
        lacks the column
    baseline_slice_counts : by slice column that the baseline has, its rows (all of them) by value
    """

    paired: Paired
    positive: str | None
    only_baseline: int
    only_candidate: int
    incomplete: int = 0
    id_hint: str = ""
    label_hint: str = ""
    label_disagreements: int = 0
    weights_disagree: int = 0
    groups_disagree: int = 0
    queries_disagree: int = 0
    slice_disagreements: Mapping[str, int | None] = field(default_factory=dict)
    baseline_slice_counts: Mapping[str, Mapping[str, int]] = field(default_factory=dict)

    @property
    def n_rows(self) -> int:
        return self.paired.n_rows

    @property
    def overlap(self) -> float:
        """Share of all ids that every file has, in 0..1: |intersection| / |union|."""
        return self.n_rows / (self.n_rows + self.only_baseline + self.only_candidate + self.incomplete)


def join(baselines: Sequence[Rows], candidates: Sequence[Rows]) -> Joined:
    """Pair the rows by id.

    Parameters
    ----------
    baselines, candidates : one entry per run (seed) of the side, at least one, parsed under one evaluation
    """
    pairing = pair_ids([rows.ids for rows in baselines], [rows.ids for rows in candidates])
    taken = [
        rows if index is None else rows.take(index)
        for rows, index in zip((*baselines, *candidates), pairing.indices, strict=True)
    ]
    before, after = taken[: len(baselines)], taken[len(baselines) :]
    first, others = after[0], [*before, *after[1:]]
    return Joined(
        paired=_pair(before, after, pairing),
        positive=first.positive,
        only_baseline=pairing.only_baseline,
        only_candidate=pairing.only_candidate,
        incomplete=pairing.incomplete,
        id_hint=pairing.hint,
        label_hint=_label_hint(before[0], first),
        label_disagreements=_count(_labels_differ(first, other) for other in others),
        weights_disagree=_count(_numbers_differ(first.weights, other.weights) for other in others),
        groups_disagree=_count(_columns_differ(first.group, other.group) for other in others),
        queries_disagree=_count(_columns_differ(first.query, other.query) for other in others),
        slice_disagreements={name: _slices_disagree(name, before, first) for name in first.slices},
        baseline_slice_counts={name: _counts(column) for name, column in baselines[0].slices.items()},
    )


def _pair(before: Sequence[Rows], after: Sequence[Rows], pairing: Pairing) -> Paired:
    first = after[0]
    example = Example.of(first, pairing.ids, all_classes([*before, *after]))
    baselines, candidates = build_samples(before, example=example), build_samples(after, example=example)
    return Paired(
        n_rows=int(pairing.ids.size),
        baselines=baselines,
        candidates=candidates,
        same=_same(baselines, candidates),
        slices={name: to_coded(column) for name, column in first.slices.items()},
        features={name: to_coded(column) for name, column in first.features.items()},
        groups=None if first.group is None else dense(first.group.codes, len(first.group.values))[0],
        times=None if first.times is None else dense(first.times, int(first.times.max(initial=-1)) + 1)[0],
        ids=pairing.ids,
    )


def _same(baselines: Sequence[Sample], candidates: Sequence[Sample]) -> Flags:
    """Run by run where both sides have as many; else every run must say the same as the first."""
    if len(baselines) != len(candidates):
        baselines, candidates = [*baselines, *candidates[1:]], [candidates[0]] * (len(baselines) + len(candidates) - 1)
    same = same_outputs(baselines[0], candidates[0])
    for one, other in zip(baselines[1:], candidates[1:], strict=True):
        same &= same_outputs(one, other)
    return same


def _count(found: Iterator[Flags | None]) -> int:
    """Rows in which any of the flags is set; None says nothing."""
    flags = [part for part in found if part is not None]
    return int(np.count_nonzero(np.logical_or.reduce(flags))) if flags else 0


def _labels_differ(one: Rows, other: Rows) -> Flags | None:
    """In whatever forms the label was read."""
    found = [
        _columns_differ(one.labels, other.labels),
        _numbers_differ(one.truth, other.truth),
        _numbers_differ(one.references, other.references),
        _numbers_differ(one.label_set, other.label_set),
    ]
    flags = [part for part in found if part is not None]
    return np.asarray(np.logical_or.reduce(flags)) if flags else None


def _columns_differ(one: Column | None, other: Column | None) -> Flags | None:
    return None if one is None or other is None else differs(one, other)


def _numbers_differ(one: Floats | Any, other: Floats | Any) -> Flags | None:
    if one is None or other is None:
        return None
    flags = np.asarray(one != other, dtype=bool)
    return flags if flags.ndim == 1 else np.asarray(flags.any(axis=1))


def _slices_disagree(name: str, before: Sequence[Rows], first: Rows) -> int | None:
    if any(name not in rows.slices for rows in before):
        return None
    return _count(differs(rows.slices[name], first.slices[name]) for rows in before)


def _counts(column: Column) -> dict[str, int]:
    counts = np.zeros(len(column.values), dtype=np.int64)
    for start in range(0, column.codes.size, 1 << 18):
        counts += np.bincount(column.codes[start : start + (1 << 18)], minlength=counts.size)
    return {value: count for value, count in zip(column.values, counts.tolist(), strict=True) if count}


def _label_hint(baseline: Rows, candidate: Rows) -> str:
    if baseline.labels is None or candidate.labels is None:
        return ""
    before, after = baseline.labels.values, candidate.labels.values
    if set(before) & set(after):
        return ""
    return (
        f"the two files have no label in common ({', '.join(before[:4])} and {', '.join(after[:4])}): "
        "write labels in one spelling"
    )
