import random

# mlgate: ignore[unseeded-random] a look at the data by hand: any rows will do
rows = random.sample(
    range(1000),
    5,
)
print(rows)
