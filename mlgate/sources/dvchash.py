"""DVC's hashes: the md5 of a file, and for a folder the md5 of the sorted list of its files.

Source: https://dvc.org/doc/user-guide/project-structure/internal-files; the tests compare them with DVC's own.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator
from pathlib import Path

from mlgate.errors import SourceError
from mlgate.sources.dvcignore import IGNORE_FILE, Rule, is_ignored, rules_for

_CHUNK = 2**20  # DVC decides per chunk of this size whether an old text file needs its line ends changed
_TEXT_BYTES = bytes(range(32, 127)) + b"\n\r\t\f\b"


def hash_file(file: Path, *, legacy_text: bool = False) -> str:
    """md5 of a file in hexadecimal; `legacy_text` reads CRLF as LF in what looks like text, as DVC 2 did."""
    digest = hashlib.md5(usedforsecurity=False)
    with file.open("rb") as stream:
        while chunk := stream.read(_CHUNK):
            digest.update(chunk.replace(b"\r\n", b"\n") if legacy_text and _is_text(chunk[:512]) else chunk)
    return digest.hexdigest()


def hash_folder(folder: Path, top: Path | None, *, legacy_text: bool = False) -> str:
    """DVC's hash of a folder: md5 of the sorted JSON listing of its files, then `.dir`.

    `top` is the DVC repository, whose `.dvcignore` files leave files out.
    """
    base = top if top is not None and top in folder.parents else folder
    rules = rules_for(base, folder)
    listing = [
        {"md5": hash_file(file, legacy_text=legacy_text), "relpath": file.relative_to(folder).as_posix()}
        for file in walk_folder(folder, base, rules)
    ]
    return hash_listing(listing)


def walk_folder(folder: Path, base: Path, rules: list[Rule]) -> Iterator[Path]:
    """Files that belong to a tracked folder. As in DVC, links to folders and DVC repositories inside are left out."""
    for place, folders, files in os.walk(folder):
        here = Path(place)
        prefix = here.relative_to(base).as_posix()
        prefix = "" if prefix == "." else f"{prefix}/"
        if IGNORE_FILE in files:
            raise SourceError(
                f"cannot tell what belongs to {folder.name}: {prefix}{IGNORE_FILE} lies inside a tracked folder",
                hint=f"move its patterns to the {IGNORE_FILE} of the repository; DVC refuses it there too",
            )
        folders[:] = [
            name
            for name in folders
            if not is_ignored(prefix + name, rules, is_folder=True) and not (here / name / ".dvc").is_dir()
        ]
        yield from (here / name for name in files if not is_ignored(prefix + name, rules, is_folder=False))


def hash_listing(listing: list[dict[str, str]]) -> str:
    ordered = sorted(listing, key=lambda entry: entry["relpath"])
    text = json.dumps(ordered, sort_keys=True)
    return hashlib.md5(text.encode("utf-8"), usedforsecurity=False).hexdigest() + ".dir"


def _is_text(block: bytes) -> bool:
    """DVC's guess: no NUL byte, and at most 30 % of the bytes are outside printable ASCII."""
    return b"\0" not in block and len(block.translate(None, _TEXT_BYTES)) <= 0.30 * len(block)


def load_listing(top: Path, md5: str) -> dict[str, str] | None:
    """Relative path to md5 of every file of a tracked folder, from the local cache of
    the DVC repository `top`; None where it is not there."""
    for cache in _cache_folders(top):
        file = cache / md5[:2] / md5[2:]
        try:
            content = file.read_bytes()
        except OSError:
            continue
        if hashlib.md5(content, usedforsecurity=False).hexdigest() + ".dir" != md5:
            continue
        try:
            return {str(entry["relpath"]): str(entry["md5"]) for entry in json.loads(content)}
        except (ValueError, KeyError, TypeError):
            continue
    return None


def _cache_folders(top: Path) -> list[Path]:
    """Folders of the local cache, the present layout first; `cache.dir` may be set in the repository's config."""
    import configparser

    place = top / ".dvc" / "cache"
    for name in ("config", "config.local"):
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read(top / ".dvc" / name, encoding="utf-8")
        except (configparser.Error, UnicodeDecodeError):
            continue
        setting = parser.get("cache", "dir", fallback="")
        if setting:
            place = top / ".dvc" / setting
    return [place / "files" / "md5", place]
