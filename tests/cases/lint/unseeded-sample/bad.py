import pandas as pd

visits = pd.read_csv("visits.csv")
train = visits.sample(frac=0.8)  # finds: unseeded-sample
train.to_csv("train.csv", index=False)
