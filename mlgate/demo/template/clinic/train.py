"""Stage `train`: fits the model and writes it."""

from pathlib import Path

import joblib
import pandas as pd
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from clinic.features import make_features


def build(settings: dict, seed: int):
    """The untrained model."""
    return make_pipeline(StandardScaler(), LogisticRegression(C=settings["c"], random_state=seed))


def fit(train: pd.DataFrame, params: dict):
    """The model, trained on labelled rows."""
    return build(params["model"], params["seed"]).fit(make_features(train), train["visited"])


def main() -> None:
    params = yaml.safe_load(Path("params.yaml").read_text())
    joblib.dump(fit(pd.read_parquet("data/train.parquet"), params), "models/model.joblib")


if __name__ == "__main__":
    main()
