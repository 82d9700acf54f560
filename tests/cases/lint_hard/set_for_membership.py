"""Sets that are counted and asked, never walked."""

with open("train.txt") as lines:
    train = set(lines.read().split())
with open("test.txt") as lines:
    test = lines.read().split()
overlap = [word for word in test if word in train]
print(len(set(test)), len(train), max(train), len(overlap))
