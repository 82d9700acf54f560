from sklearn.datasets import load_iris
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.svm import SVC

common = {"n_jobs": 2, "random_state": 42}

x, y = load_iris(return_X_y=True)
forest = RandomForestClassifier(n_estimators=50, **common)
linear = LogisticRegression()
print(forest.fit(x, y).score(x, y), linear.fit(x, y).score(x, y), SVC().fit(x, y).score(x, y))
