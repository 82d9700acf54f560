"""The words of the rules of randomness. The analysis next door uses their ids."""

from __future__ import annotations

from mlgate.lint.rule import Rule

_GLOBAL = "Two runs of the same commit give different numbers, so a metric can move although nothing was changed. "


def _global(name: str, what: str, why: str, fix: str) -> Rule:
    """A rule of a library's own generator: one finding for a file, at its first draw."""
    return Rule(f"unseeded-{name}", what, _GLOBAL + why, fix, once_per_file=True)


RULES = (
    _global(
        "random",
        "Something is drawn from Python's own generator (`random.random`, `shuffle`, `sample`, `choice`, ...), and "
        "`random.seed` was not called with a fixed value before.",
        "`torch.manual_seed` and `np.random.seed` do not seed this generator.",
        "call `random.seed(42)` at the start of the entry point, or draw from a `random.Random(42)`",
    ),
    _global(
        "numpy",
        "Something is drawn from numpy's global generator (`np.random.rand`, `shuffle`, `permutation`, ..., also `rvs` "
        "of scipy without `random_state`), and `np.random.seed` was not called with a fixed value before.",
        "What is drawn from a `Generator` or a `RandomState` of your own is judged where that is made.",
        "draw from `np.random.default_rng(42)`, or call `np.random.seed(42)` at the start of the entry point",
    ),
    _global(
        "torch",
        "PyTorch's CPU generator is drawn from, and `torch.manual_seed` was not called with a fixed value before.",
        "Draws are `torch.rand*`, `randperm`, `normal_` and the like, but also layers with weights, models that build "
        "such layers, `DataLoader(shuffle=True)`, `random_split` and `RandomSampler` without a generator, and dropout "
        "in training. `torch.cuda.manual_seed` does not seed the CPU generator, which makes weights and shuffles.",
        "call `torch.manual_seed(42)` at the start of the entry point, before the model and the loaders are built",
    ),
    _global(
        "tensorflow",
        "TensorFlow or Keras draws (`tf.random.*`, layers with weights, `shuffle` of a dataset without seed, `fit`), "
        "and `tf.random.set_seed` or `keras.utils.set_random_seed` was not called with a fixed value before.",
        "`np.random.seed` does not seed the weights of a layer.",
        "call `keras.utils.set_random_seed(42)` at the start of the entry point: it seeds random, numpy and TensorFlow",
    ),
    _global(
        "cupy",
        "Something is drawn from CuPy's global generator, and `cupy.random.seed` was not called with a fixed value "
        "before.",
        "`np.random.seed` does not seed the generators on the GPU.",
        "draw from `cupy.random.default_rng(42)`, or call `cupy.random.seed(42)` at the start of the entry point",
    ),
    _global(
        "mxnet",
        "Something is drawn from MXNet's generators, and `mx.random.seed` was not called with a fixed value before.",
        "Initialisers and shuffling loaders draw, too.",
        "call `mx.random.seed(42)` at the start of the entry point",
    ),
    _global(
        "paddle",
        "Something is drawn from PaddlePaddle's generator, and `paddle.seed` was not called with a fixed value before.",
        "Layers with weights and shuffling loaders draw, too.",
        "call `paddle.seed(42)` at the start of the entry point",
    ),
    Rule(
        "unseeded-generator",
        "A generator is made without a seed: `np.random.default_rng()`, `RandomState()`, `random.Random()`, "
        "`SeedSequence()`, or data is drawn from `random.SystemRandom` or `secrets`, which cannot be seeded.",
        "It is seeded from the operating system, anew in every run, and seeding the global generators changes nothing. "
        "`secrets` for passwords, tokens and names of temporary files is no finding.",
        "give it a fixed seed: `np.random.default_rng(42)`",
    ),
    Rule(
        "unseeded-split",
        "A splitter of scikit-learn that draws (`train_test_split`, `ShuffleSplit`, `KFold(shuffle=True)`, ...) has no "
        "`random_state`, and numpy's global generator is not seeded either.",
        "Every run tests on other rows: the metric moves with the split, and rows of an earlier test set are trained "
        "on. `shuffle=False` and `KFold()` draw nothing and are no finding.",
        "pass `random_state=42`",
    ),
    Rule(
        "unseeded-estimator",
        "An estimator, transformer or maker of data that draws at its settings has no `random_state`, and numpy's "
        "global generator is not seeded either.",
        "The same data gives another model in every run. Whether one draws depends on its settings: "
        '`LogisticRegression()` does not, `LogisticRegression(solver="saga")` does; `SVC()` does not, '
        "`SVC(probability=True)` does. xgboost, catboost and lightgbm have fixed default seeds and are no finding.",
        "pass `random_state=42`",
    ),
    Rule(
        "unseeded-sample",
        "`sample` of a pandas object has no `random_state`, and numpy's global generator is not seeded either.",
        "Every run goes on with other rows, or with the same rows in another order.",
        "pass `random_state=42`",
    ),
    Rule(
        "unseeded-search",
        "A search over hyperparameters draws without a seed: an optuna study or sampler, hyperopt's `fmin` without "
        "`rstate`, skopt without `random_state`.",
        "Another run tries other candidates and may end with another model. `optuna.create_study()` makes a "
        "`TPESampler` without seed unless it is given one.",
        "give the sampler a seed: `optuna.create_study(sampler=optuna.samplers.TPESampler(seed=42))`",
    ),
    Rule(
        "unseeded-environment",
        "An environment of gym or gymnasium is never reset with a seed, or its `action_space` is sampled without "
        "having been seeded.",
        "Every run starts in other states, so that a change of the reward says nothing about the change of the agent. "
        "Only the first `reset` needs the seed; `env.seed(42)` of older versions counts. An action space has a "
        "generator of its own, which `reset` does not seed.",
        "call `env.reset(seed=42)` first, and `env.action_space.seed(42)` where actions are sampled",
    ),
    Rule(
        "entropy-seed",
        "A seed is itself random: the time, `os.urandom`, the process id, `hash` of a text, `uuid4`, `id`, "
        "`torch.seed()`, or a draw from a generator that is not seeded.",
        "It looks like a seed and fixes nothing: the next run has another one. The draws that follow are not told "
        "again.",
        "use a fixed number, or make it the default of an option: `--seed`, default 42",
    ),
    Rule(
        "unused-seed",
        "A seed is parsed or set (an option `--seed`, a constant `SEED`, a parameter, a value of a config) and read by "
        "nothing, or a function such as `set_seed` is defined in an executed script and never called.",
        "Whoever passes `--seed` believes that the run is repeatable. The draws that it should have controlled are "
        "found by their own rules as well.",
        "pass the seed on to what draws, or remove it",
    ),
    Rule(
        "late-seed",
        "Something is drawn from a generator before the generator is seeded on the same path: a model is built, or "
        "data split, above `torch.manual_seed(42)`.",
        "The seed stands in the script, and yet the weights or the split differ from run to run. The draws after the "
        "seed are controlled.",
        "move the seed to the start of the entry point, above the draw",
    ),
    Rule(
        "unsorted-listing",
        "The order of a listing (`os.listdir`, `os.scandir`, `os.walk`, `glob.glob`, `Path.glob`, `rglob`, `iterdir`) "
        "reaches data, a split, the number of a label or a model, and is not sorted.",
        "The order is that of the file system: it differs between machines and after files were copied. A shuffle with "
        "a fixed seed does not help, since it starts from another order. Counting, membership, sets, printing, copying "
        "and removing files are no finding.",
        "sort it: `sorted(os.listdir(folder))`",
    ),
    Rule(
        "hash-order",
        "The order of a set of texts, or of what is not known, reaches data or the numbers of labels: "
        "`list(set(labels))`, `enumerate(set(words))`.",
        "The hash of a text differs from process to process (PYTHONHASHSEED), and so does the order of the set: a "
        "model that was saved with one numbering of the labels is loaded with another. `sorted(set(...))`, `len` and "
        "membership are no finding.",
        "sort it: `sorted(set(labels))`, or keep the first order with `dict.fromkeys(labels)`",
    ),
    Rule(
        "nondeterministic-cudnn",
        "`torch.backends.cudnn.benchmark = True` or `torch.backends.cudnn.deterministic = False` is set.",
        "cuDNN then measures which algorithm is fastest in this run and takes that one, so that sums are rounded "
        "differently from run to run although everything is seeded. Flags that are not set are no finding.",
        "set `benchmark = False` and `deterministic = True`, or say in an ignore why speed matters more here",
    ),
)
"""In the order of the documentation."""
