"""Public scripts that are labelled by hand: what stands in `lint_corpus.yaml`, and the files, fetched from the index.

A source distribution is downloaded once into `build/corpus`, its digest compared, and only the named members are read
out of it. Nothing of it is run, and nothing of it is kept in the repository.
"""

from __future__ import annotations

import functools
import hashlib
import html.parser
import io
import json
import os
import re
import ssl
import subprocess
import sys
import tarfile
import urllib.parse
import urllib.request
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import yaml

ROOT = Path(__file__).parents[1]
LABELS = ROOT / "benchmarks" / "lint_corpus.yaml"
SECOND_LABELS = ROOT / "benchmarks" / "lint_corpus_fresh.yaml"
TUNED, HELD_OUT, SECOND = "Tuned on", "Held out", "Second set"
CACHE = ROOT / "build" / "corpus"
MOST_BYTES = 5_000_000
"""Of one member: scripts are smaller."""
_DEFAULT_INDEX = "https://pypi.org/simple"
_TIMEOUT_S = 180


@dataclass(frozen=True, slots=True)
class Label:
    """What a person who reads the script wants to be told.

    Parameters
    ----------
    lines : the places that are accepted, each a path below the distribution, a cell (0 in a file) and a line (0: any)
    others : rules that may tell the same
    debatable : whether it counts neither as found nor as missed
    """

    rule: str
    verdict: str
    lines: tuple[tuple[str, int, int], ...]
    note: str
    others: tuple[str, ...] = ()
    debatable: bool = False


@dataclass(frozen=True, slots=True)
class Script:
    """A script or notebook, and the files that it imports; no label means that nothing may be found."""

    path: str
    files: tuple[str, ...]
    labels: tuple[Label, ...]


@dataclass(frozen=True, slots=True)
class Package:
    """A source distribution, and the scripts that are taken from it."""

    name: str
    sdist: str
    sha256: str
    lot: str
    scripts: tuple[Script, ...]


def read_labels() -> list[Package]:
    """All packages: of the first set, of which every second one was held out, and of the second set."""
    return [*_packages(LABELS), *_packages(SECOND_LABELS)]


def _packages(path: Path) -> list[Package]:
    return [
        Package(
            name=entry["package"],
            sdist=entry["sdist"],
            sha256=entry["sha256"],
            lot=SECOND if path == SECOND_LABELS else HELD_OUT if entry["held_out"] else TUNED,
            scripts=tuple(map(_script, entry["scripts"])),
        )
        for entry in yaml.safe_load(path.read_text(encoding="utf-8"))["packages"]
    ]


def _script(entry: dict[str, Any]) -> Script:
    path = entry["path"]
    return Script(path, tuple(entry.get("files", ())), tuple(_label(label, path) for label in entry["labels"]))


def _label(entry: dict[str, Any], script: str) -> Label:
    return Label(
        rule=entry["rule"],
        verdict=entry["verdict"],
        lines=tuple(_place(line, script) for line in entry["lines"]),
        note=entry["note"],
        others=tuple(entry.get("or", ())),
        debatable=entry.get("debatable", False),
    )


def _place(written: int | str, script: str) -> tuple[str, int, int]:
    """`31`, `4:2` (cell and line), `utils/data.py:31` or `utils/data.py:*`."""
    if isinstance(written, int):
        return script, 0, written
    where, _, line = written.rpartition(":")
    if where.isdigit():
        return script, int(where), int(line)
    return where, 0, 0 if line == "*" else int(line)


# --- fetching -------------------------------------------------------------------------------------------------------


def fetch(package: Package) -> Path:
    """Folder with the named members of a distribution, fetched now unless it is there.

    Raises
    ------
    OSError, ValueError
        It could not be fetched, is not the one that was labelled, or lacks a member.
    """
    members = sorted({name for script in package.scripts for name in (script.path, *script.files)})
    key = hashlib.sha256("\n".join([package.sha256, *members]).encode()).hexdigest()[:8]
    folder = CACHE / "files" / f"{package.sdist.removesuffix('.tar.gz')}-{key}"
    if not (folder / ".complete").exists():
        for name, content in _members(_archive(package), members):
            place = folder / name
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(content)
        (folder / ".complete").touch()
    return folder


def _members(archive: bytes, wanted: Sequence[str]) -> Iterator[tuple[str, bytes]]:
    """Content of each wanted regular file, by its path below the distribution's own folder."""
    left = set(wanted)
    with tarfile.open(fileobj=io.BytesIO(archive), mode="r:gz") as opened:
        for member in opened:
            name = member.name.partition("/")[2]
            if name not in left:
                continue
            path = PurePosixPath(name)
            stream = opened.extractfile(member) if member.isreg() and member.size <= MOST_BYTES else None
            if stream is None or path.is_absolute() or ".." in path.parts:
                raise ValueError(f"{member.name} is no regular file of a script's size")
            left.discard(name)
            yield name, stream.read()
    if left:
        raise ValueError(f"lacks {', '.join(sorted(left))}")


def _archive(package: Package) -> bytes:
    path = CACHE / package.sdist
    if not path.exists():
        content = _download(_address(package))
        if hashlib.sha256(content).hexdigest() != package.sha256:
            raise ValueError(f"{package.sdist} of the index is not the one that was labelled")
        CACHE.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    content = path.read_bytes()
    if hashlib.sha256(content).hexdigest() != package.sha256:
        raise ValueError(f"{path} is damaged: remove it")
    return content


def _address(package: Package) -> str:
    """Where the index says that the distribution lies."""
    page = f"{_pip_setting('index-url') or _DEFAULT_INDEX}".rstrip("/") + f"/{package.name}/"
    content = _download(page, accept="application/vnd.pypi.simple.v1+json, text/html;q=0.5")
    for name, address in _links(content):
        if name == package.sdist:
            return urllib.parse.urljoin(page, address)
    raise ValueError(f"{package.sdist} is not in the index")


def _links(page: bytes) -> Iterator[tuple[str, str]]:
    """Name and address of each file of a page of the index, which is JSON or HTML."""
    if page.lstrip().startswith(b"{"):
        for file in json.loads(page)["files"]:
            yield file["filename"], file["url"]
        return
    reader = _Anchors()
    reader.feed(page.decode("utf-8", "replace"))
    for address in reader.addresses:
        plain = address.partition("#")[0]
        yield urllib.parse.unquote(plain.rpartition("/")[2]), plain


class _Anchors(html.parser.HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.addresses += [value for name, value in attrs if tag == "a" and name == "href" and value]


def _download(address: str, accept: str = "*/*") -> bytes:
    if not address.startswith(("https://", "http://")):
        raise ValueError(f"{address} is no address of an index")
    context = ssl.create_default_context(cafile=_pip_setting("cert"))
    request = urllib.request.Request(address, headers={"Accept": accept})  # noqa: S310  # the scheme was looked at
    with urllib.request.urlopen(request, timeout=_TIMEOUT_S, context=context) as answer:  # noqa: S310  # an address of the package index
        return bytes(answer.read())


@functools.cache
def _pip_setting(name: str) -> str | None:
    """A setting as pip would have it: an environment variable, else its configuration."""
    known = os.environ.get(f"PIP_{name.replace('-', '_').upper()}")
    if known:
        return known
    command = [sys.executable, "-m", "pip", "config", "list"]
    told = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False).stdout
    found = re.search(rf"^(?:global|install|user)\.{name}='([^']*)'$", told, re.MULTILINE)
    return found[1] if found else None
