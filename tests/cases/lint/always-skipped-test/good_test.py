import sys

import pytest

from triage import model


def test_accuracy():
    assert model.accuracy() > 0.8


@pytest.mark.skipif(sys.platform == "win32", reason="the driver is for Linux")
def test_on_gpu():
    assert model.device() == "cuda"


def test_calibration(labels):
    if not labels:
        pytest.skip("no labels on this machine")
    assert model.calibration(labels) < 0.05
