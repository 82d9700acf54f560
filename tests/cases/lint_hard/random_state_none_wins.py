"""A forest whose shared settings are overruled."""

import pandas as pd
from sklearn.ensemble import RandomForestClassifier

table = pd.read_csv("patients.csv")
shared = {"n_estimators": 200, "n_jobs": -1}
forest = RandomForestClassifier(random_state=None, **shared)  # finds: unseeded-estimator
forest.fit(table.drop(columns="label"), table["label"])
