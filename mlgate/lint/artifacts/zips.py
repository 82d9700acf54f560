"""Zip archives: torch, `.npz`, `.keras` and others. Two readers must find the same members in them."""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Callable
from copy import copy
from typing import BinaryIO

from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.graphs import leads_out

START = b"PK\x03\x04"
EMPTY = b"PK\x05\x06"
_END = b"PK\x05\x06"
_END_BYTES = 22
_MOST_MEMBERS = 100_000
_BOMB_BYTES, _BOMB_RATIO = 64_000_000, 500
_TORCH_STORAGE = re.compile(r"(?:.*/)?data/\d+")
_ENCRYPTED = 1
_CHUNK = 1 << 20
_FOREIGN_FILES = re.compile(rb"from_file|aten::save|__builtin__|os\.system")

Scan = Callable[[Callable[[], BinaryIO], str, Facts], None]


def scan_zip(open_stream: Callable[[], BinaryIO], facts: Facts, scan_member: Scan) -> None:
    """Every member that could be loaded is looked at by `scan_member`; the archive must have one reading only."""
    facts.format("zip")
    with open_stream() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                members = archive.infolist()
                _look_at_order(stream, archive, members, facts)
                if len(members) > _MOST_MEMBERS:
                    facts.problem(f"holds {len(members):,} members, more than any model")
                    return
                _look_at_members(archive, members, facts, scan_member)
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError) as problem:
            facts.problem(f"not readable as a zip archive: {problem}")


def is_hidden_zip(open_stream: Callable[[], BinaryIO]) -> bool:
    """Whether a file that does not begin as a zip archive would be opened as one all the same."""
    with open_stream() as stream:
        try:
            with zipfile.ZipFile(stream) as archive:
                return bool(archive.infolist())
        except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, OverflowError):
            return False


def _look_at_order(stream: BinaryIO, archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], facts: Facts) -> None:
    """Nothing before the first member and nothing behind the end: other readers look for the end in other ways."""
    first = min((member.header_offset for member in members), default=0)
    size = stream.seek(0, 2)
    stream.seek(max(0, size - _END_BYTES - len(archive.comment)))
    if first != 0 or stream.read(4) != _END:
        facts.problem("has bytes before its first member or behind its end, which another reader may take for a file",
                      forged=True)  # fmt: skip
    names = [member.filename for member in members]
    if len(set(names)) < len(names):
        facts.problem("has two members of one name: readers differ in which they take", forged=True)
    facts.strange_paths += sorted({name for name in names if leads_out(name)})[:20]


def _look_at_members(archive: zipfile.ZipFile, members: list[zipfile.ZipInfo], facts: Facts, scan_member: Scan) -> None:
    names = {member.filename for member in members}
    is_torch = any(name == "data.pkl" or name.endswith("/data.pkl") for name in names)
    is_script = any(name.endswith("/constants.pkl") or name == "constants.pkl" for name in names)
    if is_torch:
        facts.format("TorchScript" if is_script else "torch")
    elif "config.json" in names and {"metadata.json", "model.weights.h5"} & names:
        facts.format("keras")
    for member in members:
        if member.is_dir() or (is_torch and _TORCH_STORAGE.fullmatch(member.filename)):
            continue
        facts.member = member.filename
        _look_at_member(archive, member, facts, scan_member, is_script=is_script)
    facts.member = ""


def _look_at_member(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, facts: Facts, scan_member: Scan, *, is_script: bool
) -> None:
    if member.flag_bits & _ENCRYPTED:
        facts.problem("is encrypted, and readers differ in whether they mind")
        return
    if member.file_size > _BOMB_BYTES and member.file_size > _BOMB_RATIO * max(1, member.compress_size):
        facts.problem(f"would grow to {member.file_size:,} bytes from {member.compress_size:,}")
        return
    if is_script and member.filename.endswith(".py"):
        with archive.open(member) as stream:
            if _FOREIGN_FILES.search(stream.read(1 << 24)):
                facts.notes.append(f"{member.filename}: the TorchScript program names operations on files")
        return

    unchecked = copy(member)
    del unchecked.CRC  # what stands before a wrong checksum is seen, too: not every loader minds it

    def open_member() -> BinaryIO:
        return archive.open(unchecked)  # type: ignore[return-value]  # IO[bytes] reads as BinaryIO does

    try:
        scan_member(open_member, member.filename, facts)
        with archive.open(member) as stream:
            while stream.read(_CHUNK):
                pass
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, zlib.error) as problem:
        facts.problem(f"cannot be read from the archive: {problem}")
