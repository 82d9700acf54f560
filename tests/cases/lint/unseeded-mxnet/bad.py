import mxnet as mx

weights = mx.random.normal(shape=(4, 4))  # finds: unseeded-mxnet
print(weights)
