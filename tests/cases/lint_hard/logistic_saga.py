"""Logistic regression draws only with some of its solvers."""

import numpy as np
from sklearn.linear_model import LogisticRegression

features, labels = np.load("features.npy"), np.load("labels.npy")
plain = LogisticRegression(C=0.5).fit(features, labels)
saga = LogisticRegression(solver="saga", penalty="l1").fit(features, labels)  # finds: unseeded-estimator
fixed = LogisticRegression(solver="saga", random_state=0).fit(features, labels)
print(plain.score(features, labels), saga.score(features, labels), fixed.score(features, labels))
