"""Starting programs, and ending them with everything that they started. POSIX only.

An argument list, never a shell; no standard input; a process group of its own; bounded memory for the output.
"""

from __future__ import annotations

import codecs
import os
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from mlgate.errors import SourceError

TAIL_BYTES = 64 * 1024
CHUNK_BYTES = 64 * 1024
GRACE_S = 5.0
"""Between the interrupt and the kill: time for pytest to write what it knows."""
LEFTOVER_S = 1.0
"""How long output is still awaited once the process itself has ended."""
POLL_S = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class Completed:
    """A process that ended. A negative `returncode` is the signal that killed it.

    `output_tail` is the end of standard output and standard error together, in the order in which they came.
    """

    returncode: int
    output_tail: str
    duration_s: float
    timed_out: bool


def run(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str] | None = None,
    timeout_s: float | None = None,
    tail_bytes: int = TAIL_BYTES,
    on_output: Callable[[str], None] | None = None,
) -> Completed:
    """Run a program to its end, or until its time is used up.

    On a time-out, or when a person interrupts, the whole process group is interrupted (SIGINT), and killed after
    `GRACE_S`. Processes that outlive the program and hold its output open are killed too.

    Parameters
    ----------
    argv : program and arguments; no shell reads them
    cwd : working folder
    env : added to the environment that mlgate runs in
    timeout_s : seconds; None waits for ever
    tail_bytes : how much of the output is kept
    on_output : is given the output as it comes, from another thread; an exception in it is raised at the end

    Raises
    ------
    SourceError
        The program or the folder does not exist, or cannot be started.
    KeyboardInterrupt
        After the process group was ended.
    """
    began = time.monotonic()
    process = _start(argv, cwd, env)
    reader = _Reader(process.stdout, tail_bytes, on_output)
    timed_out = False
    try:
        timed_out = not _wait(process, reader, None if timeout_s is None else began + timeout_s)
    finally:  # also on KeyboardInterrupt
        if process.poll() is None:
            _end_group(process)
        if reader.is_alive():
            reader.join(LEFTOVER_S)
        if reader.is_alive():
            _signal_group(process, signal.SIGKILL)
            reader.join(LEFTOVER_S)
    if reader.problem is not None:
        raise reader.problem
    return Completed(
        returncode=-signal.SIGKILL if process.returncode is None else process.returncode,
        output_tail=reader.tail(),
        duration_s=time.monotonic() - began,
        timed_out=timed_out,
    )


def find_launcher(root: Path, python: str | None) -> tuple[str, ...]:
    """How the pytest of the user's environment is started.

    Parameters
    ----------
    root : the project's root
    python : an interpreter as a path relative to `root` or a name on PATH; None takes the pytest found on PATH

    Raises
    ------
    SourceError
        The interpreter, or pytest, is not there.
    """
    if python is not None:
        return (find_program(root, python), "-m", "pytest")
    pytest = _on_path("pytest")
    if pytest is None:
        raise SourceError(
            "pytest was not found on PATH",
            hint="install pytest, or name the interpreter of your tests in mlgate.yaml: tiers.<tier>.python",
        )
    return (pytest,)


def resolve_command(root: Path, argv: Sequence[str], python: str | None = None) -> tuple[str, ...]:
    """The command of an evaluation, its program found.

    A leading `python` is the declared interpreter where there is one, else `python` (or `python3`) on PATH. Another
    program is a path relative to `root` if it has a slash, else a name on PATH.

    Raises
    ------
    SourceError
        The program is not there.
    """
    program, *arguments = argv
    if program != "python":
        return (find_program(root, program), *arguments)
    if python is not None:
        return (find_program(root, python), *arguments)
    for name in ("python", "python3"):
        found = _on_path(name)
        if found is not None:
            return (found, *arguments)
    raise SourceError("python was not found on PATH", hint="put the interpreter of your project first on PATH")


def find_program(root: Path, name: str) -> str:
    """Absolute path of a program: relative to `root` if `name` has a slash, else found on PATH.

    Symbolic links are kept: the interpreter of a virtual environment is one, and knows its environment by it.

    Raises
    ------
    SourceError
        There is no such program, or it may not be executed.
    """
    if "/" not in name:
        found = _on_path(name)
        if found is None:
            raise SourceError(f"{name} was not found on PATH", hint=f"install {name}, or name it by its path")
        return found
    path = Path(os.path.abspath(root / name))  # noqa: PTH100 - Path.resolve would follow the links
    if not path.is_file():
        raise SourceError(
            f"{name} does not exist in {root}",
            hint="make the environment first (for example: python -m venv .venv), or correct the path in mlgate.yaml",
        )
    if not os.access(path, os.X_OK):
        raise SourceError(f"{name} may not be executed", hint=f"chmod +x {name}")
    return str(path)


def inherited_python_path() -> str:
    """PYTHONPATH as mlgate found it; empty where it is not set."""
    return os.environ.get("PYTHONPATH", "")


def _on_path(name: str) -> str | None:
    found = shutil.which(name)
    return None if found is None else os.path.abspath(found)  # noqa: PTH100 - Path.resolve would follow the links


class _Reader(threading.Thread):
    """Drains the output, so that the process never waits for us, and keeps its end."""

    def __init__(self, stream: IO[bytes] | None, tail_bytes: int, on_output: Callable[[str], None] | None) -> None:
        super().__init__(daemon=True)
        self.problem: Exception | None = None
        self._stream = stream
        self._tail_bytes = tail_bytes
        self._on_output = on_output
        self._kept = bytearray()
        self._lost = False
        self.start()

    def run(self) -> None:
        decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
        stream = self._stream
        if stream is None:
            return
        with stream:
            while chunk := os.read(stream.fileno(), CHUNK_BYTES):
                self._keep(chunk)
                self._pass_on(decoder.decode(chunk))
        self._pass_on(decoder.decode(b"", final=True))

    def _keep(self, chunk: bytes) -> None:
        self._kept += chunk
        if len(self._kept) > self._tail_bytes:
            del self._kept[: len(self._kept) - self._tail_bytes]
            self._lost = True

    def _pass_on(self, text: str) -> None:
        if self._on_output is None or self.problem is not None or not text:
            return
        try:
            self._on_output(text)
        except Exception as problem:  # noqa: BLE001 - raised by `run`, once the process has ended
            self.problem = problem

    def tail(self) -> str:
        """The end of the output; it begins with a whole line where there is one."""
        kept = bytes(self._kept)
        if self._lost and b"\n" in kept:
            kept = kept.partition(b"\n")[2]
        return kept.decode("utf-8", errors="replace")


def _start(argv: Sequence[str], cwd: Path, env: Mapping[str, str] | None) -> subprocess.Popen[bytes]:
    if not cwd.is_dir():
        raise SourceError(f"the folder {cwd} does not exist", hint="run mlgate inside the project")
    try:
        return subprocess.Popen(
            list(argv),
            cwd=cwd,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    except FileNotFoundError as problem:
        raise SourceError(f"{argv[0]} was not found", hint="install it, or correct its path") from problem
    except (OSError, ValueError) as problem:
        reason = getattr(problem, "strerror", None) or problem
        raise SourceError(f"{argv[0]} cannot be started: {reason}", hint="check that it is a program") from problem


def _wait(process: subprocess.Popen[bytes], reader: _Reader, deadline: float | None) -> bool:
    """Wait for the end of the process; False where the deadline came first."""
    while process.poll() is None:
        left = POLL_S if deadline is None else min(POLL_S, deadline - time.monotonic())
        if left <= 0:
            return False
        if reader.is_alive():
            reader.join(left)  # the output ends when the process does, so this returns at once
        if not reader.is_alive():
            with suppress(subprocess.TimeoutExpired):
                process.wait(left)
    return True


def _end_group(process: subprocess.Popen[bytes]) -> None:
    """Interrupt the group, and kill what is left of it after the grace; a second interrupt shortens the grace."""
    try:
        _signal_group(process, signal.SIGINT)
        with suppress(subprocess.TimeoutExpired):
            process.wait(GRACE_S)
    finally:
        _signal_group(process, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):  # a process that waits for a dead disk cannot be killed
            process.wait(GRACE_S)


def _signal_group(process: subprocess.Popen[bytes], number: int) -> None:
    with suppress(ProcessLookupError, PermissionError):  # macOS refuses a group of zombies
        os.killpg(process.pid, number)
