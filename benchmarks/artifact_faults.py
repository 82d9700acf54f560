"""Model files that run code when they are loaded, by their bytes: written by hand, and never loaded."""

from __future__ import annotations

import bz2
import gzip
import io
import json
import lzma
import pickle
import zipfile
import zlib
from collections.abc import Mapping

EVIL = b"cos\nsystem\n(S'true'\ntR."
GOOD = pickle.dumps({"weights": [1.0, 2.0]}, 4)


def text(value: bytes) -> bytes:
    return b"\x8c" + bytes([len(value)]) + value


def stack_global(module: bytes, name: bytes) -> bytes:
    return text(module) + text(name) + b"\x93"


def called(module: bytes, name: bytes, *arguments: bytes) -> bytes:
    """A pickle of protocol 4 that calls a function with texts."""
    return b"\x80\x04" + stack_global(module, name) + b"(" + b"".join(map(text, arguments)) + b"tR."


FUNCTIONS = {
    "os.system": called(b"os", b"system", b"true"),
    "posix.system": called(b"posix", b"system", b"true"),
    "subprocess.Popen": called(b"subprocess", b"Popen", b"true"),
    "builtins.eval": called(b"builtins", b"eval", b"1"),
    "builtins.exec": called(b"builtins", b"exec", b"1"),
    "builtins.getattr": called(b"builtins", b"getattr", b"a", b"b"),
    "importlib.import_module": called(b"importlib", b"import_module", b"this"),
    "runpy.run_path": called(b"runpy", b"run_path", b"/x"),
    "ctypes.CDLL": called(b"ctypes", b"CDLL", b"x"),
    "pip.main": called(b"pip", b"main", b"x"),
    "timeit.timeit": called(b"timeit", b"timeit", b"1"),
    "cProfile.run": called(b"cProfile", b"run", b"1"),
    "idlelib": called(b"idlelib.run", b"Executive.runcode", b"1"),
    "lib2to3": called(b"lib2to3.pgen2.grammar", b"Grammar.loads", b"1"),
    "numpy.f2py": called(b"numpy.f2py.crackfortran", b"myeval", b"1"),
    "numpy.testing": called(b"numpy.testing._private.utils", b"runstring", b"1"),
    "numpy ufunc by name": called(b"numpy.core", b"_ufunc_reconstruct", b"os", b"system"),
    "torch.hub.load": called(b"torch.hub", b"load", b"x"),
    "torch nested": called(b"torch.storage", b"_load_from_bytes", b"x"),
    "torch._dynamo": called(b"torch._dynamo.guards", b"GuardBuilder.get", b"x"),
    "pydoc.pipepager": called(b"pydoc", b"pipepager", b"a", b"b"),
    "sklearn to a socket": called(b"sklearn.callback._transport", b"Client", b"x"),
    "a library nobody lists": called(b"acme.tools", b"run_shell", b"x"),
    "dotted name": called(b"sklearn.base", b"os.system", b"x"),
    "logging.config": called(b"logging.config", b"listen", b"1"),
    "cloudpickle": called(b"cloudpickle.cloudpickle", b"_make_function", b"x"),
    "dill": called(b"dill._dill", b"_create_code", b"x"),
    "marshal": called(b"marshal", b"loads", b"x"),
}
TRICKS = {
    "text protocol": EVIL,
    "INST": b"(S'true'\nios\nsystem\n.",
    "OBJ": b"(cos\nsystem\nS'true'\no.",
    "name of Python 2": b"c__builtin__\neval\n(S'1'\ntR.",
    "names from the memo": b"\x80\x04\x8c\x06posix1\x940\x8c\x05posix\x94\x8c\x06system\x94h\x01h\x02\x93)R.",
    "name of escapes": b"\x80\x04V\\u006fs\n\x8c\x06system\x93)R.",
    "quoted name of escapes": b"\x80\x04S'\\x6fs'\n\x8c\x06system\x93)R.",
    "registry of extensions": b"\x80\x02\x82\x01)R.",
    "payload before a broken end": b"cos\nsystem\n(S'true'\ntR\xff\xff",
    "payload before an early end": b"cos\nsystem\n(S'true'\ntR",
    "payload in the second pickle": b"\x80\x04N." + EVIL,
    "payload dropped from the stack": b"\x80\x04cos\nsystem\n(S'true'\ntR0N.",
    "call of what was made": b"\x80\x04\x8c\tfunctools\x8c\x07partial\x93\x8c\x08builtins\x8c\x03int\x93\x85R)R.",
    "class is changed": b"\x80\x04\x8c\x0bcollections\x8c\x0bOrderedDict\x93N}\x8c\x01x\x8c\x01ys\x86b.",
}


def archive(members: dict[str, bytes], compression: int = zipfile.ZIP_STORED) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", compression) as made:
        for name, content in members.items():
            made.writestr(name, content)
    return stream.getvalue()


def _wrong_checksum(data: bytes) -> bytes:
    at = data.index(b"PK\x01\x02")
    return data[: at + 16] + b"\x00\x00\x00\x00" + data[at + 20 :]


def _encrypted_flag(data: bytes) -> bytes:
    forged = bytearray(data)
    forged[data.index(b"PK\x01\x02") + 8] |= 1
    return bytes(forged)


def keras(layer: Mapping[str, object]) -> bytes:
    config = {"module": "keras", "class_name": "Sequential", "config": {"layers": [layer]}}
    return archive({"metadata.json": b"{}", "config.json": json.dumps(config).encode(), "model.weights.h5": b"\x00"})


LAMBDA = {"module": "keras.layers", "class_name": "Lambda", "config": {"function": {"class_name": "__lambda__"}}}
_TORCH = archive({"m/data.pkl": EVIL, "m/version": b"3\n"})
_NPY = b"\x93NUMPY\x01\x00\x46\x00{'descr': '|O', 'fortran_order': False, 'shape': (1,), }".ljust(79) + b"\n"

_MODEL = json.dumps({"class_name": "Sequential", "config": [LAMBDA]})
_HDF5 = b"\x89HDF\r\n\x1a\nmodel_config"

CONTAINERS = {
    "torch.pt": _TORCH,
    "deflated.pt": archive({"m/data.pkl": EVIL}, zipfile.ZIP_DEFLATED),
    "checksum.pt": _wrong_checksum(_TORCH),
    "encrypted.pt": _encrypted_flag(_TORCH),
    "other-member.pt": archive({"m/data.pkl": GOOD, "m/extra.pkl": EVIL}),
    "before-archive.pt": EVIL + archive({"m/data.pkl": GOOD}),
    "zip-as.bin": _TORCH,
    "no-ending": EVIL,
    "other-ending.txt": EVIL,
    "gzip.pkl.gz": gzip.compress(EVIL),
    "zlib.joblib": zlib.compress(EVIL),
    "bz2.joblib": bz2.compress(EVIL),
    "xz.joblib": lzma.compress(EVIL),
    "seven.pt": b"7z\xbc\xaf\x27\x1c" + EVIL,
    "objects.npy": _NPY + EVIL,
    "objects.npz": archive({"a.npy": _NPY + EVIL}),
    "lambda.keras": keras(LAMBDA),
    "module.keras": keras({"module": "os", "class_name": "function", "config": "system"}),
    "get-file.keras": keras({"module": "keras.utils", "class_name": "get_file", "config": {}}),
    "lambda.h5": _HDF5 + _MODEL.encode(),
    "escaped.h5": _HDF5 + _MODEL.replace("Lambda", "\\u004cambda").encode(),
    "frozen.pb": b"\x0a\x0b\x0a\x01n\x12\x06PyFunc",
    "saved_model.pb": b"\x08\x01\x12\x0f\x12\x0d\x0a\x0b\x0a\x01n\x12\x06PyFunc",
    "outside.onnx": b"\x3a\x21\x2a\x1f\x6a\x1d\x0a\x08location\x12\x11../../.ssh/secret",
}


def malicious() -> dict[str, bytes]:
    """Files by name."""
    files = {f"function {name}.pkl": data for name, data in FUNCTIONS.items()}
    files |= {f"trick {name}.pkl": data for name, data in TRICKS.items()}
    files |= {f"trick {name}.pt": data for name, data in TRICKS.items()}
    return files | CONTAINERS
