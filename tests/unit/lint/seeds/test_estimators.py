"""scikit-learn's estimators: told only at settings at which they draw, and only without a state."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.lint.seeds.estimators import ESTIMATORS, SPLITS

Told = Callable[..., list[str]]

DRAWS_AT = {
    "SVC": "probability=True",
    "NuSVC": "probability=True",
    "LogisticRegression": "solver='saga'",
    "LogisticRegressionCV": "solver='liblinear'",
    "Ridge": "solver='sag'",
    "RidgeClassifier": "solver='saga'",
    "Lasso": "selection='random'",
    "ElasticNet": "selection='random'",
    "LassoCV": "selection='random'",
    "ElasticNetCV": "selection='random'",
    "PCA": "svd_solver='randomized'",
    "KernelPCA": "eigen_solver='arpack'",
    "IterativeImputer": "sample_posterior=True",
    "DummyClassifier": "strategy='uniform'",
    "GaussianProcessRegressor": "n_restarts_optimizer=3",
    "GaussianProcessClassifier": "n_restarts_optimizer=3",
    "silhouette_score": "sample_size=3",
    "learning_curve": "shuffle=True",
    "fetch_olivetti_faces": "shuffle=True",
    "HistGradientBoostingClassifier": "early_stopping=True",
    "HistGradientBoostingRegressor": "early_stopping=True",
    **dict.fromkeys(("KFold", "StratifiedKFold", "StratifiedGroupKFold", "GroupKFold"), "shuffle=True"),
}
"""Settings of what does not draw at its defaults."""
NOT_AT = {"train_test_split": "shuffle=False", "TruncatedSVD": "algorithm='arpack'"}
ALL = sorted({**ESTIMATORS, **SPLITS})


def made(name: str, *settings: str) -> str:
    return f"from sklearn.somewhere import {name}\n{name}({', '.join(setting for setting in settings if setting)})\n"


@pytest.mark.parametrize("name", ALL)
def test_it_is_told_at_settings_at_which_it_draws(name: str, told: Told) -> None:
    rule = "unseeded-split" if name in SPLITS else "unseeded-estimator"
    assert told(made(name, DRAWS_AT.get(name, ""))) == [f"{rule}:2:uncontrolled"]


@pytest.mark.parametrize("name", ALL)
def test_a_state_or_a_seed_of_numpy_controls_it(name: str, told: Told) -> None:
    setting = DRAWS_AT.get(name, "")
    assert told(made(name, setting, "random_state=3")) == []
    assert told("import numpy\nnumpy.random.seed(3)\n" + made(name, setting)) == []
    assert len(told(made(name, setting, "random_state=None"))) == 1


@pytest.mark.parametrize("name", sorted(DRAWS_AT))
def test_it_is_not_told_at_its_defaults(name: str, told: Told) -> None:
    assert told(made(name)) == []


@pytest.mark.parametrize(("name", "setting"), NOT_AT.items())
def test_it_is_not_told_at_settings_at_which_it_does_not_draw(name: str, setting: str, told: Told) -> None:
    assert told(made(name, setting)) == []


@pytest.mark.parametrize(
    "name", ["LinearRegression", "XGBClassifier", "LGBMClassifier", "CatBoostClassifier", "StandardScaler", "KNN"]
)
def test_what_does_not_draw_is_never_told(name: str, told: Told) -> None:
    assert told(made(name)) == []
