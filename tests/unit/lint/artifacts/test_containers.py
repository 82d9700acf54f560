"""What pickles come in: compression, joblib's raw arrays, archives, arrays."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import pickle
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlgate.lint.artifacts.formats import scan_artifact
from mlgate.outcome import Outcome, Status

joblib = pytest.importorskip("joblib", reason="joblib comes with scikit-learn, which some environments lack")

Judge = Callable[..., dict[str, Outcome]]
EVIL = b"cos\nsystem\n(S'true'\ntR."
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 4)


def statuses(outcomes: dict[str, Outcome]) -> tuple[str, str]:
    return outcomes["artifact_code"].status.value, outcomes["artifact_format"].status.value


def dumped(value: object, **settings: Any) -> bytes:
    stream = io.BytesIO()
    joblib.dump(value, stream, **settings)
    return stream.getvalue()


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


ARRAYS: dict[str, Any] = {
    "numbers": np.arange(12.0).reshape(3, 4),
    "fortran": np.asfortranarray(np.arange(12).reshape(3, 4)),
    "one value": np.array(5.0),
    "nothing": np.zeros((0, 4)),
    "texts": np.array(["a", "bcd"]),
    "bytes": np.array([b"a", b"bcd"]),
    "times": np.array(["2026-01-02"], dtype="datetime64[ns]"),
    "records": np.zeros(3, dtype=[("a", "<f8"), ("b", "<i4")]),
    "objects": np.array([{"a": 1}, None, "x"], dtype=object),
    "records of objects": np.array([(1, "x")], dtype=[("a", "<f8"), ("b", "O")]),
    "several": {"a": np.ones(3), "b": [np.ones((2, 2)), np.array([None])], "c": np.ones(3, dtype=bool)},
}


@pytest.mark.parametrize("protocol", range(6))
@pytest.mark.parametrize("value", ARRAYS.values(), ids=ARRAYS)
def test_joblib_arrays_are_passed_over_exactly(value: object, protocol: int, judged: Judge) -> None:
    assert statuses(judged(dumped(value, protocol=protocol), "model.joblib")) == ("pass", "pass")


@pytest.mark.parametrize("method", ["zlib", "gzip", "bz2", "lzma", "xz"])
def test_joblib_compression(method: str, judged: Judge) -> None:
    data = dumped(ARRAYS["several"], compress=(method, 3))
    assert statuses(judged(data, "model.joblib")) == ("pass", "pass")
    assert judged(data[: len(data) // 2], "model.joblib")["artifact_format"].status is Status.ERROR


PACKERS = {"gzip": gzip.compress, "zlib": zlib.compress, "bz2": bz2.compress, "xz": lzma.compress}


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_a_compressed_payload_is_found(pack: Callable[[bytes], bytes], judged: Judge) -> None:
    assert judged(pack(EVIL), "model.pkl")["artifact_code"].status is Status.FAIL
    assert judged(pack(GOOD) + pack(EVIL), "model.pkl")["artifact_code"].status is Status.FAIL
    assert judged(pack(pack(GOOD)), "model.pkl")["artifact_format"].status is Status.ERROR


@pytest.mark.parametrize("pack", [gzip.compress, zlib.compress])
def test_garbage_behind_compressed_data_is_an_error(pack: Callable[[bytes], bytes], judged: Judge) -> None:
    assert judged(pack(GOOD) + b"\x01garbage", "model.pkl")["artifact_format"].status is Status.ERROR


@pytest.mark.parametrize(
    "start", [b"\x04\x22\x4d\x18", b"\x28\xb5\x2f\xfd", b"7z\xbc\xaf\x27\x1c", b"Rar!\x1a\x07\x00"]
)
def test_a_compression_that_is_not_looked_into_does_not_pass(start: bytes, judged: Judge) -> None:
    assert statuses(judged(start + b"x" * 50, "model.pkl")) == ("error", "error")


def raw_array(form: bytes, state: bytes, raw: bytes, extra: bytes = b"") -> bytes:
    """joblib's description of an array by hand, its raw bytes, and the end of the pickle."""

    def text(value: bytes) -> bytes:
        return b"\x8c" + bytes([len(value)]) + value

    dtype = b"\x8c\x05numpy\x8c\x05dtype\x93" + text(form) + b"\x89\x88\x87R" + state
    described = b"}(" + text(b"subclass") + b"\x8c\x05numpy\x8c\x07ndarray\x93" + text(b"shape") + b"K\x04\x85"
    described += text(b"order") + text(b"C") + text(b"dtype") + dtype + text(b"allow_mmap") + b"\x89" + extra + b"u"
    wrapper = b"\x8c\x12joblib.numpy_pickle\x8c\x11NumpyArrayWrapper\x93)\x81".replace(b"\x12", b"\x13")
    return b"\x80\x04" + wrapper + described + b"b" + raw + b"."


def flags(value: int) -> bytes:
    return b"(K\x03\x8c\x01<NNNJ\xff\xff\xff\xffJ\xff\xff\xff\xffK" + bytes([value]) + b"tb"


def test_a_described_array_by_hand_is_read_as_joblib_reads_it(judged: Judge) -> None:
    data = raw_array(b"f8", flags(0), b"\x00" * 32)
    assert joblib.load(io.BytesIO(data)).tolist() == [0.0] * 4  # numbers alone: nothing is called
    assert statuses(judged(data, "m.joblib")) == ("pass", "pass")


def test_raw_bytes_that_pickle_would_run_are_found(judged: Judge) -> None:
    data = raw_array(b"f8", flags(0), EVIL[:-1] + b"N" * (32 - len(EVIL) + 1))
    assert judged(data, "m.joblib")["artifact_code"].status is Status.FAIL


CONFUSING = {
    "objects by a flag alone": raw_array(b"f8", flags(1), EVIL + b"\x00" * 9),
    "numbers by a flag alone": raw_array(b"O8", flags(0), b"\x00" * 32),
    "a method of its own": raw_array(b"f8", flags(0), b"\x00" * 32, b"\x8c\x04readcos\nsystem\n"),
    "a type without length": raw_array(b"U0", b"", b""),
    "a type of its own": raw_array(b"q8", b"", b"\x00" * 32),
    "too few bytes": raw_array(b"f8", flags(0), b"\x00" * 20),
    "too many bytes": raw_array(b"f8", flags(0), b"\x00" * 40),
    "a shape that is none": raw_array(b"f8", flags(0), b"\x00" * 32, b"\x8c\x05shape\x8c\x01x"),
    "handed to another function": b"\x80\x04\x8c\x0bcollections\x8c\x0bdefaultdict\x93"
    b"\x8c\x13joblib.numpy_pickle\x8c\x11NumpyArrayWrapper\x93\x85R.",
    "the old wrapper": b"\x80\x04\x8c\x1ajoblib.numpy_pickle_compat\x8c\x0eNDArrayWrapper\x93)\x81.",
}


@pytest.mark.parametrize("data", CONFUSING.values(), ids=CONFUSING)
def test_an_array_that_could_be_read_in_two_ways_does_not_pass(data: bytes, judged: Judge) -> None:
    assert any(item.status.blocks for item in judged(data, "m.joblib").values())


def test_a_pickle_inside_an_object_array_is_followed(judged: Judge) -> None:
    data = raw_array(b"O8", flags(63), EVIL)
    assert judged(data, "m.joblib")["artifact_code"].status is Status.FAIL


def npy(value: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, value)
    return stream.getvalue()


def test_npy(judged: Judge) -> None:
    assert statuses(judged(npy(np.ones((3, 2))), "x.npy")) == ("pass", "pass")
    assert statuses(judged(npy(ARRAYS["objects"]), "x.npy")) == ("pass", "pass")
    assert statuses(judged(npy(ARRAYS["records"]), "x.npy")) == ("pass", "pass")
    assert judged(npy(np.ones(9))[:-1], "x.npy")["artifact_format"].status is Status.ERROR
    header = npy(ARRAYS["objects"])[:128]
    assert judged(header + EVIL, "x.npy")["artifact_code"].status is Status.FAIL
    assert judged(b"\x93NUMPY\x01\x00\x10\x00__import__('os')", "x.npy")["artifact_format"].status is Status.ERROR


def test_torch_archive(judged: Judge) -> None:
    storage = {"archive/data/0": b"\x80\x02" + EVIL, "archive/version": b"3\n"}
    assert statuses(judged(archive({"archive/data.pkl": GOOD} | storage), "m.pt")) == ("pass", "pass")
    outcome = judged(archive({"archive/data.pkl": EVIL} | storage), "m.pt")["artifact_code"]
    assert outcome.status is Status.FAIL
    assert "in archive/data.pkl" in outcome.message


def test_torch_weights_by_hand(judged: Judge) -> None:
    """The opcodes of `torch.save({"w": tensor})`."""
    data = (
        b"\x80\x02}q\x00X\x01\x00\x00\x00wq\x01ctorch._utils\n_rebuild_tensor_v2\nq\x02((X\x07\x00\x00\x00storageq\x03"
    )
    data += b"ctorch\nFloatStorage\nq\x04X\x01\x00\x00\x000q\x05X\x03\x00\x00\x00cpuq\x06K\x02tq\x07QK\x00K\x02\x85q\x08K\x01"
    data += b"\x85q\t\x89ccollections\nOrderedDict\nq\n)Rq\x0btq\x0cRq\rs."
    assert statuses(judged(archive({"a/data.pkl": data}), "m.pt")) == ("pass", "pass")


def test_old_torch_file(judged: Judge) -> None:
    magic = pickle.dumps(0x1950A86A20F9469CFC6C, 2) + pickle.dumps(1001, 2) + pickle.dumps({"little_endian": True}, 2)
    raw = struct.pack("<Q", 2) + b"\xff" * 8
    assert statuses(judged(magic + GOOD + pickle.dumps(["0"], 2) + raw, "m.pt")) == ("pass", "pass")
    assert judged(magic + EVIL + pickle.dumps(["0"], 2) + raw, "m.pt")["artifact_code"].status is Status.FAIL


def test_forged_archives_fail(judged: Judge) -> None:
    good = archive({"a/data.pkl": GOOD})
    stream = io.BytesIO(good)
    with zipfile.ZipFile(stream, "a") as made, pytest.warns(UserWarning, match="Duplicate name"):
        made.writestr("a/data.pkl", EVIL)
    forged = {
        "two members of one name": stream.getvalue(),
        "a pickle before the archive": GOOD + good,
        "bytes behind the end": good + b"\x00" * 30,
        "a member outside": archive({"a/data.pkl": GOOD, "../../etc/cron": b""}),
    }
    for why, data in forged.items():
        assert Status.FAIL in {item.status for item in judged(data, "m.pt").values()}, why


def test_archives_that_cannot_be_read_are_errors(judged: Judge) -> None:
    data = archive({"a/data.pkl": GOOD})
    encrypted = bytearray(data)
    at = data.index(b"PK\x01\x02")
    encrypted[at + 8] |= 1
    broken = bytearray(data)
    broken[data.index(GOOD) + 20] ^= 0xFF
    bomb = archive({"a/data.pkl": b"\x00" * 80_000_000}, zipfile.ZIP_DEFLATED)
    for case in (bytes(encrypted), bytes(broken), data[:-30], bomb):
        outcome = judged(case, "m.pt")["artifact_format"]
        assert outcome.status is Status.ERROR, outcome


def test_a_payload_in_a_member_with_a_wrong_checksum_is_still_found(judged: Judge) -> None:
    data = archive({"a/data.pkl": EVIL})
    at = data.index(b"PK\x01\x02")
    forged = data[: at + 16] + b"\x00\x00\x00\x00" + data[at + 20 :]
    assert judged(forged, "m.pt")["artifact_code"].status is Status.FAIL


def test_npz_with_objects(judged: Judge) -> None:
    stream = io.BytesIO()
    np.savez_compressed(stream, a=np.ones(3), o=ARRAYS["objects"])
    assert statuses(judged(stream.getvalue(), "x.npz")) == ("pass", "pass")
    evil = archive({"a.npy": npy(ARRAYS["objects"])[:128] + EVIL})
    assert judged(evil, "x.npz")["artifact_code"].status is Status.FAIL


def test_other_archives_are_none_of_ours(judged: Judge) -> None:
    assert judged(archive({"word/document.xml": b"<a/>"}), "letter.docx") == {}
    assert judged(archive({"x.pkl": EVIL}), "bundle.zip")["artifact_code"].status is Status.FAIL


def test_a_tar_is_not_looked_into(judged: Judge) -> None:
    import tarfile

    stream = io.BytesIO()
    with tarfile.open(fileobj=stream, mode="w") as made:
        made.addfile(tarfile.TarInfo("pickle"), None)
    assert judged(stream.getvalue(), "old.pt")["artifact_format"].status is Status.ERROR


@settings(max_examples=150, deadline=None)
@given(
    name=st.sampled_from(["m.pkl", "m.pt", "m.npy", "m.keras", "m.h5", "m.onnx", "m.safetensors", "m.gguf"]),
    data=st.binary(max_size=80),
)
def test_no_bytes_under_a_models_name_are_passed_over(name: str, data: bytes) -> None:
    facts = scan_artifact(lambda: io.BytesIO(data), name)
    assert facts is not None
    assert facts.problems or facts.formats


@pytest.mark.parametrize("protocol", [2, 4])
def test_a_fitted_pipeline_passes(protocol: int, judged: Judge) -> None:
    """Names of features are an object array: a pickle inside the file, whose memo is not the one around it."""
    linear = pytest.importorskip("sklearn.linear_model", reason="scikit-learn is an extra")
    pandas = pytest.importorskip("pandas", reason="pandas is an extra")
    table = pandas.DataFrame({"a": [0.0, 1.0, 2.0, 3.0], "b": [1.0, 0.0, 1.0, 0.0]})
    labels = np.array(["no", "no", "yes", "yes"], dtype=object)
    model = linear.LogisticRegression().fit(table, labels)
    assert statuses(judged(dumped(model, protocol=protocol), "m.joblib")) == ("pass", "pass")
    assert statuses(judged(pickle.dumps(model, protocol), "m.pkl")) == ("pass", "pass")
