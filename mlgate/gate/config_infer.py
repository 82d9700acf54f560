"""`mlgate config infer`: a JSON Schema proposed from configs, which these satisfy."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mlgate.errors import ConfigError, SourceError, UsageError
from mlgate.gate.config_look import look_at
from mlgate.gate.projects import named_path
from mlgate.lint.config_found import Config
from mlgate.lint.config_infer import infer_schema, with_seed
from mlgate.lint.config_schema import config_schema, require_json_schema
from mlgate.lint.config_schema_name import values_of
from mlgate.lint.configs import Asked


def infer_config_schema(files: Sequence[Path], *, start: Path) -> tuple[str, list[str]]:
    """Text of the schema, and what to say about it.

    Raises
    ------
    SourceError
        A file cannot be read.
    UsageError
        A file is no valid config, or no mapping; or files are of different shapes, so that no schema would help.
    """
    configs = [_read(file, start) for file in files]
    values = [_plain(config) for config in configs]
    names = [file.name for file in files]
    schema = infer_schema(values, f"configs like {names[0]}")
    require_json_schema(schema, "the proposed schema")
    for config in configs:
        found = config_schema(config, schema, "the proposed schema", lambda _path: True)
        if found:
            raise SourceError(
                f"{config.path} does not satisfy the schema that was proposed from it: {found[0].message}",
                hint="this is a defect of mlgate; report it with the file",
            )
    count = "1 config" if len(configs) == 1 else f"{len(configs)} configs"
    said = [f"proposed from {count}, which satisfy it; look at it before you keep it"]
    if not with_seed(schema):
        said.append("not all of them have a seed at their top: `seed: required` in mlgate.yaml asks for one")
    if len(configs) == 1:
        said.append("name more configs to tell optional keys from required ones, and to bound numbers")
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n", said


def _read(file: Path, start: Path) -> Config:
    root, path = named_path(start, file)
    look = look_at(str(root), path, Asked())
    if look.problem is not None:
        raise look.problem
    wrong = [item for _, found in look.judged for item in found if item.status == "fail"]
    if look.config is None:
        raise ConfigError(wrong[0].message, hint=wrong[0].hint, path=path, line=wrong[0].line or None)
    if wrong:
        hint = "correct what `mlgate config check` finds: a schema would keep it"
        raise ConfigError(f"is not right: {wrong[0].message}", hint=hint, path=path, line=wrong[0].line or None)
    return look.config


def _plain(config: Config) -> dict[str, Any]:
    values = values_of(config)
    if not isinstance(values, dict):
        raise UsageError(
            f"{config.path} holds {config.document.kind}, no mapping", hint="name configs of keys and values"
        )
    return values
