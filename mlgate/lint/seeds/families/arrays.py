"""Arrays and tables: numpy, scipy, pandas, and the frameworks whose generators are like numpy's."""

from __future__ import annotations

from mlgate.lint.seeds import libraries, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.drawn import drawn
from mlgate.lint.seeds.sites import DONE
from mlgate.lint.seeds.values import FIXED, UNKNOWN, Entropy, Result, Value

_GENERATORS = frozenset(
    {"default_rng", "RandomState", "SeedSequence", "PCG64", "MT19937", "Philox", "SFC64", "PCG64DXSM"}
)
_LAYERS = libraries.TORCH_LAYERS | {"Dense", "Conv2D", "Conv1D"}


def numpy(call: Call) -> Value | None:
    """numpy's global generator, and generator objects."""
    if not call.name.startswith("numpy.random."):
        return UNKNOWN if call.name in ("numpy.unique", "numpy.sort") else None
    last = call.name.removeprefix("numpy.random.")
    if last in libraries.NUMPY_DRAWS:
        order.use_all(call.machine, call.scope, call.given.positional[:1], call.node)
        return drawn(call, "numpy")
    if last in _GENERATORS:
        if call.given.is_open:
            return Result(call.name)
        return Result(call.name, seeding.own_generator(call, call.get("seed", 0) or call.get("entropy")))
    if last == "Generator":
        inner = call.get("bit_generator", 0)
        return Result(call.name, inner.site if isinstance(inner, Result) else None)
    if last == "set_state":
        call.machine.path.seed("numpy", DONE)
    return FIXED


def scipy(call: Call) -> Value | None:
    """`rvs` of a distribution draws from numpy's generator, unless it is given one."""
    if not (call.name.startswith("scipy.stats.") and call.last == "rvs"):
        return None
    if not call.has("random_state"):
        call.draw("numpy")
    return UNKNOWN


def pandas(call: Call) -> Value:
    """Most of what pandas returns is a table, whose methods may draw."""
    if call.name in ("pandas.DataFrame", "pandas.Series", "pandas.concat"):
        order.use_all(call.machine, call.scope, call.given.positional[:1], call.node)
    return UNKNOWN if call.name in ("pandas.unique", "pandas.Timestamp") else Result("pandas.DataFrame")


def jax(call: Call) -> Value | None:
    """Keys say themselves what is drawn: one that differs in every run is told."""
    if call.name in ("jax.random.PRNGKey", "jax.random.key"):
        seed = call.get("seed", 0)
        if isinstance(seed, Entropy):
            seeding.entropy_seed(call, seed)
        return FIXED
    return FIXED if call.name.startswith("jax.random.") else None


def others(call: Call) -> Value | None:
    """CuPy, MXNet and Paddle."""
    root, _, rest = call.name.partition(".")
    draws = rest.startswith("random.") and call.last in libraries.NUMPY_DRAWS | libraries.TORCH_DRAWS
    builds = root != "cupy" and ("nn." in rest or "gluon" in rest) and call.last in _LAYERS
    if draws or builds or (root == "paddle" and rest in libraries.TORCH_DRAWS):
        call.draw(root)
    if root == "cupy" and call.last in ("default_rng", "RandomState"):
        seeding.own_generator(call, call.get("seed", 0))
    return None


HANDLERS = {
    "numpy": numpy,
    "scipy": scipy,
    "pandas": pandas,
    "jax": jax,
    "cupy": others,
    "mxnet": others,
    "paddle": others,
}
