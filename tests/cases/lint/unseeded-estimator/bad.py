from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression

x, y = load_iris(return_X_y=True)
forest = RandomForestClassifier(n_estimators=50)  # finds: unseeded-estimator
linear = LogisticRegression(solver="saga")  # finds: unseeded-estimator
print(forest.fit(x, y).score(x, y), linear.fit(x, y).score(x, y))
