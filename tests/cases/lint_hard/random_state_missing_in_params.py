"""Two clusterings with the same settings, none of which fixes the starts."""

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans

points = np.load("points.npy")
common_params = dict(n_clusters=8, n_init=4)
exact = KMeans(**common_params).fit(points)  # finds: unseeded-estimator
quick = MiniBatchKMeans(batch_size=256, **common_params).fit(points)  # finds: unseeded-estimator
print(exact.inertia_, quick.inertia_)
