"""Gradient boosting libraries whose default seeds are fixed."""

import catboost
import lightgbm as lgb
import pandas as pd
import xgboost as xgb
from sklearn.model_selection import train_test_split

table = pd.read_csv("visits.csv")
train, test, labels, test_labels = train_test_split(table[["age"]], table["label"], random_state=0)
for model in (
    xgb.XGBClassifier(subsample=0.8),
    lgb.LGBMClassifier(n_estimators=50),
    catboost.CatBoostClassifier(verbose=False),
):
    print(model.fit(train, labels).score(test, test_labels))
