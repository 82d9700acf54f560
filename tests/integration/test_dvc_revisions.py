"""A real DVC: what a revision tracks, told without bringing it here."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mlgate.config.references import parse_reference
from mlgate.errors import SourceError
from mlgate.sources import baseline_metrics, baselines, dvc_command, dvc_revisions

pytestmark = [pytest.mark.slow]

NOW = datetime(2026, 11, 21, tzinfo=UTC)


def call(folder: Path, *command: str) -> None:
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A project in a folder of the repository: `out/p.csv` and the folder `many` under DVC, `g.csv` under Git."""
    top = tmp_path_factory.mktemp("revisions") / "repository"
    root = top / "project"
    (root / "out").mkdir(parents=True)
    (root / "many").mkdir()
    (root / "out" / "p.csv").write_text("id\n1\n")
    (root / "many" / "a.csv").write_text("id\n2\n")
    (root / "many" / "b.csv").write_text("id\n3\n")
    (root / "g.csv").write_text("id\n4\n")
    call(top, "git", "init", "-q")
    call(top, "git", "commit", "-q", "--allow-empty", "-m", "empty")
    call(top, dvc_command.find_command(), "init", "-q")
    call(top, dvc_command.find_command(), "add", "-q", "project/out/p.csv", "project/many")
    call(top, "git", "add", "-A")
    call(top, "git", "commit", "-q", "-m", "data")
    return top


@pytest.fixture
def root(template: Path, tmp_path: Path) -> Path:
    return shutil.copytree(template, tmp_path / "repository", ignore=shutil.ignore_patterns("tmp")) / "project"


def describe(reference: str, root: Path) -> baselines.Baseline:
    named = parse_reference(reference)
    return baselines.describe(named, root=root, evaluation_name="e", predictions_path="out/p.csv", now=NOW)


def test_only_what_dvc_tracks_in_the_revision_is_found(root: Path) -> None:
    found = describe("dvc:main", root)
    assert found.found.endswith(", out/p.csv")
    assert describe("dvc:main:many/b.csv", root).predictions is None
    for reference, fact in [
        ("dvc:main~1", r"DVC does not track out/p\.csv of revision main~1"),
        ("dvc:main:no.csv", r"DVC does not track no\.csv of revision main"),
        ("dvc:main:many", r"many of revision main .* is a folder"),
        ("dvc:main:g.csv", r"g\.csv of revision main .* is not tracked by DVC"),
        ("dvc:gone", "revision 'gone' is not known"),
    ]:
        with pytest.raises(SourceError, match=fact) as caught:
            describe(reference, root)
        assert caught.value.hint
        assert str(root) not in str(caught.value)


def test_the_data_is_not_needed(root: Path) -> None:
    digest = hashlib.md5((root / "out" / "p.csv").read_bytes(), usedforsecurity=False).hexdigest()
    shutil.rmtree(root.parent / ".dvc" / "cache")
    (root / "out" / "p.csv").unlink()
    assert dvc_revisions.require_file(root, "main", "out/p.csv") == digest
    assert not (root / "out" / "p.csv").exists()
    assert not (root.parent / ".dvc" / "cache").exists()


def test_without_a_dvc_repository_it_says_so(root: Path) -> None:
    shutil.rmtree(root.parent / ".dvc")
    with pytest.raises(SourceError, match="there is no DVC repository here"):
        describe("dvc:main", root)


def load(reference: str, root: Path, path: str = "out/p.csv", runs: tuple[str, ...] = ()) -> baselines.Baseline:
    work = root.parent / "work"
    work.mkdir(exist_ok=True)
    named = parse_reference(reference)
    return baselines.load(named, root=root, evaluation_name="e", predictions_path=path, runs=runs, work=work, now=NOW)


def test_several_files_and_the_merge_base(root: Path) -> None:
    """Runs, and values that Git keeps beside DVC's data, all of the commit that the branch started from."""
    dvc = dvc_command.find_command()
    (root / "metrics.json").write_text('{"auc": 0.75}')
    (root / "many" / "c.txt").write_text("not matched\n")
    call(root, dvc, "add", "-q", "many")
    call(root, "git", "add", "-A")
    call(root, "git", "commit", "-q", "-m", "metrics")
    call(root, "git", "checkout", "-q", "-b", "work")
    (root / "many" / "a.csv").write_text("id\n9\n")
    (root / "metrics.json").write_text('{"auc": 0.5}')
    call(root, dvc, "add", "-q", "many")
    call(root, "git", "commit", "-q", "-a", "-m", "work")
    as_runs = load("dvc", root, runs=("many/*.csv",))
    assert [file.read_text() for file in as_runs.runs] == ["id\n2\n", "id\n3\n"]
    assert as_runs.found.startswith("dvc merge base with main (")
    with pytest.raises(SourceError, match=r"no file that DVC tracks in revision .* matches many/\*\.parquet"):
        load("dvc", root, path="many/*.parquet")
    measured = baseline_metrics.load_metrics(
        parse_reference("dvc"), root=root, evaluation_name="e", metrics_path="metrics.json", now=NOW
    )
    assert measured.values == {"auc": 0.75}
    tracked = baseline_metrics.load_metrics(
        parse_reference("dvc:main:many"),
        root=root,
        evaluation_name="e",
        metrics_path="metrics.json",
        now=NOW,
        rows=True,
    )
    assert tracked.values == {"auc": 0.75}
