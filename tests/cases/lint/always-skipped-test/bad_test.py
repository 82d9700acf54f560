import unittest

import pytest

from triage import model


@pytest.mark.skip(reason="flaky")
def test_accuracy():  # finds: always-skipped-test
    assert model.accuracy() > 0.8


@pytest.mark.skipif(True, reason="needs a GPU")
def test_on_gpu():  # finds: always-skipped-test
    assert model.device() == "cuda"


def test_calibration():  # finds: always-skipped-test
    pytest.skip("rewrite for the new labels")
    assert model.calibration() < 0.05


class TestServing(unittest.TestCase):
    def setUp(self):  # finds: always-skipped-test
        self.skipTest("the server is gone")

    def test_answer(self):
        self.assertEqual(model.answer(), "fever")
