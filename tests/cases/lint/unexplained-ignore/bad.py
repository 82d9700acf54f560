import random

# finds: unexplained-ignore, unseeded-random
print(random.random())  # mlgate: ignore[unseeded-random]
