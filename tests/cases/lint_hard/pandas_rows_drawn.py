"""Rows are shuffled by pandas."""

import pandas as pd

table = pd.read_csv("visits.csv")
shuffled = table.sample(frac=1).reset_index(drop=True)  # finds: unseeded-sample
fixed = table.sample(n=100, random_state=0)
print(len(shuffled), len(fixed))
