"""The checks of patients.yaml as one would write them by hand in pandas, for one file: prints {check: holds}."""

from __future__ import annotations

import json
import sys

import pandas as pd

WARDS = ["A1", "A2", "B1", "B2", "C1", "C2", "D1", "D2"]
TYPES = {"sex": "str", "ward": "str", "code": "str", "email": "str"}


def load(path: str) -> pd.DataFrame:
    if path.endswith(".parquet"):
        return pd.read_parquet(path)
    return pd.read_csv(path, dtype=TYPES, parse_dates=["admitted_on"])


def column_checks(frame: pd.DataFrame) -> dict[str, bool]:
    """Value checks; a missing value is not judged."""
    age, weight, height = frame["age"], frame["weight"], frame["height"]
    pressure, code, email, score = frame["pressure"], frame["code"], frame["email"], frame["score"]
    return {
        "patient_id/type": pd.api.types.is_integer_dtype(frame["patient_id"]),
        "patient_id/not_null": not frame["patient_id"].isna().any(),
        "patient_id/unique": not frame["patient_id"].duplicated().any(),
        "age/type": bool((age.dropna() % 1 == 0).all()),
        "age/between": age.dropna().between(0, 120).all(),
        "age/null_fraction": age.isna().mean() <= 0.05,
        "age/mean": 30 <= age.mean() <= 60,
        "weight/type": pd.api.types.is_float_dtype(weight),
        "weight/between": weight.dropna().between(1, 400).all(),
        "weight/null_fraction": weight.isna().mean() <= 0.1,
        "weight/mean": 60 <= weight.mean() <= 90,
        "weight/std": 5 <= weight.std() <= 30,
        "weight/quantile": 80 <= weight.quantile(0.99) <= 140,
        "height/type": pd.api.types.is_float_dtype(height),
        "height/between": height.dropna().between(0.3, 2.5).all(),
        "height/median": 1.5 <= height.median() <= 1.9,
        "pressure/type": pd.api.types.is_float_dtype(pressure),
        "pressure/between": pressure.dropna().between(40, 260).all(),
        "pressure/quantile": 100 <= pressure.quantile(0.5) <= 140,
        "code/fullmatch": code.dropna().str.fullmatch(r"[A-Z][0-9]{2}\.[0-9]").all(),
        "code/length": (code.dropna().str.len() == 5).all(),
        "email/regex": email.dropna().str.contains(r"^[^@ ]+@[^@ ]+\.[a-z]+$", regex=True).all(),
        "score/type": pd.api.types.is_float_dtype(score),
        "score/score-in-range": score.dropna().between(0, 1).mean() >= 0.99,
    }


def other_checks(frame: pd.DataFrame) -> dict[str, bool]:
    """Sets, dates, the label and the table."""
    return {
        "sex/in_set": frame["sex"].dropna().isin(["F", "M", "X"]).all(),
        "sex/not_null": not frame["sex"].isna().any(),
        "ward/in_set": frame["ward"].dropna().isin(WARDS).all(),
        "admitted_on/type": pd.api.types.is_datetime64_any_dtype(pd.to_datetime(frame["admitted_on"])),
        "admitted_on/not_null": not frame["admitted_on"].isna().any(),
        "readmitted/type": pd.api.types.is_bool_dtype(frame["readmitted"]),
        "readmitted/label_distribution": 0.05 <= frame["readmitted"].mean() <= 0.30,
        "row_count": len(frame) >= 1000,
        "unique:patient_id+admitted_on": not frame.duplicated(["patient_id", "admitted_on"]).any(),
    }


if __name__ == "__main__":
    table = load(sys.argv[1])
    holds = column_checks(table) | other_checks(table)
    json.dump({name: bool(value) for name, value in holds.items()}, sys.stdout)
