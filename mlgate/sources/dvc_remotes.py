"""Whether the remote has what pointers name: a folder is looked at directly, any other remote is asked with DVC."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.dvc_command import find_command, json_of, last_lines, run_dvc
from mlgate.sources.dvc_git import text_of
from mlgate.sources.dvc_tracked import Tracked, lock_outs, pointer_outs
from mlgate.sources.dvchash import load_listing

STATUS_TIMEOUT_S = 600.0
_SECTION = re.compile(r"""'?remote\s+"(?P<name>[^"]+)"'?""")
_EXTRAS = {"s3": "s3", "gs": "gs", "azure": "azure", "ssh": "ssh", "hdfs": "hdfs", "oss": "oss", "gdrive": "gdrive",
           "webdav": "webdav", "webdavs": "webdav", "webhdfs": "webhdfs"}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Remote:
    """A remote of DVC's config; `folder` is where it lies on this machine, if it does."""

    name: str
    url: str
    folder: Path | None

    @property
    def extra(self) -> str:
        """The requirement of DVC that can speak to it."""
        scheme = _EXTRAS.get(self.url.partition("://")[0], "")
        return f"dvc[{scheme}]>=3.67" if scheme else "dvc>=3.67"


def remotes(top: Path) -> tuple[str, dict[str, Remote]]:
    """Name of the default remote (empty where there is none), and all remotes by name.

    Raises
    ------
    SourceError
        A config of DVC cannot be read.
    """
    default, found, plain = "", dict[str, Mapping[str, Any]](), dict[str, Path]()
    for file in _configs(top):
        for section, values in _sections(file):
            match = _SECTION.fullmatch(section)
            if section == "core":
                default = str(values.get("remote", default))
            elif match:
                found[match["name"]] = {**found.get(match["name"], {}), **values}
                if "url" in values:
                    plain[match["name"]] = file.parent
    return default, {name: _remote(name, values, plain.get(name, top)) for name, values in found.items()}


def _configs(top: Path) -> Iterator[Path]:
    """From the widest to the closest; the closest goes before."""
    yield Path(os.environ.get("DVC_SYSTEM_CONFIG_DIR") or "/etc/xdg/dvc") / "config"
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    yield Path(os.environ.get("DVC_GLOBAL_CONFIG_DIR") or home / "dvc") / "config"
    yield top / ".dvc" / "config"
    yield top / ".dvc" / "config.local"


def _sections(file: Path) -> list[tuple[str, dict[str, str]]]:
    import configparser

    parser = configparser.ConfigParser(interpolation=None, strict=False)
    try:
        parser.read(file, encoding="utf-8")
    except (configparser.Error, UnicodeDecodeError, OSError) as problem:
        reason = " ".join(str(problem).split())
        raise SourceError(f"DVC's config {file.name} cannot be read: {reason}", hint="correct it") from None
    return [(name, dict(parser.items(name))) for name in parser.sections()]


def _remote(name: str, values: Mapping[str, Any], base: Path) -> Remote:
    url = str(values.get("url", ""))
    path = url.removeprefix("file://")
    is_plain = not values.get("version_aware") and not values.get("worktree")
    folder = Path(os.path.abspath(base / path)) if url and "://" not in path and is_plain else None  # noqa: PTH100  # links stay
    return Remote(name, url, folder)


def absent_objects(remote: Remote, out: Tracked, top: Path) -> list[str]:
    """What of an out a remote in a folder does not have: the out itself, or files of a folder.

    Raises
    ------
    SourceError
        The folder cannot be looked at, or is not there.
    """
    folder = remote.folder
    if folder is None or not folder.is_dir():
        raise SourceError(
            f"the remote {remote.name!r} is not there: {remote.url}", hint="mount it, or correct its url in .dvc/config"
        )
    main = _object(folder, out.md5, legacy=out.legacy_text)
    if main is None:
        return [out.path]
    if not out.is_dir:
        wrong = out.size is not None and not out.legacy_text and main.stat().st_size != out.size
        return [f"{out.path} (the remote holds {main.stat().st_size:,} bytes of {out.size:,})"] if wrong else []
    listing = load_listing(top, out.md5) or _listing_of(main)
    return sorted(
        f"{out.path}/{name}" for name, md5 in listing.items() if _object(folder, md5, legacy=out.legacy_text) is None
    )


def _object(folder: Path, md5: str, *, legacy: bool) -> Path | None:
    places = [folder / "files" / "md5" / md5[:2] / md5[2:]]
    places += [folder / md5[:2] / md5[2:]] if legacy else []
    try:
        return next((place for place in places if place.is_file()), None)
    except OSError as problem:
        raise SourceError(f"the remote cannot be read: {problem.strerror}", hint="may you read it?") from None


def _listing_of(file: Path) -> dict[str, str]:
    try:
        return {str(entry["relpath"]): str(entry["md5"]) for entry in json.loads(file.read_bytes())}
    except (OSError, ValueError, KeyError, TypeError):
        raise SourceError(f"the remote's listing {file.name} cannot be read", hint="push the folder again") from None


def ask_with_dvc(top: Path, remote: Remote, outs: Sequence[Tracked]) -> set[str]:
    """Paths of the outs that a remote elsewhere does not have, POSIX, relative to `top`.

    Raises
    ------
    SourceError
        DVC is not installed, or gives no answer.
    """
    try:
        find_command()
    except SourceError:
        raise SourceError(
            f"cannot ask the remote {remote.name!r} ({remote.url.partition('://')[0]}): DVC is not in the environment",
            hint=f'add to the hook in .pre-commit-config.yaml: additional_dependencies: ["{remote.extra}"]',
        ) from None
    targets = sorted({os.path.relpath(out.place, top) for out in outs})
    missing, output = not_in_remote(top, targets, remote=remote.name)
    if missing is None:
        raise SourceError(
            f"cannot ask the remote {remote.name!r}: {last_lines(output)}",
            hint="see with `dvc data status --not-in-remote` whether it answers with the credentials of this machine, "
            f'or add additional_dependencies: ["{remote.extra}"]',
        )
    return missing


def not_in_remote(top: Path, targets: Sequence[str], *, remote: str = "") -> tuple[set[str] | None, str]:
    """Files and folders that a remote does not have, and DVC's output; None where DVC gives no answer.

    Every file of a folder is asked for: without `--granular` DVC takes a folder for complete whose listing is there.

    Parameters
    ----------
    targets : POSIX, relative to the DVC repository `top`, as is what is given back
    remote : its name; by default the one that DVC itself would take for each target
    """
    named = ["--remote", remote] if remote else []
    command = ["data", "status", "--not-in-remote", "--granular", "--json", *named, "--", *targets]
    code, output = run_dvc(top, command, timeout_s=STATUS_TIMEOUT_S)
    answer = json_of(output) if code == 0 else None
    if not isinstance(answer, dict):
        return None, output
    missing = answer.get("not_in_remote", [])
    return ({str(path).rstrip("/") for path in missing} if isinstance(missing, list) else None), output


def pushed_outs(root: Path, pointer: str, tip: str | None) -> list[Tracked]:
    """Outs of a pointer file as a revision holds it, or as it is on disk.

    Raises
    ------
    SourceError
        It cannot be read, or is a `dvc.lock` that is not the one on disk.
    """
    file = root / pointer
    text = text_of(root, tip, pointer) if tip else None
    if text is None or (file.is_file() and file.read_text(encoding="utf-8", errors="replace") == text):
        return lock_outs(root, file) if file.name == "dvc.lock" else pointer_outs(root, file)
    if file.name == "dvc.lock":
        raise SourceError(f"{pointer} is not the one that is pushed", hint="check out what you push, and push again")
    import yaml

    try:
        raw = yaml.safe_load(text)
    except yaml.YAMLError as problem:
        raise SourceError(f"{pointer} cannot be read as it is pushed: {' '.join(str(problem).split())}") from None
    return pointer_outs(root, file, raw if isinstance(raw, dict) else {})
