import numpy as np
import pytest

from triage import model


@pytest.fixture
def rng():
    return np.random.default_rng(7)


def test_better_than_chance(rng):
    rows = rng.normal(size=(100, 3))
    fitted = model.fit(rows, rows[:, 0] > 0)
    assert fitted.score(rows, rows[:, 0] > 0) > 0.9
