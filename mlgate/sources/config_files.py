"""Files around a config: reading it, what its paths lead to, configs that it is composed with, libraries that read it.

Plain functions of `os`: the hook starts with this module on every commit.
"""

from __future__ import annotations

import os
import re
import stat

from mlgate.errors import SourceError

CONFIG_NAME = "mlgate.yaml"
ENDINGS = (".yaml", ".yml")
MAX_FILES = 2_000
"""Python files that are searched for one word, and names in a folder that are compared."""
MAX_SEARCHED = 500_000
_DECLARATIONS = (
    *("pyproject.toml", "setup.py", "setup.cfg", "requirements.txt", "requirements-dev.txt", "requirements/base.txt"),
    *("environment.yml", "environment.yaml", "Pipfile"),
)
_READERS = re.compile(
    rb"(?i)(?<![\w-])(hydra-core|omegaconf|jsonargparse|pytorch-lightning|lightning|ruamel[.-]yaml|llamafactory)(?![\w-])"
)
_DEFAULTS = re.compile(rb"^defaults:", re.MULTILINE)


def top_of(folder: str) -> str:
    """Nearest folder upwards that holds `.git`; empty outside of a repository."""
    while True:
        if os.path.exists(os.path.join(folder, ".git")):
            return folder
        above = os.path.dirname(folder)
        if above == folder:
            return ""
        folder = above


def read_file(root: str, path: str, *, limit: int, hint: str = "this is no configuration file") -> bytes:
    """Bytes of a file below `root`, symbolic links followed.

    Raises
    ------
    SourceError
        It is absent, unreadable, larger than `limit`, no plain file, or leads outside the repository (or `root`, where
        there is none).
    """
    whole = os.path.realpath(os.path.join(root, path))
    boundary = os.path.realpath(top_of(os.path.realpath(root)) or root)
    if whole != boundary and not whole.startswith(os.path.join(boundary, "")):
        fact = f"{path} leads outside the repository"
        raise SourceError(fact, hint="copy the file into the repository or track it with DVC")
    try:
        about = os.stat(whole)
        if not stat.S_ISREG(about.st_mode):
            kind = "a folder" if stat.S_ISDIR(about.st_mode) else "no plain file"
            raise SourceError(f"{path} cannot be read: it is {kind}", hint="name a file")
        if about.st_size > limit:
            raise SourceError(f"{path} is larger than {limit:,} bytes", hint=hint)
        with open(whole, "rb") as stream:
            return stream.read()
    except OSError as problem:
        hint = "is it a symbolic link to itself?" if problem.errno == 40 else "does the file exist?"
        raise SourceError(f"{path} cannot be read: {problem.strerror}", hint=hint) from None


class Surroundings:
    """What is around one config file.

    Parameters
    ----------
    root : absolute folder of the project (of its mlgate.yaml), else of the file
    path : of the file, relative to `root`
    """

    def __init__(self, root: str, path: str) -> None:
        self.root = root
        self.file = os.path.join(root, path)
        self.folder = os.path.dirname(self.file)
        self.top = top_of(root) or root
        self._tracked: set[str] | None = None

    def exists(self, path: str) -> bool:
        """Whether a path, from the file's folder, the project's or the top of the repository, leads to something.

        What DVC tracks does, pulled or not: itself, or a folder above it, has a `.dvc` file or is an output of a stage.
        """
        for base in dict.fromkeys((self.root, self.folder, self.top)):
            whole = os.path.normpath(os.path.join(base, path))
            try:
                if os.path.lexists(whole) or (any(mark in path for mark in "*?[") and self._matches(whole)):
                    return True
            except ValueError:
                return False
            if self._is_tracked(whole):
                return True
        return False

    def siblings(self, path: str) -> list[str]:
        """Names in the folder of a path, without the ending of a pointer."""
        for base in dict.fromkeys((self.root, self.folder, self.top)):
            names = _names(os.path.dirname(os.path.join(base, path)))
            if names:
                return [name.removesuffix(".dvc") for name in names]
        return []

    def default(self, path: str, *, absolute: bool) -> tuple[str, list[str]]:
        """File of an option of a Hydra config group, or an empty text; and the options that the group has.

        `path` is without ending, relative to the file's folder, or to one of the folders above it where `absolute`.
        """
        options: list[str] = []
        for folder in self._folders_above() if absolute else [self.folder]:
            whole = os.path.normpath(os.path.join(folder, path))
            for ending in ENDINGS:
                if os.path.isfile(whole + ending):
                    return whole + ending, []
            names = _names(os.path.dirname(whole))
            options += [name.rpartition(".")[0] for name in names if name.endswith(ENDINGS)]
        return "", [name for name in options if os.path.join(self.folder, name) != os.path.splitext(self.file)[0]]

    def in_group(self) -> bool:
        """Whether another config with a defaults list stands above it, or beside it: it may be composed with that."""
        for folder in self._folders_above():
            for name in _names(folder)[:50]:
                whole = os.path.join(folder, name)
                if name.endswith(ENDINGS) and whole != self.file and _DEFAULTS.search(_start_of(whole)):
                    return True
        return False

    def has_store(self) -> bool:
        """Whether Python code of the repository registers configs (`ConfigStore`)."""
        searched = 0
        for folder, folders, names in os.walk(self.top):
            folders[:] = [name for name in folders if not name.startswith(".") and name not in ("node_modules", "venv")]
            for name in names:
                if name.endswith(".py"):
                    searched += 1
                    if searched > MAX_FILES or b"ConfigStore" in _start_of(os.path.join(folder, name)):
                        return True
        return False

    def reader(self) -> str:
        """Library among the declared dependencies of the project that reads `1e-3` as a number; empty for none."""
        for base in dict.fromkeys((self.root, self.top)):
            for name in _DECLARATIONS:
                found = _READERS.search(_start_of(os.path.join(base, name)))
                if found:
                    return found[1].decode().lower()
        return ""

    def _folders_above(self) -> list[str]:
        """The file's folder and those above it, up to the top of the repository."""
        folders = [self.folder]
        while folders[-1] != self.top and os.path.dirname(folders[-1]) != folders[-1] and len(folders) < 20:
            folders.append(os.path.dirname(folders[-1]))
        return folders

    def _matches(self, whole: str) -> bool:
        from glob import iglob

        return next(iglob(whole, recursive=True), None) is not None

    def _is_tracked(self, whole: str) -> bool:
        while whole.startswith(os.path.join(self.top, "")):
            if os.path.isfile(whole + ".dvc") or whole in self._outputs():
                return True
            whole = os.path.dirname(whole)
        return False

    def _outputs(self) -> set[str]:
        """Outputs of the stages of DVC's files in the project's folder, the file's and the top of the repository."""
        if self._tracked is None:
            self._tracked = set()
            for base in dict.fromkeys((self.root, self.folder, self.top)):
                for name in ("dvc.lock", "dvc.yaml"):
                    text = _start_of(os.path.join(base, name))
                    if text:
                        self._tracked |= {os.path.normpath(os.path.join(base, out)) for out in _stage_outputs(text)}
        return self._tracked


def _stage_outputs(text: bytes) -> list[str]:
    """Paths that the stages of a `dvc.lock` or `dvc.yaml` write; nothing where it cannot be read."""
    from mlgate.config.document import load_document
    from mlgate.errors import ConfigError

    try:
        document = load_document(text.decode("utf-8", "replace"), "dvc.yaml", foreign_tags=True).plain_data()
    except ConfigError:
        return []
    stages = document.get("stages") if isinstance(document, dict) else None
    written: list[str] = []
    for stage in stages.values() if isinstance(stages, dict) else ():
        for part in ("outs", "metrics", "plots"):
            items = stage.get(part) if isinstance(stage, dict) else None
            for item in items if isinstance(items, list) else ():
                if isinstance(item, str):
                    written.append(item)
                elif isinstance(item, dict):
                    path = item.get("path")
                    written += [path] if isinstance(path, str) else [str(key) for key in item]
    return written


def _names(folder: str) -> list[str]:
    try:
        return sorted(os.listdir(folder))[:MAX_FILES]
    except OSError:
        return []


def _start_of(path: str) -> bytes:
    """The first bytes of a plain file; nothing where it cannot be read."""
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            return b""
        with open(path, "rb") as stream:
            return stream.read(MAX_SEARCHED)
    except (OSError, ValueError):
        return b""
