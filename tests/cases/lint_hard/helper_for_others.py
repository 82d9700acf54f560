"""A module without an entry point: who calls it decides."""

from sklearn.utils import resample


def bootstrap(rows, random_state=None):
    return resample(rows, random_state=random_state)  # finds: unseeded-estimator conditional
