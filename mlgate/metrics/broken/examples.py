"""Single examples for a report, as far as privacy allows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mlgate.config.evaluation import Evaluation
from mlgate.metrics.broken.naming import show_ids, show_text
from mlgate.metrics.paired import Paired
from mlgate.metrics.sample import Flags, Floats, Index, Sample

MOST_EXAMPLES = 10


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Examples:
    """What examples are listed from.

    Parameters
    ----------
    evaluation : names the label columns of label sets
    rows : the paired rows
    kind : as in `RowLosses`
    harm : what each row lost, shape (n_rows,); negative where it gained
    privacy : `none` lists nothing; `masked` shows the first character and the length of ids and texts, and neither
        scores nor numbers; `full` shows all
    """

    evaluation: Evaluation
    rows: Paired
    kind: str
    harm: Floats
    privacy: str

    def by_harm(self, chosen: Flags, *, gains: bool = False) -> list[dict[str, Any]]:
        """The chosen rows that lost most (or gained most), at most ten; ties in order of id.

        Each has `id` and `harm`, and as far as known and allowed `label`, `before`, `after`, `score_before` and
        `score_after`: the score of the positive class, or that of the label where there is one per class.
        """
        if self.rows.ids is None or self.privacy not in ("masked", "full"):
            return []
        index = np.flatnonzero(chosen)
        harm = self.harm[index] if gains else -self.harm[index]
        index = index[np.argsort(harm, kind="stable")][:MOST_EXAMPLES]
        names = show_ids(self.rows.ids, index, self.privacy)
        return [
            {"id": name, **self._facts(row), "harm": float(self.harm[row])}
            for name, row in zip(names, index.tolist(), strict=True)
        ]

    def _facts(self, row: int) -> dict[str, Any]:
        one: Index = np.array([row], dtype=np.intp)
        before, after = self.rows.baseline.take(one), self.rows.candidate.take(one)
        told: dict[str, Any] = {}
        if self.kind in ("classes", "sets", "texts"):
            told |= self._said(before, after)
        elif self.kind == "scores" and after.labels is not None:
            told["label"] = after.classes[int(after.labels[0])]
        if self.privacy != "full":
            return told
        if self.kind == "numbers":
            parts = {"label": after.truth, "before": before.estimate, "after": after.estimate}
            told |= {key: float(part[0]) for key, part in parts.items() if part is not None}
        if self.kind in ("classes", "scores"):
            scores = {"score_before": _score(before), "score_after": _score(after)}
            told |= {key: score for key, score in scores.items() if score is not None}
        return told

    def _said(self, before: Sample, after: Sample) -> dict[str, str]:
        """Label, and the predictions of baseline and candidate, as texts."""
        match self.kind:
            case "classes":
                codes = (after.labels, before.predictions, after.predictions)
                texts = ["" if code is None else after.classes[int(code[0])] for code in codes]
            case "sets":
                names = self.evaluation.columns.label
                flags = (after.label_set, before.predicted_set, after.predicted_set)
                texts = ["" if flag is None else _set_text(flag[0], names) for flag in flags]
            case _:
                columns = (after.references, before.hypotheses, after.hypotheses)
                texts = ["" if column is None else show_text(str(column[0]), self.privacy) for column in columns]
        return dict(zip(("label", "before", "after"), texts, strict=True))


def _score(one: Sample) -> float | None:
    """Score of a single row."""
    if one.scores is None or one.scores.ndim == 1:
        return None if one.scores is None else float(one.scores[0])
    covered = one.labels is not None and one.scores.shape[1] == len(one.classes)
    return float(one.scores[0, one.labels[0]]) if covered and one.labels is not None else None


def _set_text(flags: Flags, names: str | tuple[str, ...]) -> str:
    known = isinstance(names, tuple) and len(names) == flags.size
    return "{" + ", ".join(names[place] if known else str(place) for place in np.flatnonzero(flags).tolist()) + "}"
