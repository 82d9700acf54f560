"""Where the demo works: its folders, and programs that start in an environment of their own.

Nothing of the user's Git, DVC, MLflow or CI settings reaches the programs, and nothing is written outside the folder of
the demo and a temporary one.
"""

from __future__ import annotations

import importlib.util
import os
import shutil
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError, UsageError
from mlgate.sources import files, processes

NEEDED = ("dvc", "mlflow", "sklearn", "joblib", "pandas", "numpy", "pyarrow", "duckdb", "scipy", "pytest")
"""Modules of the extra `demo`; they are looked for, not imported."""

LEAKS = ("DVC_", "GIT_", "GITHUB_", "INPUT_", "MLFLOW_", "_MLFLOW_", "MLGATE_", "PRE_COMMIT", "PYTEST_")
LEAKING_NAMES = frozenset({"CI", "RUNNER_OS"})
PROGRAM_LIMIT_S = 300.0
TAIL_LINES = 15

GIT_CONFIG = """\
[user]
    name = mlgate demo
    email = demo@example.org
[init]
    defaultBranch = main
[commit]
    gpgsign = false
[core]
    autocrlf = false
    hooksPath = /dev/null
[gc]
    auto = 0
"""


@dataclass(frozen=True, slots=True)
class Workshop:
    """The folders of the demo.

    Parameters
    ----------
    top : absolute folder that the user named
    scratch : temporary folder for settings and caches
    """

    top: Path
    scratch: Path

    @property
    def repository(self) -> Path:
        return self.top / "repository"

    @property
    def tracking_uri(self) -> str:
        return f"sqlite:///{self.top / 'mlflow' / 'mlflow.db'}"

    def report(self, name: str) -> Path:
        return self.top / "reports" / name

    def prepare(self) -> None:
        """Make the folders around the repository, and the settings that the programs get instead of the user's."""
        for folder in (self.top / "remote", self.top / "mlflow", self.scratch / "dvc"):
            folder.mkdir(parents=True)
        files.write_text(self.scratch / "gitconfig", GIT_CONFIG)

    def environment(self) -> dict[str, str]:
        """Variables that every program gets; those of `LEAKS` that the user has set are removed besides."""
        dvc = str(self.scratch / "dvc")
        return {
            "PATH": search_path(),
            "MLFLOW_TRACKING_URI": self.tracking_uri,
            "MLFLOW_DISABLE_TELEMETRY": "true",
            "GIT_CONFIG_GLOBAL": str(self.scratch / "gitconfig"),
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            "OMP_NUM_THREADS": "1",  # on small tables more threads only wait for each other, badly so on a busy machine
            "DVC_NO_ANALYTICS": "1",
            "DVC_SITE_CACHE_DIR": dvc,
            "DVC_GLOBAL_CONFIG_DIR": dvc,
            "DVC_SYSTEM_CONFIG_DIR": dvc,
        }

    def start(self, argv: Sequence[str], folder: Path) -> processes.Completed:
        """Run a program to its end, whatever its exit status.

        Raises
        ------
        SourceError
            It cannot be started, or takes more than five minutes.
        """
        leaking = [name for name in os.environ if name.startswith(LEAKS) or name in LEAKING_NAMES]
        shield = ["env", *(word for name in sorted(leaking) for word in ("-u", name))]
        own = [f"{name}={value}" for name, value in self.environment().items()]
        done = processes.run([*shield, *own, *argv], cwd=folder, timeout_s=PROGRAM_LIMIT_S)
        if done.timed_out:
            raise SourceError(f"`{_shown(argv)}` took more than {PROGRAM_LIMIT_S:.0f} s", hint="run the demo again")
        return done

    def call(self, argv: Sequence[str], folder: Path) -> None:
        """Run a program that has to succeed.

        Raises
        ------
        SourceError
            It did not; the message ends with what it printed last.
        """
        done = self.start(argv, folder)
        if done.returncode:
            tail = "\n".join(done.output_tail.rstrip().splitlines()[-TAIL_LINES:])
            raise SourceError(
                f"`{_shown(argv)}` in {folder} ended with {done.returncode}:\n{tail}",
                hint="the folder is kept as it is, for a look; run the demo again in a new one",
            )

    def git(self, *arguments: str, folder: Path | None = None) -> None:
        self.call(["git", *arguments], folder or self.repository)

    def dvc(self, *arguments: str) -> None:
        self.call([sys.executable, "-m", "dvc", *arguments, "--quiet"], self.repository)


def search_path() -> str:
    """PATH with the folder of this interpreter first, so that `python` and `pytest` are its own."""
    return os.pathsep.join([str(interpreter_folder()), os.environ.get("PATH", os.defpath)])


def interpreter_folder() -> Path:
    return Path(sys.executable).parent


def on_path() -> bool:
    """Whether `python` in the shell of the user is this interpreter: then the suggested commands work as they stand."""
    found = shutil.which("python")
    return found is not None and Path(found).parent == interpreter_folder()


def require_programs() -> None:
    """Refuse to begin where something that the demo needs is not installed.

    Raises
    ------
    UsageError
        A module of the extra `demo`, Git, or a program called `python` is missing.
    """
    missing = [name for name in NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        raise UsageError(f"the demo needs {', '.join(missing)}", hint="pip install 'mlgate[demo]'")
    if shutil.which("git") is None:
        raise UsageError("the demo needs git, which is not on PATH", hint="install Git")
    if shutil.which("python", path=search_path()) is None:
        raise UsageError(
            "the demo needs a program called `python`, which is not on PATH",
            hint="install mlgate into a virtual environment and call it from there",
        )


def empty_folder(folder: Path) -> Path:
    """The absolute folder, made if it is not there.

    Raises
    ------
    UsageError
        It is a file, is not empty, cannot be made, or has a character that the address of a database cannot hold.
    """
    top = folder.resolve()
    if set("?#%") & set(str(top)):
        raise UsageError(f"{top} has one of the characters ? # %", hint="name a folder without them")
    try:
        top.mkdir(parents=True, exist_ok=True)
        filled = any(top.iterdir())
    except OSError as problem:
        raise UsageError(f"{top} cannot be used: {problem.strerror}", hint="name a new folder") from None
    if filled:
        raise UsageError(f"{top} is not empty", hint="name a new folder: mlgate demo DIR")
    return top


def _shown(argv: Sequence[str]) -> str:
    """The command as a person would type it."""
    words = ["python" if word == sys.executable else word for word in argv]
    return " ".join(words)
