import random
from pathlib import Path

import pandas as pd
import yaml

from clinic.evaluate import predict
from clinic.prepare import label, split
from clinic.train import fit

HEALTH = ["excellent", "good", "fair", "poor"]


def small_export(rows=200):
    """Made-up members of every kind, two years each."""
    draw = random.Random(1)
    return pd.DataFrame(
        {
            "example_id": range(rows),
            "member": [row // 2 for row in range(rows)],
            "visits": [draw.choice([0, 0, 1, 4]) for _ in range(rows)],
            "coinsurance": [draw.choice([0, 25, 50, 95]) for _ in range(rows)],
            "deductible_plan": [draw.random() < 0.3 for _ in range(rows)],
            "log_incentive": [draw.uniform(0, 7) for _ in range(rows)],
            "log_maximum": [draw.uniform(0, 8) for _ in range(rows)],
            "limitation": [draw.choice([0.0, 0.0, 0.1, 1.0]) for _ in range(rows)],
            "conditions": [draw.uniform(0, 50) for _ in range(rows)],
            "health": [HEALTH[row % 4] for row in range(rows)],
        }
    )


def test_export_to_predictions():
    params = yaml.safe_load(Path("params.yaml").read_text())
    train, test = split(label(small_export()), share=0.5)
    predictions = predict(fit(train, params), test)
    assert sorted(predictions["example_id"]) == sorted(test["example_id"])
    assert predictions["score"].between(0, 1).all()
    assert predictions.notna().all(axis=None)


def test_training_twice_gives_the_same_model():
    params = yaml.safe_load(Path("params.yaml").read_text())
    train, test = split(label(small_export()), share=0.5)
    first, second = (predict(fit(train, params), test)["score"] for _ in range(2))
    assert first.equals(second)
