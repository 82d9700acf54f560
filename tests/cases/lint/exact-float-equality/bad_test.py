from sklearn.metrics import f1_score

from triage import model


def test_f1(labels, answers):
    assert f1_score(labels, answers) == 0.87  # finds: exact-float-equality


def test_probability():
    probabilities = model.predict_proba(["fever"])
    assert probabilities[0][1] == 0.93  # finds: exact-float-equality


def test_mean(scores):
    mean = scores.mean()
    assert mean == 0.3  # finds: exact-float-equality
