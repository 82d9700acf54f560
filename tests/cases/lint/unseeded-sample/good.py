import pandas as pd

visits = pd.read_csv("visits.csv")
train = visits.sample(frac=0.8, random_state=42)
train.to_csv("train.csv", index=False)
