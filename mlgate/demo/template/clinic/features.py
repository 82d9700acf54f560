"""What the model sees of a row. Training and evaluation both come through here."""

import numpy as np
import pandas as pd


def make_features(visits: pd.DataFrame) -> pd.DataFrame:
    """One row of numbers per row of `visits`."""
    features = pd.DataFrame(
        {
            "coinsurance": np.log1p(visits["coinsurance"].clip(lower=0)),
            "deductible_plan": visits["deductible_plan"],
            "log_incentive": visits["log_incentive"],
            "log_maximum": visits["log_maximum"],
            "limitation": visits["limitation"],
            "conditions": visits["conditions"],
            "health_good": visits["health"] == "good",
            "health_fair": visits["health"] == "fair",
            "health_poor": visits["health"] == "poor",
        }
    )
    return features.astype(float)
