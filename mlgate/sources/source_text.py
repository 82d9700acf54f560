"""The text of a Python file or a notebook as an interpreter would read it, and the way back into the same file."""

from __future__ import annotations

import codecs
import os
import re
from typing import NamedTuple

from mlgate.errors import SourceError

MAX_PYTHON_BYTES = 5_000_000
MAX_NOTEBOOK_BYTES = 100_000_000
_CODING = re.compile(rb"^[ \t\f]*#.*?coding[:=][ \t]*([-\w.]+)")  # PEP 263
_BLANK = re.compile(rb"^[ \t\f]*(?:#.*)?\r?\n?$")
_LONE_RETURN = re.compile(r"\r(?!\n)")
_OTHER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
"""Encodings that neither Python nor Jupyter reads, by the byte order mark; the longer marks come first."""


class SourceText(NamedTuple):
    """A decoded file; line ends are as they stand in it.

    Parameters
    ----------
    text : without the byte order mark
    raw : the bytes
    encoding : how `text` is encoded
    mark : the byte order mark, or nothing
    """

    text: str
    raw: bytes
    encoding: str
    mark: bytes = b""

    @property
    def lines(self) -> str:
        """The text with a line feed for every lone carriage return, as Python reads it; every place stays."""
        return _LONE_RETURN.sub("\n", self.text) if "\r" in self.text else self.text


def read_source(path: str) -> SourceText:
    """A file as text, by its byte order mark, else its coding comment, else UTF-8.

    Raises
    ------
    SourceError
        It is absent, unreadable, too large or not in that encoding.
    """
    return decode_source(read_raw(path), notebook=path.endswith(".ipynb"))


def read_raw(path: str) -> bytes:
    """The bytes of a file.

    Raises
    ------
    SourceError
        It is absent, unreadable or too large.
    """
    limit = MAX_NOTEBOOK_BYTES if path.endswith(".ipynb") else MAX_PYTHON_BYTES
    try:
        with open(path, "rb") as stream:
            raw = stream.read(limit + 1)
    except OSError as problem:
        gone = isinstance(problem, FileNotFoundError)
        hint = "was it removed during the run? run again" if gone else "is it a file that may be read?"
        raise SourceError(f"cannot be read: {problem.strerror}", hint=hint) from None
    if len(raw) > limit:
        size = os.path.getsize(path)
        hint = "clear its outputs" if path.endswith(".ipynb") else "is it generated? name it in `lint.ignore`"
        raise SourceError(f"{size / 1e6:,.0f} MB are more than the {limit / 1e6:,.0f} MB that are read", hint=hint)
    return raw


def decode_source(raw: bytes, *, notebook: bool) -> SourceText:
    """Bytes as text; a notebook is JSON and has no coding comment.

    Raises
    ------
    SourceError
        The bytes are not in the encoding that they claim, or that is not known.
    """
    other = next((name for start, name in _OTHER_MARKS.items() if raw.startswith(start)), None)
    if other is not None:
        reader = "Jupyter" if notebook else "Python"
        raise SourceError(f"{other} text, which {reader} does not read", hint="save the file as UTF-8")
    mark = codecs.BOM_UTF8 if raw.startswith(codecs.BOM_UTF8) else b""
    encoding = "utf-8" if notebook else _declared(raw[len(mark) :])
    if mark and encoding.lower() not in ("utf-8", "utf_8", "utf8"):
        message = f"its byte order mark says UTF-8 and its comment {encoding}: Python refuses it"
        raise SourceError(message, hint="remove the comment")
    if mark:
        encoding = "utf-8"
    try:
        return SourceText(raw[len(mark) :].decode(encoding), raw, encoding, mark)
    except LookupError:
        raise SourceError(f"the encoding {encoding!r} is not known", hint="save the file as UTF-8") from None
    except UnicodeDecodeError as problem:
        line = raw.count(b"\n", 0, problem.start) + 1
        message = f"line {line}: not {encoding} text (byte {problem.start + len(mark) + 1})"
        raise SourceError(message, hint="save the file as UTF-8, or declare its encoding") from None
    except ValueError as problem:  # an encoding of bytes, or a codec that refuses them
        raise SourceError(f"not {encoding} text: {problem}", hint="save the file as UTF-8") from None


def _declared(raw: bytes) -> str:
    """The encoding of PEP 263: a comment in the first line, or in the second below a line without code."""
    head = raw[:2000].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    first, _, rest = head.partition(b"\n")
    for line in (first, rest.partition(b"\n")[0]):
        match = _CODING.match(line)
        if match:
            return _plain_name(match[1].decode("ascii", "replace"))
        if not _BLANK.match(line):
            break
    return "utf-8"


def _plain_name(encoding: str) -> str:
    """The name of an encoding without what editors add to it: Python reads `utf-8-unix` as `utf-8`."""
    name = encoding.lower().replace("_", "-")
    return next((known for known in ("utf-8", "latin-1", "iso-8859-1") if name.startswith(f"{known}-")), encoding)


def write_source(path: str, before: SourceText, text: str) -> bool:
    """Write `text` where `before` stands, as a whole or not at all; False where the file is no longer the same.

    Encoding, byte order mark, permissions and symbolic links are kept.

    Raises
    ------
    SourceError
        The file cannot be written, or not in its encoding.
    """
    import tempfile

    target = os.path.realpath(path)
    try:
        raw = before.mark + text.encode(before.encoding)
        with open(target, "rb") as stream:
            if stream.read() != before.raw:
                return False
        mode = os.stat(target).st_mode & 0o7777
        if not mode & 0o222:
            raise SourceError("cannot be written: it is read-only", hint="make it writable, or mend it by hand")
        handle, temporary = tempfile.mkstemp(dir=os.path.dirname(target), prefix=f".{os.path.basename(target)}.")
        with os.fdopen(handle, "wb") as stream:
            stream.write(raw)
        os.chmod(temporary, mode)
        os.replace(temporary, target)
    except FileNotFoundError:
        return False
    except (OSError, UnicodeEncodeError) as problem:
        why = problem.strerror if isinstance(problem, OSError) else f"the change is not {before.encoding} text"
        raise SourceError(f"cannot be written: {why}", hint="is the folder writable, is the disk full?") from None
    return True
