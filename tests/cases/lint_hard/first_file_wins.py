"""Whatever the disk names first is loaded."""

import glob

import numpy as np

weights = np.load(glob.glob("checkpoints/*.npy")[0])  # finds: unsorted-listing
print(weights.mean())
