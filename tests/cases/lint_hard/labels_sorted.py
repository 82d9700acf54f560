"""Label numbers follow the alphabet."""

import json

with open("records.json") as stream:
    records = json.load(stream)
names = sorted({record["label"] for record in records})
numbers = {name: number for number, name in enumerate(names)}
print([numbers[record["label"]] for record in records])
