"""Real training configs, read out of public source distributions that are fetched once and never built."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch

from benchmarks.lint_corpus import Package, _archive

MOST_BYTES = 200_000
PACKAGES = {
    Package(
        "llamafactory",
        "llamafactory-0.9.5.tar.gz",
        "1702c0bfb864e80577a59521d2edcacd2aab05ec6aee06188fcba335a589681f",
        lot="",
        scripts=(),
    ): ("examples/*.yaml", "examples/*.json", "pyproject.toml"),
    Package(
        "axolotl",
        "axolotl-0.21.0.tar.gz",
        "8ffe32db155c764775c5cd3864621065d7cbdb07f04ce006dacf543fee2ae257",
        lot="",
        scripts=(),
    ): ("examples/*.yaml", "examples/*.yml", "pyproject.toml"),
    Package(
        "fairseq",
        "fairseq-0.12.2.tar.gz",
        "34f1b18426bf3844714534162f065ab733e049597476daa35fffb4d06a92b524",
        lot="",
        scripts=(),
    ): ("fairseq/examples/*/config/*.yaml", "fairseq/config/*.yaml", "pyproject.toml"),
    Package(
        "ultralytics",
        "ultralytics-8.4.190.tar.gz",
        "c7a0ebb21d10f1de98682b6a4dc22bc0d1d0634b9398c086bd03b1e5bf40cbc3",
        lot="",
        scripts=(),
    ): ("ultralytics/cfg/*.yaml", "pyproject.toml"),
}
"""What is fetched, and which of its files are configs."""


@dataclass(frozen=True, slots=True)
class Original:
    """A config as it was published."""

    package: str
    path: str
    text: str

    @property
    def kind(self) -> str:
        return {"yml": "yaml"}.get(ending := self.path.rpartition(".")[2], ending)


def originals() -> Iterator[Original]:
    """All configs, in the order of the packages and their paths.

    Raises
    ------
    OSError, ValueError
        A distribution could not be fetched, or is not the one that is named here.
    """
    for package, patterns in PACKAGES.items():
        found = []
        with tarfile.open(fileobj=io.BytesIO(_archive(package)), mode="r:gz") as opened:
            for member in opened:
                path = member.name.partition("/")[2]
                stream = opened.extractfile(member) if member.isreg() and member.size <= MOST_BYTES else None
                if stream is not None and any(fnmatch(path, pattern) for pattern in patterns):
                    found.append(Original(package.name, path, stream.read().decode("utf-8")))
        yield from sorted(found, key=lambda item: item.path)
