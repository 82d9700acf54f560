"""Keras, HDF5, TensorFlow, ONNX, safetensors and GGUF: files made by hand, since their libraries are not needed."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from typing import Any

import pytest

from mlgate.lint.artifacts.mlmodel import scan_mlmodel
from mlgate.outcome import Outcome, Status

Judge = Callable[..., dict[str, Outcome]]
DENSE = {"module": "keras.layers", "class_name": "Dense", "config": {"units": 1}, "registered_name": None}


def keras(*layers: dict[str, Any]) -> bytes:
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": [DENSE, *layers]}}
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as made:
        made.writestr("metadata.json", '{"keras_version": "3.9"}')
        made.writestr("config.json", json.dumps(config))
        made.writestr("model.weights.h5", b"\x89HDF\r\n\x1a\n" + b"\x00" * 100)
    return stream.getvalue()


LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}}
BAD_LAYERS = {
    "lambda": LAMBDA,
    "lambda in a wrapper": {"module": "keras.layers", "class_name": "TimeDistributed", "config": {"layer": LAMBDA}},
    "foreign module": {"module": "os", "class_name": "function", "config": "system"},
    "a helper of Keras": {"module": "keras.utils", "class_name": "get_file", "config": {"origin": "http://x"}},
    "a loader of models": {"module": "keras.models", "class_name": "function", "config": "load_model"},
    "a SavedModel elsewhere": {"module": "keras.layers", "class_name": "TFSMLayer", "config": {"filepath": "/x"}},
    "torch inside": {"module": "keras.layers", "class_name": "TorchModuleWrapper", "config": {"module": "x"}},
    "operation on files": {"class_name": "TFOpLambda", "config": {"function": "io.write_file"}},
}


def test_keras_passes_without_strange_layers(judged: Judge) -> None:
    assert judged(keras(), "m.keras")["artifact_code"].status is Status.PASS
    operation = {"class_name": "TFOpLambda", "config": {"function": "math.multiply"}}
    assert judged(keras(operation), "m.keras")["artifact_code"].status is Status.PASS


@pytest.mark.parametrize("layer", BAD_LAYERS.values(), ids=BAD_LAYERS)
def test_keras_layers_that_run_code_fail(layer: dict[str, Any], judged: Judge) -> None:
    assert judged(keras(layer), "m.keras")["artifact_code"].status is Status.FAIL


@pytest.mark.parametrize("name", ["m.keras", "m.zip", "model"])
def test_keras_builds_a_model_from_its_configuration_alone(name: str, judged: Judge) -> None:
    def archive(config: str) -> bytes:
        stream = io.BytesIO()
        with zipfile.ZipFile(stream, "w") as made:
            made.writestr("config.json", config)
        return stream.getvalue()

    assert judged(archive(json.dumps({"layers": [LAMBDA]})), name)["artifact_code"].status is Status.FAIL
    assert judged(archive("{broken"), "data.zip") == judged(archive('{"hidden_size": 7}'), "data.zip") == {}


def test_registered_objects_are_told(judged: Judge) -> None:
    layer: dict[str, Any] = {"module": None, "class_name": "Mine", "config": {}, "registered_name": "clinic>Mine"}
    outcome = judged(keras(layer), "m.keras")["artifact_dependencies"]
    assert outcome.status is Status.WARN
    assert "clinic>Mine" in outcome.message


@pytest.mark.parametrize("filler", [0, 5_000_000], ids=["small", "large"])
@pytest.mark.parametrize("escape", [False, True])
def test_a_lambda_in_hdf5_is_found(filler: int, escape: bool, judged: Judge) -> None:
    config = json.dumps({"class_name": "Sequential", "config": [LAMBDA]})
    if escape:
        config = config.replace("class_name", "\\u0063lass_name").replace("Lambda", "\\u004cambda")
    data = b"\x89HDF\r\n\x1a\n model_config" + b"\x07" * filler + config.encode() + b"\x00" * 50
    assert judged(data, "m.h5")["artifact_code"].status is Status.FAIL


def test_hdf5_without_a_model_passes_and_one_that_hides_it_is_an_error(judged: Judge) -> None:
    start = b"\x89HDF\r\n\x1a\n"
    fine = json.dumps({"class_name": "Sequential", "config": [DENSE]}).encode()
    assert judged(start + b"weights" * 9, "w.h5")["artifact_code"].status is Status.PASS
    assert judged(start + b"model_config" + fine, "m.h5")["artifact_code"].status is Status.PASS
    assert judged(start + b"model_config" + b"zip", "m.h5")["artifact_format"].status is Status.ERROR
    assert judged(b"no HDF5", "m.h5")["artifact_format"].status is Status.ERROR


def varint(value: int) -> bytes:
    out = b""
    while value > 127:
        out += bytes([value & 127 | 128])
        value >>= 7
    return out + bytes([value])


def field(number: int, content: bytes) -> bytes:
    return varint(number << 3 | 2) + varint(len(content)) + content


def graph_def(*operations: str) -> bytes:
    return b"".join(field(1, field(1, b"n") + field(2, name.encode())) for name in operations)


def saved_model(*operations: str, function: str = "Identity") -> bytes:
    library = field(2, field(1, field(1, field(1, b"f")) + field(3, field(2, function.encode()))))
    return b"\x08\x01" + field(2, field(2, graph_def(*operations) + library))


def test_saved_model(judged: Judge) -> None:
    assert judged(saved_model("MatMul", "SaveV2"), "m/saved_model.pb")["artifact_code"].status is Status.PASS
    for operation in ("PyFunc", "EagerPyFunc", "ReadFile", "WriteFile"):
        assert judged(saved_model(operation), "m/saved_model.pb")["artifact_code"].status is Status.FAIL
        inside = saved_model("MatMul", function=operation)
        assert judged(inside, "m/saved_model.pb")["artifact_code"].status is Status.FAIL


def test_a_graph_of_another_name(judged: Judge) -> None:
    assert judged(graph_def("MatMul"), "frozen.pb")["artifact_code"].status is Status.PASS
    assert judged(graph_def("PyFunc"), "frozen.pb")["artifact_code"].status is Status.FAIL
    assert judged(saved_model("PyFunc"), "model.pb")["artifact_code"].status is Status.FAIL
    assert judged(b"text", "other.pb") == {}


def test_lengths_that_are_written_long_hide_nothing(judged: Judge) -> None:
    node = b"\x12\x86\x80\x00PyFunc"
    data = b"\x08\x01" + field(2, field(2, field(1, node)))
    assert judged(data, "saved_model.pb")["artifact_code"].status is Status.FAIL


@pytest.mark.parametrize("data", [b"", b"\x00\x01", b"\x08", b"hello world", saved_model("MatMul")[:-3]])
def test_what_is_no_saved_model_is_an_error(data: bytes, judged: Judge) -> None:
    assert judged(data, "saved_model.pb")["artifact_format"].status is Status.ERROR


def onnx(location: str = "weights.bin", domain: str = "", operation: str = "Gemm") -> bytes:
    tensor = field(13, field(1, b"location") + field(2, location.encode()))
    node = field(4, operation.encode()) + field(7, domain.encode())
    return b"\x08\x08" + field(7, field(1, node) + field(5, tensor))


def test_onnx(judged: Judge) -> None:
    assert {item.status for item in judged(onnx(), "m.onnx").values()} == {Status.PASS}
    for path in ("../secret", "/etc/passwd", "a/../../b", "C:\\x"):
        assert judged(onnx(path), "m.onnx")["artifact_paths"].status is Status.FAIL
    assert judged(onnx(domain="acme.ops"), "m.onnx")["artifact_dependencies"].status is Status.WARN
    assert judged(onnx(operation="PyOp"), "m.onnx")["artifact_code"].status is Status.FAIL
    assert judged(onnx()[:-4], "m.onnx")["artifact_format"].status is Status.ERROR
    assert judged(b"text of a page that is long enough", "m.onnx")["artifact_format"].status is Status.ERROR


def safetensors(spans: list[tuple[int, int]], body: bytes) -> bytes:
    tensors = {f"t{at}": {"dtype": "U8", "shape": [b - a], "data_offsets": [a, b]} for at, (a, b) in enumerate(spans)}
    header = json.dumps({"__metadata__": {"format": "pt"}} | tensors).encode()
    return len(header).to_bytes(8, "little") + header + body


def test_safetensors(judged: Judge) -> None:
    fine = judged(safetensors([(0, 4), (4, 8)], b"12345678"), "m.safetensors")
    assert {item.status for item in fine.values()} == {Status.PASS}
    assert judged(safetensors([(0, 4)], b"12345678"), "m.safetensors")["artifact_format"].status is Status.FAIL
    for spans in ([(0, 4), (3, 8)], [(0, 4), (5, 8)], [(0, 9)]):
        data = safetensors(spans, b"12345678")
        assert judged(data, "m.safetensors")["artifact_format"].status is Status.ERROR
    assert judged(b"\xff" * 30, "m.safetensors")["artifact_format"].status is Status.ERROR


def test_a_length_that_looks_like_another_format(judged: Judge) -> None:
    """A header of 0x8b1f bytes begins as a gzip file does."""
    header = b'{"__metadata__": {"a": "' + b"x" * (0x8B1F - 27) + b'"}}'
    data = len(header).to_bytes(8, "little") + header
    assert data.startswith(b"\x1f\x8b")
    assert judged(data, "m.safetensors")["artifact_format"].status is Status.PASS


def test_gguf(judged: Judge) -> None:
    assert judged(b"GGUF\x03\x00\x00\x00" + b"\x00" * 20, "m.gguf")["artifact_format"].status is Status.PASS
    assert judged(b"GGUF\x09\x00\x00\x00" + b"\x00" * 20, "m.gguf")["artifact_format"].status is Status.ERROR


def test_mlmodel() -> None:
    facts = scan_mlmodel(
        "flavors: {python_function: {loader_module: mlflow.pyfunc.model, python_model: m.pkl}}", "MLmodel"
    )
    assert (facts.follows, list(facts.imports), facts.problems) == (["m.pkl"], [], [])
    facts = scan_mlmodel(
        "flavors: {python_function: {loader_module: evil.loader, code: code, data: ../../x}}", "MLmodel"
    )
    assert [item.full for item in facts.imports.values()] == ["evil.loader._load_pyfunc"]
    assert facts.strange_paths == ["../../x"]
    assert facts.notes
    for text in ("a: [", "x: 1", ""):
        assert scan_mlmodel(text, "MLmodel").problems
