"""Paths in configs: which values are paths, and whether they lead to something, which a callable is asked."""

from __future__ import annotations

import re

from mlgate.lint.config_found import FAIL, WARN, Config, Entry, Found, Place, nearest_name, short

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_PATH = r"(?:\.{1,2}/)*[\w.@+-]+(?:/[\w.@+=-]+)+"
_ENDINGS = {
    *("csv", "tsv", "txt", "json", "jsonl", "ndjson", "parquet", "arrow", "feather", "npy", "npz", "h5", "hdf5", "xml"),
    *(
        "yaml",
        "yml",
        "toml",
        "ini",
        "cfg",
        "pt",
        "pth",
        "ckpt",
        "pkl",
        "pickle",
        "joblib",
        "safetensors",
        "onnx",
        "bin",
    ),
    *("model", "vocab", "bpe", "spm", "zip", "tar", "gz", "zst", "bz2", "xz", "db", "sqlite", "wav", "png", "jpg"),
}
"""Endings of data, models and configs."""
_OF_A_MACHINE = r"(?:/home/|/Users/|/root/|[A-Za-z]:\\Users\\)[\w.-]+[/\\].*"
_WRITTEN = {
    *("out", "output", "outputs", "save", "saved", "log", "logs", "logger", "logging", "checkpoint", "checkpoints"),
    *("ckpt", "dirpath", "dest", "destination", "export", "result", "results", "cache", "tmp", "temp", "run", "runs"),
    *("write", "dump", "target", "artifact", "artifacts", "report", "reports", "plot", "plots", "filename", "url"),
    *("image", "repo", "hub"),
}
"""Words in keys of what a run writes, or what is no path of the repository."""
_OPEN_ENDED = ("${", "{{", "{", "%", "$", "<", "://", "???")


def config_path(
    config: Config, declared: Sequence[str], exists: Callable[[str], bool], siblings: Callable[[str], list[str]]
) -> list[Found] | None:
    """Paths that a config names lead to something in the repository.

    Values that mlgate.yaml declares as paths (`paths: [data.train, "*.path"]`; `*` is one part of the place, `**` any
    number) must exist, beside the config, in the project's folder or at the top of the repository: else `fail`, with
    the nearest name. Without a declaration, `warn` for a value with the ending of data, a model or a config below `./`,
    `../` or a folder that is there, unless its key says that it is written (`output`, `save`, `log`, `checkpoint`, ...)
    or the file is one of a tool (`.github`). What DVC tracks exists, pulled or not. URLs, interpolations and nothing
    are not judged. A path into somebody's home is a `warn`.

    Parameters
    ----------
    declared : patterns of places
    exists : whether a path leads to something; of a pattern with `*`, to anything
    siblings : names in the folder of a path
    """
    found = []
    asked = [pattern.split(".") for pattern in declared]
    of_a_tool = config.path.startswith(".")
    for entry in config.entries:
        is_declared = any(_matches(entry.place, pattern) for pattern in asked)
        if of_a_tool and not is_declared:
            continue
        told = _of_declared(entry, exists, siblings) if is_declared else _of_likely(entry, exists, siblings)
        if told:
            status, fact, hint = told
            part = "/".join(map(str, entry.place))
            found.append(Found(status, f"{entry.name}: {fact}", hint, entry.node.line, part=part))
    return found


def undeclared_places(config: Config, declared: Sequence[str]) -> list[str]:
    """The declared patterns that no value of the config has."""
    places = [entry.place for entry in config.entries]
    return [pattern for pattern in declared if not any(_matches(place, pattern.split(".")) for place in places)]


def _matches(place: Place, pattern: list[str]) -> bool:
    """Whether a place, or a list of which it is an item, has the form of a pattern."""
    parts = [str(part) for part in place]
    return _fits(parts, pattern) or (bool(place) and isinstance(place[-1], int) and _fits(parts[:-1], pattern))


def _fits(parts: list[str], pattern: list[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return any(_fits(parts[skip:], pattern[1:]) for skip in range(len(parts) + 1))
    return bool(parts) and pattern[0] in ("*", parts[0]) and _fits(parts[1:], pattern[1:])


def _of_declared(
    entry: Entry, exists: Callable[[str], bool], siblings: Callable[[str], list[str]]
) -> tuple[str, str, str] | None:
    value = entry.node.value
    if value is None or isinstance(value, list):
        return None
    if not isinstance(value, str):
        return FAIL, f"expected a path, found {entry.node.text or entry.node.kind}", "write the path as text"
    if any(mark in value for mark in _OPEN_ENDED) or exists(value):
        return None
    return FAIL, f"{short(value, 120)} is not there", _nearest(value, siblings)


def _of_likely(
    entry: Entry, exists: Callable[[str], bool], siblings: Callable[[str], list[str]]
) -> tuple[str, str, str] | None:
    """A value that is clearly a path of the repository."""
    value = entry.node.value
    if not isinstance(value, str) or "/" not in value or len(value) > 500:
        return _of_windows(entry)
    if re.fullmatch(_OF_A_MACHINE, value):
        return WARN, f"{short(value, 120)} is a path of one person's machine", "write it relative to the repository"
    if not _is_data(value) or not re.fullmatch(_PATH, value) or any(map(_is_written, entry.place)):
        return None
    first = value.split("/")[0]
    if (first not in (".", "..") and not exists(first)) or exists(value):
        return None
    return WARN, f"{short(value, 120)} is not there", _nearest(value, siblings)


def _is_data(value: str) -> bool:
    """Whether a path has the ending of data, a model or a config."""
    name, _, ending = value.rpartition("/")[2].rpartition(".")
    return bool(name) and ending.lower() in _ENDINGS


def _is_written(part: str | int) -> bool:
    """Whether a part of a place is called after what a run writes."""
    return not _WRITTEN.isdisjoint(str(part).lower().replace("-", "_").replace(".", "_").split("_"))


def _of_windows(entry: Entry) -> tuple[str, str, str] | None:
    value = entry.node.value
    if isinstance(value, str) and "\\" in value and re.fullmatch(_OF_A_MACHINE, value):
        return WARN, f"{short(value, 120)} is a path of one person's machine", "write it relative to the repository"
    return None


def _nearest(value: str, siblings: Callable[[str], list[str]]) -> str:
    folder, _, name = value.rpartition("/")
    near = nearest_name(name, siblings(value))
    if near:
        return f"did you mean {folder}/{near}?" if folder else f"did you mean {near}?"
    return "correct the path, or track what it names with DVC"
