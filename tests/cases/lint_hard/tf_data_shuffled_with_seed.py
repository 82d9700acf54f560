"""A dataset that is shuffled with a seed."""

import tensorflow as tf

dataset = tf.data.TextLineDataset("rows.txt").shuffle(1000, seed=7).batch(32)
for batch in dataset:
    print(batch.shape)
