"""Only numpy is seeded; the layers draw from TensorFlow."""

import numpy as np
import tensorflow as tf

np.random.seed(1337)
rows = np.random.rand(100, 8)
model = tf.keras.Sequential([tf.keras.layers.Dense(16), tf.keras.layers.Dense(1)])  # finds: unseeded-tensorflow
model.compile(loss="mse")
model.fit(rows, rows.sum(axis=1), epochs=2)  # finds: unseeded-tensorflow
