import random
import time

random.seed(time.time())  # finds: entropy-seed
print(random.sample(range(100), 5))
