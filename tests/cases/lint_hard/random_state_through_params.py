"""Two clusterings with the same settings."""

import numpy as np
from sklearn.cluster import KMeans, MiniBatchKMeans

points = np.load("points.npy")
common_params = {"n_clusters": 8, "n_init": 4, "random_state": 0}
exact = KMeans(**common_params).fit(points)
quick = MiniBatchKMeans(batch_size=256, **common_params).fit(points)
print(exact.inertia_, quick.inertia_)
