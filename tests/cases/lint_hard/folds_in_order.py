"""Cross-validation over folds that are cut in order, or shuffled with a seed."""

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.model_selection import KFold, StratifiedKFold, cross_val_score, train_test_split

features, target = np.load("features.npy"), np.load("target.npy")
for folds in (KFold(5), StratifiedKFold(n_splits=5), KFold(n_splits=5, shuffle=True, random_state=1)):
    print(cross_val_score(Ridge(), features, target, cv=folds).mean())
train, test = train_test_split(features, shuffle=False)
print(len(train), len(test))
