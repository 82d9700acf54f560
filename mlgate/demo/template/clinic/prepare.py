"""Stage `prepare`: the export becomes labelled tables for training and testing."""

import hashlib
from pathlib import Path

import numpy as np
import pandas as pd
import yaml


def is_held_out(member: int, share: float) -> bool:
    """Whether a member belongs to the test table: the same answer on every machine, and for all of their rows."""
    digest = hashlib.sha256(str(member).encode()).hexdigest()
    return int(digest[:8], 16) / 2**32 < share


def label(visits: pd.DataFrame) -> pd.DataFrame:
    """The export with the label and the groups that the gate looks at one by one."""
    unclear = visits["limitation"].between(0, 1, inclusive="neither")
    return visits.assign(
        visited=visits["visits"] > 0,
        health_group=visits["health"].replace({"fair": "fair or poor", "poor": "fair or poor"}),
        limited=np.select([unclear, visits["limitation"] > 0], ["unclear", "yes"], "no"),
        deductible=np.where(visits["deductible_plan"], "yes", "no"),
    )


def split(visits: pd.DataFrame, share: float) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Training and test rows; no member is in both."""
    held_out = visits["member"].map(lambda member: is_held_out(member, share)).astype(bool)
    return visits[~held_out], visits[held_out]


def main() -> None:
    share = yaml.safe_load(Path("params.yaml").read_text())["split"]["test_share"]
    train, test = split(label(pd.read_csv("data/visits.csv")), share)
    train.to_parquet("data/train.parquet", index=False)
    test.to_parquet("data/test.parquet", index=False)


if __name__ == "__main__":
    main()
