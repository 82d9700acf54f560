"""Bytes of a stream in order, in bounded memory: what is not looked at is skipped."""

from __future__ import annotations

import re
from typing import BinaryIO

CHUNK = 1 << 16
MAX_LINE = 1 << 16


class BrokenStreamError(Exception):
    """The stream ends early, or holds what its format does not allow."""


class Reader:
    """Reads a stream from where it stands; `position` counts the bytes that were taken.

    Parameters
    ----------
    stream : binary
    position : number of the first byte, for messages
    limit : bytes after which the stream is refused, which bounds what a small compressed file can cost
    """

    def __init__(self, stream: BinaryIO, *, position: int = 0, limit: int | None = None) -> None:
        self._stream = stream
        self._buffer = b""
        self._at = 0
        self._start = position
        self._limit = limit

    @property
    def position(self) -> int:
        return self._start + self._at

    def _more(self, count: int) -> bool:
        """Have `count` bytes in the buffer; False at the end of the stream."""
        left = self._buffer[self._at :]
        self._start += self._at
        self._at = 0
        if self._limit is not None and self._start > self._limit:
            raise BrokenStreamError(f"it holds more than {self._limit:,} bytes once it is decompressed")
        parts, have = [left], len(left)
        while have < count:
            chunk = self._stream.read(max(CHUNK, count - have))
            if not chunk:
                break
            parts.append(chunk)
            have += len(chunk)
        self._buffer = b"".join(parts)
        return have >= count

    def byte(self) -> int:
        if self._at >= len(self._buffer) and not self._more(1):
            raise BrokenStreamError("it ends before it is complete")
        value = self._buffer[self._at]
        self._at += 1
        return value

    def take(self, count: int) -> bytes:
        """The next bytes; only for counts that are known to be small."""
        end = self._at + count
        if end > len(self._buffer):
            if not self._more(count):
                raise BrokenStreamError("it ends before it is complete")
            end = count
        taken = self._buffer[self._at : end]
        self._at = end
        return taken

    def skip(self, count: int) -> None:
        """Pass over bytes without keeping them."""
        while count > 0:
            have = len(self._buffer) - self._at
            if have == 0:
                if not self._more(1):
                    raise BrokenStreamError("it ends before it is complete")
                continue
            step = min(have, count)
            self._at += step
            count -= step

    def line(self) -> bytes:
        """Up to the next line feed, which is taken too and not returned."""
        end = self._buffer.find(b"\n", self._at)
        wanted = 0
        while end < 0:
            wanted += CHUNK
            if wanted > MAX_LINE + CHUNK or not self._more(wanted):
                end = self._buffer.find(b"\n", self._at)
                break
            end = self._buffer.find(b"\n", self._at)
        if end < 0 or end - self._at > MAX_LINE:
            raise BrokenStreamError("a line of it does not end")
        taken = self._buffer[self._at : end]
        self._at = end + 1
        return taken

    def text_line(self, most: int) -> bytes | None:
        """Up to the next line feed, however far; None where that is more than `most` bytes."""
        kept: bytes | None = b""
        while True:
            end = self._buffer.find(b"\n", self._at)
            part = self._buffer[self._at : end if end >= 0 else len(self._buffer)]
            kept = None if kept is None or len(kept) + len(part) > most else kept + part
            self._at += len(part)
            if end >= 0:
                self._at += 1
                return kept
            if not self._more(1):
                raise BrokenStreamError("a line of it does not end")

    def run_of(self, item: re.Pattern[bytes], size: int) -> int:
        """Take as many items as stand in a row in what was read already, each of `size` bytes; their number."""
        match = item.match(self._buffer, self._at)
        if match is None:
            return 0
        self._at = match.end()
        return (match.end() - match.start()) // size

    def ended(self) -> bool:
        return self._at >= len(self._buffer) and not self._more(1)

    def peek(self, count: int) -> bytes:
        """The next bytes, or fewer at the end, without taking them."""
        if len(self._buffer) - self._at < count:
            self._more(count)
        return self._buffer[self._at : self._at + count]
