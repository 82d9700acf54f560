"""The bytes of a CSV file looked at while a lenient reader takes them: whether its reading can be believed."""

from __future__ import annotations

import codecs
import io
from typing import IO, TYPE_CHECKING, Any

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_QUOTE, _NEWLINES = 34, (10, 13)
_MARK = b"\xef\xbb\xbf"


class NotPlainError(Exception):
    """The file is none that the quick reader may read; the slow one says what is wrong with it, if anything is."""


class ByteWatch(io.RawIOBase):
    """A stream that passes bytes on, and notes what they hold.

    Parameters
    ----------
    stream : of the decompressed file
    delimiter : one ASCII character

    Attributes
    ----------
    marks : delimiters outside quotes, after the end was reached
    has_quotes, has_returns, quoted_newline : whether there is a quote at all, a carriage return, a line end in quotes
    odd_numbers : whether something stands there that the reader would take for an integer and we would not: `0x1f`, or
        a tab that it would trim

    Raises
    ------
    NotPlainError
        From `read`: bytes that are no UTF-8, a zero byte, a line end that is a lone carriage return, an empty first
        line, a quote in the middle of a field, text behind a closing quote, or a quote that is never closed.
    """

    def __init__(self, stream: IO[bytes], delimiter: str) -> None:
        super().__init__()
        self.stream = stream
        self.delimiter = ord(delimiter)
        self.marks = 0
        self.has_quotes = self.has_returns = self.quoted_newline = self.odd_numbers = False
        self._start: bytes | None = b""
        self._last = b"\n"
        self._inside = False
        self._decoder: codecs.IncrementalDecoder | None = None

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        data = self.stream.read(size)
        if self._start is not None:
            self._start += data
            if data and len(self._start) <= len(_MARK):
                return data
            start, self._start = self._start.removeprefix(_MARK), None
            if start[:1] in (b"\n", b"\r"):
                raise NotPlainError("an empty line before the header")
            self._look(start)
        elif data:
            self._look(data)
        if not data:
            self._end()
        return data

    def _end(self) -> None:
        if self._inside:
            raise NotPlainError("a quote is opened and never closed")
        if self._last == b"\r":
            raise NotPlainError("a lone carriage return")
        if self._decoder:
            self._decode(b"", final=True)

    def _look(self, data: bytes) -> None:
        import numpy as np

        if not data:
            return
        if b"\0" in data:
            raise NotPlainError("a zero byte")
        self._decode(data, final=False)
        self._returns(data)
        values = np.frombuffer(data, dtype=np.uint8)
        self._numbers(data, values)
        if b'"' in data or self._inside or self._last == b'"':
            self.has_quotes = True
            self._quoted(values)
        else:
            self.marks += int(np.count_nonzero(values == self.delimiter))
        self._last = data[-1:]

    def _decode(self, data: bytes, *, final: bool) -> None:
        if self._decoder is None:
            if data.isascii():
                return
            self._decoder = codecs.getincrementaldecoder("utf-8")()
        try:
            self._decoder.decode(data, final)
        except UnicodeDecodeError:
            raise NotPlainError("bytes that are not UTF-8") from None

    def _returns(self, data: bytes) -> None:
        """Each carriage return stands before a line feed; the last one of a chunk is settled by the next."""
        if self._last == b"\r" and not data.startswith(b"\n"):
            raise NotPlainError("a lone carriage return")
        if b"\r" in data:
            self.has_returns = True
            if data.count(b"\r") - data.endswith(b"\r") != data.count(b"\r\n"):
                raise NotPlainError("a lone carriage return")

    def _numbers(self, data: bytes, values: Array) -> None:
        if self.odd_numbers:
            return
        x, zero, capital = ord("x"), ord("0"), 32
        seam = self._last == b"0" and data[:1] in (b"x", b"X")
        hexadecimal = (b"x" in data or b"X" in data) and bool(
            (((values[1:] | capital) == x) & (values[:-1] == zero)).any()
        )
        tab = self.delimiter != ord("\t") and b"\t" in data
        self.odd_numbers = seam or hexadecimal or tab

    def _quoted(self, values: Array) -> None:
        """Count the delimiters outside quotes, and refuse quotes that do not enclose a whole field."""
        import numpy as np

        ends = np.array([self.delimiter, *_NEWLINES, _QUOTE], dtype=np.uint8)
        places = np.flatnonzero(values == _QUOTE)
        opening = (np.arange(len(places)) + self._inside) % 2 == 0
        before = np.concatenate([np.frombuffer(self._last, dtype=np.uint8), values[:-1]])[places]
        after = values[np.minimum(places + 1, len(values) - 1)]
        if self._last == b'"' and not self._inside and values[0] not in ends:
            raise NotPlainError("text stands after a closing quote")
        if not np.isin(before[opening], ends).all():
            raise NotPlainError("a quote in the middle of a field")
        if not np.isin(after[~opening], ends).all():
            raise NotPlainError("text stands after a closing quote")
        marks = np.flatnonzero(values == self.delimiter)
        self.marks += int(np.count_nonzero(self._outside(marks, places)))
        lines = np.flatnonzero((values == _NEWLINES[0]) | (values == _NEWLINES[1]))
        self.quoted_newline |= not self._outside(lines, places).all()
        self._inside ^= len(places) % 2 == 1

    def _outside(self, found: Array, quotes: Array) -> Array:
        import numpy as np

        inside: Array = (np.searchsorted(quotes, found) + self._inside) % 2 == 0
        return inside
