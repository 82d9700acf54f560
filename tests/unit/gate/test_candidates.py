"""Whether a command wrote the predictions, and what its failure says."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable
from typing import Any

import pytest

PROJECT = """\
version: 1
evaluations:
  clinic:
    command: COMMAND
    predictions: out/candidate.csv
    columns: {id: id, label: label, prediction: prediction, score: score}
    positive: 1
    baseline: file:base.csv
    metrics: {accuracy: {tolerance: 0.01}}
"""
Make = Callable[..., list[dict[str, Any]]]


def prepare(place: Any, rows: list[dict[str, Any]], command: str) -> None:
    place.write("mlgate.yaml", PROJECT.replace("COMMAND", command))
    place.write_rows("base.csv", rows)
    place.write_rows("cache.csv", rows)
    (place.root / "out").mkdir(exist_ok=True)


def test_a_copy_that_keeps_its_times_is_a_write(place: Any, predictions: Make) -> None:
    prepare(place, predictions(200), "[cp, -p, cache.csv, out/candidate.csv]")
    assert place.run().code == 0
    assert place.run().code == 0


@pytest.mark.parametrize("other", ["two.csv", "one-more/two.csv"])
def test_a_link_that_is_set_anew_is_a_write_and_its_target_is_read(place: Any, predictions: Make, other: str) -> None:
    prepare(place, predictions(200), f"[ln, -sfn, ../{other}, out/candidate.csv]")
    place.write_rows("one.csv", predictions(200)[:50])
    place.write_rows(other, predictions(200))
    (place.root / "out" / "candidate.csv").symlink_to("../one.csv")
    ran = place.run()
    assert ran.code == 0, ran.out
    assert ran.report["provenance"]["candidates"][0]["rows"] == 200


def test_a_folder_link_that_is_set_anew_is_a_write(place: Any, predictions: Make) -> None:
    prepare(place, predictions(200), "[ln, -sfn, second, out]")
    shutil.rmtree(place.root / "out")
    for name in ("first", "second"):
        place.write_rows(f"{name}/candidate.csv", predictions(200))
    (place.root / "out").symlink_to("first")
    done = place.mlgate("run", "--format", "json")
    assert done.code == 0, done.out + done.err


def test_a_command_that_reads_only_did_not_write(place: Any, predictions: Make) -> None:
    prepare(place, predictions(200), "[cat, out/candidate.csv]")
    place.write_rows("out/candidate.csv", predictions(200))
    ran = place.run()
    assert ran.code == 3
    assert "did not write out/candidate.csv" in ran.outcome("model/clinic/predictions")["message"]


def test_the_output_of_a_command_that_fails_is_short_and_without_credentials(place: Any, predictions: Make) -> None:
    prepare(place, predictions(200), f"[{sys.executable}, fail.py]")
    script = "print('x' * 5000 + chr(10) + 'line' + chr(10) * 2) ; raise SystemExit('cannot read https://ann:secret@h/p?token=t')"
    place.write("fail.py", script)
    ran = place.run()
    message = ran.outcome("model/clinic/predictions")["message"]
    assert "https://h/p" in message
    assert "secret" not in ran.out + ran.err
    assert "token" not in ran.out + ran.err
    assert len(message) < 1000


def test_messages_name_the_declared_path(place: Any, predictions: Make) -> None:
    prepare(place, predictions(200), "[cp, broken.csv, out/candidate.csv]")
    place.write("broken.csv", "id,label,prediction,score\n1,1,1\n")
    message = place.run().outcome("model/clinic/predictions")["message"]
    assert "out/candidate.csv" in message
    assert os.fspath(place.root) not in message
