"""Words are numbered in the order of a set."""

vocabulary = {}
with open("corpus.txt") as lines:
    for number, word in enumerate(set(lines.read().split())):  # finds: hash-order
        vocabulary[word] = number
print(len(vocabulary))
