"""What calls of libraries do: seed, draw, make something that draws, or return a value that matters."""

from __future__ import annotations

import ast
from collections.abc import Callable
from typing import TYPE_CHECKING

from mlgate.lint.seeds import calls, libraries, options, order, python_calls, seeding
from mlgate.lint.seeds.arguments import Given
from mlgate.lint.seeds.estimators import ESTIMATORS, ROOTS, SPLITS, SURPRISE_SPLITS
from mlgate.lint.seeds.libraries import canonical
from mlgate.lint.seeds.sites import DONE, Seeding
from mlgate.lint.seeds.values import (
    FIXED,
    NONE,
    UNKNOWN,
    Class,
    Entropy,
    External,
    Function,
    Instance,
    Items,
    Known,
    Maybe,
    Option,
    Parser,
    Partial,
    Result,
    Scope,
    Table,
    Value,
    is_none,
)

if TYPE_CHECKING:
    from mlgate.lint.seeds.machine import Machine

Answer = Value | None


def library_call(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Value:
    """What a call of a library's function or class returns, after what it does to the path."""
    name = canonical(name)
    root, _, rest = name.partition(".")
    if root == "builtins":
        return python_calls.builtin(machine, scope, node, rest, given)
    seeder = libraries.SEEDERS.get(name)
    if seeder is not None:
        generators, parameter = seeder
        default = FIXED if name in libraries.FIXED_BY_DEFAULT else NONE
        seeding.seed_with(machine, scope, node, generators, given.get(parameter, 0) or default, name)
        return FIXED
    entropy = libraries.ENTROPY_CALLS.get(name)
    if entropy is not None:
        return Entropy(f"{entropy} ({scope.module.path}:{node.lineno})")
    if name in ("time.sleep", "asyncio.sleep"):
        for value in given.all():
            for draw in value.draws if isinstance(value, Entropy) else ():
                draw.is_seed = True  # how long a program waits changes no result
        return UNKNOWN
    what = libraries.LISTINGS.get(name)
    if what is not None:
        return order.listing(node, what)
    if name in libraries.CONFIG_READERS:
        return FIXED
    handler = _ROOTS.get(root)
    answer = handler(machine, scope, node, name, given) if handler else None
    if answer is not None:
        return answer
    return _other(machine, scope, node, name, given)


def _other(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Value:
    last = name.rpartition(".")[2]
    if last in libraries.BY_LAST_NAME:
        unknown_seeder(machine, last, node)
        return UNKNOWN
    if name in libraries.KEEPS_ORDER and given.positional and isinstance(given.positional[0], Items):
        first = given.positional[0]
        if last == "islice":
            order.use_all(machine, scope, [first], node)
        return Items(list(first.elements), order=order.begun(first, node))
    if name in _WRITERS:
        order.use_all_within(machine, scope, given.all(), node)
    elif name not in libraries.ORDER_FREE and last in _CONSUMERS:
        order.use_all(machine, scope, given.all(), node)
    calls.seeds_given(machine, scope, node, given)
    calls.hand_over(machine, given, name)
    return Result(name)


def unknown_seeder(machine: Machine, name: str, node: ast.AST) -> None:
    """Something is called that seeds, by its name; what it seeds is not known."""
    why = f"what `{name}` seeds (line {getattr(node, 'lineno', 0)}) is not seen"
    for generator in libraries.BY_LAST_NAME.get(name, libraries.ALL):
        if machine.path.of(generator).quality == "none":
            machine.path.seed(generator, Seeding("unknown", why))


_CONSUMERS = frozenset(
    [
        "Bunch",
        "array",
        "asarray",
        "stack",
        "vstack",
        "hstack",
        "concatenate",
        "concat",
        "cat",
        "DataFrame",
        "Series",
        "from_tensor_slices",
        "train_test_split",
        "shuffle",
        "permutation",
        "choice",
        "sample",
        "fit",
        "fit_transform",
        "Dataset",
        "TensorDataset",
        "Tensor",
        "tensor",
        "from_list",
        "from_dict",
        "ConcatDataset",
        "split",
        "array_split",
        "map_fn",
        "StringLookup",
        "from_files",
        "from_folder",
    ]
)
"""Functions, by their last name, whose result depends on the order of what they are given."""


_WRITERS = frozenset(
    """json.dump json.dumps pickle.dump pickle.dumps yaml.dump yaml.safe_dump joblib.dump torch.save numpy.save numpy.savez
    numpy.savetxt""".split()
)


def _random(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.removeprefix("random.")
    if last in libraries.RANDOM_DRAWS:
        order.use_all(machine, scope, given.positional[:1], node)
        site = machine.draw(scope, node, "random", name)
        return drawn(machine, "random", name, site)
    if last == "Random":
        site = seeding.own_generator(machine, scope, node, given.get("x", 0), name)
        return Result(name, site)
    if last == "SystemRandom":
        seeding.own_generator(machine, scope, node, None, name)
        return Result(name)
    return FIXED if last in ("getstate", "setstate") else None


def drawn(machine: Machine, generator: str, name: str, site: object) -> Value:
    """The value of a draw: as random as the generator is."""
    seeded = machine.path.of(generator)
    if seeded.quality == "seeded":
        return FIXED
    if seeded.quality in ("none", "conditional", "told"):
        draws = frozenset({site}) if seeded.quality != "told" else frozenset[object]()
        return Entropy(f"{name}, whose generator is not seeded", draws, conditional=seeded.quality == "conditional")
    return UNKNOWN


def _numpy(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if not name.startswith("numpy.random."):
        if name in ("numpy.unique", "numpy.sort"):
            return UNKNOWN
        return None
    last = name.removeprefix("numpy.random.")
    if last in libraries.NUMPY_DRAWS:
        order.use_all(machine, scope, given.positional[:1], node)
        return drawn(machine, "numpy", name, machine.draw(scope, node, "numpy", name))
    if last in ("default_rng", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"):
        if given.is_open:
            return Result(f"numpy.random.{last}")
        site = seeding.own_generator(machine, scope, node, given.get("seed", 0) or given.get("entropy"), name)
        return Result(name, site)
    if last == "Generator":
        inner = given.get("bit_generator", 0)
        return Result(name, inner.site if isinstance(inner, Result) else None)
    if last == "set_state":
        machine.seed(("numpy",), DONE)
    return FIXED


def _scipy(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name.startswith("scipy.stats.") and name.endswith(".rvs"):
        if not seeding.is_something(given.get("random_state")):
            machine.draw(scope, node, "numpy", name)
        return UNKNOWN
    return None


def _torch(
    machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given
) -> Answer:  # one line for each family
    last = name.rpartition(".")[2]
    if (name == f"torch.{last}" and last in libraries.TORCH_DRAWS) or (
        name == f"torch.nn.functional.{last}" and last == "dropout"
    ):
        if not seeding.is_something(given.get("generator")):
            return drawn(machine, "torch", name, machine.draw(scope, node, "torch", name))
        return FIXED
    if name.startswith("torch.nn.init."):
        if last in libraries.TORCH_INITS and not seeding.is_something(given.get("generator")):
            machine.draw(scope, node, "torch", name)
        return UNKNOWN
    if name.startswith("torch.nn.") and last in libraries.TORCH_LAYERS:
        machine.draw(scope, node, "torch", name)
        return Result(name)
    if name in ("torch.initial_seed", "torch.random.initial_seed"):
        quality = machine.path.of("torch").quality
        return (
            Entropy("torch's seed, which is not set")
            if quality == "none"
            else FIXED
            if quality == "seeded"
            else UNKNOWN
        )
    if last == "SobolEngine":
        scramble = given.get("scramble", 1)
        if isinstance(scramble, Known) and scramble.const and not seeding.is_something(given.get("seed", 2)):
            machine.draw(scope, node, "torch", name)
        return Result(name)
    if name == "torch.Generator":
        return Result(name)
    if name.startswith("torch.utils.data."):
        return _torch_data(machine, scope, node, last, given)
    if name in ("torch.set_rng_state", "torch.random.set_rng_state"):
        machine.seed(("torch",), DONE)
    return None


_SHUFFLING = frozenset({"random_split", "RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler"})


def _torch_data(machine: Machine, scope: Scope, node: ast.Call, last: str, given: Given) -> Answer:
    order.use_all(machine, scope, given.all(), node)
    if last in _SHUFFLING and not seeding.is_something(given.get("generator")):
        draw = machine.draw if last == "random_split" else machine.draw_later
        draw(scope, node, "torch", last)
        return Items([Result("torch.utils.data.Subset")] * 3) if last == "random_split" else Result(f"torch.{last}")
    if last == "DataLoader":
        _loader(machine, scope, node, given, last)
    return None


def _loader(machine: Machine, scope: Scope, node: ast.Call, given: Given, what: str) -> None:
    shuffle = given.get("shuffle", 2)
    if isinstance(shuffle, Option):
        shuffle = shuffle.default
    if shuffle is None or (isinstance(shuffle, Known) and not shuffle.const):
        return
    if not seeding.is_something(given.get("generator")):
        machine.draw_later(scope, node, "torch", f"{what}(shuffle=True)")


def _torchvision(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    if name.startswith("torchvision.models.") and last != "get_weight":
        machine.draw(scope, node, "torch", name)
        return Result("torch.nn.Module")
    if name.startswith("torchvision.transforms") and last in libraries.TRANSFORMS:
        machine.draw_later(scope, node, "torch", name)
    return None


def _torch_models(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    """Libraries of models: what they build has weights from torch's generator."""
    last = name.rpartition(".")[2]
    root = name.partition(".")[0]
    if root in ("torch_geometric", "dgl"):
        if ".nn" in name and (
            last.endswith(("Conv", "Linear", "Transformer", "MLP", "GCN", "GAT", "GIN"))
            or last in ("GraphSAGE", "Node2Vec", "MetaPath2Vec")
        ):
            machine.draw(scope, node, "torch", name)
        elif root == "torch_geometric" and last in ("DataLoader", "DenseDataLoader"):
            order.use_all(machine, scope, given.positional[:1], node)
            _loader(machine, scope, node, given, last)
        elif last in ("NeighborLoader", "GraphDataLoader", "LinkNeighborLoader"):
            shuffle = given.get("shuffle")
            if isinstance(shuffle, Known) and shuffle.const:
                machine.draw_later(scope, node, "torch", last)
        elif last in ("RandomNodeSplit", "RandomLinkSplit"):
            machine.draw_later(scope, node, "torch", last)
    elif root == "botorch" and last in _BOTORCH and not seeding.is_something(given.get("seed")):
        machine.draw(scope, node, "torch", name)
    elif root == "timm" and last == "create_model":
        machine.draw(scope, node, "torch", name)
    elif root == "skorch" and last.startswith("NeuralNet"):
        machine.draw_later(scope, node, "torch", name)
    elif root in ("stable_baselines3", "sb3_contrib") and last in libraries.SB3_ALGORITHMS:
        _agent(machine, scope, node, name, given)
    return None


_BOTORCH = frozenset(
    {"optimize_acqf", "optimize_acqf_mixed", "draw_sobol_samples", "draw_sobol_normal_samples", "SobolQMCNormalSampler"}
)


def _agent(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> None:
    """An agent of stable-baselines3: its `seed` seeds every generator, and the environment."""
    seed = given.get("seed")
    if seed is None or is_none(seed):
        machine.draw(scope, node, "torch", name)
        machine.draw_later(scope, node, "gymnasium", name, rule="unseeded-environment")
    else:
        seeding.seed_with(machine, scope, node, ("random", "numpy", "torch", "gymnasium"), seed, name)


def _transformers(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    if last in libraries.TRAINING_ARGUMENTS:
        made = Instance(None, dict(given.keywords), rest=FIXED)
        made.attrs.setdefault("seed", Known(42))
        return made
    if last in libraries.SEEDING_TRAINERS:
        settings = given.get("args", 1)
        seed = settings.attrs.get("seed") if isinstance(settings, Instance) else Known(42)
        calls.hand_over(machine, given, name)
        seeding.seed_with(machine, scope, node, ("random", "numpy", "torch"), seed or Known(42), name)
        return Result(name)
    if last == "HfArgumentParser":
        return Result(name, options.records_of(given, machine, scope, node))
    if (last == "from_pretrained" and _has_new_head(name)) or (
        last == "from_config" and "Model" in name and "TF" not in name and "Flax" not in name
    ):
        machine.draw(scope, node, "torch", name)
    return None


def _has_new_head(name: str) -> bool:
    model = name.split(".")[-2]
    heads = (
        "SequenceClassification",
        "TokenClassification",
        "MultipleChoice",
        "QuestionAnswering",
        "ImageClassification",
    )
    return "For" in model and model.endswith(heads) and not model.startswith(("TF", "Flax"))


def _tensorflow(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    in_random = name.startswith("tensorflow.random.") or name == f"tensorflow.{last}"
    if in_random and last in libraries.TENSORFLOW_DRAWS and ".stateless" not in name:
        if not seeding.is_something(given.get("seed")):
            return drawn(machine, "tensorflow", name, machine.draw(scope, node, "tensorflow", name))
        return FIXED
    if last.endswith("_initializer") and last.startswith(
        ("random_", "truncated_", "glorot_", "he_", "variance_scaling")
    ):
        if not seeding.is_something(given.get("seed")):
            machine.draw(scope, node, "tensorflow", name)
    if last == "from_non_deterministic_state":
        seeding.own_generator(machine, scope, node, None, name)
    elif name.startswith("tensorflow.data"):
        order.use_all(machine, scope, given.all(), node)
    return None


def _keras(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    weights = given.get("embeddings_initializer") or given.get("kernel_initializer")
    if isinstance(weights, Result) and weights.name.endswith(("Constant", "Zeros", "Ones", "Identity", "constant")):
        return Result(name)
    if ".layers." in name and last in libraries.KERAS_LAYERS:
        if not seeding.is_something(given.get("seed")) or last not in ("Dropout", "GaussianNoise"):
            machine.draw(scope, node, "tensorflow", name)
        return Result(name)
    if (name.startswith("keras.applications.") and last[:1].isupper()) or (
        name.startswith("keras.random.") and not seeding.is_something(given.get("seed"))
    ):
        machine.draw(scope, node, "tensorflow", name)
    return None


def root_of(name: str) -> str:
    """The top package of a dotted name."""
    return name.partition(".")[0]


def _estimators(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    draws = SPLITS.get(last) if root_of(name) != "surprise" else SURPRISE_SPLITS.get(last)
    rule = "unseeded-split" if draws else "unseeded-estimator"
    draws = draws or ESTIMATORS.get(last)
    if draws is None:
        if last == "check_random_state":
            return Result("numpy.random.RandomState")
        return None
    if last in ("train_test_split", "shuffle", "resample"):
        order.use_all(machine, scope, given.positional, node)
    calls.hand_over(machine, given, name)
    if not draws(given.keywords):
        return Result(name)
    state = given.get("random_state")
    later = last[:1].isupper()
    if state is None and given.is_open and machine.path.of("numpy").quality != "seeded":
        site = machine.site(scope, node, rule, name, "numpy")
        if given.spread is not FIXED:
            site.reached("unknown", "the arguments after ** are not seen")
    else:
        site = seeding.with_state(machine, scope, node, state, rule=rule, what=name, later=later)
    if last == "train_test_split" and given.positional:
        first = given.positional[0]
        part = Result("pandas.DataFrame") if isinstance(first, Result) and first.name.startswith("pandas.") else UNKNOWN
        return Items([part] * (2 * len(given.positional)))
    return Result(name, site)


def _search(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    last = name.rpartition(".")[2]
    if last in libraries.OPTUNA_SAMPLERS:
        return Result(name, _searching(machine, scope, node, name, given.get("seed"), given))
    if last in ("create_study", "Study") or name == "optuna.integration.OptunaSearchCV":
        sampler = given.get("sampler")
        if last != "OptunaSearchCV" and (sampler is None or is_none(sampler) or isinstance(sampler, Maybe)):
            _searching(machine, scope, node, name, sampler, given)
        elif last == "OptunaSearchCV":
            _searching(machine, scope, node, name, given.get("random_state"), given)
        return Result(name)
    if name == "hyperopt.fmin":
        calls.hand_over(machine, given, name)
        _searching(machine, scope, node, name, given.get("rstate") or given.get("rseed"), given)
        return UNKNOWN
    if name.startswith("skopt.") and last in (
        "gp_minimize",
        "forest_minimize",
        "gbrt_minimize",
        "dummy_minimize",
        "Optimizer",
    ):
        seeding.with_state(machine, scope, node, given.get("random_state"), rule="unseeded-search", what=name)
    return None


def _keras_tuner(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name.rpartition(".")[2] in ("RandomSearch", "BayesianOptimization", "Hyperband"):
        calls.hand_over(machine, given, name)
        _searching(machine, scope, node, name, given.get("seed"), given)
    return None


def _searching(machine: Machine, scope: Scope, node: ast.Call, name: str, seed: Value | None, given: Given) -> object:
    if seed is None and given.is_open:
        return None
    site = machine.site(scope, node, "unseeded-search", name)
    made = seeding.own_generator(machine, scope, node, seed, name)
    machine.sites.pop((made.path, made.line, made.column, made.rule), None)
    site.reached(made.verdict, made.why)
    return site


def _gymnasium(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    calls.hand_over(machine, given, name)
    if name.startswith("gymnasium.spaces"):
        return Result(name)
    return Result("gymnasium.env")


def _jax(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name in ("jax.random.PRNGKey", "jax.random.key"):
        seed = given.get("seed", 0)
        if isinstance(seed, Entropy):
            seeding.entropy_seed(machine, scope, node, seed, name)
        return FIXED
    return FIXED if name.startswith("jax.random.") else None


def _other_frameworks(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    root, _, rest = name.partition(".")
    last = name.rpartition(".")[2]
    draws = rest.startswith("random.") and last in libraries.NUMPY_DRAWS | libraries.TORCH_DRAWS
    layers = (
        root != "cupy"
        and ("nn." in rest or "gluon" in rest)
        and last in (*libraries.TORCH_LAYERS, "Dense", "Conv2D", "Conv1D")
    )
    if draws or layers or (root == "paddle" and rest in libraries.TORCH_DRAWS):
        machine.draw(scope, node, root, name)
    if root == "cupy" and last in ("default_rng", "RandomState"):
        seeding.own_generator(machine, scope, node, given.get("seed", 0), name)
    return None


def _pandas(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name in ("pandas.DataFrame", "pandas.Series", "pandas.concat"):
        order.use_all(machine, scope, given.positional[:1], node)
    return Result("pandas.DataFrame") if name.partition(".")[2] not in ("unique", "Timestamp") else UNKNOWN


def _collections(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name in ("collections.OrderedDict", "collections.defaultdict") and not name.endswith("Dict") * len(
        given.positional
    ):
        return Table(dict(given.keywords))
    return None


def _functools(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name == "functools.partial" and given.positional:
        target = given.positional[0]
        if isinstance(target, Function):
            made = Function(target.node, target.scope, target.owner)
            made.self, made.given = target.self, {**target.given, **given.keywords}
            return made
        return Partial(target, dict(given.keywords))
    return None


def _command_lines(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name.endswith((".ArgumentParser", ".ArgParser", ".Namespace")) and "Hf" not in name:
        if name.endswith("Namespace"):
            return Instance(None, dict(given.keywords))
        return Parser()
    if name in ("typer.Option", "typer.Argument"):
        return options.typer_option(given)
    if name in ("typer.run", "fire.Fire", "hydra_zen.zen"):
        _run_by_options(machine, scope, node, given)
        return UNKNOWN
    if name in (
        "tyro.cli",
        "simple_parsing.parse",
        "jsonargparse.CLI",
        "draccus.parse",
        "pyrallis.parse",
        "chz.entrypoint",
    ):
        made = options.records_of(given, machine, scope, node)
        if given.positional and isinstance(given.positional[0], Function):
            return machine.invoke(given.positional[0], Given())
        return made[0] if made else UNKNOWN
    if name.startswith("absl.flags.DEFINE_") or name.startswith("tensorflow.app.flags.DEFINE_"):
        options.absl_flag(machine, given)
        return UNKNOWN
    if name in ("absl.app.run", "tensorflow.app.run", "tensorflow.compat.v1.app.run"):
        calls.hand_over(machine, given, name)
        return UNKNOWN
    return None


def _run_by_options(machine: Machine, scope: Scope, node: ast.Call, given: Given) -> None:
    """A function, a class or a table of them is run with the options of the command line: its defaults hold."""
    target = given.get("component", 0)
    if target is None:
        values = list(scope.names.values())
    elif isinstance(target, Table):
        values = list(target.entries.values())
    else:
        values = target.elements if isinstance(target, Items) else [target]
    for value in values:
        before = machine.path.copy()
        if isinstance(value, Function):
            machine.invoke(value, Given())
        elif isinstance(value, Class):
            machine.make(value, Given(), scope, node)
        if len(values) > 1:
            machine.path = before


def _os(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name in ("os.environ.get", "os.getenv"):
        return options.environment_variable(given)
    if name == "os.environ.setdefault":
        return FIXED
    return FIXED if name.startswith("os.path.") else None


def _secrets(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    if name in ("secrets.SystemRandom",):
        seeding.own_generator(machine, scope, node, None, name)
    return Entropy("the system's entropy")


def _pathlib(machine: Machine, scope: Scope, node: ast.Call, name: str, given: Given) -> Answer:
    return Result("pathlib.Path")


_Handler = Callable[["Machine", Scope, ast.Call, str, Given], Answer]
_ROOTS: dict[str, _Handler] = {
    "random": _random,
    "numpy": _numpy,
    "scipy": _scipy,
    "torch": _torch,
    "torchvision": _torchvision,
    **dict.fromkeys(
        ("torch_geometric", "dgl", "timm", "skorch", "botorch", "stable_baselines3", "sb3_contrib"), _torch_models
    ),
    **dict.fromkeys(("transformers", "trl"), _transformers),
    "tensorflow": _tensorflow,
    "keras": _keras,
    **dict.fromkeys(ROOTS - {"skopt"}, _estimators),
    **dict.fromkeys(("optuna", "hyperopt"), _search),
    "skopt": lambda *call: _search(*call) or _estimators(*call),
    **dict.fromkeys(("keras_tuner", "kerastuner"), _keras_tuner),
    "gymnasium": _gymnasium,
    "jax": _jax,
    **dict.fromkeys(("cupy", "mxnet", "paddle"), _other_frameworks),
    "pandas": _pandas,
    "functools": _functools,
    "collections": _collections,
    **dict.fromkeys(
        (
            "argparse",
            "configargparse",
            "jsonargparse",
            "typer",
            "fire",
            "tyro",
            "simple_parsing",
            "draccus",
            "pyrallis",
            "chz",
            "absl",
            "hydra_zen",
            "types",
        ),
        _command_lines,
    ),
    "os": _os,
    "secrets": _secrets,
    "pathlib": _pathlib,
}

__all__ = ["External", "library_call"]
