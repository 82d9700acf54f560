"""The bytes of a config as text: what is no UTF-8 is named, with the way to make it so."""

from __future__ import annotations

from mlgate.errors import SourceError

_MARKS = (
    (b"\xff\xfe\x00\x00", "UTF-32"),
    (b"\x00\x00\xfe\xff", "UTF-32"),
    (b"\xff\xfe", "UTF-16"),
    (b"\xfe\xff", "UTF-16"),
    (b"+/v8", "UTF-7"),
    (b"\x1f\x8b", "gzip"),
    (b"PK\x03\x04", "zip"),
    (b"\x80\x04", "pickle"),
    (b"\x89HDF", "HDF5"),
)
"""How files start that are no UTF-8 text."""


def decode_config(data: bytes, path: str) -> str:
    """The text of a file in UTF-8. A byte order mark stays: the readers of JSON and TOML refuse it.

    Raises
    ------
    SourceError
        It is in another encoding, or no text.
    """
    for mark, name in _MARKS:
        if data.startswith(mark):
            if name.startswith("UTF"):
                hint = f"save it as UTF-8: iconv -f {name} -t UTF-8 {path}"
                raise SourceError(f"{path} is {name} text, not UTF-8", hint=hint)
            raise SourceError(f"{path} is {name} data, not text", hint="is the file's ending right?")
    start = data[:4000]
    if b"\0" in start and start.count(b"\0") >= len(start) // 3:
        width = "UTF-16LE" if start[1::2].count(b"\0") > start[::2].count(b"\0") else "UTF-16BE"
        hint = f"save it as UTF-8: iconv -f {width} -t UTF-8 {path}"
        raise SourceError(f"{path} looks like {width} text, not UTF-8", hint=hint)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as problem:
        line = data.count(b"\n", 0, problem.start) + 1
        byte = data[problem.start]
        read = bytes([byte]).decode("cp1252", "replace")
        hint = f"save it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 {path} (there, the byte is {read!r})"
        message = f"{path} is not UTF-8 text: byte 0x{byte:02X} (byte {problem.start + 1} of the file, line {line})"
        raise SourceError(message, hint=hint) from None
