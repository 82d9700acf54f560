"""What the environment of the tests is made of, printed as JSON. Run by the interpreter of that environment.

Python 3.9 or newer, the standard library alone. Nothing of the environment is imported.
"""

from __future__ import annotations

import hashlib
import json
import os
import platform
import sys
from typing import Any

MARKED = ("sitecustomize.py", "usercustomize.py")
LEFT_OUT = ("__pycache__",)


def main() -> None:
    told: dict[str, Any] = {
        "python": sys.version,
        "implementation": sys.implementation.name,
        "executable": os.path.realpath(sys.executable),
        "flags": [sys.flags.optimize, sys.flags.utf8_mode, sys.flags.hash_randomization, sys.flags.dev_mode],
        "prefix": [sys.prefix, sys.base_prefix],
        "system": [platform.system(), platform.machine(), *platform.libc_ver()],
        "packages": {},
        "editable": [],
        "unknown": [],
        "path": [os.path.abspath(entry) for entry in sys.path],
    }
    for entry in dict.fromkeys(told["path"]):
        if os.path.basename(entry) in ("site-packages", "dist-packages"):
            told["packages"][entry] = of_folder(entry, told)
    json.dump(told, sys.stdout)


def of_folder(folder: str, told: dict[str, Any]) -> str:
    """A digest of the names in a folder of packages, and of the lists of files that its distributions carry."""
    seen = hashlib.blake2b(digest_size=16)
    try:
        names = sorted(os.listdir(folder))
    except OSError as problem:
        told["unknown"].append(f"{folder}: {problem.strerror}")
        return ""
    for name in names:
        if name in LEFT_OUT:
            continue
        path = os.path.join(folder, name)
        seen.update(name.encode("utf-8", "surrogateescape") + b"\0")
        if name.endswith(".dist-info"):
            seen.update(of_file(os.path.join(path, "RECORD")))
            note_editable(os.path.join(path, "direct_url.json"), told)
        elif name.endswith((".pth", ".egg-link")):
            text = of_file(path)
            seen.update(text)
            note_links(text.decode("utf-8", "replace"), folder, told)
        elif name.startswith("__editable__") or name in MARKED:
            seen.update(of_file(path) if os.path.isfile(path) else b"")
    return seen.hexdigest()


def of_file(path: str) -> bytes:
    try:
        with open(path, "rb") as stream:
            return stream.read()
    except OSError:
        return b""


def note_editable(path: str, told: dict[str, Any]) -> None:
    text = of_file(path)
    if not text:
        return
    try:
        found = json.loads(text)
        url, editable = found["url"], found.get("dir_info", {}).get("editable", False)
    except (ValueError, KeyError, AttributeError, TypeError):
        told["unknown"].append(path)
        return
    if editable:
        told["editable"].append(url.replace("file://", "", 1))


def note_links(text: str, folder: str, told: dict[str, Any]) -> None:
    """Folders that a .pth file or an older development install adds to the search for modules."""
    for line in map(str.strip, text.splitlines()):
        if line and not line.startswith(("#", "import ", "import\t")):
            path = os.path.abspath(os.path.join(folder, line))
            if os.path.isdir(path):
                told["editable"].append(path)


if __name__ == "__main__":
    main()
