import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(42)
x, y = np.random.rand(100, 4), np.random.rand(100)

model = tf.keras.Sequential([tf.keras.layers.Dense(8), tf.keras.layers.Dense(1)])
model.compile(optimizer="adam", loss="mse")
model.fit(x, y, epochs=3)
