import cupy

cupy.random.seed(42)
noise = cupy.random.rand(1000)
print(noise.mean())
