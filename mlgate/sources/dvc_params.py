"""Parameters that a stage of DVC was last run with, against those of today; a program is parsed, never run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.dvcfiles import load_yaml

DEFAULT_FILE = "params.yaml"


def changed_parameters(folder: Path, said: Mapping[str, Any], entry: Mapping[str, Any]) -> Iterator[str]:
    """Parameters that changed, are gone, or were asked for later, in words; names of templates are not resolved.

    Parameters
    ----------
    folder : working folder of the stage
    said : the stage in `dvc.yaml`
    entry : the stage in `dvc.lock`

    Raises
    ------
    SourceError
        A file of parameters cannot be read.
    """
    recorded = entry.get("params") or {}
    declared = _declared(said.get("params"))
    for file, names in declared.items():
        known = _values(recorded, file)
        yield from (f"parameter {name}" for name in names or () if name not in known)
        if names is None and file not in recorded:
            yield f"parameters of {file}"
    for file in recorded:
        values = _values(recorded, str(file))
        yield from _changes(folder / str(file), str(file), values, whole=declared.get(str(file), ()) is None)


def _values(recorded: Any, file: str) -> Mapping[str, Any]:
    values = recorded.get(file) if isinstance(recorded, Mapping) else None
    return values if isinstance(values, Mapping) else {}


def _declared(params: Any) -> dict[str, list[str] | None]:
    """Names of parameters by file; None where a file counts as a whole."""
    found: dict[str, list[str] | None] = {}
    for item in params if isinstance(params, list) else ():
        named = item if isinstance(item, dict) else {DEFAULT_FILE: [item]}
        for file, names in named.items():
            if "${" in str(file):
                continue
            if not names:
                found[str(file)] = None
                continue
            before = found.setdefault(str(file), [])
            if before is not None and isinstance(names, list):
                before += [name for name in names if isinstance(name, str) and "${" not in name]
    return found


def _changes(place: Path, file: str, values: Mapping[str, Any], *, whole: bool) -> Iterator[str]:
    if not place.is_file():
        yield f"{file} with its parameters, which is gone"
        return
    try:
        current = _read(place)
    except (OSError, ValueError, SyntaxError, RecursionError) as problem:
        raise SourceError(f"{file} cannot be read for its parameters: {problem}", hint="correct the file") from None
    if current is None:
        return
    for name, value in values.items():
        if _value_of(current, str(name)) != value:
            yield f"parameter {name} of {file}"
    yield from (f"parameter {name} of {file}" for name in current if whole and name not in values)


def _read(place: Path) -> Mapping[str, Any] | None:
    """What a file of parameters holds; None for a kind that DVC would read and that is not known here."""
    if place.suffix == ".py":
        return _literals(place.read_text(encoding="utf-8"))
    if place.suffix == ".json":
        import json

        content = json.loads(place.read_text(encoding="utf-8"))
    elif place.suffix == ".toml":
        import tomllib

        content = tomllib.loads(place.read_text(encoding="utf-8"))
    elif place.suffix in (".yaml", ".yml", ""):
        content = load_yaml(place, place.name)
    else:
        return None
    return content if isinstance(content, Mapping) else {}


def _literals(text: str) -> dict[str, Any]:
    """Literal values that a program assigns at its top, in its classes, and to `self` in their `__init__`."""
    import ast

    def assigned(body: list[ast.stmt], *, to_self: bool = False) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for item in body:
            if isinstance(item, ast.ClassDef):
                found[item.name] = assigned(item.body)
            elif isinstance(item, ast.FunctionDef) and item.name == "__init__":
                found |= assigned(item.body, to_self=True)
            elif isinstance(item, ast.Assign | ast.AnnAssign) and item.value is not None:
                targets = item.targets if isinstance(item, ast.Assign) else [item.target]
                name = _name_of(targets[0], to_self=to_self) if len(targets) == 1 else ""
                try:
                    found |= {name: _as_written(ast.literal_eval(item.value))} if name else {}
                except ValueError:
                    continue
        return found

    return assigned(ast.parse(text).body)


def _name_of(target: Any, *, to_self: bool) -> str:
    owner = getattr(getattr(target, "value", None), "id", "")
    if to_self:
        return str(target.attr) if owner == "self" and hasattr(target, "attr") else ""
    return str(getattr(target, "id", ""))


def _as_written(value: Any) -> Any:
    """A value as DVC writes it into `dvc.lock`, where a tuple is a list."""
    return list(value) if isinstance(value, tuple) else value


def _value_of(content: Any, name: str) -> Any:
    if isinstance(content, Mapping) and name in content:
        return content[name]
    for part in name.split("."):
        if isinstance(content, list) and part.isdigit() and int(part) < len(content):
            content = content[int(part)]
        elif isinstance(content, Mapping) and part in content:
            content = content[part]
        else:
            return None
    return content
