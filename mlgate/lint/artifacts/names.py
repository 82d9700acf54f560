"""What the name of a file says of its content."""

from __future__ import annotations

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
