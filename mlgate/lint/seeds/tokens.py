"""Which texts are of interest at all: a quick look, before anything is analysed."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator

from mlgate.lint.outline import SET

_PARTS = (
    "rand",
    "seed",
    "Seed",
    "SEED",
    "shuffle",
    "sample",
    "choice",
    "permut",
    "torch",
    "keras",
    "Keras",
    "tensorflow",
    "layers",
    "cudnn",
    "listdir",
    "glob",
    "iterdir",
    "scandir",
    "os.walk",
    "set(",
    "Classifier",
    "Regress",
    "KMeans",
    "_split",
    "KFold",
    "Split(",
    "SVC(",
    "PCA",
    "NMF",
    "TSNE",
    "UMAP",
    "SMOTE",
    "Sampl",
    "Random",
    "rng",
    "Rng",
    "gym",
    "optuna",
    "study",
    "fmin",
    "Dense(",
    "Linear(",
    "Conv",
    "Embedding",
    "LSTM",
    "GRU",
    ".rvs",
    "secrets",
    "bootstrap",
    ".reset(",
    "Boost",
    "Search",
    "Forest",
    "Mixture",
    "SVD",
    "normal_",
    "uniform_",
    "mutual_info",
    "paddle",
    "mxnet",
    "cupy",
    "jax",
    "ADASYN",
    "BernoulliRBM",
    "ClusterCentroids",
    "DictionaryLearning",
    "HardnessThreshold",
    "Dirichlet",
    "MDS",
    "Nystroem",
    "Perceptron",
    "CountSketch",
    "Ridge",
    "SGD",
    "Spectral",
    "ElasticNet",
    "IterativeImputer",
    "Lasso",
    "prepare_environment",
    "olivetti",
    "means",
    "learning_curve",
    "determinism",
    "silhouette",
)
"""What a text must hold to be of interest: parts of the names of everything that draws or seeds."""
_PATTERNS = (
    *map(re.compile, (r"nn\.(?<=\bnn\.)", r"tf\.(?<=\btf\.)", r"ICA\b", r"make_[a-z]")),
    SET,
)
"""The same, where the place in a word matters; most begin with letters, by which a text is searched fast."""


def holds_token(text: str) -> bool:
    """Whether a text holds part of the name of anything that draws or seeds."""
    return any(part in text for part in _PARTS) or any(pattern.search(text) for pattern in _PATTERNS)


def lines_with_tokens(text: str, starts: list[int]) -> set[int]:
    """Numbers of the lines that hold such a part; `starts` are the places where lines begin."""
    found: set[int] = set()
    for part in _PARTS:
        place = text.find(part)
        while place >= 0:
            line = bisect_right(starts, place)
            found.add(line)
            place = text.find(part, starts[line]) if line < len(starts) else -1
    for pattern in _PATTERNS:
        found.update(bisect_right(starts, match.start()) for match in pattern.finditer(text))
    return found


def lines_with_word(text: str, word: str, starts: list[int]) -> Iterator[int]:
    """Numbers of the lines that hold a word."""
    place = text.find(word)
    while place >= 0:
        end = place + len(word)
        if not (_is_of_word(text[place - 1 : place]) or _is_of_word(text[end : end + 1])):
            yield bisect_right(starts, place)
        place = text.find(word, end)


def _is_of_word(character: str) -> bool:
    return character.isalnum() or character == "_"


_SCRIPT = re.compile(
    r"__main__|^[A-Za-z_]\w*(?:\.\w+)*\(|^(?:for|while|with|async|await|match|raise)\b"
    r"|^if (?!TYPE_CHECKING|typing\b|sys\.(?:version|platform))|[^;\n];[ \t]*[A-Za-z_]\w*(?:\.\w+)*\(",
    re.MULTILINE,
)
"""What a script has and a library has not: it may run what a module of the project draws."""


def may_draw(text: str) -> bool:
    """Whether a text can hold anything of interest; where not, it needs no analysis."""
    return holds_token(text) or _SCRIPT.search(text) is not None


def is_of_tests(path: str) -> bool:
    """Whether a file holds tests: their randomness is judged by the rules of tests."""
    name = path.rpartition("/")[2]
    return name == "conftest.py" or name.startswith("test_") or name.endswith("_test.py")
