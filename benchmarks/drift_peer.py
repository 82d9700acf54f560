"""A peer's defaults on the pairs of `drift_error`, run in the peer's own environment; prints JSON.

Arguments: the peer, the pair (a name of `PLANTED`, or `unchanged`), rows, pairs, seed. The column of sentences takes no
part: for these the peers train a model.
"""

from __future__ import annotations

import json
import sys
import warnings
from collections.abc import Callable
from typing import Any

import numpy as np

from benchmarks.drift_tables import PLANTED, Columns, unchanged

TEXT = "comment"


def frame(columns: Columns) -> Any:
    import pandas as pd

    return pd.DataFrame({name: values for name, values in columns.items() if name != TEXT}).infer_objects()


def evidently(before: Any, after: Any) -> set[str]:
    """Columns that the preset calls drifted."""
    from evidently import DataDefinition, Dataset, Report  # type: ignore[import-not-found]  # in its environment only
    from evidently.presets import DataDriftPreset  # type: ignore[import-not-found]  # as above

    texts = [name for name in before if before[name].dtype.kind not in "fiu"]
    definition = DataDefinition(
        numerical_columns=[name for name in before if name not in texts], categorical_columns=texts
    )
    sides = [Dataset.from_pandas(side, data_definition=definition) for side in (after, before)]
    found = Report([DataDriftPreset()]).run(*sides).dict()["metrics"]
    drifted = set()
    for metric in found:
        config = metric.get("config") or {}
        column, method = config.get("column"), str(config.get("method"))
        if column is None:
            continue
        value, threshold = float(metric["value"]), float(config.get("threshold") or 0.1)
        low_is_drift = "p_value" in method
        if not (value >= threshold if low_is_drift else value < threshold):
            drifted.add(str(column))
    return drifted


def deepchecks(before: Any, after: Any) -> set[str]:
    """Columns whose drift score is not below the default condition (0.2)."""
    from deepchecks.tabular import Dataset  # type: ignore[import-not-found]  # in its environment only
    from deepchecks.tabular.checks import FeatureDrift  # type: ignore[import-not-found]  # as above

    texts = [name for name in before if before[name].dtype.kind not in "fiu"]
    sides = [Dataset(side, cat_features=texts) for side in (before, after)]
    found = FeatureDrift(n_top_columns=len(before.columns)).run(*sides, with_display=False).value
    return {name for name, item in found.items() if not float(item["Drift score"] or 0.0) < 0.2}


PEERS: dict[str, Callable[[Any, Any], set[str]]] = {"evidently": evidently, "deepchecks": deepchecks}


def main() -> int:
    warnings.simplefilter("ignore")
    peer, pair, rows, pairs, seed = sys.argv[1], sys.argv[2], *map(int, sys.argv[3:6])
    make, column = (unchanged, "") if pair == "unchanged" else (PLANTED[pair][0], PLANTED[pair][2])
    seeds = np.random.SeedSequence([seed, rows]).spawn(pairs)
    drifted = []
    for child in seeds:
        before, after = make(np.random.default_rng(child), rows)
        drifted.append(PEERS[peer](frame(before), frame(after)))
    alarms = sum(bool(names) for names in drifted) / pairs
    found = sum(column in names for names in drifted) / pairs
    print(json.dumps({"alarms": alarms, "found": found}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
