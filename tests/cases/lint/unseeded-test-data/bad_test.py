import numpy as np

from triage import model


def test_better_than_chance():
    rows = np.random.normal(size=(100, 3))  # finds: unseeded-test-data
    fitted = model.fit(rows, rows[:, 0] > 0)
    assert fitted.score(rows, rows[:, 0] > 0) > 0.9
