from triage import model


def test_predict():
    assert model.predict("fever") == "urgent"
