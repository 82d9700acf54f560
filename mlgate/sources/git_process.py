"""One Git command at a time, apart from hooks, prompts and the caller's index; ended with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.redaction import redact

_TIED = (
    "GIT_DIR",
    "GIT_WORK_TREE",
    "GIT_INDEX_FILE",
    "GIT_PREFIX",
    "GIT_COMMON_DIR",
    "GIT_NAMESPACE",
    "GIT_OBJECT_DIRECTORY",
    "GIT_QUARANTINE_PATH",
)
"""Variables that a hook inherits and that would lead Git elsewhere."""


@dataclass(frozen=True, slots=True)
class Done:
    """A command that ended; `reason` is what Git said was wrong, without credentials."""

    code: int
    out: bytes
    reason: str


@dataclass(frozen=True, slots=True)
class GitProcess:
    """Git in a folder. No hook of the repository runs, and nobody is asked for a password."""

    root: Path

    def run(
        self,
        arguments: Sequence[str],
        *,
        timeout_s: float,
        content: bytes = b"",
        environ: Mapping[str, str] | None = None,
    ) -> Done:
        """Run `git ARGUMENTS` with `content` on its standard input; `environ` is added to its environment.

        Raises
        ------
        SourceError
            Git or the folder is not there, or the time is used up.
        """
        command = ["git", "-c", "core.hooksPath=/dev/null", "-c", "gc.auto=0", *arguments]
        with self._start(command, environ or {}) as process:
            try:
                out, err = process.communicate(content, timeout=timeout_s)
            except subprocess.TimeoutExpired:
                raise SourceError(
                    f"`git {arguments[0]}` did not end within {timeout_s:g} s", hint="is the remote there? try again"
                ) from None
            finally:  # also on KeyboardInterrupt
                if process.poll() is None:
                    with suppress(ProcessLookupError, PermissionError):
                        os.killpg(process.pid, signal.SIGKILL)
        return Done(process.returncode, out, _reason(err))

    def answer(self, arguments: Sequence[str], *, timeout_s: float) -> str | None:
        """What Git prints, stripped; None where it fails or prints nothing.

        Raises
        ------
        SourceError
            As `run` does.
        """
        done = self.run(arguments, timeout_s=timeout_s)
        return None if done.code else done.out.decode("utf-8", "surrogateescape").strip() or None

    def _start(self, command: Sequence[str], environ: Mapping[str, str]) -> subprocess.Popen[bytes]:
        inherited = {name: value for name, value in os.environ.items() if name not in _TIED}
        settings = {"GIT_OPTIONAL_LOCKS": "0", "GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}
        try:
            return subprocess.Popen(
                command,
                cwd=self.root,
                env={**inherited, **settings, **environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,  # ssh finds no terminal to ask at
            )
        except OSError as problem:
            reason = problem.strerror or type(problem).__name__
            raise SourceError(f"Git cannot be started in {self.root.name}: {reason}", hint="install Git") from None


def _reason(err: bytes) -> str:
    """The line of Git's errors that says most, without credentials."""
    lines = [line.strip() for line in err.decode("utf-8", "replace").splitlines() if line.strip()]
    telling = [line for line in lines if line.startswith(("fatal:", "error:", "!", "ERROR:", "remote: error"))]
    return redact((telling or lines or ["it gave no reason"])[0])[:300]
