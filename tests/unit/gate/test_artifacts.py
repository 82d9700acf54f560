"""The hook `mlgate-artifacts` on files: what it looks at, what it says, how it ends."""

from __future__ import annotations

import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from mlgate_hooks.artifacts import main

EVIL = b"cos\nsystem\n(S'true'\ntR."
OWN = b"\x80\x04\x8c\x0fclinic.features\x8c\x01T\x93)\x81."


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / ".git").mkdir()
    (tmp_path / "clinic").mkdir()
    (tmp_path / "clinic" / "features.py").write_text("class T: ...\n")
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "README.md").write_text("# the model\n")
    (tmp_path / "models" / "good.pkl").write_bytes(pickle.dumps({"a": [1, 2]}))
    (tmp_path / "models" / "evil.pkl").write_bytes(EVIL)
    (tmp_path / "models" / "own.pkl").write_bytes(OWN)
    return tmp_path


def report(capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(capsys.readouterr().out)
    return {item["id"]: item for item in read["outcomes"]}


def test_good_bad_and_own(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["models/good.pkl"]) == 0
    assert main(["models/evil.pkl"]) == 1
    assert main(["models/own.pkl"]) == 0
    assert main(["models/own.pkl", "--strict"]) == 1
    assert "os.system, which runs commands" in capsys.readouterr().out


def test_files_that_are_no_models_have_no_outcome(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "table.csv").write_text("a,b\n1,2\n")
    assert main(["table.csv", "clinic/features.py", "gone.csv"]) == 0
    assert main([]) == 0
    assert capsys.readouterr().out == ""


def test_a_model_that_cannot_be_read_is_an_error(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "loop.pt").symlink_to("loop.pt")
    os.mkfifo(folder / "pipe.pt")
    (folder / "folder.pt").mkdir()
    for name in ("loop.pt", "pipe.pt", "folder.pt", "gone.pt"):
        assert main([name, "models/good.pkl", "--format", "json"]) == 3
        outcomes = report(capsys)
        assert outcomes[f"static/{name}/readable"]["status"] == "error"
        assert outcomes["static/models/good.pkl/artifact_code"]["status"] == "pass"


def test_names_are_allowed_by_option_and_by_mlgate_yaml(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = folder / "models" / "other.pkl"
    file.write_bytes(b"\x80\x04\x8c\x0eimblearn.under\x8c\x01S\x93)\x81.")
    assert main(["models/other.pkl"]) == 1
    assert "--allow imblearn.under.S" in capsys.readouterr().out
    assert main(["models/other.pkl", "--allow", "imblearn.under.S"]) == 0
    assert main(["models/other.pkl", "--allow", "S"]) == 2
    (folder / "mlgate.yaml").write_text("version: 1\nartifacts: {allow: [imblearn.*]}\n")
    assert main(["models/other.pkl"]) == 0
    (folder / "mlgate.yaml").write_text("version: 1\nartifacts: {alow: [imblearn.*]}\n")
    assert main(["models/other.pkl"]) == 2
    (folder / "mlgate.yaml").write_text("version: 1\nartifacts: {allow: ['*']}\n")
    assert main(["models/other.pkl"]) == 2


def test_what_mlmodel_names_is_looked_into(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "models" / "MLmodel").write_text(
        "flavors:\n  python_function: {loader_module: mlflow.sklearn, model_path: evil.pkl}\n"
    )
    assert main(["models/MLmodel", "--format", "json"]) == 1
    outcomes = report(capsys)
    assert outcomes["static/models/MLmodel/artifact_code"]["status"] == "pass"
    assert outcomes["static/models/evil.pkl/artifact_code"]["status"] == "fail"
    assert main(["models/MLmodel", "models/evil.pkl", "--format", "json"]) == 1
    assert len(report(capsys)) == len(outcomes)


def test_a_pointer_of_lfs_is_a_warning(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "big.pt").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n")
    assert main(["big.pt"]) == 0
    assert "git lfs pull --include big.pt" in capsys.readouterr().out


def test_metadata_is_looked_for_beside_the_file(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "lone.pkl").write_bytes(pickle.dumps(1))
    assert main(["lone.pkl", "models/good.pkl", "--format", "json"]) == 0
    outcomes = report(capsys)
    assert outcomes["static/lone.pkl/model_metadata"]["status"] == "warn"
    assert outcomes["static/models/good.pkl/model_metadata"]["status"] == "pass"
    (folder / "lone.json").write_text("{}")
    assert main(["lone.pkl", "--format", "json"]) == 0
    assert report(capsys)["static/lone.pkl/model_metadata"]["status"] == "pass"


def test_a_pointer_of_dvc_stands_for_the_models_that_it_tracks(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "outs:\n- {md5: 0cc175b9c0f1b6a831c399e269772661, hash: md5, path: PATH}\n"
    (folder / "models" / "evil.pkl.dvc").write_text(text.replace("PATH", "evil.pkl"))
    assert main(["models/evil.pkl.dvc", "--format", "json"]) == 1
    outcomes = report(capsys)
    assert outcomes["static/models/evil.pkl/model_metadata"]["message"] == "described in models/evil.pkl.dvc"
    (folder / "models.dvc").write_text(text.replace("PATH", "models").replace("661,", "661.dir,"))
    assert main(["models.dvc", "--format", "json"]) == 1
    assert {"static/models/evil.pkl/artifact_code", "static/models/good.pkl/artifact_code"} <= report(capsys).keys()
    (folder / "dvc.lock").write_text(
        "schema: '2.0'\nstages: {train: {cmd: x, outs: [{path: models/good.pkl, md5: 0cc175b9c0f1b6a831c399e269772661}]}}\n"
    )
    assert main(["dvc.lock"]) == 0
    (folder / "gone.dvc").write_text(text.replace("PATH", "gone.pkl"))
    (folder / "broken.dvc").write_text("outs: [")
    capsys.readouterr()
    assert main(["gone.dvc", "broken.dvc"]) == 0
    assert capsys.readouterr().out == ""
