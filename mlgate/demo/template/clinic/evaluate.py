"""Writes one prediction per test row. `mlgate run` calls it, so the predictions belong to the commit under review."""

from pathlib import Path

import joblib
import pandas as pd

from clinic.features import make_features

GROUPS = ["health_group", "limited", "deductible"]


def predict(model, test: pd.DataFrame) -> pd.DataFrame:
    """Id, label, prediction and score of each row, its member, and the groups that the gate compares one by one."""
    score = model.predict_proba(make_features(test))[:, 1]
    told = test[["example_id", "member", "visited", *GROUPS]].reset_index(drop=True)
    return told.assign(prediction=score >= 0.5, score=score)


def main() -> None:
    test = pd.read_parquet("data/test.parquet")
    Path("outputs").mkdir(exist_ok=True)
    predict(joblib.load("models/model.joblib"), test).to_parquet("outputs/predictions.parquet", index=False)


if __name__ == "__main__":
    main()
