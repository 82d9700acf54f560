"""Configurations of Keras: what its loader would import and call for them."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from mlgate.lint.artifacts.facts import MADE, Facts

_MODULE = re.compile(
    r"(keras|tf_keras|tensorflow\.keras|tensorflow\.python\.keras)(\.src|\.api|\._tf_keras\.keras|\.engine)?"
    r"(\.(layers|activations|losses|metrics|optimizers|initializers|regularizers|constraints|models|ops|random|"
    r"dtype_policies|mixed_precision|backend|engine|quantizers|applications)(\.\w+)*)?"
)
_LOADERS = {
    "TFSMLayer": "loads a SavedModel from a path",
    "TorchModuleWrapper": "loads a torch file that is inside",
    "JaxLayer": "calls a function that is serialised inside",
    "FlaxLayer": "calls a function that is serialised inside",
}
_UNSAFE_OPERATION = re.compile(r"(^|\.)(io|raw_ops|py_function|numpy_function|py_func|load\w*|save\w*|print)(\.|$)")
_TOUCHES_FILES = re.compile(r"(load|save)(_\w+)?|get_file|export\w*")
"""Functions of Keras that are no layers and work on paths."""
_OBJECT = re.compile(rb'\{[ \t\r\n]*"')
_PLAUSIBLE = re.compile(rb'\{[ \t\r\n]*"[^"\x00-\x1f]{0,400}"[ \t\r\n]*:')
_CHUNK = 1 << 20
_WINDOWS = (1 << 12, 1 << 16, 1 << 20, 1 << 24)
MAX_CONFIG = 1 << 26
_OVERLAP = 512
_MOST_TRIES = 100_000


def look_at_config(config: Any, facts: Facts) -> bool:
    """Everything in a configuration that its loader resolves; whether it is one of Keras at all."""
    known = False
    pending = [config]
    while pending:
        value = pending.pop()
        if isinstance(value, list):
            pending += value
        elif isinstance(value, dict):
            known |= "class_name" in value
            _look_at_object(value, facts)
            pending += value.values()
    return known


def _look_at_object(entry: dict[str, Any], facts: Facts) -> None:
    name, module, registered = entry.get("class_name"), entry.get("module"), entry.get("registered_name")
    if name == "__lambda__" or any(str(key).endswith("_type") and entry[key] == "lambda" for key in entry):
        facts.act("carries the compiled code of a function (a Lambda layer)")
    elif name == "Lambda":
        facts.act("a Lambda layer calls a function that is no layer")
    elif isinstance(name, str) and name in _LOADERS:
        facts.act(f"the layer {name} {_LOADERS[name]}")
    elif name == "TFOpLambda" and _UNSAFE_OPERATION.search(_function_of(entry)):
        facts.act(f"a layer calls the operation {_function_of(entry)}")
    elif _TOUCHES_FILES.fullmatch(_called(entry) if name == "function" else str(name)):
        facts.act(f"names {_called(entry) if name == 'function' else name}, which loads or writes files")
    if isinstance(module, str) and name is not None and not _MODULE.fullmatch(module):
        if module == "builtins":
            facts.notes.append(f"needs {_called(entry)} to be registered by the program that loads it")
        else:
            facts.imported(module, str(name), 0, MADE)
    elif isinstance(registered, str) and ">" in registered and not registered.lower().startswith("keras"):
        facts.notes.append(f"needs {registered} to be registered by the program that loads it")


def _function_of(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return str(config.get("function", "")) if isinstance(config, dict) else ""


def _called(entry: dict[str, Any]) -> str:
    config = entry.get("config")
    return config if isinstance(config, str) else str(entry.get("registered_name") or entry.get("class_name"))


def scan_config_json(open_stream: Callable[[], BinaryIO], facts: Facts, *, is_model: bool) -> bool:
    """The `config.json` of an archive; whether it describes a model of Keras, as it must where `is_model`.

    Keras builds the model from it before it asks for anything else that belongs in a `.keras` file.
    """
    with open_stream() as stream:
        raw = stream.read(MAX_CONFIG + 1)
    try:
        if len(raw) > MAX_CONFIG:
            raise ValueError("it is too large")
        known = look_at_config(json.loads(raw), facts)
    except (ValueError, RecursionError) as problem:
        if isinstance(problem, json.JSONDecodeError) and not is_model:
            return False  # nobody builds a model from it
        facts.problem(f"config.json cannot be read: {problem or 'nested too deeply'}")
        return True
    if known:
        facts.format("keras")
    elif is_model:
        facts.problem("config.json describes no model")
    return known or is_model


def scan_for_configs(open_stream: Callable[[], BinaryIO], facts: Facts, *, needs_mark: bytes = b"") -> None:
    """Configurations of Keras wherever they stand in a file, such as in an attribute of HDF5.

    With `needs_mark`, a file that holds this word must hold a configuration that can be read.
    """
    marked, known, pytables = not needs_mark, False, False
    with open_stream() as stream:
        for kind, found in _objects(stream, needs_mark):
            if kind == "mark":
                marked = True
            elif kind == "pytables":
                pytables = True
            elif kind == "deep":
                facts.problem("a configuration is nested too deeply to be read")
            else:
                known |= look_at_config(found, facts)
    if needs_mark and marked and not known:
        facts.problem("the configuration of the model cannot be found in the file", "save it in the .keras format")
    if pytables:
        facts.notes.append("written by PyTables, which pickles what HDF5 has no type for: read it with care")


def _objects(stream: BinaryIO, mark: bytes) -> Iterator[tuple[str, Any]]:
    """JSON objects in the order in which they stand, and the marks that were passed."""
    buffer, tries = b"", 0
    while chunk := stream.read(_CHUNK):
        buffer += chunk
        if mark and mark in buffer:
            yield "mark", None
        if b"PYTABLES_FORMAT_VERSION" in buffer:
            yield "pytables", None
        at = 0
        while (candidate := _OBJECT.search(buffer, at)) is not None:
            start = candidate.start()
            if len(buffer) - start < _WINDOWS[0]:
                buffer += stream.read(_WINDOWS[0])
            at = start + 1
            if not _PLAUSIBLE.match(buffer, start):
                continue
            tries += 1
            if tries > _MOST_TRIES:
                yield "deep", None
                return
            buffer, found, length = _decode(stream, buffer, start)
            if found is not None:
                yield ("object", found) if length else ("deep", None)
                at = start + max(length, 1)
        buffer = buffer[max(at, len(buffer) - _OVERLAP) :]


def _decode(stream: BinaryIO, buffer: bytes, start: int) -> tuple[bytes, Any, int]:
    """The buffer, which may have grown, the object at `start`, or None, and its length in bytes."""
    decoder = json.JSONDecoder()
    for window in _WINDOWS:
        if len(buffer) - start < window:
            buffer += stream.read(window - (len(buffer) - start))
        text = buffer[start : start + window].decode("latin-1")
        try:
            found, length = decoder.raw_decode(text)
        except RecursionError:
            return buffer, {}, 0
        except json.JSONDecodeError as problem:
            cut_off = problem.pos >= len(text) - 8 or problem.msg.startswith("Unterminated")
            if cut_off and len(text) == window:
                continue
            return buffer, None, 0
        return buffer, found, length
    return buffer, None, 0
