"""Fetches the chart library of the HTML report into mlgate/render/vendor, exactly as its authors published it.

    python scripts/vendor_charts.py           fetch by npm, check, write
    python scripts/vendor_charts.py --check   compare what is there with the digests below; no network

Observable Plot draws the charts and stands on d3. For a newer version, change `PACKAGES`, run this, look at the page.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parents[1] / "mlgate" / "render" / "vendor"


@dataclass(frozen=True)
class Package:
    """A package of npm, the one file of it that is kept, and the SHA-256 of that file."""

    name: str
    version: str
    licence: str
    source: str
    file: str
    sha256: str

    @property
    def kept(self) -> str:
        return Path(self.file).name

    @property
    def kept_licence(self) -> str:
        return f"{self.kept.split('.')[0]}.LICENSE.txt"


PACKAGES = (
    Package(
        name="d3",
        version="7.9.0",
        licence="ISC",
        source="https://github.com/d3/d3",
        file="dist/d3.min.js",
        sha256="f2094bbf6141b359722c4fe454eb6c4b0f0e42cc10cc7af921fc158fceb86539",
    ),
    Package(
        name="@observablehq/plot",
        version="0.6.17",
        licence="ISC",
        source="https://github.com/observablehq/plot",
        file="dist/plot.umd.min.js",
        sha256="4358086467740777dd788d6b27a95cebdbaefdd50c730a3060117073bd7134cb",
    ),
)
"""In the order in which a page loads them."""


def main() -> int:
    """Fetch, or with `--check` compare."""
    if "--check" not in sys.argv[1:]:
        FOLDER.mkdir(exist_ok=True)
        for package in PACKAGES:
            fetch(package)
        (FOLDER / "versions.json").write_text(listing(), encoding="utf-8")
    problems = [problem for package in PACKAGES for problem in check(package)]
    print("\n".join(problems) or f"{len(PACKAGES)} files are as published")
    return 1 if problems else 0


def fetch(package: Package) -> None:
    """Take the kept file and the licence out of the package that npm serves."""
    with tempfile.TemporaryDirectory() as folder:
        command = ["npm", "pack", f"{package.name}@{package.version}", "--silent", "--pack-destination", folder]
        subprocess.run(command, check=True, capture_output=True)
        (archive,) = Path(folder).glob("*.tgz")
        with tarfile.open(archive) as opened:
            for member, kept in ((package.file, package.kept), ("LICENSE", package.kept_licence)):
                content = opened.extractfile(f"package/{member}")
                if content is None:
                    raise SystemExit(f"{package.name} {package.version} has no {member}")
                (FOLDER / kept).write_bytes(content.read())


def check(package: Package) -> list[str]:
    """What is wrong with the file that is there; nothing if it is the published one."""
    path = FOLDER / package.kept
    if not path.is_file():
        return [f"{package.kept} is missing: run scripts/vendor_charts.py"]
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    return [] if digest == package.sha256 else [f"{package.kept}: sha256 {digest}, expected {package.sha256}"]


def listing() -> str:
    """`versions.json`: what lies beside it."""
    known = [
        {"name": p.name, "version": p.version, "licence": p.licence, "source": p.source}
        | {"file": p.kept, "licence_file": p.kept_licence, "sha256": p.sha256}
        for p in PACKAGES
    ]
    return json.dumps(known, indent=2) + "\n"


if __name__ == "__main__":
    sys.exit(main())
