"""TensorFlow's own seed, before everything."""

import tensorflow as tf

tf.random.set_seed(3)
weights = tf.Variable(tf.random.normal((4, 2)))
dataset = tf.data.Dataset.range(100).shuffle(100)
print(weights, list(dataset.take(3)))
