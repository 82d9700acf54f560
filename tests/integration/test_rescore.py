"""A real MLflow server with real scikit-learn models: the baseline's model scored on today's data, then compared with."""

from __future__ import annotations

import csv
import datetime as dt
import json
import math
import random
import subprocess
import sys
import uuid
import warnings
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from mlgate.cli import cli, run_command
from mlgate.errors import SourceError, UsageError
from mlgate.gate.baseline_rescore import rescore_baselines
from mlgate.sources import processes, rescore, rescore_script
from mlgate.sources.mlflow_client import open_store

pytestmark = [pytest.mark.slow]

NOW = dt.datetime(2026, 11, 21, 12, tzinfo=dt.UTC)
PROJECT = """\
version: 1
evaluations:
  clinic:
    predictions: out/candidate.csv
    columns: {id: id, label: readmitted, prediction: prediction, score: score}
    positive: "yes"
    baseline: BASELINE
    metrics: {accuracy: {tolerance: 0.05}, roc_auc: {tolerance: 0.05}}
    slices: [sex]
    rescore: {data: data/today.csv, features: [x, z]}
    timeout: 200s
tiers:
  model: {tests: [], python: PYTHON}
"""


@dataclass
class Clinic:
    """A project, its server, and the run that holds the models' registered versions."""

    root: Path
    server: str
    model: str

    def write(self, baseline: str, change: tuple[str, str] = ("", "")) -> None:
        text = PROJECT.replace("PYTHON", sys.executable).replace("BASELINE", baseline)
        (self.root / "mlgate.yaml").write_text(text.replace(*change) if change[0] else text)

    def rescore(self) -> list[str]:
        lines: list[str] = []
        return list(rescore_baselines(None, self.root, [], now=NOW, progress=lines.append))


def rows(n: int, start: int) -> list[dict[str, Any]]:
    chance = random.Random(start)
    found = []
    for number in range(start, start + n):
        x, z = chance.gauss(0, 1), chance.gauss(0, 1)
        label = "yes" if x + 0.5 * z + chance.gauss(0, 0.7) > 0 else "no"
        found.append({"id": f"{number:05}", "x": x, "z": z, "sex": chance.choice("FM"), "readmitted": label})
    return found


def write_csv(path: Path, table: list[dict[str, Any]]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", newline="") as stream:
        writer = csv.DictWriter(stream, list(table[0]))
        writer.writeheader()
        writer.writerows(table)


@pytest.fixture(scope="module")
def registered(server: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Any]]:
    """One classifier, logged in several forms by somebody's training code; each is version 1 of a model of its own."""
    place = tmp_path_factory.mktemp("training")
    write_csv(place / "train.csv", rows(400, 0))
    script = place / "train.py"
    script.write_text(TRAIN)
    found = place / "found.csv"
    prefix = f"clinic-{uuid.uuid4().hex[:8]}"
    subprocess.run(
        [sys.executable, str(script), server, prefix, str(found)], cwd=place, check=True, capture_output=True
    )
    with found.open() as stream:
        yield {name: {"model": f"{prefix}-{name}", "run": run} for name, run in csv.reader(stream)}


TRAIN = """\
import os, sys
os.environ |= {"MLFLOW_DISABLE_TELEMETRY": "true", "MLFLOW_LOGGING_LEVEL": "ERROR", "GIT_PYTHON_REFRESH": "quiet"}
import mlflow, pandas as pd
from mlflow.models import infer_signature
from sklearn.linear_model import LogisticRegression

server, prefix, found = sys.argv[1:]
mlflow.set_tracking_uri(server)
mlflow.set_experiment(prefix)
frame = pd.read_csv("train.csv")
features = frame[["x", "z"]]
model = LogisticRegression().fit(features, frame["readmitted"])
wide = LogisticRegression().fit(features.assign(absent=0.0), frame["readmitted"])

class Named(mlflow.pyfunc.PythonModel):
    def __init__(self, model):
        self.model = model
    def predict(self, context, model_input: pd.DataFrame, params=None) -> pd.DataFrame:
        score = self.model.predict_proba(model_input)[:, 1]
        return pd.DataFrame({"prediction": self.model.predict(model_input), "score": score})

def log(name, log_model, **options):
    with mlflow.start_run(tags={"mlgate.commit": "c0ffee"}) as run:
        log_model(name="model", pip_requirements=["scikit-learn"], registered_model_name=f"{prefix}-{name}", **options)
    mlflow.MlflowClient().set_registered_model_alias(f"{prefix}-{name}", "champion", "1")
    print(name, run.info.run_id, sep=",", file=stream)

with open(found, "w") as stream:
    sklearn = mlflow.sklearn.log_model
    log("proba", sklearn, sk_model=model, pyfunc_predict_fn="predict_proba")
    log("labels", sklearn, sk_model=model, signature=infer_signature(features, model.predict(features)))
    log("wide", sklearn, sk_model=wide, signature=infer_signature(features.assign(absent=0.0)))
    log("named", mlflow.pyfunc.log_model, python_model=Named(model))
"""


@pytest.fixture
def clinic(server: str, registered: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clinic:
    """Today's data, which no model was evaluated on, and a candidate that is a little better than chance."""
    monkeypatch.setenv("MLFLOW_TRACKING_URI", server)
    monkeypatch.chdir(tmp_path)
    today = rows(300, 10_000)
    write_csv(tmp_path / "data" / "today.csv", today)
    scored = [(row, 1 / (1 + math.exp(-(row["x"] + 0.5 * row["z"])))) for row in today]
    candidate = [
        {
            "id": row["id"],
            "readmitted": row["readmitted"],
            "sex": row["sex"],
            "prediction": "yes" if score > 0.5 else "no",
            "score": score,
        }
        for row, score in scored
    ]
    write_csv(tmp_path / "out" / "candidate.csv", candidate)
    return Clinic(tmp_path, server, registered["proba"]["model"])


def in_this_process(argv: Sequence[str], **_options: object) -> processes.Completed:
    """The script without a process of its own: starting one takes seconds, and one test does."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of MLflow and scikit-learn, which elsewhere are of another process
        code = rescore_script.main(argv[2])
    return processes.Completed(returncode=code, output_tail="", duration_s=0.0, timed_out=False)


def outcome_of(root: Path) -> dict[str, Any]:
    code = run_command(cli, ["run", "--tier", "model", "--output", "out/report"])
    report: dict[str, Any] = json.loads((root / "out" / "report" / "report.json").read_text())
    return {"code": code, "outcomes": {item["id"]: item for item in report["outcomes"]}, **report["provenance"]}


def test_a_model_that_was_never_evaluated_here_becomes_comparable(
    clinic: Clinic, registered: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    clinic.write(f"mlflow:models:/{clinic.model}@champion")
    before = outcome_of(clinic.root)
    assert before["code"] == 3
    assert "has no mlgate predictions" in before["outcomes"]["model/clinic/baseline"]["message"]
    capsys.readouterr()
    assert run_command(cli, ["baseline", "save", "--rescore"]) == 0
    said, run_id = capsys.readouterr().out, registered["proba"]["run"]
    assert f"the model of registry alias champion of {clinic.model}, version 1 was scored on 300 rows" in said
    assert f"kept in run {run_id}; the baseline stays (accuracy 0." in said
    after = outcome_of(clinic.root)
    assert after["code"] == 0, after["outcomes"]
    evidence = after["outcomes"]["model/clinic/roc_auc"]["evidence"]
    assert (evidence["n"], evidence["baseline"] > 0.8) == (300, True)
    assert "model/clinic/accuracy/sex=F" in after["outcomes"]
    (baseline,) = after["baselines"]
    assert (baseline["commit"], baseline["run_id"], baseline["version"]) == ("c0ffee", run_id, "1")
    assert ", its model scored again at 20" in baseline["found"]
    client = open_store(clinic.root, clinic.server).client
    assert client.get_registered_model(clinic.model).aliases == {"champion": "1"}


def test_a_model_that_names_its_columns(
    clinic: Clinic, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """By the id of a run, whose one model is taken; data in Parquet, and what is given to it left open."""
    import pandas as pd

    pd.read_csv(clinic.root / "data" / "today.csv", dtype={"id": str}).to_parquet(
        clinic.root / "data" / "today.parquet"
    )
    clinic.write(
        f"mlflow:runs:/{registered['named']['run']}", ("data/today.csv, features: [x, z]", "data/today.parquet")
    )
    with monkeypatch.context() as patch:
        patch.setattr(processes, "run", in_this_process)
        with pytest.raises(SourceError, match=r"cannot be scored \(predict\): .*sex"):
            clinic.rescore()  # the model takes x and z alone, and has no signature that would say so
        clinic.write(f"mlflow:runs:/{registered['named']['run']}", ("today.csv", "today.parquet"))
        (said,) = clinic.rescore()
    assert "scored on 300 rows of data/today.parquet" in said


def test_a_model_that_gives_labels(clinic: Clinic, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "run", in_this_process)
    model = registered["labels"]["model"]
    clinic.write(f"mlflow:models:/{model}/1")
    with pytest.raises(SourceError, match="declares a score column too") as caught:
        clinic.rescore()
    assert "predict_proba" in caught.value.hint
    clinic.write(f"mlflow:models:/{model}/1", (", score: score}", "}"))
    text = (clinic.root / "mlgate.yaml").read_text()
    (clinic.root / "mlgate.yaml").write_text(text.replace(", roc_auc: {tolerance: 0.05}", ""))
    (said,) = clinic.rescore()
    assert f"the model of registry version 1 of {model} was scored on 300 rows" in said


def test_a_model_that_asks_for_what_the_data_lacks(
    clinic: Clinic, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "run", in_this_process)
    clinic.write(f"mlflow:models:/{registered['wide']['model']}@champion")
    with pytest.raises(SourceError, match=r"\(signature\): the model asks for absent, which the data does not"):
        clinic.rescore()


def test_shards_and_rows_that_cannot_be_judged(
    clinic: Clinic, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(processes, "run", in_this_process)
    clinic.write(f"mlflow:models:/{clinic.model}@champion", ("data/today.csv", "data/part-*.csv"))
    table = rows(200, 20_000)
    write_csv(clinic.root / "data" / "part-0.csv", table[:120])
    write_csv(clinic.root / "data" / "part-1.csv", table[120:])
    (said,) = clinic.rescore()
    assert "was scored on 200 rows of data/part-*.csv" in said
    write_csv(clinic.root / "data" / "part-1.csv", [{**row, "id": table[0]["id"]} for row in table[120:]])
    with pytest.raises(SourceError, match=r"clinic on data/part-\*\.csv: .*repeats an id in 80 of 200"):
        clinic.rescore()
    write_csv(clinic.root / "data" / "part-1.csv", [{**row, "readmitted": ""} for row in table[120:]])
    with pytest.raises(SourceError, match=r"column 'readmitted' .*is missing in 80 of 200 rows"):
        clinic.rescore()


def test_what_can_be_told_without_a_model(
    clinic: Clinic, registered: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    champion = f"mlflow:models:/{clinic.model}@champion"
    clinic.write("file:base.csv")
    with pytest.raises(UsageError, match=r"is file:base\.csv, which holds no model"):
        clinic.rescore()
    clinic.write(champion, ("    rescore: {data: data/today.csv, features: [x, z]}\n", ""))
    with pytest.raises(UsageError, match="declares `rescore`"):
        clinic.rescore()
    with pytest.raises(UsageError, match="clinic declares no `rescore`"):
        list(rescore_baselines(None, clinic.root, ["clinic"], now=NOW, progress=print))
    clinic.write(champion, ("data/today.csv", "data/no.csv"))
    with pytest.raises(SourceError, match=r"data/no\.csv does not exist"):
        clinic.rescore()
    clinic.write(champion, ("label: readmitted", "label: died"))
    with pytest.raises(SourceError, match=r"data/today\.csv has no column 'died'"):
        clinic.rescore()
    client = open_store(clinic.root, clinic.server).client
    empty = client.create_run("0").info.run_id
    clinic.write(f"mlflow:runs:/{empty}")
    with pytest.raises(SourceError, match=f"its run {empty} has logged none") as caught:
        clinic.rescore()
    assert "MLFLOW_RUN_ID" in caught.value.hint
    monkeypatch.setenv("GITHUB_EVENT_NAME", "pull_request_target")
    clinic.write(champion)
    with pytest.raises(SourceError, match="this run is not trusted"):
        clinic.rescore()


def test_files_of_a_model_that_are_not_what_was_logged(
    clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What fails in the other process is told: here a model whose file was cut off."""
    monkeypatch.setattr(processes, "run", in_this_process)
    model = tmp_path / "model"
    model.mkdir()
    (model / "MLmodel").write_text(
        "flavors:\n  python_function:\n    loader_module: mlflow.sklearn\n    model_path: m.pkl\n"
    )
    (model / "m.pkl").write_bytes(b"\x80\x05")
    job = rescore.Job(model=model, data=clinic.root / "data" / "today.csv", subject="the model of x", shown="today.csv")
    with pytest.raises(SourceError, match=r"the model of x cannot be scored \(load\): ") as caught:
        rescore.score_model(job, root=clinic.root, python=sys.executable, timeout_s=100)
    assert "tiers.model.python" in caught.value.hint
