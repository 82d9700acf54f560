import unittest
from unittest import mock

import pytest

from triage import model


def test_label():
    assert model.predict("fever") == "urgent", "fever is urgent"


def test_one_of_two():
    assert model.predict("rash") in ("urgent", "later")


def test_probabilities():
    assert all(score > 0 for score in model.scores("rash"))


def test_message():
    with pytest.raises(ValueError) as caught:
        model.predict("")
    assert "empty" in str(caught.value)


def test_refused():
    try:
        model.predict(None)
    except TypeError as problem:
        assert "None" in str(problem)
    else:
        pytest.fail("None was taken for a text")


def test_label_equals_itself():
    label = model.Label("urgent")
    assert label == label


def test_comparison_of_strangers_raises():
    with pytest.raises(TypeError):
        model.Label("urgent") < 3


def test_call():
    notify = mock.Mock()
    model.predict("fever", notify=notify)
    notify.assert_called_once_with("urgent")


class TestModel(unittest.TestCase):
    def test_size(self):
        self.assertTrue(model.labels(), "there are no labels")
        self.assertEqual(len(model.labels()), 2)
