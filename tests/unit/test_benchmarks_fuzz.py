"""Mutated files through the command line, a few of the many that the benchmark tries; and that it would see a fault."""

from __future__ import annotations

from pathlib import Path

import pytest

import mlgate.cli
from benchmarks import data_fuzz, fuzz_inputs


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    data_fuzz.write_good(tmp_path)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("kind", fuzz_inputs.KINDS)
def test_mutated_inputs_end_in_an_outcome(folder: Path, kind: str) -> None:
    place, step = fuzz_inputs.KINDS.index(kind), len(fuzz_inputs.KINDS)
    answers = [data_fuzz.run_case(case, folder) for case in range(place, place + 12 * step, step)]
    assert [fault for _, fault in answers if fault] == []
    assert {code for code, _ in answers} <= {0, 1, 2, 3}
    assert len({code for code, _ in answers}) > 1


def test_a_case_is_the_same_again_and_differs_from_others() -> None:
    made = [fuzz_inputs.make(case) for case in range(40)]
    assert made == [fuzz_inputs.make(case) for case in range(40)]
    assert len({content for _, content in made}) > 35


def test_an_unexpected_exception_is_a_fault(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("boom")

    monkeypatch.setattr(mlgate.cli.cli, "main", broken)
    code, fault = data_fuzz.run_case(0, folder)
    assert code == 3
    assert "RuntimeError" in fault


@pytest.mark.parametrize(
    ("text", "code", "words"),
    [
        ("{", 0, "not strict JSON"),
        ('{"outcomes": [{"status": "fail", "check": "x", "message": NaN}]}', 1, "NaN"),
        ('{"outcomes": [{"status": "fail", "check": "x", "message": ""}]}', 0, "say 1"),
        ('{"outcomes": [{"status": "skip", "check": "x", "message": ""}]}', 0, "say 3"),
        ('{"outcomes": [{"status": "error", "check": "defect", "message": "boom"}]}', 3, "boom"),
        ('{"outcomes": [{"status": "pass", "check": "x", "message": ""}]}', 0, ""),
    ],
)
def test_a_report_that_does_not_fit_its_exit_code_is_a_fault(text: str, code: int, words: str) -> None:
    fault = data_fuzz.fault_of_report(text, code)
    assert words in fault
    assert bool(words) == bool(fault)
