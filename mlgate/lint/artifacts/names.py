"""What the name of a file says of its content."""

from __future__ import annotations

import re

STRICT = frozenset(
    f".{ending}"
    for endings in (
        "pkl pickle pck pcl joblib dill cloudpickle cpkl sav",
        "pt pth ckpt jit torchscript ptl safetensors gguf onnx",
        "keras h5 hdf5 npy npz",
    )
    for ending in endings.split()
)
"""Names of model files: one whose content is not known is an error."""
LOOSE = frozenset([".bin", ".model", ".dat", ".mdl", ".pb", ".weights", ".p", ".pk"])
"""Names that model files have besides others: they are judged by their content."""
PACKED = (".gz", ".bz2", ".xz", ".lzma", ".z", ".lz4", ".zst", ".zip", ".tar")
_TEXT_START = re.compile(
    rb"(?:[ci][A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n|\([dlt(ci]|[}\])]q\x00|\]\(|\(\]|}\(|[IF][0-9-]+[0-9.]*\n|[SV]['\"a-zA-Z].*\n)"
)
_MAY_BEGIN = re.compile(rb"[NGFJKMILBCXTUVS()\]}lgciP\x82-\x84\x88-\x8f\x95-\x98]")
"""Opcodes that a pickle may begin with that no pickler wrote."""
_IMPORTS_IN_LINES = re.compile(rb"[ci][A-Za-z_][\w.]*\n[A-Za-z_][\w.]*\n")
_STACK_GLOBAL = b"\x93"
_BINARY_STARTS = (b"PK\x03\x04", b"PK\x05\x06", b"\x93NUMPY", b"\x89HDF", b"GGUF")
ML_MODEL = "MLmodel"
SAVED_MODEL = "saved_model.pb"


def ending(name: str) -> str:
    """The ending that says what a file holds, without that of its compression.

    Examples
    --------
    >>> ending("a/model.pkl.gz"), ending("weights.PT"), ending("README")
    ('.pkl', '.pt', '')
    """
    last = name.rpartition("/")[2].lower()
    for packed in PACKED:
        if last.endswith(packed):
            inner = last.removesuffix(packed)
            dot = inner.rfind(".")
            return inner[dot:] if dot > 0 else packed
    dot = last.rfind(".")
    return last[dot:] if dot > 0 else ""


def is_model_name(name: str) -> bool:
    """Whether a file of this name has to be a model file of a known format."""
    last = name.rpartition("/")[2]
    return ending(name) in STRICT or last in (SAVED_MODEL, ML_MODEL)


def looks_like_pickle(start: bytes) -> bool:
    """Whether the first bytes of a file are those of a pickle, of protocol 2 and later or of the two before.

    One that no pickler wrote may begin with other opcodes: it imports something near its start.

    Examples
    --------
    >>> looks_like_pickle(b"\\x80\\x04N."), looks_like_pickle(b"cos\\nsystem\\n"), looks_like_pickle(b"PK")
    (True, True, False)
    """
    if start[:1] == b"\x80":
        return len(start) > 1 and start[1] <= 5
    if _TEXT_START.match(start) is not None:
        return True
    if _MAY_BEGIN.match(start) is None:
        return False
    return _IMPORTS_IN_LINES.search(start) is not None or (_STACK_GLOBAL in start and not _is_text(start))


def _is_text(start: bytes) -> bool:
    """Whether the first bytes of a file are UTF-8, but for a character that is cut off."""
    try:
        start.decode("utf-8")
    except UnicodeDecodeError as problem:
        return problem.start > len(start) - 4 and problem.reason == "unexpected end of data"
    return b"\0" not in start


def may_be_model(name: str, start: bytes) -> bool:
    """Whether a file has to be looked into, by its name and first bytes; a false alarm costs a look.

    Examples
    --------
    >>> may_be_model("train.py", b"import os"), may_be_model("blob", b"\\x80\\x04N."), may_be_model("m.pt", b"")
    (False, True, True)
    """
    last = name.rpartition("/")[2]
    named = is_model_name(name) or ending(name) in LOOSE or last.endswith((".dvc", "dvc.lock", "keras_metadata.pb"))
    return named or looks_like_pickle(start) or start.startswith(_BINARY_STARTS)
