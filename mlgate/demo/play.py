"""Plays the demo: the repository is made, three pull requests are judged, their comments are shown."""

from __future__ import annotations

import tempfile
import textwrap
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from mlgate.demo import build
from mlgate.demo.comment import for_terminal
from mlgate.demo.stories import PULL_REQUESTS, PullRequest
from mlgate.demo.workshop import Workshop, empty_folder, interpreter_folder, on_path, require_programs
from mlgate.errors import SourceError

Say = Callable[[str], None]
WIDTH = 100


@dataclass(frozen=True, slots=True)
class Judged:
    """A pull request and how its gate ended."""

    request: PullRequest
    exit_code: int
    duration_s: float

    @property
    def as_expected(self) -> bool:
        return self.exit_code == self.request.expected


def play(folder: Path, *, show: Say, progress: Say) -> tuple[Judged, ...]:
    """Make the demo in an empty folder and judge its pull requests.

    Parameters
    ----------
    folder : made if it is not there
    show : is given the comments and the closing words
    progress : is given one line per step

    Raises
    ------
    UsageError
        Something that the demo needs is not installed, or the folder is not empty.
    SourceError
        A program of the demo failed.
    """
    require_programs()
    top = empty_folder(folder)
    began = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="mlgate-demo-") as scratch:
            shop = Workshop(top, Path(scratch))
            _make(shop, progress)
            judged = tuple(_judge_and_show(shop, request, show, progress) for request in PULL_REQUESTS)
    except KeyboardInterrupt:
        progress(f"stopped half-way; what was made can be removed: rm -r '{top}'")
        raise
    show(_closing_words(shop, judged, time.monotonic() - began))
    return judged


def _make(shop: Workshop, progress: Say) -> None:
    shop.prepare()
    progress("1/6  main: import 20,190 rows, train a first model, store data and model with DVC")
    build.make_main(shop)
    progress("2/6  main: register the model's predictions in MLflow as the champion (mlgate baseline save)")
    build.save_champion(shop)
    progress("3/6  three authors change something, train again and push")
    for request in PULL_REQUESTS:
        build.make_branch(shop, request)
    build.return_to_main(shop)


def _judge_and_show(shop: Workshop, request: PullRequest, show: Say, progress: Say) -> Judged:
    step = 3 + request.number
    progress(f"{step}/6  pull request {request.number}: a fresh clone, then mlgate run")
    judged = judge(shop, request)
    show(_comment(shop, judged))
    return judged


def judge(shop: Workshop, request: PullRequest) -> Judged:
    """Run the gate as the Action would: in a clone that has no data yet.

    Raises
    ------
    SourceError
        The gate wrote no report.
    """
    clone = shop.top / request.name
    shop.git("clone", "--quiet", "--branch", request.branch, str(shop.repository), str(clone), folder=shop.top)
    done = shop.start([*build.MLGATE, "run", "--output", str(shop.report(request.name))], clone)
    if not (shop.report(request.name) / "report.md").is_file():
        tail = done.output_tail.rstrip()
        raise SourceError(
            f"the gate of pull request {request.number} ended with {done.returncode} and no report:\n{tail}",
            hint=f"try again: cd {clone} && mlgate run",
        )
    return Judged(request, done.returncode, done.duration_s)


def _comment(shop: Workshop, judged: Judged) -> str:
    request = judged.request
    text = for_terminal((shop.report(request.name) / "report.md").read_text(encoding="utf-8"))
    meaning = "may be merged" if judged.exit_code == 0 else "must not be merged"
    return "\n".join(
        [
            "",
            "=" * WIDTH,
            f"Pull request {request.number}: {request.title}",
            *textwrap.wrap(request.story, WIDTH),
            "=" * WIDTH,
            "",
            text,
            "",
            f"--> exit code {judged.exit_code}: {meaning} ({judged.duration_s:.0f} s)",
            *textwrap.wrap(request.lesson, WIDTH, initial_indent="    ", subsequent_indent="    "),
        ]
    )


def _closing_words(shop: Workshop, judged: tuple[Judged, ...], duration_s: float) -> str:
    rows = [
        f"  pull request {one.request.number}   exit {one.exit_code}   {one.request.title}"
        + ("" if one.as_expected else f"   (expected exit {one.request.expected})")
        for one in judged
    ]
    return "\n".join(
        [
            "",
            "=" * WIDTH,
            f"Done in {duration_s:.0f} s.",
            *rows,
            "",
            f"{shop.top}",
            "  repository/              code, tests, DVC pipeline, mlgate.yaml; the three branches",
            "  pull-request-1/ ... -3/  the clones in which the gate ran",
            "  reports/                 report.md (the comment), report.html, report.json, junit.xml of each",
            "  mlflow/, remote/         the champion; the data and models under DVC",
            "",
            "Try next:",
            *([] if on_path() else [f"  export PATH='{interpreter_folder()}':\"$PATH\""]),
            f"  export MLFLOW_TRACKING_URI='{shop.tracking_uri}'",
            f"  cd '{shop.repository}'",
            "  mlgate run                                  the gate on main: the champion against itself",
            "  mlgate baseline show                        where the baseline comes from",
            "  git diff main unclear-answers -- clinic     the change that was worse in one slice",
            f"  cd '{shop.top / 'pull-request-2'}'",
            "                                              correct clinic/features.py there:",
            '                                              features.loc[unclear, "limitation"] = np.nan',
            "  dvc repro && mlgate run                     train again, judge again: better in every slice",
        ]
    )
