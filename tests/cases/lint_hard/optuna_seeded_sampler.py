"""A study with a seeded sampler."""

import optuna
from optuna.samplers import TPESampler


def objective(trial):
    return (trial.suggest_float("x", -1, 1) - 0.3) ** 2


study = optuna.create_study(sampler=TPESampler(seed=10))
study.optimize(objective, n_trials=20)
print(study.best_params)
