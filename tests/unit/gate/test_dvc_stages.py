"""The hook `mlgate-dvc` at a commit: what a stage was last run with."""

from __future__ import annotations

import pytest

from tests.unit.gate.dvc_repository import PIPELINE, Repository, repository

__all__ = ["repository"]


NUMBERS = "lr: 1e-3\nsteps: 010\nmode: on\nsmall: 1e-05\nsplit: {share: 0.2}\n"


def test_parameters_are_read_by_yaml_1_2_as_dvc_reads_them(repository: Repository) -> None:
    """DVC writes `lr: 0.001` into its lock where a file says `1e-3`, which YAML 1.1 takes for a text."""
    repository.write("params.yaml", NUMBERS)
    lock = (repository.root / "dvc.lock").read_text()
    recorded = "{split.share: 0.2, lr: 0.001, steps: 10, mode: on, small: 1e-05}"
    repository.write("dvc.lock", lock.replace("{split.share: 0.2}", recorded))
    repository.write("dvc.yaml", PIPELINE.replace("[split.share]", "[split.share, lr, steps, mode, small]"))
    code, outcomes = repository.hook()
    assert (code, outcomes["dvc.yaml%3Aprepare/dvc_stage"]["status"]) == (0, "pass")
    repository.write("params.yaml", NUMBERS.replace("1e-3", "1e-2"))
    assert repository.hook()[0] == 1


@pytest.mark.parametrize(
    ("declared", "recorded", "files", "changed"),
    [
        ("[split.share]", "params.yaml: {split.share: 0.2}", {}, ["params.yaml with its parameters, which is gone"]),
        ("[{a.json: [x, y]}]", "a.json: {x: 1}", {"a.json": '{"x": 1, "y": 2}'}, ["parameter y"]),
        ("[{a.json: }]", "a.json: {x: 1}", {"a.json": '{"x": 1, "y": 2}'}, ["parameter y of a.json"]),
        ("[{a.json: }]", "b.json: {}", {"a.json": "{}", "b.json": "{}"}, ["parameters of a.json"]),
        ("[{a.toml: [x.y]}]", "a.toml: {x.y: 1}", {"a.toml": "[x]\ny = 2\n"}, ["parameter x.y of a.toml"]),
        ("[{p.py: [LR, A.x]}]", "p.py: {LR: 0.1, A.x: 2}", {"p.py": "LR = 1e-1\nclass A:\n  x: int = 2\n"}, []),
        ("[{p.py: [LR]}]", "p.py: {LR: 0.1}", {"p.py": "LR = 0.2\n1 / 0\n"}, ["parameter LR of p.py"]),
        ("[{p.py: [N.k]}]", "p.py: {N.k: [1, 2]}", {"p.py": "class N:\n def __init__(self):\n  self.k = 1, 2\n"}, []),
    ],
)
def test_parameters_of_every_kind_of_file(
    repository: Repository, declared: str, recorded: str, files: dict[str, str], changed: list[str]
) -> None:
    (repository.root / "params.yaml").unlink()
    for name, text in files.items():
        repository.write(name, text)
    lock = (repository.root / "dvc.lock").read_text()
    repository.write("dvc.lock", lock.replace("params.yaml: {split.share: 0.2}", recorded))
    repository.write("dvc.yaml", PIPELINE.replace("[split.share]", declared))
    code, outcomes = repository.hook()
    outcome = outcomes["dvc.yaml%3Aprepare/dvc_stage"]
    assert outcome["evidence"]["changed"] == changed, outcomes
    assert code == bool(changed)


@pytest.mark.parametrize(
    ("declared", "names"),
    [
        ("foreach: [a, true, 0.5]", ["a", "true", "0.5"]),
        ("foreach: [{x: 1}, {x: 2}]", ["0", "1"]),
        ("foreach: {k: {x: 1}}", ["k"]),
        ("matrix: {m: [x, y], n: [1, [2]]}", ["x-1", "x-n1", "y-1", "y-n1"]),
    ],
)
def test_every_run_of_a_repeated_stage_has_an_entry(repository: Repository, declared: str, names: list[str]) -> None:
    do = "do: {cmd: echo}" if declared.startswith("foreach") else "cmd: echo"
    repository.write("dvc.yaml", PIPELINE + f"  many:\n    {declared}\n    {do}\n")
    lock = (repository.root / "dvc.lock").read_text()
    repository.write("dvc.lock", lock + "".join(f"  many@{name}: {{cmd: echo}}\n" for name in names[1:]))
    code, outcomes = repository.hook()
    assert code == 1
    failed = [item["message"] for item in outcomes.values() if item["status"] == "fail"]
    assert len(failed) == 1
    assert f"many@{names[0]} has no entry" in failed[0]


def test_an_output_that_was_declared_later_was_never_written(repository: Repository) -> None:
    repository.write("dvc.yaml", PIPELINE.replace("[work/clean.csv]", "[./work/clean.csv, work/more.csv]"))
    outcome = repository.hook()[1]["dvc.yaml%3Aprepare/dvc_stage"]
    assert outcome["evidence"]["changed"] == ["output work/more.csv"]


def test_the_lock_of_dvc_1_holds_the_stages_alone(repository: Repository) -> None:
    stages = (repository.root / "dvc.lock").read_text().partition("stages:\n")[2]
    repository.write("dvc.lock", stages.replace("\n  ", "\n").removeprefix("  "))
    assert repository.hook()[0] == 0
    repository.write("work/clean.csv", "other")
    assert repository.hook()[0] == 1
