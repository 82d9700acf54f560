import cupy
import numpy as np

np.random.seed(42)
noise = cupy.random.rand(1000)  # finds: unseeded-cupy
print(noise.mean())
