import mxnet as mx

mx.random.seed(42)
weights = mx.random.normal(shape=(4, 4))
print(weights)
