"""Scoring in another process: what crosses, and whatever can go wrong on the way. Real models: tests/integration."""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from mlgate.errors import SourceError
from mlgate.sources import rescore, rescore_script, tables
from mlgate.sources.rescore import Job, Outputs, require_trusted, score_model, write_predictions
from mlgate.sources.rescore_script import JobError


@pytest.fixture
def job(tmp_path: Path) -> Job:
    data = tmp_path / "d.csv"
    data.write_text("id,x,z,y\n007,1.5,2,yes\n008,2.5,3,no\n")
    return Job(model=tmp_path / "model", data=data, left_out=("id", "y"), subject="the model of m", shown="d.csv")


def run(job: Job, timeout_s: float | None = 60.0) -> Outputs:
    return score_model(job, root=job.data.parent, python=sys.executable, timeout_s=timeout_s)


def instead(monkeypatch: pytest.MonkeyPatch, folder: Path, body: str) -> None:
    """Another script in place of ours: it gets the same job."""
    script = folder / "script.py"
    script.write_text(f"import json, os, sys, time\njob = json.load(open(sys.argv[1]))\n{body}\n")
    monkeypatch.setattr(rescore_script, "__file__", str(script))


def answer(result: dict[str, Any]) -> str:
    return f"open(job['result'], 'w').write({json.dumps(result)!r})"


def test_what_the_script_finds_comes_back(job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    instead(monkeypatch, tmp_path, answer({"values": [0.25, float("nan")], "rows": 2, "classes": ["a", True]}))
    found = run(job)
    assert (found.names, found.classes) == (None, ("a", True))
    assert found.columns[0][0] == 0.25
    assert found.columns[0][1] != found.columns[0][1]
    seen = tmp_path / "seen.json"
    instead(
        monkeypatch,
        tmp_path,
        f"json.dump([job, os.getcwd()], open({str(seen)!r}, 'w')); {answer({'columns': [[1, 2], [3, 4]], 'names': ['a', 'b'], 'rows': 2})}",
    )
    assert run(job).names == ("a", "b")
    order, place = json.loads(seen.read_text())
    assert (order["format"], order["features"], order["left_out"]) == ("csv", [], ["id", "y"])
    assert place == str(tmp_path)


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("print('loading', flush=True); sys.exit('no memory')", "ended with 1: loading / no memory"),
        ("os.kill(os.getpid(), 9)", "ended with -9: it printed nothing"),
        ("open(job['result'], 'w').write('{')", "ended with 0: it printed nothing"),
        ("open(job['result'], 'w').write('[]')", "ended with 0: it printed nothing"),
        (answer({"error": "load", "message": "see http://a:secret@h/x"}), r"cannot be scored \(load\): see http://h/x"),
        (answer({"error": "signature", "message": "asks for q"}), r"cannot be scored \(signature\): asks for q"),
        (answer({"values": [1], "rows": 2}), r"outputs of \[1\] rows for 2 rows"),
        (answer({"columns": [[1, 2], [1]], "rows": 2}), r"outputs of \[1, 2\] rows for 2 rows"),
        (answer({"columns": [], "rows": 2}), "outputs of no rows for 2 rows"),
        ("time.sleep(60)", "was stopped after 1 s"),
    ],
)
def test_whatever_goes_wrong_is_an_error_with_a_hint(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    instead(monkeypatch, tmp_path, body)
    started = time.monotonic()
    with pytest.raises(SourceError, match=words) as caught:
        run(job, timeout_s=1.0 if "sleep" in body else 60.0)
    assert caught.value.hint
    assert "secret" not in str(caught.value)
    assert "the model of m" in caught.value.message
    assert time.monotonic() - started < 30


def test_an_interpreter_that_is_not_there(job: Job) -> None:
    with pytest.raises(SourceError, match=r"\.venv/bin/python does not exist"):
        score_model(job, root=job.data.parent, python=".venv/bin/python", timeout_s=None)


@pytest.mark.parametrize(
    ("name", "value", "trusted"),
    [
        ("GITHUB_EVENT_NAME", "pull_request_target", False),
        ("GITHUB_EVENT_NAME", "push", True),
        ("MLGATE_TRUSTED", "0", False),
        ("MLGATE_TRUSTED", "1", True),
    ],
)
def test_a_run_that_is_not_trusted_loads_nothing(
    job: Job, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str, trusted: bool
) -> None:
    monkeypatch.setenv(name, value)
    instead(monkeypatch, tmp_path, answer({"values": [1, 2], "rows": 2}))
    if trusted:
        require_trusted()
        assert run(job).columns == [[1, 2]]
        return
    for refuse in (require_trusted, lambda: run(job)):
        with pytest.raises(SourceError, match="this run is not trusted") as caught:
            refuse()
        assert "pull_request_target" in caught.value.hint


def test_the_script_starts_by_its_path_and_says_what_is_absent(tmp_path: Path) -> None:
    """Its folder holds modules called `mlflow` and `git`, which must not be taken for the libraries."""
    order = {"result": str(tmp_path / "r.json"), "data": "no.csv", "format": "csv", "features": [], "left_out": []}
    (tmp_path / "job.json").write_text(json.dumps(order | {"model": "no"}))
    (tmp_path / "mlflow.py").write_text("raise ImportError('this one is of the project')")
    from mlgate.sources import processes

    command = [sys.executable, rescore_script.__file__, str(tmp_path / "job.json")]
    done = processes.run(command, cwd=tmp_path, timeout_s=60)
    assert done.returncode == 1
    found = json.loads((tmp_path / "r.json").read_text())
    assert found == {"error": "import", "message": "this one is of the project"}


def order_for(data: Path, form: str = "csv", **changes: Any) -> dict[str, Any]:
    return {"data": str(data), "format": form, "features": [], "left_out": ["id", "y"]} | changes


def test_the_script_reads_every_format(job: Job, tmp_path: Path) -> None:
    import pandas as pd

    frame = pd.read_csv(job.data)
    frame.to_csv(tmp_path / "d.tsv.gz", sep="\t", index=False)
    frame.to_json(tmp_path / "d.jsonl", orient="records", lines=True)
    frame.to_parquet(tmp_path / "d.parquet")
    for name, form in [("d.csv", "csv"), ("d.tsv.gz", "tsv"), ("d.jsonl", "json lines"), ("d.parquet", "parquet")]:
        order = order_for(tmp_path / name, form)
        features = rescore_script._features(rescore_script._read(pd, order), order)
        assert features.to_dict("list") == {"x": [1.5, 2.5], "z": [2, 3]}
    assert list(rescore_script._features(frame, order_for(job.data, features=["z", "x"])).columns) == ["z", "x"]
    with pytest.raises(JobError, match="the data has no column q"):
        rescore_script._features(frame, order_for(job.data, features=["q"]))
    with pytest.raises(JobError) as caught:
        rescore_script._read(pd, order_for(job.data, "parquet"))
    assert caught.value.kind == "data"


def test_the_script_takes_every_form_of_output() -> None:
    import numpy as np
    import pandas as pd

    def plain(found: Any) -> Any:
        return json.loads(json.dumps(rescore_script._outputs(pd, found), default=str))

    assert plain(np.array([1, 2])) == plain([1, 2]) == plain(pd.Series([1, 2])) == {"values": [1, 2]}
    assert plain(np.array(["a", "b"])) == {"values": ["a", "b"]}
    assert plain(np.array([True, False])) == {"values": [True, False]}
    assert plain(np.array([[0.1, 0.9], [0.8, 0.2]])) == {"names": None, "columns": [[0.1, 0.8], [0.9, 0.2]]}
    named = {"names": ["0", "p"], "columns": [[1, 2], ["x", "y"]]}
    assert plain(pd.DataFrame({0: [1, 2], "p": ["x", "y"]})) == plain({0: [1, 2], "p": ["x", "y"]}) == named
    with pytest.raises(JobError, match=r"an array of shape \(1, 1, 1\)"):
        rescore_script._outputs(pd, np.zeros((1, 1, 1)))


def test_predictions_read_back_as_they_were(tmp_path: Path) -> None:
    import numpy as np

    columns = {
        "id": np.array(["007", "1e5", None], dtype=object),
        "n": np.array([1, 2, 2**60]),
        "s": [0.1, 0.2, float("nan")],
        "p": ["yes", "no", "yes"],
        "b": [True, False, True],
        "t": np.array(["2026-01-01", "2026-01-02", "NaT"], dtype="datetime64[us]"),
        "mixed": np.array([1, "x", None], dtype=object),
    }
    write_predictions(columns, tmp_path / "p.parquet")
    found = tables.read_columns(tmp_path / "p.parquet")
    assert found["id"].tolist() == ["007", "1e5", None]
    assert found["n"].tolist() == [1, 2, 2**60]
    assert found["s"].tolist()[:2] == [0.1, 0.2]
    assert np.isnan(found["s"][2])
    assert found["p"].tolist() == ["yes", "no", "yes"]
    assert found["b"].tolist() == [True, False, True]
    assert str(found["t"][1]).startswith("2026-01-02")
    assert found["mixed"].tolist() == ["1", "x", None]
    with pytest.raises(SourceError, match=r"p\.parquet cannot be written"):
        write_predictions(columns, tmp_path / "absent" / "p.parquet")


def test_every_kind_of_error_of_the_script_has_a_hint() -> None:
    import ast

    tree = ast.parse(Path(rescore_script.__file__).read_text(encoding="utf-8"))
    kinds = {
        node.args[0].value
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and ast.unparse(node.func) == "JobError"
        and isinstance(node.args[0], ast.Constant)
    }
    assert kinds == set(rescore._HINTS)
