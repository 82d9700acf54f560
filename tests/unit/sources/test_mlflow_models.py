from __future__ import annotations

import json
from types import SimpleNamespace
from typing import Any

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.sources.mlflow_models import find_model, has_model
from mlgate.sources.mlflow_runs import Located


def run_with(models: list[str] | None = None, history: str | None = None) -> Any:
    """A run as MLflow 3 describes it (outputs), or MLflow 2 (a tag)."""
    tags = {} if history is None else {"mlflow.log-model.history": history}
    found = SimpleNamespace(info=SimpleNamespace(run_id="1f0c"), data=SimpleNamespace(tags=tags))
    if models is not None:
        found.outputs = SimpleNamespace(model_outputs=[SimpleNamespace(model_id=name) for name in models])
    return found


def located(run: Any, **facts: Any) -> Located:
    return Located(run=run, phrase="run 1f0c", **facts)


RUN = parse_reference("mlflow:runs:/1f0c")
ALIAS = parse_reference("mlflow:models:/clinic@champion")


def test_a_version_that_others_made_is_the_model() -> None:
    assert find_model(ALIAS, located(run_with([]), version="3")) == "models:/clinic/3"


def test_a_version_of_predictions_alone_leads_to_what_its_run_has_logged() -> None:
    saved = frozenset({"clinic"})
    assert find_model(ALIAS, located(run_with(["m-1"]), version="3", saved=saved)) == "models:/m-1"
    with pytest.raises(SourceError, match="its run 1f0c has logged none") as caught:
        find_model(ALIAS, located(run_with([]), version="3", saved=saved))
    assert "MLFLOW_RUN_ID" in caught.value.hint


def test_the_one_model_of_a_run() -> None:
    assert find_model(RUN, located(run_with(["m-1", "m-1"]))) == "models:/m-1"  # logged at two steps
    older = run_with(history=json.dumps([{"artifact_path": "model"}, {"artifact_path": "model"}]))
    assert find_model(RUN, located(older)) == "runs:/1f0c/model"
    assert has_model(older)


def test_several_models_are_not_chosen_from() -> None:
    with pytest.raises(SourceError, match="has logged 2 models: models:/m-1, models:/m-2") as caught:
        find_model(RUN, located(run_with(["m-2", "m-1"])))
    assert "NAME@ALIAS" in caught.value.hint


@pytest.mark.parametrize("history", [None, "", "{", "[1]", "[{}]", "null"])
def test_a_run_without_a_model(history: str | None) -> None:
    assert not has_model(run_with(history=history))
    with pytest.raises(SourceError, match="run 1f0c has no model"):
        find_model(RUN, located(run_with(history=history)))
