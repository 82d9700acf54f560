"""Compressed files: joblib's, and what was compressed by hand."""

from __future__ import annotations

import io
import zlib
from collections.abc import Callable
from typing import BinaryIO

MOST_UNPACKED = 1 << 34
_STARTS = (
    (b"\x1f\x8b", "gzip"), (b"BZh", "bz2"), (b"\xfd7zXZ\x00", "xz"), (b"\x5d\x00\x00", "lzma"),
    (b"\x04\x22\x4d\x18", "lz4"), (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"7z\xbc\xaf\x27\x1c", "7z"), (b"Rar!\x1a\x07", "rar"),
)  # fmt: skip
_ZLIB = (b"x\x01", b"x\x5e", b"x\x9c", b"x\xda")
_STEP = 1 << 16
READABLE = frozenset({"gzip", "bz2", "xz", "lzma", "zlib"})


def packing_of(start: bytes) -> str:
    """Name of the compression that a file begins with, empty where it begins with none."""
    for mark, name in _STARTS:
        if start.startswith(mark):
            return name
    return "zlib" if start[:2] in _ZLIB else ""


def is_tar(start: bytes) -> bool:
    """Whether the first block is a header of tar: its checksum is right."""
    if len(start) < 512:
        return False
    try:
        said = int(start[148:156].strip(b"\x00 ") or b"x", 8)
    except ValueError:
        return False
    return said == 256 + sum(start[:148]) + sum(start[156:512])


def unpacked(open_stream: Callable[[], BinaryIO], packing: str) -> Callable[[], BinaryIO]:
    """Opens the content of a compressed stream, which is unpacked as it is read."""

    def open_unpacked() -> BinaryIO:
        stream = open_stream()
        if packing == "gzip":
            import gzip

            return gzip.GzipFile(fileobj=stream)  # type: ignore[return-value]  # it reads as BinaryIO does
        if packing == "bz2":
            import bz2

            return bz2.BZ2File(stream)  # type: ignore[return-value]  # a stream of bytes in all that is read here
        if packing == "zlib":
            return io.BufferedReader(_ZlibStream(stream))
        import lzma

        return lzma.LZMAFile(stream)  # type: ignore[return-value]  # a stream of bytes in all that is read here

    return open_unpacked


class _ZlibStream(io.RawIOBase):
    """zlib streams, one behind the other, as joblib reads them."""

    def __init__(self, stream: BinaryIO) -> None:
        self._stream, self._engine = stream, zlib.decompressobj()

    def readable(self) -> bool:
        return True

    def close(self) -> None:
        self._stream.close()
        super().close()

    def readinto(self, target: memoryview) -> int:  # type: ignore[override]  # any buffer, in fact a memoryview
        while True:
            if self._engine.eof:
                following = self._engine.unused_data or self._stream.read(_STEP)
                if not following:
                    return 0
                self._engine = zlib.decompressobj()
            else:
                following = self._engine.unconsumed_tail or self._stream.read(_STEP)
            if not following:
                raise EOFError("it ends before it is complete")
            content = self._engine.decompress(following, len(target))
            if content:
                target[: len(content)] = content
                return len(content)
