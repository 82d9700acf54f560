"""A config file as the checks see it: read, parsed and judged, without the machinery of outcomes and reports.

The hook starts with this module on every commit.
"""

from __future__ import annotations

from mlgate.config.document import Node, load_document
from mlgate.errors import ConfigError, SourceError
from mlgate.lint.config_bytes import decode_config
from mlgate.lint.config_found import Config
from mlgate.lint.config_text import kind_of, most_bytes
from mlgate.lint.configs import Asked, Judged, judge_config
from mlgate.sources.config_files import Surroundings, read_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

_TOO_LARGE = "is it data? leave it out with `exclude` in .pre-commit-config.yaml"


class Around(Surroundings):
    """What is around a config, with the configs that it is composed with."""

    def load(self, path: str) -> Node | None:
        """The document of another config; None where it cannot be read."""
        try:
            text = read_file(self.top, path, limit=most_bytes(path)).decode("utf-8")
            return load_document(text, path, foreign_tags=True)
        except (SourceError, ConfigError, UnicodeDecodeError):
            return None


class Look:
    """What was seen of a config.

    Parameters
    ----------
    path : relative to the project's root
    config : None where it cannot be read or parsed
    judged : what each check found
    around : the files around it
    problem : why it cannot be read
    """

    __slots__ = ("around", "config", "judged", "path", "problem")

    def __init__(
        self,
        path: str,
        around: Around,
        *,
        config: Config | None = None,
        judged: Sequence[Judged] = (),
        problem: SourceError | None = None,
    ) -> None:
        self.path = path
        self.around = around
        self.config = config
        self.judged = judged
        self.problem = problem


def look_at(root: str, path: str, asked: Asked) -> Look:
    """Read a config below `root` and judge it by everything but JSON Schemas."""
    around = Around(root, path)
    try:
        hint = _TOO_LARGE if kind_of(path) == "json" else "this is no configuration file"
        text = decode_config(read_file(root, path, limit=most_bytes(path), hint=hint), path)
        config, judged = judge_config(text, path, asked, around)
    except SourceError as problem:
        return Look(path, around, problem=problem)
    return Look(path, around, config=config, judged=judged)


def asked_of(entries: Iterable[Any]) -> Asked:
    """What all entries of mlgate.yaml that name a file ask of it; the last reader and seed count."""
    reader, seed, paths = "", "", dict[str, None]()
    for entry in entries:
        reader = entry.reader or reader
        seed = entry.seed or seed
        paths |= dict.fromkeys(entry.paths)
    return Asked(reader, tuple(paths), seed)
