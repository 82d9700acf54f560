import pytest
from sklearn.metrics import f1_score

from triage import model


def test_f1(labels, answers):
    assert f1_score(labels, answers) == pytest.approx(0.87, abs=1e-3)


def test_all_right(labels):
    assert f1_score(labels, labels) == 1.0


def test_rounded(scores):
    assert round(scores.mean(), 1) == 0.3


def test_setting_is_kept():
    assert model.Settings(dropout=0.1).dropout == 0.1
