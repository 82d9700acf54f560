"""Which texts are of interest at all: a quick look, before anything is analysed."""

from __future__ import annotations

import re

TOKENS = re.compile(
    r"rand|seed|Seed|SEED|shuffle|sample|choice|permut|torch|\bnn\.|[kK]eras|tensorflow|\btf\.|layers|cudnn|listdir|glob"
    r"|iterdir|scandir|os\.walk|\bset\(|set\(|Classifier|Regress|KMeans|make_[a-z]|_split|KFold|Split\(|SVC\(|PCA|NMF|TSNE|UMAP"
    r"|SMOTE|Sampl|Random|rng|Rng|gym|optuna|study|fmin|Dense\(|Linear\(|Conv|Embedding|LSTM|GRU|\.rvs|urandom|secrets"
    r"|resample|bootstrap|\.reset\(|Boost|Search|Forest|Mixture|SVD|ICA\b|normal_|uniform_|mutual_info|paddle|mxnet|cupy|jax"
)
"""What a text must hold to be of interest: parts of the names of everything that draws or seeds."""


_SCRIPT = re.compile(r"__main__|^[a-z_]\w*(?:\.\w+)*\(", re.MULTILINE)
"""What a script has and a library has not: it may run what a module of the project draws."""


def may_draw(text: str) -> bool:
    """Whether a text can hold anything of interest; where not, it needs no analysis."""
    return TOKENS.search(text) is not None or _SCRIPT.search(text) is not None


def is_of_tests(path: str) -> bool:
    """Whether a file holds tests: their randomness is judged by the rules of tests."""
    name = path.rpartition("/")[2]
    return name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py")
