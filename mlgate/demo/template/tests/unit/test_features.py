import pandas as pd

from clinic.features import make_features

MEMBER = {
    "coinsurance": [95],
    "deductible_plan": [True],
    "log_incentive": [6.9],
    "log_maximum": [0.0],
    "limitation": [1.0],
    "conditions": [13.7],
    "health": ["fair"],
}


def test_features_are_numbers_and_complete():
    features = make_features(pd.DataFrame(MEMBER))
    assert set(features.dtypes.astype(str)) == {"float64"}
    assert features.notna().all(axis=None)


def test_health_is_spread_over_flags():
    features = make_features(pd.DataFrame(MEMBER))
    assert features[["health_good", "health_fair", "health_poor"]].values.tolist() == [[0.0, 1.0, 0.0]]


def test_features_do_not_depend_on_other_rows():
    two = pd.DataFrame({name: values * 2 for name, values in MEMBER.items()})
    two.loc[1, "conditions"] = 0.0
    pd.testing.assert_frame_equal(make_features(two).head(1), make_features(pd.DataFrame(MEMBER)))
