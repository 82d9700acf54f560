"""A study whose sampler is named, but not seeded."""

import optuna


def objective(trial):
    return (trial.suggest_float("x", -1, 1) - 0.3) ** 2


sampler = optuna.samplers.RandomSampler()  # finds: unseeded-search
study = optuna.create_study(sampler=sampler)  # or: unseeded-search
study.optimize(objective, n_trials=20)
