"""The environments of the GitHub Action: their place, the key that they are cached under, and how they are made.

Runs before anything of mlgate is installed, so it takes the standard library alone. `places` tells the later steps
where the environments are; `install EXTRAS` makes one where the cache did not bring it.
"""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePath, PureWindowsPath

OLDEST = (3, 11)
PACKED = ("pyproject.toml", "setup.py", "requirements.lock", "README.md", "LICENSE", "mlgate", "hooks")
"""What of the Action's folder an installation is made from."""
NOT_PACKED = ("__pycache__",)
READY = "mlgate-key.txt"
"""Written last: an environment without it was never finished, and one with another key is made anew."""
FOLDERS = {"core": "mlgate-core", "ci": "mlgate-environment"}
"""Environments by their extras, below RUNNER_TEMP. The core alone plans, merges and comments; `ci` does the rest."""


@dataclass(frozen=True, slots=True)
class Environment:
    """An environment of the gate: its extras, where it lies, what it is made of."""

    extras: str
    folder: Path
    key: str

    @property
    def programs(self) -> Path:
        return self.folder / ("Scripts" if os.name == "nt" else "bin")

    @property
    def python(self) -> Path:
        return self.programs / ("python.exe" if os.name == "nt" else "python")


def environment(extras: str, action: Path, temporary: Path) -> Environment:
    """The environment of these extras, which need not be there."""
    folder = temporary / FOLDERS[extras]
    facts = [extras, str(folder), sys.executable, sys.version, digest(action)]
    mark = hashlib.sha256("\n".join(facts).encode()).hexdigest()[:32]
    version = ".".join(map(str, sys.version_info[:3]))
    return Environment(extras, folder, f"mlgate-{extras}-{platform.system()}-{platform.machine()}-{version}-{mark}")


def digest(action: Path) -> str:
    """Of every file that an installation is made from, by its path and content."""
    found = hashlib.sha256()
    for path in sorted(packed(action)):
        content = hashlib.sha256(path.read_bytes()).hexdigest()
        found.update(f"{path.relative_to(action).as_posix()} {content}\n".encode())
    return found.hexdigest()


def packed(action: Path) -> Iterator[Path]:
    """The files of `PACKED`."""
    for name in PACKED:
        place = action / name
        inside = place.rglob("*") if place.is_dir() else [place]
        yield from (path for path in inside if path.is_file() and not set(path.parts) & set(NOT_PACKED))


def constraints(lock: str) -> list[str]:
    """The exact versions of a lock file: pip takes no hashes beside a local folder.

    Examples
    --------
    >>> constraints("a==1 \\\\\\n    --hash=sha256:0\\nb[c]==2 ; python_version < '3'\\n# d==3\\n")
    ['a==1', "b==2 ; python_version < '3'"]
    """
    lines = (line.rstrip(" \\") for line in lock.splitlines() if re.match(r"[A-Za-z0-9]", line))
    return [re.sub(r"\[.*?\]", "", line, count=1) for line in lines]


def for_bash(path: PurePath) -> str:
    """A path as bash takes it in PATH, where a colon parts the entries.

    Examples
    --------
    >>> for_bash(PureWindowsPath(r"D:\\a\\_temp")), for_bash(PurePath("/tmp"))
    ('/d/a/_temp', '/tmp')
    """
    if isinstance(path, PureWindowsPath) and path.drive[1:] == ":":
        return "/".join(["", path.drive[0].lower(), *path.parts[1:]])
    return path.as_posix()


def outputs(environments: Iterable[Environment]) -> Iterator[str]:
    """Lines for the file GITHUB_OUTPUT: of each environment its folder, its programs and its key."""
    for made in environments:
        yield f"{made.extras}-folder={made.folder}"
        yield f"{made.extras}-programs={for_bash(made.programs)}"
        yield f"{made.extras}-key={made.key}"


def is_ready(made: Environment) -> bool:
    """Whether the environment is there, whole, and starts: a cache may bring one whose interpreter is gone."""
    try:
        if (made.folder / READY).read_text(encoding="utf-8") != made.key:
            return False
        command = [str(made.python), "-I", "-c", "import mlgate.cli"]
        return subprocess.run(command, capture_output=True, timeout=120, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def install(made: Environment, action: Path) -> None:
    """Make the environment; CalledProcessError where that fails."""
    shutil.rmtree(made.folder, ignore_errors=True)
    subprocess.run([sys.executable, "-I", "-m", "venv", str(made.folder)], check=True)
    exact = made.folder / "mlgate-constraints.txt"
    lock = (action / "requirements.lock").read_text(encoding="utf-8")
    exact.write_text("\n".join([*constraints(lock), ""]), encoding="utf-8")
    what = str(action) if made.extras == "core" else f"{action}[{made.extras}]"
    pip = [str(made.python), "-I", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "--constraint", str(exact), what], check=True)
    (made.folder / READY).write_text(made.key, encoding="utf-8")


def main(arguments: list[str], environ: Mapping[str, str]) -> int:
    """`places`, or `install EXTRAS`; 3 where an environment could not be made."""
    if sys.version_info < OLDEST:
        return 3
    action, temporary = Path(environ["GITHUB_ACTION_PATH"]).resolve(), Path(environ["RUNNER_TEMP"]).resolve()
    if arguments == ["places"]:
        with Path(environ["GITHUB_OUTPUT"]).open("a", encoding="utf-8") as stream:
            stream.writelines(f"{line}\n" for line in outputs(environment(e, action, temporary) for e in FOLDERS))
        return 0
    made = environment(arguments[1], action, temporary)
    if is_ready(made):
        print(f"the environment {made.key} is there already")
        return 0
    try:
        install(made, action)
    except (OSError, subprocess.CalledProcessError) as problem:
        print(f"::error title=mlgate::the gate's environment could not be installed: {problem}".replace("\n", " "))
        return 3
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], os.environ))
