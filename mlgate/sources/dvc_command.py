"""One DVC command: where it is, how it runs, what its output says."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from itertools import takewhile
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.redaction import redact

_TARGETS_SHOWN = 5
_NO_TARGET = re.compile(
    # what else DVC prints, and its progress
    r"(ERROR|WARNING|Is your cache|Everything is|Having any|To |<|\d+ files? |[AMD]\s)"
)


def find_command() -> str:
    """The `dvc` on PATH, else that of the gate's own environment.

    The one on PATH is the project's: it has the plug-ins that the project's remotes need, e.g. `dvc[s3]`.

    Raises
    ------
    SourceError
        There is none.
    """
    found = shutil.which("dvc") or shutil.which("dvc", path=str(Path(sys.executable).parent))
    if found is None:
        raise SourceError("DVC is not installed", hint="install `mlgate[dvc]`")
    return found


def last_lines(output: str, count: int = 2) -> str:
    """The last errors in DVC's output, each with the targets that it lists below itself; else the last lines."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [" ".join([line, *_targets(lines[at + 1 :])]) for at, line in enumerate(lines) if line.startswith("ERROR")]
    return " / ".join(errors[-count:] or lines[-count:])[-1000:] or "no output"


def _targets(lines: Sequence[str]) -> list[str]:
    """The lines up to the next one that is no target, at most some of them."""
    targets = list(takewhile(lambda line: not _NO_TARGET.match(line), lines))
    more = len(targets) - _TARGETS_SHOWN
    return targets if more <= 0 else [*targets[:_TARGETS_SHOWN], f"and {more} more"]


def json_of(output: str) -> Any:
    """The JSON value that stands on one line of the output; None where there is none."""
    for line in output.splitlines():
        if line.startswith(("{", "[")):
            with suppress(ValueError):
                return json.loads(line)
    return None


def run_dvc(root: Path, arguments: Sequence[str], *, timeout_s: float) -> tuple[int, str]:
    """Exit code and joined output of one DVC command, which is ended with its children when time is up."""
    environment = os.environ | {"DVC_NO_ANALYTICS": "1", "GIT_TERMINAL_PROMPT": "0", "COLUMNS": "500"}
    with subprocess.Popen(
        [find_command(), *arguments],
        cwd=root,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        start_new_session=True,
    ) as process:
        try:
            output, _ = process.communicate(timeout=timeout_s)
        except subprocess.TimeoutExpired as problem:
            raise SourceError(
                f"`dvc {arguments[0]}` took longer than {timeout_s:g} s and was stopped",
                hint="give it more time, or see with `dvc -v` what it waits for",
            ) from problem
        finally:
            with suppress(ProcessLookupError):  # nothing of the group is left after an ordinary end
                os.killpg(process.pid, signal.SIGKILL)
    return process.returncode, redact(output).replace(f"{root}{os.sep}", "")
