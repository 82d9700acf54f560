"""The split is drawn before the seed is set."""

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

table = pd.read_csv("visits.csv")
features, labels = table.drop(columns="readmitted"), table["readmitted"]
train, test, train_labels, test_labels = train_test_split(features, labels)  # finds: late-seed
np.random.seed(7)
order = np.random.permutation(len(train))
model = LogisticRegression(max_iter=500).fit(train.iloc[order], train_labels.iloc[order])
print(model.score(test, test_labels))
