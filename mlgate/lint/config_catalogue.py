"""The checks of config files, by name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from mlgate.lint.config_characters import config_characters
from mlgate.lint.config_frameworks import config_frameworks
from mlgate.lint.config_hydra import config_defaults, config_missing_value, config_target
from mlgate.lint.config_interpolation import config_interpolation
from mlgate.lint.config_known import config_known
from mlgate.lint.config_merge import config_merge
from mlgate.lint.config_misspelt import config_misspelt
from mlgate.lint.config_paths import config_path
from mlgate.lint.config_schema import config_schema
from mlgate.lint.config_seed import config_seed
from mlgate.lint.config_traps import config_traps
from mlgate.lint.config_values import config_ambiguous, config_not_finite, config_tag
from mlgate.lint.configs import config_syntax

CHECKS: tuple[Callable[..., Any], ...] = (
    config_syntax,
    config_ambiguous,
    config_tag,
    config_characters,
    config_traps,
    config_not_finite,
    config_merge,
    config_known,
    config_frameworks,
    config_misspelt,
    config_target,
    config_missing_value,
    config_defaults,
    config_interpolation,
    config_path,
    config_seed,
    config_schema,
)
"""A function is called as its check."""

CATALOGUE = tuple((check.__name__, "static", check) for check in CHECKS)
