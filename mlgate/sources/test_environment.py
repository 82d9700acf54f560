"""The environment in which tests run: the interpreter, and what is installed for it."""

from __future__ import annotations

import json
import os
import shlex
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mlgate.errors import SourceError
from mlgate.sources import processes

SCRIPT = Path(__file__).with_name("environment_script.py")
TIMEOUT_S = 60.0
_OUTPUT_BYTES = 4 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TestEnvironment:
    """An environment of tests.

    Parameters
    ----------
    digest : of the interpreter, the system and everything that is installed
    folders : absolute folders of code that lie neither in the interpreter nor among the installed packages
    problem : why nobody can say what it is made of; empty where it is known
    """

    __test__ = False  # pytest takes its name for that of a test

    digest: str
    folders: tuple[str, ...] = field(default=())
    problem: str = ""


def describe_environment(root: Path, launcher: Sequence[str], environ: Mapping[str, str]) -> TestEnvironment:
    """What the environment of the tests is made of; never raises for one that cannot be described.

    Parameters
    ----------
    root : where the tests are started
    launcher : how their pytest is started: `(python, "-m", "pytest")` or the program `pytest`
    environ : variables that are added for them
    """
    python = launcher[:1] if len(launcher) > 1 else interpreter_of(launcher[0])
    if not python:
        return TestEnvironment(digest="", problem=f"the interpreter of {launcher[0]} is not known")
    try:
        source = SCRIPT.read_text(encoding="utf-8")
        done = processes.run(
            [*python, "-c", source], cwd=root, env=environ, timeout_s=TIMEOUT_S, tail_bytes=_OUTPUT_BYTES
        )
        told = json.loads(done.output_tail)
        unknown = told["unknown"]
    except (SourceError, ValueError, KeyError, TypeError) as problem:
        return TestEnvironment(digest="", problem=f"the environment of the tests cannot be described: {problem}"[:300])
    if done.returncode or unknown:
        reason = unknown[0] if unknown else f"exit status {done.returncode}"
        return TestEnvironment(digest="", problem=f"the environment of the tests cannot be described: {reason}")
    return TestEnvironment(digest=_digest(told, root), folders=_folders(told, root))


def _digest(told: Mapping[str, Any], root: Path) -> str:
    """A digest of all that was told; where the project itself lies does not matter."""
    text = json.dumps({**told, "editable": sorted(told["editable"])}, sort_keys=True)
    return blake2b(
        text.replace(json.dumps(str(root))[1:-1], "").encode("utf-8", "surrogatepass"), digest_size=16
    ).hexdigest()


def _folders(told: Mapping[str, Any], root: Path) -> tuple[str, ...]:
    top = f"{root}{os.sep}"
    prefixes = tuple(f"{prefix}{os.sep}" for prefix in told["prefix"])
    found = [unquote(path) for path in told["editable"]]
    found += [entry for entry in told["path"] if os.path.isdir(entry) and not entry.startswith(prefixes)]
    packages = set(told["packages"])
    return tuple(
        dict.fromkeys(
            path
            for path in found
            if path not in packages and path != str(root) and not path.startswith((top, *prefixes))
        )
    )


def interpreter_of(program: str) -> tuple[str, ...]:
    """The interpreter that a script names in its first line, or in its second where the first names a shell."""
    try:
        with open(program, "rb") as stream:
            first, second = (stream.readline(1000).decode("utf-8", "replace").strip() for _ in range(2))
    except OSError:
        return ()
    if not first.startswith("#!"):
        return ()
    words = shlex.split(first[2:])
    if words and os.path.basename(words[0]) == "sh" and second.startswith("'''exec'"):
        words = shlex.split(second.replace("'''exec'", "", 1))[:1]
    if words and os.path.basename(words[0]) == "env":
        words = words[1:]
    name = os.path.basename(words[0]) if words else ""
    return tuple(words) if name.startswith(("python", "pypy")) else ()


def gpu_traces() -> list[str]:
    """What the system shows of an NVIDIA driver without asking it: its version, and the devices it made."""
    found = []
    with suppress(OSError):
        found.append(Path("/proc/driver/nvidia/version").read_text(encoding="utf-8", errors="replace"))
    with suppress(OSError):
        found += sorted(name for name in os.listdir("/dev") if name.startswith("nvidia"))
    return found
