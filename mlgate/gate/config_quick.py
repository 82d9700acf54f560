"""Whether all of some config files holds: the common answer at a commit, given without the rest of mlgate.

It may answer "I do not know", and the whole check runs then. It never answers that all holds where the whole check
would tell anything of them: the same checks look at the files, and of mlgate.yaml it takes only what it is sure to
understand. Its sections that have nothing to do with configs are not judged here: the hook looks at mlgate.yaml itself
when that changes.
"""

from __future__ import annotations

import os
import posixpath
import re

from mlgate.config.document import Node, load_document
from mlgate.errors import MlgateError
from mlgate.gate.config_look import Look, asked_of, look_at
from mlgate.gate.paths import path_matches
from mlgate.sources.config_files import CONFIG_NAME, read_file, top_of

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Any

SECTIONS = frozenset(
    {
        *("version", "datasets", "data", "splits", "skew", "drift", "configs", "lint", "evaluations", "tiers"),
        *("artifacts", "privacy", "accepted", "history"),
    }
)
"""Sections of mlgate.yaml that change nothing for a config that holds, `configs` and `datasets` apart."""

_PLAIN_PATH = re.compile(r"[\w*][\w.*-]*(?:/[\w*][\w.*-]*)*")
_PLACE = re.compile(r"(?:[\w-]+|\*\*?)(?:\.(?:[\w-]+|\*\*?))*")
_READERS = ("pyyaml", "omegaconf", "yaml12")
MAX_PROJECT_BYTES = 2_000_000


class Unsure(Exception):  # noqa: N818  # no error: the whole check answers
    """The whole check must look."""


class Entry:
    """An entry of `configs` in mlgate.yaml."""

    __slots__ = ("files", "paths", "reader", "schema", "seed")

    def __init__(self, node: Node) -> None:
        values = _mapping(node)
        if not values.keys() <= {"files", "schema", "paths", "seed", "reader"} or "files" not in values:
            raise Unsure
        self.files = _path(values["files"])
        self.schema = _path(values["schema"]) if "schema" in values else None
        paths = values.get("paths")
        listed = [] if paths is None else paths.value if isinstance(paths.value, list) else [paths]
        self.paths = tuple(_text(item, _PLACE) for item in listed)
        self.seed = _text(values["seed"], _PLACE) if "seed" in values else None
        self.reader = _text(values["reader"], _PLACE) if "reader" in values else None
        seed_is_marked = self.seed is not None and "*" in self.seed
        if len(set(self.paths)) < len(self.paths) or seed_is_marked or self.reader not in (None, *_READERS):
            raise Unsure


class QuickProject:
    """What mlgate.yaml declares for configs: entries, and the files that are data schemas."""

    __slots__ = ("entries", "root", "schemas")

    def __init__(self, root: str) -> None:
        self.root = root
        text = read_file(root, CONFIG_NAME, limit=MAX_PROJECT_BYTES).decode("utf-8")
        sections = _mapping(load_document(text, CONFIG_NAME))
        version = sections.get("version")
        if not sections.keys() <= SECTIONS or version is None or version.value != 1 or version.text != "1":
            raise Unsure
        configs = sections["configs"].value if "configs" in sections else []
        if not isinstance(configs, list):
            raise Unsure
        self.entries = [Entry(node) for node in configs]
        datasets = _mapping(sections["datasets"]) if "datasets" in sections else {}
        named = [_mapping(dataset).get("schema") for dataset in datasets.values()]
        self.schemas = {_path(node) for node in named if node is not None}


def _mapping(node: Node) -> dict[str, Node]:
    if not isinstance(node.value, dict) or node.tag:
        raise Unsure
    return node.value


def _text(node: Node, form: re.Pattern[str]) -> str:
    if not isinstance(node.value, str) or node.tag or not form.fullmatch(node.value):
        raise Unsure
    return node.value


def _path(node: Node) -> str:
    path = _text(node, _PLAIN_PATH)
    if posixpath.normpath(path) != path or any("**" in part and part != "**" for part in path.split("/")):
        raise Unsure
    return path


class Quick:
    """The files of one commit; a project and a JSON Schema are read once."""

    def __init__(self, start: str) -> None:
        self.start = start
        self.projects: dict[str, QuickProject | None] = {}
        self.by_folder: dict[str, QuickProject | None] = {}
        self.json_schemas: dict[tuple[str, str], Mapping[str, Any]] = {}

    def count(self, file: str) -> int:
        """Number of checks that hold for a file.

        Raises
        ------
        Unsure
            Something is to be told, or cannot be known here.
        """
        folder, name = os.path.split(os.path.abspath(os.path.join(self.start, file)))
        whole = os.path.join(os.path.realpath(folder), name)
        if name == CONFIG_NAME:
            raise Unsure
        project = self._project(os.path.dirname(whole))
        is_below = whole.startswith(os.path.join(self.start, ""))
        root = project.root if project is not None else self.start if is_below else os.path.dirname(whole)
        path = os.path.relpath(whole, root)
        if os.sep != "/" or (project is not None and path in project.schemas):
            raise Unsure
        entries = [entry for entry in project.entries if path_matches(path, entry.files)] if project else []
        look = look_at(root, path, asked_of(entries))
        if look.problem is not None or look.config is None or any(found for _, found in look.judged):
            raise Unsure
        names = list(dict.fromkeys(entry.schema for entry in entries if entry.schema))
        return len(look.judged) + self._count_schemas(look, root, names)

    def _count_schemas(self, look: Look, root: str, names: Sequence[str]) -> int:
        own = ""
        if look.config is not None and "schema" in look.config.text:
            from mlgate.lint.config_schema_name import named_schema

            own = named_schema(look.config)[0]
        if "://" in own:
            raise Unsure
        beside = posixpath.normpath(posixpath.join(posixpath.dirname(look.path), own)) if own else ""
        asked = list(dict.fromkeys([*names, *([beside] if beside else [])]))
        if not all(self._satisfies(look, root, name) for name in asked):
            raise Unsure
        return len(asked)

    def _satisfies(self, look: Look, root: str, name: str) -> bool:
        """Whether a config satisfies a JSON Schema; the library is asked only where the plain keywords do not tell."""
        from mlgate.gate.json_schemas import load_json_schema, read_json_schema
        from mlgate.lint.config_schema_name import values_of
        from mlgate.lint.config_schema_plain import surely_satisfies

        if look.config is None:
            return False
        if (root, name) not in self.json_schemas:
            self.json_schemas[root, name] = read_json_schema(root, name)
        if surely_satisfies(values_of(look.config), self.json_schemas[root, name]):
            return True
        from mlgate.lint.config_schema import config_schema

        return not config_schema(look.config, load_json_schema(root, name), name, look.around.exists)

    def _project(self, folder: str) -> QuickProject | None:
        if folder not in self.by_folder:
            self.by_folder[folder] = self._read(folder)
        return self.by_folder[folder]

    def _read(self, start: str) -> QuickProject | None:
        """The nearest mlgate.yaml from a folder up to the top of the repository (of the disk, outside of one)."""
        top, folder = top_of(start), start
        while True:
            if os.path.isfile(os.path.join(folder, CONFIG_NAME)):
                if folder not in self.projects:
                    self.projects[folder] = QuickProject(folder)
                return self.projects[folder]
            above = os.path.dirname(folder)
            if folder in (top, above):
                return None
            folder = above


def holding(files: Sequence[str], start: str) -> int | None:
    """Number of checks that hold, where all of all files do; None where the whole check must look.

    Parameters
    ----------
    files : as a person or pre-commit names them, from the folder `start`
    """
    quick = Quick(os.path.realpath(start))
    if quick.start != start:
        return None
    try:
        return sum(map(quick.count, files)) if files else None
    except (Unsure, MlgateError, UnicodeDecodeError, OSError, RecursionError):
        return None


def told(holds: int, seconds: float, now: str) -> str:
    """The report as text, of a run in which everything held; see `mlgate.render.text`."""
    took = f"{max(1, round(1000 * seconds))} ms" if seconds < 0.0995 else f"{seconds:.1f} s"
    word = "holds" if holds == 1 else "hold"
    return (
        f"PASS  mlgate (config check): every check holds\n      {holds:,} {word}.\n\n"
        f"tiers\n  static  {holds:,} pass  0.0 s\n\nStarted {now}, took {took}.\n"
    )
