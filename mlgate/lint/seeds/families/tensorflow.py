"""TensorFlow and Keras, which draw from one generator, and Keras Tuner."""

from __future__ import annotations

from mlgate.lint.seeds import handing, libraries, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.drawn import drawn
from mlgate.lint.seeds.families.searches import searching
from mlgate.lint.seeds.values import FIXED, Result, Value

_INITIALIZERS = ("random_", "truncated_", "glorot_", "he_", "variance_scaling")
"""How initialisers begin that draw."""
_CONSTANT = ("Constant", "Zeros", "Ones", "Identity", "constant")
"""How initialisers end that do not."""


def tensorflow(call: Call) -> Value | None:
    """Draws without a seed of their own."""
    name, last = call.name, call.last
    in_random = name.startswith("tensorflow.random.") or name == f"tensorflow.{last}"
    if in_random and last in libraries.TENSORFLOW_DRAWS and ".stateless" not in name:
        return FIXED if call.has("seed") else drawn(call, "tensorflow")
    if last.endswith("_initializer") and last.startswith(_INITIALIZERS) and not call.has("seed"):
        call.draw("tensorflow")
    if last == "from_non_deterministic_state":
        seeding.own_generator(call, None)
    elif name.startswith("tensorflow.data"):
        order.use_all(call.machine, call.scope, call.given.all(), call.node)
    return None


def keras(call: Call) -> Value | None:
    """Layers with weights, and those that drop."""
    name, last = call.name, call.last
    weights = call.get("embeddings_initializer") or call.get("kernel_initializer")
    if isinstance(weights, Result) and weights.name.endswith(_CONSTANT):
        return Result(name)
    if ".layers." in name and last in libraries.KERAS_LAYERS:
        if not (call.has("seed") and last in ("Dropout", "GaussianNoise")):
            call.draw("tensorflow")
        return Result(name)
    is_model = name.startswith("keras.applications.") and last[:1].isupper()
    if is_model or (name.startswith("keras.random.") and not call.has("seed")):
        call.draw("tensorflow")
    return None


def tuner(call: Call) -> Value | None:
    """Searches of Keras Tuner."""
    if call.last in ("RandomSearch", "BayesianOptimization", "Hyperband"):
        handing.hand_over(call.machine, call.given, call.name)
        searching(call, call.get("seed"))
    return None


HANDLERS = {"tensorflow": tensorflow, "keras": keras, "keras_tuner": tuner, "kerastuner": tuner}
