"""The checks of config files in order, and what each says where nothing is found."""

from __future__ import annotations

from mlgate.errors import ConfigError
from mlgate.lint.config_characters import config_characters
from mlgate.lint.config_found import FAIL, Config, Found
from mlgate.lint.config_frameworks import config_frameworks
from mlgate.lint.config_hydra import (
    Default,
    config_defaults,
    config_missing_value,
    config_target,
    is_hydra,
)
from mlgate.lint.config_interpolation import Composed, compose, config_interpolation
from mlgate.lint.config_known import config_known
from mlgate.lint.config_merge import config_merge
from mlgate.lint.config_misspelt import config_misspelt
from mlgate.lint.config_paths import config_path
from mlgate.lint.config_readings import OMEGACONF
from mlgate.lint.config_seed import config_seed
from mlgate.lint.config_text import parse_config
from mlgate.lint.config_traps import config_traps
from mlgate.lint.config_values import config_ambiguous, config_not_finite, config_tag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Protocol

    from mlgate.config.document import Node

    class Around(Protocol):
        """What is around a config file; see `mlgate.sources.config_files.Surroundings`."""

        def exists(self, path: str) -> bool: ...
        def siblings(self, path: str) -> list[str]: ...
        def default(self, path: str, *, absolute: bool) -> tuple[str, list[str]]: ...
        def in_group(self) -> bool: ...
        def has_store(self) -> bool: ...
        def reader(self) -> str: ...
        def load(self, path: str) -> Node | None: ...


class Asked:
    """What mlgate.yaml declares for a file.

    Parameters
    ----------
    reader : `pyyaml`, `omegaconf`, `yaml12`, or empty
    paths : places of values that are paths
    seed : `required`, a dotted place, `none`, or empty
    """

    __slots__ = ("paths", "reader", "seed")

    def __init__(self, reader: str = "", paths: Sequence[str] = (), seed: str = "") -> None:
        self.reader = reader
        self.paths = tuple(paths)
        self.seed = seed


HOLDS = {
    "config_syntax": "valid syntax, no key stands twice",
    "config_ambiguous": "every plain value means the same in YAML 1.1 and 1.2",
}
"""What holds where a check finds nothing; of the others only what they find is told."""

Judged = tuple[str, list[Found]]


def config_syntax(text: str, path: str) -> tuple[Config | None, list[Found]]:
    """The file is valid YAML, JSON, TOML or ini, and no key stands twice.

    A duplicate key is silently dropped by most readers, so half of a configuration can be ignored without a word. The
    kind follows from the file's ending. Mistakes are told in words: tabs, a quote or bracket that is never closed, an
    unknown anchor, a second document, a merge conflict of Git, comments and trailing commas in JSON, values of Python
    (`None`, `True`, `NaN`) in JSON and TOML, a byte order mark before JSON and TOML, options of an ini file outside of
    a section. Aliases that multiply without bound, nesting beyond 64 levels and files beyond a size are refused before
    they take memory.
    """
    try:
        return parse_config(text, path), []
    except ConfigError as mistake:
        return None, [Found(FAIL, mistake.reason, mistake.hint, mistake.line or 0)]


def judge_config(text: str, path: str, asked: Asked, around: Around) -> tuple[Config | None, list[Judged]]:
    """The parsed config, None where it cannot be, and what each check that applies found."""
    config, wrong = config_syntax(text, path)
    judged: list[Judged] = [("config_syntax", wrong)]
    if config is not None:
        judged += [(name, found) for name, found in _checks(config, asked, around) if found or name in HOLDS]
    return config, judged


def _checks(config: Config, asked: Asked, around: Around) -> Iterator[Judged]:
    """The checks whose subject the config has, in order."""
    for name, found in (
        ("config_ambiguous", _ambiguous(config, asked, around)),
        ("config_tag", config_tag(config)),
        ("config_characters", config_characters(config)),
        ("config_traps", config_traps(config)),
        ("config_not_finite", config_not_finite(config)),
        ("config_merge", config_merge(config)),
        ("config_known", config_known(config)),
        ("config_frameworks", config_frameworks(config)),
        ("config_misspelt", config_misspelt(config)),
        ("config_target", config_target(config)),
        ("config_missing_value", config_missing_value(config)),
        ("config_defaults", config_defaults(config, lambda one: _found(one, around), around.has_store)),
        ("config_interpolation", config_interpolation(config, lambda: _composed(config, around))),
        ("config_path", config_path(config, asked.paths, around.exists, around.siblings)),
        ("config_seed", config_seed(config, asked.seed)),
    ):
        if found is not None:
            yield name, found


def _ambiguous(config: Config, asked: Asked, around: Around) -> list[Found] | None:
    reader = asked.reader or (OMEGACONF if is_hydra(config) else "")
    return config_ambiguous(config, reader, around.reader)


def _found(default: Default, around: Around) -> tuple[str, list[str]]:
    return around.default(default.path, absolute=default.absolute)


def _composed(config: Config, around: Around) -> Composed:
    def load(default: Default) -> Node | None:
        path = _found(default, around)[0]
        return around.load(path) if path else None

    return compose(config, load, in_group=around.in_group())
