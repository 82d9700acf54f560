import pytest

from triage import model


def check(text, label):
    assert model.predict(text) == label


def test_empty_text():
    with pytest.raises(ValueError, match="empty"):
        model.predict("")


def test_unknown_word_does_not_raise():
    model.predict("zzz")


@pytest.mark.parametrize("text", ["fever", "high fever"])
def test_predict(text):
    check(text, "urgent")
