"""random_state is set after the estimator was made, before it is fitted."""

import numpy as np
from sklearn.cluster import KMeans

points = np.load("points.npy")
clustering = KMeans(n_clusters=4)
for seed in range(3):
    clustering.set_params(random_state=seed)
    print(clustering.fit(points).inertia_)
