"""Keeps proofs in a folder that a person, or a CI service, may carry from run to run.

One file for each proof, written as a whole and with a digest of itself: several runs may write at once, and a file that
is damaged, or holds something else than its name says, counts as none. What is kept is JSON; nothing is unpickled.
"""

from __future__ import annotations

import os
from contextlib import suppress
from hashlib import blake2b
from pathlib import Path
from typing import Any

from mlgate.sources.lint_cache import read_cache, write_kept

MOST_OF_SUBJECT = 8
"""So many proofs of one subject are kept: for the branches that somebody changes between."""
MOST_BYTES, MOST_OF_PROOF = 256 << 20, 64 << 20
_FOLDER = "proofs"


class ProofStore:
    """Proofs by their subject; what is written here is found by the next run.

    Parameters
    ----------
    folder : made when the first proof is kept
    """

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.join(folder, _FOLDER)
        self._names: dict[str, list[str]] | None = None

    def find(self, subject: str) -> list[dict[str, Any]]:
        """The proofs of a subject that are whole, the newest first; a file larger than any proof is not read."""
        found = []
        for name in self._listed().get(_key(subject), ()):
            path = os.path.join(self._folder, name)
            with suppress(OSError):
                raw = read_cache(path) if os.stat(path).st_size <= MOST_OF_PROOF else {}
                if raw.get("subject") == subject:
                    found.append(raw)
        return sorted(found, key=lambda raw: str(raw.get("proven_at")), reverse=True)

    def keep(self, proof: dict[str, Any], content: str) -> None:
        """Keep a proof; `content` is a digest of what makes it differ from others of its subject."""
        key = _key(proof["subject"])
        name = f"{key}-{content}.json"
        write_kept(os.path.join(self._folder, name), proof)
        names = self._listed().setdefault(key, [])
        if name not in names:
            names.append(name)

    def prune(self) -> None:
        """Remove the oldest proofs of a subject beyond its share, and the oldest of all beyond the folder's size."""
        sizes: dict[str, tuple[float, int]] = {}
        by_subject: dict[str, list[str]] = {}
        with suppress(OSError):
            for entry in os.scandir(self._folder):
                with suppress(OSError):
                    found = entry.stat()
                    sizes[entry.name] = found.st_mtime, found.st_size
                    by_subject.setdefault(entry.name.partition("-")[0], []).append(entry.name)
        gone = []
        for names in by_subject.values():
            gone += sorted(names, key=lambda name: sizes[name], reverse=True)[MOST_OF_SUBJECT:]
        left = sorted(sizes.keys() - set(gone), key=lambda name: sizes[name], reverse=True)
        total = 0
        for name in left:
            total += sizes[name][1]
            if total > MOST_BYTES:
                gone.append(name)
        for name in gone:
            with suppress(OSError):
                os.unlink(os.path.join(self._folder, name))

    def _listed(self) -> dict[str, list[str]]:
        if self._names is None:
            self._names = {}
            with suppress(OSError):
                for name in os.listdir(self._folder):
                    if name.endswith(".json"):
                        self._names.setdefault(name.partition("-")[0], []).append(name)
        return self._names


def _key(subject: str) -> str:
    return blake2b(subject.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
