"""A pipeline and a search around estimators without random_state."""

import numpy as np
from sklearn.decomposition import PCA
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.model_selection import RandomizedSearchCV
from sklearn.pipeline import make_pipeline

features, labels = np.load("features.npy"), np.load("labels.npy")
trees = ExtraTreesClassifier(n_estimators=50)  # finds: unseeded-estimator
pipeline = make_pipeline(PCA(n_components=4, svd_solver="full"), trees)
search = RandomizedSearchCV(  # finds: unseeded-estimator
    pipeline,
    {"extratreesclassifier__max_depth": [2, 4, 8, None]},
    n_iter=3,
)
print(search.fit(features, labels).best_params_)
