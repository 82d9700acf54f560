import optuna


def objective(trial):
    return (trial.suggest_float("x", -10, 10) - 2) ** 2


study = optuna.create_study()  # finds: unseeded-search
study.optimize(objective, n_trials=20)
print(study.best_params)
