"""The names that a model file may import, each harmless whatever it is called with.

A name that is not here is refused. A module is listed by its classes only after a look at what it imports itself:
through `sklearn.callback._transport` a file could reach `multiprocessing.connection.Client`, so a prefix is not enough.
"""

from __future__ import annotations

import re


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EXACT = {
    "builtins": "bool bytearray bytes complex dict float frozenset int list object range set slice str tuple",
    "__builtin__": (
        "bool bytearray bytes complex dict float frozenset int list long object set slice str tuple unicode xrange"
    ),
    "copyreg": "_reconstructor __newobj__ __newobj_ex__",
    "copy_reg": "_reconstructor",
    "_codecs": "encode",
    "collections": "OrderedDict defaultdict Counter deque",
    "datetime": "date datetime time timedelta timezone",
    "decimal": "Decimal",
    "fractions": "Fraction",
    "functools": "partial",
    "pathlib": "PosixPath PurePath PurePosixPath PureWindowsPath Path WindowsPath",
    "pathlib._local": "PosixPath PurePath PurePosixPath PureWindowsPath Path WindowsPath",
    "random": "Random",
    "re": "_compile",
    "types": "SimpleNamespace",
    "uuid": "UUID SafeUUID",
    "zoneinfo": "ZoneInfo._unpickle",
    "joblib.numpy_pickle": "NumpyArrayWrapper",
    "numpy.matrixlib.defmatrix": "matrix",
    "numpy.random._pickle": "__randomstate_ctor __generator_ctor __bit_generator_ctor",
    "numpy.random._mt19937": "MT19937",
    "numpy.random._pcg64": "PCG64 PCG64DXSM",
    "numpy.random._philox": "Philox",
    "numpy.random._sfc64": "SFC64",
    "numpy.random.bit_generator": "SeedSequence __pyx_unpickle_SeedSequence",
    "numpy.ma": "MaskedArray",
    "numpy.ma.core": "_mareconstruct MaskedArray MaskedConstant",
    "torch": (
        "Size device dtype layout float16 float32 float64 bfloat16 half float double int8 int16 int32 int64 "
        "uint8 uint16 uint32 uint64 short int long bool complex32 complex64 complex128 float8_e4m3fn "
        "float8_e5m2 qint8 quint8 qint32 per_tensor_affine per_channel_affine strided sparse_coo sparse_csr "
        "preserve_format contiguous_format FloatStorage DoubleStorage HalfStorage BFloat16Storage LongStorage "
        "IntStorage ShortStorage CharStorage ByteStorage BoolStorage ComplexFloatStorage ComplexDoubleStorage "
        "QInt8Storage QUInt8Storage QInt32Storage QUInt4x2Storage QUInt2x4Storage Tensor Generator"
    ),
    "torch.storage": "UntypedStorage TypedStorage _UntypedStorage _TypedStorage",
    "torch.serialization": "_get_layout",
    "torch.torch_version": "TorchVersion",
    "torch._utils": (
        "_rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3 _rebuild_parameter "
        "_rebuild_parameter_with_state _rebuild_qtensor _rebuild_sparse_tensor _rebuild_sparse_csr_tensor "
        "_rebuild_nested_tensor _rebuild_meta_tensor_no_storage _rebuild_device_tensor_from_numpy"
    ),
    "torch._tensor": "_rebuild_from_type_v2",
    "torch.nn.parameter": "Parameter Buffer UninitializedParameter",
    "torch.nn.functional": (
        "relu gelu silu elu selu leaky_relu sigmoid tanh softmax log_softmax softplus mish hardswish"
    ),
    "torch._C._nn": "gelu silu elu leaky_relu softplus mish hardswish",
    "pandas._libs.internals": "BlockManager _unpickle_block",
    "pandas._libs.arrays": "__pyx_unpickle_NDArrayBacked",
    "pandas._libs.tslibs.timestamps": "_unpickle_timestamp Timestamp",
    "pandas._libs.tslibs.timedeltas": "_timedelta_unpickle Timedelta",
    "pandas._libs.tslibs.nattype": "_nat_unpickle",
    "pandas._libs.tslibs.period": "Period _unpickle_period",
    "pandas._libs.missing": "NAType NA",
    "pandas._libs.interval": "Interval",
    "pandas.core.indexes.base": "_new_Index Index",
    "pandas.core.indexes.datetimes": "_new_DatetimeIndex DatetimeIndex",
    "pandas.core.indexes.period": "_new_PeriodIndex PeriodIndex",
    "pandas.core.internals.blocks": "new_block",
    "pyarrow.lib": "_restore_array py_buffer type_for_alias",
    "xgboost.core": "Booster",
    "lightgbm.basic": "Booster",
    "scipy.interpolate._interpolate": "interp1d PPoly BPoly",
    "scipy.interpolate.interpolate": "interp1d PPoly BPoly",
    "scipy.interpolate._bsplines": "BSpline",
    "sklearn.neighbors._kd_tree": "newObj",
    "sklearn.neighbors._ball_tree": "newObj",
    "sklearn.metrics._dist_metrics": "newObj",
    "sklearn.feature_selection._univariate_selection": "chi2 f_classif f_oneway f_regression r_regression",
    "sklearn.feature_selection._mutual_info": "mutual_info_classif mutual_info_regression",
    "sklearn.metrics._scorer": "_passthrough_scorer",
}
EXACT = frozenset((module, name) for module, names in _EXACT.items() for name in names.split())

_NUMPY = _words("""
    numpy numpy.dtypes numpy.core.multiarray numpy._core.multiarray numpy.core.numeric numpy._core.numeric
    numpy.core._multiarray_umath numpy._core._multiarray_umath
""")
_NUMPY_NAMES = _words("""
    _reconstruct scalar _frombuffer ndarray dtype matrix bool bool_ bool8 int8 int16 int32 int64 uint8 uint16
    uint32 uint64 intc intp uintc uintp longlong ulonglong int_ uint float16 float32 float64 longdouble float128
    complex64 complex128 clongdouble complex256 object_ str_ bytes_ unicode_ string_ void datetime64 timedelta64
    single double half cdouble csingle int float complex object str abs absolute add arccos arcsin arctan cbrt
    ceil cos cosh divide exp exp2 expm1 fabs floor log log10 log1p log2 maximum minimum multiply negative power
    reciprocal rint sign sin sinh sqrt square subtract tan tanh true_divide Float16DType Float32DType Float64DType
    Int8DType Int16DType Int32DType Int64DType UInt8DType UInt16DType UInt32DType UInt64DType BoolDType
    ObjectDType StrDType BytesDType VoidDType DateTime64DType TimeDelta64DType Complex64DType Complex128DType
    LongDoubleDType CLongDoubleDType ByteDType UByteDType ShortDType UShortDType IntDType UIntDType LongDType
    ULongDType LongLongDType ULongLongDType
""")

_SKLEARN = re.compile(
    r"(?!.*\.tests?(\.|$))sklearn\.(base|pipeline|calibration|cluster|compose|covariance|cross_decomposition|decomposition|"
    r"discriminant_analysis|dummy|ensemble|feature_extraction|feature_selection|gaussian_process|impute|isotonic|"
    r"kernel_approximation|kernel_ridge|linear_model|manifold|metrics|mixture|model_selection|multiclass|multioutput|"
    r"naive_bayes|neighbors|neural_network|preprocessing|random_projection|semi_supervised|svm|tree|_loss|"
    r"utils\._bunch|utils\._tags|utils\.deprecation|utils\._metadata_requests|utils\._random)(\.\w+)*"
)
_SCIPY_SPARSE = re.compile(r"scipy\.sparse(\._?(csr|csc|coo|bsr|dia|dok|lil|base|matrix|arrays))?")
_SPARSE_NAME = re.compile(r"(csr|csc|coo|bsr|dia|dok|lil)_(matrix|array)")
_PANDAS = re.compile(
    r"pandas\.core\.(frame|series|indexes\.\w+|arrays\.\w+(\.\w+)?|dtypes\.dtypes|internals\.(managers|blocks))|"
    r"pandas\._libs\.tslibs\.offsets|pandas\.arrays|pandas"
)
_PANDAS_NAME = re.compile(
    r"DataFrame|Series|\w*Index|\w*Array|\w*Dtype|(Single)?BlockManager|\w*Block|Timestamp|Timedelta|Categorical|"
    r"Day|Hour|[A-Z]\w*(Begin|End|Day|Week|Offset|Hour|Minute|Second|Milli|Micro|Nano)"
)
_TORCH_MODULES = re.compile(r"torch\.nn\.modules\.\w+")
_BOOSTERS = {"xgboost.sklearn": re.compile(r"XGB\w+"), "lightgbm.sklearn": re.compile(r"LGBM\w+|_LGBM\w+"),
             "catboost.core": re.compile(r"CatBoost\w*|_CatBoostBase")}  # fmt: skip
_CLASS = re.compile(r"_{0,2}[A-Z]\w*")
_METRIC = re.compile(r"(?!pairwise_)[a-z0-9_]+_(score|error|loss|kernel|distances)")
FOREIGN = _words("""
    Path Parallel Memory MethodType Thread ThreadpoolController Queue Client Listener Connection Popen StringIO
    BytesIO Enum Request Session NamedTuple Callable DataLoader Process Pool Lock UserDict Parameter SkipTest
""")
"""Names with the look of a class that a listed module only imports from elsewhere."""


_REFERRED = frozenset(
    {
        *(("numpy", name) for name in ("mean", "median", "max", "min", "sum", "std", "var", "amax", "amin")),
        ("sklearn.cluster._kmeans", "_kmeans_single_lloyd"),
        ("sklearn.cluster._kmeans", "_kmeans_single_elkan"),
        ("scipy._lib.array_api_compat.numpy._aliases", "asarray"),
    }
)


def may_be_referred_to(module: str, name: str) -> bool:
    """Whether a name is harmless as long as the file only keeps it, as an estimator keeps a function to call later."""
    return (module, name) in _REFERRED


def may_be_called(module: str, name: str) -> bool:
    """Whether a listed class may be called, too: a Booster that is called reads the file that it is given.

    Their own pickles make one without a call.
    """
    return name != "Booster" or module not in ("xgboost.core", "lightgbm.basic")


def is_allowed(module: str, name: str) -> bool:
    """Whether importing and calling this name is harmless whatever the arguments.

    A dotted name is one only where it stands here: `find_class` follows the dots through all that a module imports.

    Examples
    --------
    >>> is_allowed("sklearn.svm._classes", "SVC"), is_allowed("os", "system"), is_allowed("sklearn.base", "os.system")
    (True, False, False)
    """
    if (module, name) in EXACT:
        return True
    if module in _NUMPY:
        return name in _NUMPY_NAMES
    if _SCIPY_SPARSE.fullmatch(module):
        return _SPARSE_NAME.fullmatch(name) is not None
    if _PANDAS.fullmatch(module):
        return _PANDAS_NAME.fullmatch(name) is not None
    if module in _BOOSTERS:
        return _BOOSTERS[module].fullmatch(name) is not None
    if _SKLEARN.fullmatch(module):
        known = _CLASS.fullmatch(name) and name not in FOREIGN
        return bool(known or (module.startswith("sklearn.metrics.") and _METRIC.fullmatch(name)))
    if _TORCH_MODULES.fullmatch(module):
        return _CLASS.fullmatch(name) is not None and name not in FOREIGN
    return False
