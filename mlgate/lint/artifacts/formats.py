"""Which format a file has, by its content first: a name proves nothing."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from typing import BinaryIO

from mlgate.lint.artifacts import graphs, keras, numpy_files, packed, plain_formats, zips
from mlgate.lint.artifacts.dangers import danger_of
from mlgate.lint.artifacts.facts import CALLED, Facts
from mlgate.lint.artifacts.names import LOOSE, SAVED_MODEL, ending, is_model_name, looks_like_pickle
from mlgate.lint.artifacts.pickles import peek_as_pickle, scan_pickles

OpenStream = Callable[[], BinaryIO]
HDF5 = b"\x89HDF\r\n\x1a\n"
_LFS = b"version https://git-lfs.github.com/spec/"
_SNIFFED = 4096
_HDF5_PLACES = (0, 512, 1024, 2048)
_UNKNOWN = "is none of the formats of models that can be looked into"
_MAX_DEPTH = 3


def scan_artifact(open_stream: OpenStream, name: str) -> Facts | None:
    """What is in a file, by reading it as its loaders would; None where it is no model file.

    Parameters
    ----------
    open_stream : opens the file from its first byte; is called more than once
    name : POSIX path, for its ending
    """
    facts = Facts()
    if not _scan(open_stream, name, facts, 0):
        return None
    return facts


def is_lfs_pointer(start: bytes) -> bool:
    """Whether only the pointer of Git LFS is here, not the file itself."""
    return start.startswith(_LFS)


def _scan(open_stream: OpenStream, name: str, facts: Facts, depth: int) -> bool:
    """Whether the file is one for us."""
    with open_stream() as stream:
        start = stream.read(_SNIFFED)
    strict, end = is_model_name(name), ending(name)
    if not start:
        if strict:
            facts.problem("is empty")
        return strict
    if start.startswith((zips.START, zips.EMPTY)):
        return _scan_zip(open_stream, facts, depth) or strict or end in LOOSE
    before = len(facts.problems)
    found = (
        _scan_named(open_stream, name, facts)
        or _scan_known(open_stream, name, start, facts, depth)
        or _scan_pickle(open_stream, name, start, facts)
    )
    if not found and not strict:
        return False
    if not found:
        facts.problem(_UNKNOWN)
    elif "pickle" not in facts.formats and len(facts.problems) == before:
        peek_as_pickle(open_stream, facts)
    if depth == 0 and zips.is_hidden_zip(open_stream):
        facts.problem("would be opened as a zip archive, too: another reader finds another model in it", forged=True)
    return True


def _scan_known(open_stream: OpenStream, name: str, start: bytes, facts: Facts, depth: int) -> bool:
    """Formats that their first bytes, or their names, tell from a pickle."""
    judged = is_model_name(name) or ending(name) in LOOSE
    packing = packed.packing_of(start)
    if packing and judged:
        _scan_packed(open_stream, packing, facts, depth)
    elif start.startswith(numpy_files.MAGIC):
        numpy_files.scan_npy(open_stream, facts)
    elif any(start[place:].startswith(HDF5) for place in _HDF5_PLACES):
        facts.format("HDF5")
        keras.scan_for_configs(open_stream, facts, needs_mark=b"model_config")
    elif start.startswith(plain_formats.GGUF):
        plain_formats.scan_gguf(open_stream, facts)
    elif judged and packed.is_tar(start):
        facts.problem("is a tar archive, as torch wrote before 0.2: it is not looked into", "save it in today's format")
    else:
        return False
    return True


def _scan_named(open_stream: OpenStream, name: str, facts: Facts) -> bool:
    """Formats whose first bytes say nothing: a length may look like the start of anything."""
    end, last = ending(name), name.rpartition("/")[2]
    if last == SAVED_MODEL:
        graphs.scan_tensorflow(open_stream, facts, saved=True)
    elif last == "keras_metadata.pb":
        facts.format("keras metadata")
        keras.scan_for_configs(open_stream, facts)
    elif end == ".pb" and (graph := _graph_of(open_stream, facts.member)):
        facts.formats += graph.formats
        facts.actions += graph.actions
    elif end == ".onnx":
        graphs.scan_onnx(open_stream, facts)
    elif end == ".safetensors":
        plain_formats.scan_safetensors(open_stream, facts)
    elif end == ".gguf":
        plain_formats.scan_gguf(open_stream, facts)
    else:
        return False
    return True


def _graph_of(open_stream: OpenStream, member: str) -> Facts | None:
    """A file of protocol buffers, if it is a graph of TensorFlow from its first byte to its last."""
    for saved in (True, False):
        tried = Facts(member=member)
        graphs.scan_tensorflow(open_stream, tried, saved=saved)
        if not tried.problems:
            return tried
    return None


def _scan_pickle(open_stream: OpenStream, name: str, start: bytes, facts: Facts) -> bool:
    """A pickle, whatever the name: a name of models must be one, another file is one if it reads as one to its end."""
    if is_model_name(name) or (start[:1] == b"\x80" and looks_like_pickle(start)):
        scan_pickles(open_stream, facts)
        return True
    if ending(name) not in LOOSE and not looks_like_pickle(start):
        return False
    tried = Facts(member=facts.member)
    scan_pickles(open_stream, tried)
    if not tried.formats and not (ending(name) in LOOSE and (tried.imports or tried.actions)) and not _harms(tried):
        return False
    if not (tried.imports or tried.actions):
        return False
    facts.formats += tried.formats
    facts.imports |= tried.imports
    facts.actions += tried.actions
    facts.problems += tried.problems
    return True


def _harms(tried: Facts) -> bool:
    """Whether something dangerous was called before what is no pickle: a loader has run it by then."""
    return any(item.use == CALLED and danger_of(item.module, item.name) for item in tried.imports.values())


def _scan_packed(open_stream: OpenStream, packing: str, facts: Facts, depth: int) -> None:
    facts.format(packing)
    if packing not in packed.READABLE or depth >= _MAX_DEPTH:
        facts.problem(f"is compressed with {packing}, which is not looked into", "save it without compression, or zlib")
        return
    inside = packed.unpacked(open_stream, packing)
    try:
        with inside() as stream:
            start = stream.read(_SNIFFED)
        if start.startswith(numpy_files.MAGIC):
            numpy_files.scan_npy(inside, facts, limit=packed.MOST_UNPACKED)
        elif packed.packing_of(start) and not looks_like_pickle(start):
            facts.problem("is compressed more than once", "save it without compression, or zlib")
        else:
            scan_pickles(inside, facts, limit=packed.MOST_UNPACKED)
    except (OSError, EOFError, zlib.error, ValueError) as problem:
        facts.problem(f"cannot be decompressed to its end: {problem}")
    except Exception as problem:
        if type(problem).__name__ != "LZMAError":
            raise
        facts.problem(f"cannot be decompressed to its end: {problem}")


def _scan_zip(open_stream: OpenStream, facts: Facts, depth: int) -> bool:
    """Whether a member of the archive is a model file."""
    if depth >= _MAX_DEPTH:
        facts.problem("archives lie inside each other without end")
        return True
    found = False

    def scan_member(open_member: OpenStream, name: str, facts: Facts) -> None:
        nonlocal found
        if name.rpartition("/")[2] == "config.json":
            found |= keras.scan_config_json(open_member, facts, is_model="keras" in facts.formats)
        elif _scan(open_member, name, facts, depth + 1):
            found = True

    zips.scan_zip(open_stream, facts, scan_member)
    return found
