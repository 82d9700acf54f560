"""Makes the demo's repository: main with a champion, and one branch per pull request."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

from mlgate.demo import table
from mlgate.demo.stories import PullRequest
from mlgate.demo.workshop import Workshop
from mlgate.sources import files

TEMPLATE = Path(__file__).with_name("template")
MLGATE = (sys.executable, "-m", "mlgate")


def make_main(shop: Workshop) -> None:
    """The branch main: code, tests, data and a trained model, all stored."""
    shutil.copytree(TEMPLATE, shop.repository, ignore=shutil.ignore_patterns("__pycache__"))
    files.write_text(shop.repository / "data" / "visits.csv", table.as_csv(table.import_rows()))
    shop.git("init", "--quiet")
    _train_and_commit(shop, "A model of outpatient visits", new_data=True)


def save_champion(shop: Workshop) -> None:
    """Main's model becomes the champion in MLflow."""
    shop.call([*MLGATE, "baseline", "save"], shop.repository)


def make_branch(shop: Workshop, request: PullRequest) -> None:
    """What the author of a pull request did: change, train again, commit."""
    shop.git("checkout", "--quiet", "-b", request.branch, "main")
    if request.patch is not None:
        shop.git("apply", str(request.patch))
    if request.new_export:
        files.write_text(shop.repository / "data" / "visits.csv", table.as_csv(table.new_export(table.import_rows())))
    _train_and_commit(shop, request.title, new_data=request.new_export)


def return_to_main(shop: Workshop) -> None:
    """Leave the repository as a person would expect it: on main, with main's data and model."""
    shop.git("checkout", "--quiet", "main")
    shop.dvc("checkout")


def _train_and_commit(shop: Workshop, message: str, *, new_data: bool) -> None:
    if new_data:
        shop.dvc("add", "data/visits.csv")
    shop.dvc("repro")
    shop.git("add", "--all")
    shop.git("commit", "--quiet", "--message", message)
    # Not once with --all-branches: DVC 3.67 reads the relative path of the remote in another branch as one from "/".
    shop.dvc("push")
