"""Libraries of models and trainers upon PyTorch: what they build has weights from its generator."""

from __future__ import annotations

from mlgate.lint.seeds import handing, libraries, options, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.families.torch import loader
from mlgate.lint.seeds.values import FIXED, Instance, Known, Result, Value, is_none, is_true

_GRAPH_LAYERS = ("Conv", "Linear", "Transformer", "MLP", "GCN", "GAT", "GIN")
"""How names of layers end that have weights."""
_GRAPH_MODELS = frozenset({"GraphSAGE", "Node2Vec", "MetaPath2Vec"})
_GRAPH_LOADERS = frozenset({"NeighborLoader", "GraphDataLoader", "LinkNeighborLoader"})
_GRAPH_SPLITS = frozenset({"RandomNodeSplit", "RandomLinkSplit"})
_BOTORCH = libraries.names(
    "optimize_acqf optimize_acqf_mixed draw_sobol_samples draw_sobol_normal_samples SobolQMCNormalSampler"
)
_HEADS = (
    "SequenceClassification",
    "TokenClassification",
    "MultipleChoice",
    "QuestionAnswering",
    "ImageClassification",
)
"""How names of models end that put a new layer on pretrained ones."""


def graphs(call: Call) -> Value | None:
    """PyTorch Geometric and DGL."""
    last = call.last
    if ".nn" in call.name and (last.endswith(_GRAPH_LAYERS) or last in _GRAPH_MODELS):
        call.draw("torch")
    elif last in ("DataLoader", "DenseDataLoader") and call.name.startswith("torch_geometric."):
        order.use_all(call.machine, call.scope, call.given.positional[:1], call.node)
        loader(call)
    elif (last in _GRAPH_LOADERS and is_true(call.get("shuffle"))) or last in _GRAPH_SPLITS:
        call.draw_later("torch", last if last in _GRAPH_LOADERS else "")
    return None


def botorch(call: Call) -> Value | None:
    """What draws points."""
    if call.last in _BOTORCH and not call.has("seed"):
        call.draw("torch")
    return None


def timm(call: Call) -> Value | None:
    """Models, whose weights are drawn."""
    if call.last == "create_model":
        call.draw("torch")
    return None


def skorch(call: Call) -> Value | None:
    """Networks whose weights are drawn when they are fitted."""
    if call.last.startswith("NeuralNet"):
        call.draw_later("torch")
    return None


def agents(call: Call) -> Value | None:
    """An agent of stable-baselines3: its `seed` seeds every generator, and the environment."""
    if call.last not in libraries.SB3_ALGORITHMS:
        return None
    seed = call.get("seed")
    if seed is None or is_none(seed):
        call.draw("torch")
        call.draw_later("gymnasium", rule="unseeded-environment")
    else:
        seeding.seed_with(call, ("random", "numpy", "torch", "gymnasium"), seed)
    return None


def transformers(call: Call) -> Value | None:
    """Trainers, which seed when they are made, and models that get a new layer."""
    name, last = call.name, call.last
    if last in libraries.TRAINING_ARGUMENTS:
        made = Instance(None, dict(call.given.keywords), rest=FIXED)
        made.attrs.setdefault("seed", Known(42))
        return made
    if last in libraries.SEEDING_TRAINERS:
        settings = call.get("args", 1)
        seed = settings.attrs.get("seed") if isinstance(settings, Instance) else Known(42)
        handing.hand_over(call.machine, call.given, name)
        seeding.seed_with(call, ("random", "numpy", "torch"), seed or Known(42))
        return Result(name)
    if last == "HfArgumentParser":
        return Result(name, options.records_of(call))
    is_of_config = last == "from_config" and "Model" in name and "TF" not in name and "Flax" not in name
    if (last == "from_pretrained" and _has_new_head(name)) or is_of_config:
        call.draw("torch")
    return None


def _has_new_head(name: str) -> bool:
    model = name.split(".")[-2]
    return "For" in model and model.endswith(_HEADS) and not model.startswith(("TF", "Flax"))


HANDLERS = {
    "torch_geometric": graphs,
    "dgl": graphs,
    "botorch": botorch,
    "timm": timm,
    "skorch": skorch,
    "stable_baselines3": agents,
    "sb3_contrib": agents,
    "transformers": transformers,
    "trl": transformers,
}
