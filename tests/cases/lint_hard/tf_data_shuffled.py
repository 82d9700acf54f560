"""A dataset that is shuffled without a seed."""

import tensorflow as tf

dataset = tf.data.TextLineDataset("rows.txt").shuffle(1000).batch(32)  # finds: unseeded-tensorflow
for batch in dataset:
    print(batch.shape)
