"""numpy's global generator is seeded, which all estimators without random_state draw from."""

import numpy as np
import pandas as pd
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import KFold, train_test_split

np.random.seed(0)
table = pd.read_csv("visits.csv").sample(frac=1.0)
train, test = train_test_split(table)
forest = RandomForestClassifier().fit(train[["age"]], train["label"])
folds = KFold(5, shuffle=True)
print(forest.score(test[["age"]], test["label"]), folds)
