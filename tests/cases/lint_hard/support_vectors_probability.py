"""A support vector machine draws only to estimate probabilities."""

import numpy as np
from sklearn.svm import SVC

features, labels = np.load("features.npy"), np.load("labels.npy")
plain = SVC(kernel="rbf").fit(features, labels)
calibrated = SVC(kernel="rbf", probability=True).fit(features, labels)  # finds: unseeded-estimator
print(plain.score(features, labels), calibrated.predict_proba(features)[:3])
