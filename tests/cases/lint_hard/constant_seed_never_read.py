"""A constant that nothing reads."""

import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

SEED = 42  # finds: unused-seed

table = pd.read_csv("visits.csv")
train, test = train_test_split(table, test_size=0.2)  # finds: unseeded-split
model = LogisticRegression().fit(train[["age"]], train["label"])
print(model.score(test[["age"]], test["label"]))
