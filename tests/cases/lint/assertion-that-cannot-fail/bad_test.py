import unittest
from unittest import mock

import pytest

from triage import model


def test_label():
    assert (model.predict("fever") == "urgent", "fever is urgent")  # finds: assertion-that-cannot-fail


def test_one_of_two():
    assert model.predict("rash") == "urgent" or "later"  # finds: assertion-that-cannot-fail


def test_probabilities():
    assert (score > 0 for score in model.scores("rash"))  # finds: assertion-that-cannot-fail


def test_forgotten_word():
    labels = model.labels()
    labels == ["urgent", "later"]  # finds: assertion-that-cannot-fail
    assert labels


def test_message():
    with pytest.raises(ValueError) as caught:
        model.predict("")
        assert "empty" in str(caught.value)  # finds: assertion-that-cannot-fail


def test_refused():
    try:
        model.predict(None)
    except TypeError as problem:
        assert "None" in str(problem)  # finds: assertion-that-cannot-fail


def test_swallowed():
    try:
        assert model.predict("cough") == "later"  # finds: assertion-that-cannot-fail
    except Exception as problem:
        print(problem)


def test_call():
    notify = mock.Mock()
    model.predict("fever", notify=notify)
    assert notify.called_once_with("urgent")  # finds: assertion-that-cannot-fail


class TestModel(unittest.TestCase):
    def test_size(self):
        self.assertTrue(len(model.labels()), 2)  # finds: assertion-that-cannot-fail
