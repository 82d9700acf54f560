"""Which test files, datasets and evaluations a change can reach, and what is told as the reason."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.config.project import Tier
from mlgate.pyramid.change import Change, Kind
from mlgate.pyramid.closure import Graph, build_graph, closure, static_closure
from mlgate.pyramid.decide import Known, why_tests
from mlgate.pyramid.decide_data import DatasetInputs, EvaluationInputs, why_datasets, why_evaluations
from mlgate.pyramid.imports import asked_by
from mlgate.pyramid.plan import Declared, plan_tiers
from mlgate.pyramid.plan_file import Decision
from mlgate.pyramid.reach import reach, starts_of
from tests.unit.pyramid.test_merge import outcome

PROJECT = {
    "clinic/__init__.py": "",
    "clinic/model.py": "import json",
    "clinic/features.py": "from clinic.model import X",
    "clinic/plots.py": "import matplotlib",
    "clinic/evaluate.py": "from clinic import features",
    "clinic/loading.py": "import importlib\nimportlib.import_module(name)",
    "clinic/running.py": "import subprocess",
    "scripts/tool.py": "",
    "tests/unit/conftest.py": "from tests import shared",
    "tests/shared.py": "",
    "tests/unit/test_a.py": "from clinic import features",
    "tests/unit/test_b.py": "import clinic.plots",
    "tests/unit/test_plain.py": "",
    "tests/unit/test_loading.py": "from clinic import loading",
    "tests/unit/test_running.py": "import clinic.running",
    "tests/unit/test_listing.py": "ROOT.rglob('*.py')",
}
TESTS = tuple(sorted(path for path in PROJECT if path.rpartition("/")[2].startswith("test_")))
UNIT = Tier(name="unit", tests=("tests/unit",), inputs=("params.yaml",), needs=("models/net.pt",), datasets=("train",))
DATASETS = {"train": "data/train.csv", "test": "data/test.csv"}


def graph_of(files: Mapping[str, str]) -> Graph:
    return build_graph({path: asked_by(source) for path, source in files.items()})


GRAPH = graph_of(PROJECT)


def python(*paths: str, how: str = "changed") -> tuple[Change, ...]:
    return tuple(Change(path=path, how=how, kind=Kind.PYTHON) for path in paths)


def known(*changes: Change, **fields: Any) -> Known:
    facts = {"graph": GRAPH, "tests": frozenset(TESTS), "places": ("tests/unit",), "data": ("data", "models/net.pt")}
    return Known(changes=changes, **{**facts, **fields})


def why(*changes: Change, **fields: Any) -> dict[str, str]:
    """The tests that run, by the last part of their names."""
    found = why_tests(UNIT, TESTS, known(*changes, **fields), DATASETS)
    return {path.removeprefix("tests/unit/test_").removesuffix(".py"): text for path, text in found.items() if text}


HARD_TO_SEE = {"loading", "running", "listing"}


def test_tests_run_that_import_what_changed_and_say_on_which_way() -> None:
    found = why(*python("clinic/model.py"))
    assert found["a"] == "imports clinic/features.py, which imports clinic/model.py, which changed"
    assert found.keys() == {"a"} | HARD_TO_SEE
    assert found["loading"] == "clinic/loading.py imports by names that are computed, and clinic/model.py changed"
    assert found["running"] == (
        "clinic/running.py may start processes, which may read anything, and clinic/model.py changed"
    )
    assert found["listing"] == "tests/unit/test_listing.py lists folders, and clinic/model.py changed"


def test_a_test_that_changed_or_is_new_runs() -> None:
    assert why(*python("tests/unit/test_plain.py"))["plain"] == "it changed"
    assert why(*python("tests/unit/test_plain.py", how="is new"))["plain"] == "it is new"


def test_what_pytest_loads_for_a_test_counts_for_it() -> None:
    found = why(*python("tests/unit/conftest.py"))
    assert found["plain"] == "pytest loads tests/unit/conftest.py, which changed"
    assert len(found) == len(TESTS)
    far = why(*python("tests/shared.py"))["plain"]
    assert far == "pytest loads tests/unit/conftest.py, which imports tests/shared.py, which changed"


def test_a_file_that_was_removed_concerns_those_that_still_import_it() -> None:
    found = why(*python("clinic/plots.py", how="was removed"))
    assert found["b"] == "imports clinic/plots.py, which was removed"


def test_a_python_file_that_nothing_imports_concerns_all() -> None:
    found = why(*python("scripts/tool.py"))
    assert len(found) == len(TESTS)
    assert found["plain"] == "scripts/tool.py changed, and what uses it is not known"


@pytest.mark.parametrize("kind", [Kind.RULES, Kind.ENVIRONMENT, Kind.OUTSIDE])
def test_what_everything_hangs_on_runs_everything(kind: Kind) -> None:
    found = why(Change(path="x", kind=kind))
    assert len(found) == len(TESTS)
    assert all(text.startswith("x changed: ") for text in found.values())


@pytest.mark.parametrize(
    ("path", "kind", "reason"),
    [
        ("params.yaml", Kind.OTHER, "the tier declares params.yaml, and params.yaml changed"),
        ("models/net.pt", Kind.DATA, "the tier declares models/net.pt, and models/net.pt changed"),
        ("data/train.csv", Kind.DATA, "the tier reads the dataset train, and data/train.csv changed"),
        ("data", Kind.DATA, "the tier reads the dataset train, and data changed"),
    ],
)
def test_what_the_tier_declares_runs_all_of_it(path: str, kind: Kind, reason: str) -> None:
    assert set(why(Change(path=path, kind=kind)).values()) == {reason}


def test_data_that_another_tier_declares_concern_all_of_which_it_is_not_known_what_they_open() -> None:
    change = Change(path="data/test.csv", kind=Kind.DATA)
    assert why(change)["plain"] == "data/test.csv changed, and what this test opens is not known"
    assert len(why(change)) == len(TESTS)
    assert why(change, settled=frozenset(TESTS)) == {}


def test_a_test_that_loads_a_saved_model_runs_where_any_module_changed() -> None:
    graph = graph_of({**PROJECT, "tests/unit/test_plain.py": "import joblib\njoblib.load('model.joblib')"})
    found = why(*python("clinic/model.py"), graph=graph)["plain"]
    assert found == "tests/unit/test_plain.py loads objects that were saved, of any module, and clinic/model.py changed"
    assert "plain" not in why(*python("tests/unit/test_a.py"), graph=graph)
    assert "plain" not in why(*python("clinic/model.py"), graph=graph, settled=frozenset(TESTS))


def test_documentation_concerns_the_tests_that_name_documents_alone() -> None:
    graph = graph_of({**PROJECT, "tests/unit/test_plain.py": "TEXT = (ROOT / 'README.md').read_text()"})
    documents = (Change(path="README.md", kind=Kind.DOCS),)
    found = why(documents=documents, graph=graph)
    assert found == {"plain": "tests/unit/test_plain.py names documents, and README.md changed"}


def test_a_test_that_is_no_python_runs_whatever_changed() -> None:
    facts = known(*python("clinic/model.py"))
    found = why_tests(UNIT, ["tests/unit/test_examples.txt"], facts, DATASETS)
    assert set(found.values()) == {"what it imports is not known, and clinic/model.py changed"}
    assert why_tests(UNIT, ["tests/unit/test_examples.txt"], known(), DATASETS) == {
        "tests/unit/test_examples.txt": None
    }


def test_data_that_nothing_declares_concern_all() -> None:
    found = why(Change(path="raw/new.csv", kind=Kind.DATA))
    assert len(found) == len(TESTS)
    assert found["plain"] == "raw/new.csv changed, and nothing in mlgate.yaml says what reads it"


def test_a_file_that_is_no_python_concerns_all_of_which_it_is_not_known_what_they_open() -> None:
    change = Change(path="configs/train.yaml")
    assert why(change)["plain"] == "configs/train.yaml changed, and what this test opens is not known"
    settled = frozenset({"tests/unit/test_plain.py", "tests/unit/test_running.py"})
    assert why(change, settled=settled).keys() == {"a", "b", "loading", "listing"}


@pytest.mark.parametrize("how", ["is new", "was removed"])
def test_a_file_that_came_or_went_may_be_looked_for(how: str) -> None:
    settled = frozenset(TESTS)
    assert why(Change(path="configs/a.yaml"), settled=settled) == {}
    found = why(Change(path="configs/a.yaml", how=how), settled=settled)
    assert set(found.values()) == {f"configs/a.yaml {how}, and a test may look for it"}


def test_a_test_of_which_all_is_as_it_was_runs_where_it_imports_what_changed() -> None:
    assert why(*python("clinic/model.py"), settled=frozenset(TESTS)).keys() == {"a"}


def test_nothing_changed_runs_nothing() -> None:
    assert why() == {}


SOURCES = st.sampled_from(["", "import json", "import subprocess", "import_module(name)", "folder.iterdir()"])


@st.composite
def projects(draw: st.DrawFn) -> dict[str, str]:
    modules = [f"pkg/m{number}.py" for number in range(draw(st.integers(1, 6)))]
    tests = [f"tests/test_{number}.py" for number in range(draw(st.integers(1, 4)))]
    extra = ["tests/conftest.py"] if draw(st.booleans()) else []
    found = {}
    for path in (*modules, *tests, *extra):
        imported = draw(st.lists(st.sampled_from(modules), max_size=2))
        lines = [f"import {module[:-3].replace('/', '.')}" for module in imported]
        found[path] = "\n".join([*lines, draw(SOURCES)])
    return found


@settings(max_examples=40)
@given(files=projects(), draw=st.data())
def test_no_test_is_spared_whose_imports_changed(files: dict[str, str], draw: st.DataObject) -> None:
    """Against the closure, which is found another way."""
    graph = graph_of(files)
    tests = sorted(path for path in files if path.startswith("tests/test_"))
    changed = draw.draw(st.lists(st.sampled_from(sorted(files)), min_size=1, max_size=3, unique=True))
    facts = known(*python(*changed), graph=graph, tests=frozenset(tests), places=("tests",))
    found = why_tests(Tier(name="unit", tests=("tests",)), tests, facts, {})
    for path in tests:
        if closure(graph, path) & set(changed):
            assert found[path]
        elif all(any(change in static_closure(graph, test) for test in tests) for change in changed):
            starts = starts_of(graph, path)
            hidden = reach(graph, graph.processes).way(starts) or reach(graph, graph.listings).way(starts)
            assert bool(found[path]) <= bool(hidden)


def datasets(*changes: Change, clock: bool = False, **fields: Any) -> dict[str, str]:
    declared = {
        "train": DatasetInputs(path="data/train.csv", others=("schemas/a.yaml",)),
        "test": DatasetInputs(path="data/test.csv", others=("schemas/a.yaml",), clock=clock),
        "wards": DatasetInputs(path="data/wards/*.csv", others=("data/codes.csv",)),
        "codes": DatasetInputs(path="data/codes.csv"),
    }
    found = why_datasets(declared, [("train", "test")], known(*changes, **fields))
    return {name: text for name, text in found.items() if text}


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (Change(path="data/train.csv", kind=Kind.DATA), {"train": "it changed", "test": "it is compared with train"}),
        (Change(path="data/wards/a.csv"), {"wards": "it is in data/wards/a.csv, which changed"}),
        (
            Change(path="data/codes.csv"),
            {"codes": "it changed", "wards": "its checks read data/codes.csv, which changed"},
        ),
        (
            Change(path="schemas/a.yaml"),
            {
                "train": "its checks read schemas/a.yaml, which changed",
                "test": "its checks read schemas/a.yaml, which changed",
                "wards": "schemas/a.yaml changed, and whether its checks read that is not known",
                "codes": "schemas/a.yaml changed, and whether its checks read that is not known",
            },
        ),
        (Change(path="clinic/model.py", kind=Kind.PYTHON), {}),
        (Change(path="tests/unit/data.csv"), {}),
        (Change(path="models/net.pt", kind=Kind.DATA), {}),
    ],
)
def test_datasets_run_whose_checks_read_what_changed(change: Change, expected: dict[str, str]) -> None:
    assert datasets(change) == expected


def test_a_dataset_that_the_checks_of_another_read_is_there_with_it() -> None:
    declared = {
        "wards": DatasetInputs(path="wards.csv", others=("codes.csv",), names=("codes",)),
        "codes": DatasetInputs(path="codes.csv", others=("regions.csv",), names=("regions",)),
        "regions": DatasetInputs(path="regions.csv"),
        "test": DatasetInputs(path="test.csv"),
    }
    found = why_datasets(
        declared, [("codes", "test")], known(Change(path="wards.csv", kind=Kind.DATA), data=("wards.csv",))
    )
    assert found == {
        "wards": "it changed",
        "codes": "the checks of wards read it",
        "regions": "the checks of codes read it",
        "test": None,
    }


def test_a_dataset_whose_age_blocks_is_judged_unless_nothing_but_documentation_changed() -> None:
    assert datasets(*python("clinic/model.py"), clock=True)["test"] == "its age is judged by today's date"
    assert datasets(clock=True) == {}


def test_all_datasets_run_where_everything_does() -> None:
    assert len(datasets(Change(path="uv.lock", kind=Kind.ENVIRONMENT))) == 4


def evaluations(*changes: Change) -> dict[str, str]:
    declared = {"module": EvaluationInputs(starts=("clinic/evaluate.py",)), "script": EvaluationInputs(starts=None)}
    facts = known(*changes, starts=frozenset({"clinic/evaluate.py"}))
    return {name: text for name, text in why_evaluations(declared, facts).items() if text}


def test_an_evaluation_runs_where_its_own_code_changed() -> None:
    found = evaluations(*python("clinic/model.py"))
    way = "runs clinic/evaluate.py, which imports clinic/features.py, which imports clinic/model.py, which changed"
    assert found == {"module": way, "script": "clinic/model.py changed, and what the evaluation runs is not known"}
    assert evaluations(*python("clinic/evaluate.py"))["module"] == "runs clinic/evaluate.py, which changed"
    assert evaluations(*python("clinic/plots.py")).keys() == {"script"}
    assert evaluations(*python("tests/unit/test_a.py")) == {}
    assert evaluations(*python("tests/shared.py")).keys() == {"script"}


@pytest.mark.parametrize(
    "change", [Change(path="data/train.csv", kind=Kind.DATA), Change(path="a.yaml"), *python("scripts/tool.py")]
)
def test_an_evaluation_runs_where_it_is_not_known_what_it_reads(change: Change) -> None:
    assert evaluations(change).keys() == {"module", "script"}


def test_an_evaluation_that_loads_a_saved_model_runs_where_any_module_changed() -> None:
    graph = graph_of({**PROJECT, "clinic/evaluate.py": "import joblib\njoblib.load('model.joblib')"})
    declared = {"module": EvaluationInputs(starts=("clinic/evaluate.py",))}
    found = why_evaluations(declared, known(*python("clinic/plots.py"), graph=graph))
    assert (
        found["module"]
        == "clinic/evaluate.py loads objects that were saved, of any module, and clinic/plots.py changed"
    )
    assert why_evaluations(declared, known(*python("tests/unit/test_a.py"), graph=graph)) == {"module": None}


def planned(*changes: Change, everything: str = "", **fields: Any) -> dict[str, tuple[str, str]]:
    tiers = (Tier(name="static"), UNIT, Tier(name="data"), Tier(name="model", tests=("tests/model",)))
    known_evaluations = {"e": EvaluationInputs(starts=("clinic/evaluate.py",))}
    declared = Declared(
        tiers=tiers,
        tests={"unit": TESTS},
        datasets={"train": DatasetInputs(path="data/train.csv")},
        evaluations=known_evaluations,
        **fields,
    )
    found = plan_tiers(declared, None if everything else known(*changes), everything)
    return {tier.tier: (tier.decision.value, tier.why) for tier in found}


def test_a_tier_runs_where_a_part_of_it_does() -> None:
    assert planned(*python("clinic/plots.py")) == {
        "static": ("run", "clinic/plots.py changed"),
        "unit": ("run", "4 of 6 test files"),
        "data": ("unchanged", "nothing that it reads differs from the merge base"),
        "model": ("run", "no test file was found in tests/model: pytest will tell"),
    }


def test_documentation_alone_runs_nothing() -> None:
    assert set(planned().values()) == {("unchanged", "nothing but documentation differs from the merge base")}


def test_an_unknown_change_runs_everything() -> None:
    found = planned(everything="everything runs: there is no base")
    assert {decision for decision, _ in found.values()} == {"run"}
    assert found["unit"][1] == "6 of 6 test files"


def test_what_is_proven_is_reused_and_its_outcomes_are_in_the_plan() -> None:
    proven = (outcome("unit/b"),)
    tiers = (Tier(name="unit", tests=("tests/unit",)),)
    declared = Declared(tiers=tiers, tests={"unit": TESTS}, proven={("unit", path): proven for path in TESTS})
    (tier,) = plan_tiers(declared, known(*python("clinic/plots.py")), "")
    assert tier.decision is Decision.REUSE
    decisions = {part.name: part.decision for part in tier.tests}
    assert decisions["tests/unit/test_b.py"] is Decision.REUSE
    assert decisions["tests/unit/test_a.py"] is Decision.UNCHANGED
    assert len(tier.reused) == sum(decision is Decision.REUSE for decision in decisions.values())
