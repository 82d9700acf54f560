"""Names that are known to be dangerous, and why: a plainer word than "not on the list"."""

from __future__ import annotations

_MODULES = {
    "runs commands": "os posix nt subprocess _posixsubprocess commands pty popen2 asyncio",
    "starts processes": "multiprocessing concurrent",
    "reaches into the interpreter": "sys gc",
    "imports any module": "importlib imp pkgutil pydoc",
    "runs code": "runpy code codeop timeit cProfile profile pdb bdb trace doctest lib2to3 idlelib tkinter site",
    "calls any machine code": "ctypes cffi",
    "loads compiled code": "marshal",
    "loads another pickle": "pickle _pickle cPickle shelve",
    "rebuilds code that is in the file": "dill cloudpickle types",
    "opens connections": "socket ssl http urllib urllib2 requests httplib ftplib smtplib xmlrpc aiohttp",
    "starts programs": "webbrowser",
    "changes files": "shutil tempfile",
    "opens files": "io _io fileinput codecs bz2 gzip sqlite3 logging",
    "reaches any attribute": "operator _operator inspect",
    "is not one of the harmless built-ins": "builtins __builtin__",
    "installs packages": "pip setuptools ensurepip venv",
}
_BY_MODULE = {module: what for what, modules in _MODULES.items() for module in modules.split()}
_DANGEROUS = {
    ("torch.storage", "_load_from_bytes"): "loads another torch file that is inside",
    ("torch", "load"): "loads another torch file",
    ("torch.serialization", "load"): "loads another torch file",
    ("numpy", "load"): "loads another file",
    ("numpy.core", "_ufunc_reconstruct"): "imports any module",
    ("numpy._core", "_ufunc_reconstruct"): "imports any module",
    ("joblib", "load"): "loads another file",
    ("joblib.numpy_pickle", "load"): "loads another file",
    ("joblib.numpy_pickle_compat", "NDArrayWrapper"): "loads another file",
    ("joblib.numpy_pickle_compat", "ZNDArrayWrapper"): "loads another file",
    ("pandas.io.pickle", "read_pickle"): "loads another file",
}
_DANGEROUS_PREFIX = {
    "torch.hub": "downloads and runs code",
    "torch.utils.cpp_extension": "compiles and runs code",
    "torch.utils.bottleneck": "runs code",
    "torch.jit": "runs code",
    "torch._dynamo": "runs code",
    "numpy.f2py": "compiles and runs code",
    "numpy.testing": "runs code",
    "numpy.distutils": "compiles and runs code",
    "sklearn.callback": "opens connections",
}


def danger_of(module: str, name: str) -> str:
    """What a name that is known to be dangerous does; empty where it is only not known to be harmless."""
    if (module, name) in _DANGEROUS:
        return _DANGEROUS[module, name]
    for prefix, what in _DANGEROUS_PREFIX.items():
        if module == prefix or module.startswith(f"{prefix}."):
            return what
    return _BY_MODULE.get(module.partition(".")[0], "")
