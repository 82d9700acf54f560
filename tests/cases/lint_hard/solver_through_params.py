"""The solver that draws comes through a dictionary."""

import numpy as np
from sklearn.linear_model import LogisticRegression

features, labels = np.load("features.npy"), np.load("labels.npy")
settings = {"solver": "sag", "max_iter": 300}
print(LogisticRegression(**settings).fit(features, labels).score(features, labels))  # finds: unseeded-estimator
