"""Graphs of operations: SavedModel and GraphDef of TensorFlow, and ONNX."""

from __future__ import annotations

from collections.abc import Callable
from typing import BinaryIO

from mlgate.lint.artifacts.facts import Facts
from mlgate.lint.artifacts.protobuf import Spec, walk
from mlgate.lint.artifacts.reader import BrokenStreamError, Reader

_NODE: Spec = {2: "op"}
_GRAPH_DEF: Spec = {1: _NODE, 2: {1: {3: _NODE}}}
SAVED_MODEL: Spec = {2: {2: _GRAPH_DEF}}
_RUNS_PYTHON = frozenset({"PyFunc", "PyFuncStateless", "EagerPyFunc"})
_TOUCHES_FILES = frozenset({"ReadFile", "WriteFile", "MatchingFiles", "MatchingFilesDataset", "WholeFileReader",
                            "WholeFileReaderV2", "TensorListFromFile"})  # fmt: skip

_TENSOR: Spec = {13: {1: "external key", 2: "external value"}}
_SPARSE: Spec = {1: _TENSOR, 2: _TENSOR}
_ATTRIBUTE: Spec = {5: _TENSOR, 10: _TENSOR, 22: _SPARSE, 23: _SPARSE}
_ONNX_NODE: Spec = {4: "op", 7: "domain", 5: _ATTRIBUTE}
_ONNX_GRAPH: Spec = {1: _ONNX_NODE, 5: _TENSOR, 15: _SPARSE}
_ATTRIBUTE |= {6: _ONNX_GRAPH, 11: _ONNX_GRAPH}
ONNX_MODEL: Spec = {7: _ONNX_GRAPH, 20: {1: _ONNX_GRAPH, 2: _ONNX_GRAPH}, 25: {7: _ONNX_NODE, 10: "defines"}}
_KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "ai.onnx.training", "ai.onnx.preview.training", "com.microsoft")


def scan_tensorflow(open_stream: Callable[[], BinaryIO], facts: Facts, *, saved: bool) -> None:
    """Operations that run Python or touch files; a file in which there is no operation is none of TensorFlow."""
    operations: set[str] = set()

    def tell(what: str, text: str) -> None:
        if what == "op":
            operations.add(text)

    facts.format("SavedModel" if saved else "GraphDef")
    with open_stream() as stream:
        try:
            walk(Reader(stream), None, SAVED_MODEL if saved else _GRAPH_DEF, tell)
        except BrokenStreamError as problem:
            facts.problem(f"not readable as a graph of TensorFlow: {problem}")
    if not operations:
        facts.problem("holds no graph of TensorFlow")
    for operation in sorted(operations & _RUNS_PYTHON):
        facts.act(f"the operation {operation} runs Python code")
    for operation in sorted(operations & _TOUCHES_FILES):
        facts.act(f"the operation {operation} touches files")


def scan_onnx(open_stream: Callable[[], BinaryIO], facts: Facts) -> None:
    """Operators that are not ONNX's own, and data outside the file."""
    domains: set[str] = set()
    defined: set[str] = set()
    outside: set[str] = set()
    graphs = 0

    def tell(what: str, text: str) -> None:
        nonlocal graphs
        match what:
            case "domain":
                domains.add(text)
            case "defines":
                defined.add(text)
            case "external value" if leads_out(text):
                outside.add(text)
            case "op" if text in ("PyOp", "PythonOp", "PythonOpGrad"):
                facts.act(f"the operator {text} runs Python code")
            case "message" if text == "7":
                graphs += 1

    facts.format("ONNX")
    with open_stream() as stream:
        try:
            walk(Reader(stream), None, ONNX_MODEL, tell)
        except BrokenStreamError as problem:
            facts.problem(f"not readable as ONNX: {problem}")
    if not graphs:
        facts.problem("holds no graph of ONNX")
    facts.strange_paths += sorted(outside)
    facts.notes += [
        f"its operators of the domain {domain!r} come from a library outside the file"
        for domain in sorted(domains - defined)
        if domain not in _KNOWN_DOMAINS
    ]


def leads_out(path: str) -> bool:
    """Whether a path leaves the folder that it is relative to, on any system.

    Examples
    --------
    >>> [leads_out(path) for path in ("weights.bin", "a/../../b", "/etc/passwd", "C:\\\\x", "..\\\\x")]
    [False, True, True, True, True]
    """
    parts = path.replace("\\", "/").split("/")
    return ".." in parts or parts[0] == "" or (len(parts[0]) == 2 and parts[0][1] == ":")
