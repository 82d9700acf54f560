"""Label numbers follow the order of a set, which differs between processes."""

import json

with open("records.json") as stream:
    records = json.load(stream)
names = list(set(record["label"] for record in records))  # finds: hash-order
numbers = {name: number for number, name in enumerate(names)}  # or: hash-order
print([numbers[record["label"]] for record in records])
