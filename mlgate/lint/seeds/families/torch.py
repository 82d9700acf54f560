"""PyTorch and torchvision: draws, layers with weights, loaders that shuffle."""

from __future__ import annotations

from mlgate.lint.seeds import libraries, order
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.drawn import drawn
from mlgate.lint.seeds.seeding import is_something
from mlgate.lint.seeds.sites import DONE, NOT_SEEDED, SEEDED
from mlgate.lint.seeds.values import FIXED, UNKNOWN, Entropy, Items, Known, Option, Result, Value, is_true

_SAMPLERS = frozenset({"RandomSampler", "SubsetRandomSampler", "WeightedRandomSampler"})
_INITIAL_SEED = ("torch.initial_seed", "torch.random.initial_seed")
_SET_STATE = ("torch.set_rng_state", "torch.random.set_rng_state")


def torch(call: Call) -> Value | None:
    """PyTorch's CPU generator, which also makes weights and shuffles."""
    name, last = call.name, call.last
    if (last in libraries.TORCH_DRAWS and name == f"torch.{last}") or name == "torch.nn.functional.dropout":
        return FIXED if call.has("generator") else drawn(call, "torch")
    if name.startswith("torch.nn.init."):
        if last in libraries.TORCH_INITS and not call.has("generator"):
            call.draw("torch")
        return UNKNOWN
    if name.startswith("torch.nn.") and last in libraries.TORCH_LAYERS:
        call.draw("torch")
        return Result(name)
    if name.startswith("torch.utils.data."):
        return _data(call)
    if last == "SobolEngine":
        if is_true(call.get("scramble", 1)) and not is_something(call.get("seed", 2)):
            call.draw("torch")
        return Result(name)
    if name in _INITIAL_SEED:
        return _initial_seed(call)
    if name in _SET_STATE:
        call.machine.path.seed("torch", DONE)
    return Result(name) if name == "torch.Generator" else None


def _initial_seed(call: Call) -> Value:
    quality = call.machine.path.of("torch").quality
    if quality == NOT_SEEDED:
        return Entropy("torch's seed, which is not set")
    return FIXED if quality == SEEDED else UNKNOWN


def _data(call: Call) -> Value | None:
    order.use_all(call.machine, call.scope, call.given.all(), call.node)
    last = call.last
    if last == "random_split" and not call.has("generator"):
        call.draw("torch", last)
        return Items([Result("torch.utils.data.Subset")] * 3)
    if last in _SAMPLERS and not call.has("generator"):
        call.draw_later("torch", last)
        return Result(f"torch.{last}")
    if last == "DataLoader":
        loader(call)
    return None


def loader(call: Call) -> None:
    """A loader that shuffles, without a generator of its own."""
    shuffle = call.get("shuffle", 2)
    if isinstance(shuffle, Option):
        shuffle = shuffle.default
    if shuffle is None or (isinstance(shuffle, Known) and not shuffle.const):
        return
    if not call.has("generator"):
        call.draw_later("torch", f"{call.last}(shuffle=True)")


def torchvision(call: Call) -> Value | None:
    """Models, whose weights are drawn, and transformations that draw."""
    if call.name.startswith("torchvision.models.") and call.last != "get_weight":
        call.draw("torch")
        return Result("torch.nn.Module")
    if call.name.startswith("torchvision.transforms") and call.last in libraries.TRANSFORMS:
        call.draw_later("torch")
    return None


HANDLERS = {"torch": torch, "torchvision": torchvision}
