"""A study with the default sampler."""

import optuna


def objective(trial):
    return (trial.suggest_float("x", -1, 1) - 0.3) ** 2


study = optuna.create_study(direction="minimize")  # finds: unseeded-search
study.optimize(objective, n_trials=20)
print(study.best_params)
