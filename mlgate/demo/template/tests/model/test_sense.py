import joblib
import pandas as pd
import pytest

from clinic.evaluate import predict


@pytest.fixture(scope="module")
def model():
    return joblib.load("models/model.joblib")


@pytest.fixture(scope="module")
def members():
    return pd.read_parquet("data/test.parquet")


def mean_score(model, members, **answers):
    return predict(model, members.assign(**answers))["score"].mean()


def test_more_chronic_conditions_mean_more_visits(model, members):
    assert mean_score(model, members, conditions=30.0) > mean_score(model, members, conditions=3.0)


def test_free_care_means_more_visits(model, members):
    insured = members[members["coinsurance"] > 0]
    assert mean_score(model, insured, coinsurance=0) > mean_score(model, insured, coinsurance=95)


def test_the_row_number_means_nothing(model, members):
    assert mean_score(model, members, example_id=0) == mean_score(model, members)
