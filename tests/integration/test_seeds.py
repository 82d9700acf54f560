"""A recipe that is only trained again with other seeds is not called worse, on the table of the demo."""

from __future__ import annotations

from itertools import combinations
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import mlgate
from mlgate.outcome import Status

pytestmark = pytest.mark.slow

TABLE = Path(mlgate.__file__).parent / "demo" / "randhie.csv.gz"


def retrained(seeds: range) -> list[dict[str, Any]]:
    """Predictions of small forests on the same half of the people, trained on the other half with each seed."""
    import pandas as pd
    from sklearn.ensemble import RandomForestClassifier

    table = pd.read_csv(TABLE, nrows=8_000)  # more people change no verdict, and each comparison is made of all of them
    visits = next(name for name in table.columns if "visit" in name or name == "mdvis")
    label = (table[visits] > 0).to_numpy()
    numbers = table.drop(columns=[visits]).apply(pd.to_numeric, errors="coerce").dropna(axis=1, how="all").fillna(-1)
    features = numbers.to_numpy(dtype=np.float64)
    test = (np.arange(len(label)) // 500) % 2 == 0
    runs = []
    for seed in seeds:
        forest = RandomForestClassifier(n_estimators=10, min_samples_leaf=10, random_state=seed)
        score = forest.fit(features[~test], label[~test]).predict_proba(features[test])[:, 1]
        runs.append({"id": np.flatnonzero(test), "label": label[test], "prediction": score >= 0.5, "score": score})
    return runs


def means(runs: list[dict[str, Any]]) -> tuple[float, float]:
    """Accuracy and area under the curve, each the mean of the runs."""
    from sklearn.metrics import roc_auc_score

    accuracy = [float(np.mean(run["label"] == run["prediction"])) for run in runs]
    return float(np.mean(accuracy)), float(np.mean([roc_auc_score(run["label"], run["score"]) for run in runs]))


def test_three_runs_a_side_judge_the_recipe() -> None:
    runs = retrained(range(6))
    metrics = {"accuracy": 0.001, "roc_auc": 0.001}
    first = mlgate.compare(runs[:3], runs[3:], metrics=metrics, positive=True)
    assert first.verdict in (Status.PASS, Status.WARN), str(first)
    verdicts = []
    splits = list(combinations(range(6), 3))
    for chosen in splits:
        baseline, candidate = [runs[i] for i in chosen], [runs[i] for i in range(6) if i not in chosen]
        if all(ours >= theirs for ours, theirs in zip(means(candidate), means(baseline), strict=True)):
            continue  # better in both, so neither can be called worse; its mirror image is judged
        found = mlgate.compare(baseline, candidate, metrics=metrics, positive=True)
        verdicts += [outcome for outcome in found.outcomes if outcome.check == "metric_change"]
    assert len(splits) <= len(verdicts) < 2 * len(splits)
    assert {outcome.evidence["method"] for outcome in verdicts} == {"seeds-and-rows"}
    # The splits are one set of six runs over and over, the worst of them included: as many as alpha allows.
    blocked = [outcome.message for outcome in verdicts if outcome.status.blocks]
    assert len(blocked) <= 0.05 * 2 * len(splits), blocked
