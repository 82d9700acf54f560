"""The runs are seeded, the data that they share is not."""

import numpy as np

rows = np.random.normal(size=(100, 4))  # finds: late-seed
scores = []
for seed in range(5):
    np.random.seed(seed)
    picked = rows[np.random.permutation(len(rows))[:50]]
    scores.append(picked.mean())
print(np.std(scores))
