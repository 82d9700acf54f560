from triage import model  # finds: test-outside-tiers


def test_predict():
    assert model.predict("fever") == "urgent"
