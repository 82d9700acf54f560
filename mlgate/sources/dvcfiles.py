"""DVC's own files: where they are, and what they hold as plain mappings."""

from __future__ import annotations

import itertools
import os
import re
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources import git

_PLAIN = (
    ("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF"),
    (
        "float",
        (
            r"^(?:[-+]?[0-9][0-9_]*\.[0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?[0-9][0-9_]*[eE][-+]?[0-9]+"
            r"|[-+]?\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))$"
        ),
        "-+0123456789.",
    ),
    ("int", r"^[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*)$", "-+0123456789"),
    ("merge", r"^<<$", "<"),
    ("null", r"^(?:~|null|Null|NULL)$", "~nN"),
)
"""Plain values of YAML 1.2 as DVC reads them: kind, form, first characters."""
_NOT_WALKED = {"node_modules", "__pycache__", "site-packages"}


def pointer_files(top: Path) -> list[Path]:
    """Every `X.dvc` and `dvc.lock` below `top`: those that Git lists, or those on disk where Git lists none."""
    return _files_named(top, ["*.dvc", "dvc.lock", "*/dvc.lock"], (".dvc", "dvc.lock"))


def pipeline_files(top: Path) -> list[Path]:
    """Every `dvc.yaml` below `top`, found in the same way."""
    return _files_named(top, ["dvc.yaml", "*/dvc.yaml"], ("dvc.yaml",))


def _files_named(top: Path, pathspecs: list[str], endings: tuple[str, ...]) -> list[Path]:
    """Files that Git lists for the pathspecs; a walk where it lists none: Git may be absent, or too slow to answer."""
    listed = [top / name for name in git.list_files(top, pathspecs)]
    if listed:
        return [file for file in listed if file.is_file()]
    found: list[Path] = []
    for place, folders, files in os.walk(top):
        folders[:] = sorted(name for name in folders if not name.startswith(".") and name not in _NOT_WALKED)
        found += [Path(place) / name for name in sorted(files) if name.endswith(endings)]
    return found


def load_yaml(file: Path, name: str) -> Mapping[str, Any]:
    """One of DVC's files as a mapping; `name` is how messages call it.

    Raises
    ------
    SourceError
        It cannot be read, or is no mapping.
    """
    import yaml

    try:
        raw = yaml.load(file.read_text(encoding="utf-8"), Loader=_loader())  # noqa: S506  (a safe loader, in C)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        text = " ".join(str(problem).split())
        raise SourceError(f"cannot read the DVC file {name}: {text}", hint="restore it from Git") from problem
    if not isinstance(raw, dict):
        raise malformed(name, "it is not a mapping")
    return raw


@cache
def _loader() -> Any:
    """A safe loader that takes plain values as DVC does, by YAML 1.2: `1e-3` is a number, `010` ten, `on` a text."""
    import yaml

    class Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]
        yaml_implicit_resolvers: dict[str, list[Any]] = {}  # noqa: RUF012  # as PyYAML declares it

    for kind, form, starts in _PLAIN:
        Loader.add_implicit_resolver(f"tag:yaml.org,2002:{kind}", re.compile(form), list(starts) or [""])
    Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile(""), [""])
    Loader.add_constructor("tag:yaml.org,2002:int", lambda loader, node: _whole(loader.construct_scalar(node)))
    Loader.add_constructor("tag:yaml.org,2002:float", lambda loader, node: _real(loader.construct_scalar(node)))
    return Loader


def _whole(text: str) -> int:
    digits = text.replace("_", "")
    unsigned = digits.lstrip("+-")
    base = {"0b": 2, "0o": 8, "0x": 16}.get(unsigned[:2], 10)
    return int(digits, base)


def _real(text: str) -> float:
    digits = text.replace("_", "").lower()
    return float(digits.replace(".inf", "inf").replace(".nan", "nan"))


def declared_stages(file: Path, name: str) -> dict[str, Mapping[str, Any]]:
    """The stages of a `dvc.yaml` by name, with what `foreach` repeats (`do`) lifted; empty where there is no file."""
    declared = (load_yaml(file, name).get("stages") or {}) if file.is_file() else {}
    if not isinstance(declared, dict):
        raise malformed(name, "'stages' is not a mapping")
    entries = {str(stage): entry if isinstance(entry, dict) else {} for stage, entry in declared.items()}
    return {
        stage: entry | entry["do"] if isinstance(entry.get("do"), dict) else entry for stage, entry in entries.items()
    }


def locked_stages(lock: Path, name: str) -> dict[str, Mapping[str, Any]]:
    """The stages of a `dvc.lock` by name, without those that its `dvc.yaml` no longer declares: DVC ignores them."""
    content = load_yaml(lock, name)
    stages = content.get("stages", {} if "schema" in content else content)  # DVC 1 wrote the stages alone
    if not isinstance(stages, dict):
        raise malformed(name, "'stages' is not a mapping")
    for stage, entry in stages.items():
        if not isinstance(entry, dict) or not isinstance(entry.get("outs", []), list):
            raise malformed(name, f"stage {stage!r} has no list of outs")
    pipeline = lock.with_name("dvc.yaml")
    declared = declared_stages(pipeline, pipeline.name)
    return {
        str(stage): entry
        for stage, entry in stages.items()
        if not pipeline.is_file() or group_of(str(stage)) in declared
    }


def declared_runs(stage: str, entry: Mapping[str, Any]) -> list[str]:
    """Names of the runs of a stage: itself, or what `foreach` or `matrix` repeats where that is written out."""
    repeated = entry.get("foreach")
    if isinstance(repeated, dict) and "${" not in str(repeated):
        return [f"{stage}@{_key(name)}" for name in repeated]
    if isinstance(repeated, list) and "${" not in str(repeated):
        composite = any(isinstance(item, dict | list) for item in repeated)
        return [f"{stage}@{n if composite else _key(item)}" for n, item in enumerate(repeated)]
    axes = entry.get("matrix")
    if isinstance(axes, dict) and "${" not in str(axes) and all(isinstance(items, list) for items in axes.values()):
        named = [
            [f"{axis}{n}" if isinstance(item, dict | list) else _key(item) for n, item in enumerate(items)]
            for axis, items in axes.items()
        ]
        return [f"{stage}@{'-'.join(names)}" for names in itertools.product(*named)]
    return [stage]


def _key(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def stage_folders(pipeline: Path, stages: Iterable[str]) -> dict[str, Path]:
    """Working folder of each stage of a `dvc.yaml`: its own, or `wdir`. A templated `wdir` is taken as written."""
    declared = declared_stages(pipeline, pipeline.name)
    return {stage: pipeline.parent / str(declared.get(group_of(stage), {}).get("wdir") or ".") for stage in stages}


def group_of(stage: str) -> str:
    """Name under which `dvc.yaml` declares a stage: `train` for `train@a`."""
    return stage.partition("@")[0]


def malformed(name: str, reason: str) -> SourceError:
    return SourceError(f"{name} is not a DVC file: {reason}", hint="restore it from Git")


def absolute(path: Path) -> Path:
    """Absolute and without `..`, but links are not followed: data may be a link into DVC's cache."""
    return Path(os.path.abspath(path))  # noqa: PTH100  (Path.resolve would follow the links)


def relative(path: Path, root: Path) -> str:
    """POSIX path as a person in `root` would write it."""
    return Path(os.path.relpath(absolute(path), absolute(root))).as_posix()
