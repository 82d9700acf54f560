"""Rules of Hugging Face's Trainer, models and adapters, of DeepSpeed, and of the words that all of them share."""

from __future__ import annotations

from mlgate.lint.config_found import FAIL, WARN, Config, Found
from mlgate.lint.config_names import TRAINER

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from mlgate.config.document import Node

_RENAMED = {
    "evaluation_strategy": "eval_strategy",
    "per_gpu_train_batch_size": "per_device_train_batch_size",
    "per_gpu_eval_batch_size": "per_device_eval_batch_size",
    "no_cuda": "use_cpu",
    "push_to_hub_token": "hub_token",
    "push_to_hub_model_id": "hub_model_id",
    "use_auth_token": "token",
}
"""Arguments of the Trainer that newer versions do not know, and their new names."""

_CHOICES = {
    "eval_strategy": ("no", "steps", "epoch"),
    "evaluation_strategy": ("no", "steps", "epoch"),
    "save_strategy": ("no", "steps", "epoch", "best"),
    "logging_strategy": ("no", "steps", "epoch"),
}
_FEW_KEYS = 3
"""Arguments of the Trainer from which on a mapping is taken for one of its configs."""


def config_frameworks(config: Config) -> list[Found] | None:
    """What belongs together in configs of Hugging Face and DeepSpeed does.

    Trainer (told by three of its arguments in one mapping): `fail` for an unknown strategy, for `fp16` and `bf16` both
    true, and for `load_best_model_at_end` with strategies that differ; `warn` for arguments that were renamed. Model
    (`config.json`): `fail` where `hidden_size` is not a multiple of `num_attention_heads` (without `head_dim`), or
    `num_attention_heads` of `num_key_value_heads`. Generation: `warn` for `temperature` and `top_p` without
    `do_sample`. Adapter: `fail` for a rank below 1. DeepSpeed: `fail` for a stage outside 0 to 3, and for `fp16` and
    `bf16` both enabled; `"auto"` is a value.
    """
    if config.kind == "ini":
        return None
    found: list[Found] = []
    for place, node in [((), config.document), *((entry.place, entry.node) for entry in config.entries)]:
        value = node.value
        if not isinstance(value, dict):
            continue
        facts: dict[str, Any] = {key: child.value for key, child in value.items()}
        told: list[tuple[str, str, str, str]] = []
        if len(TRAINER & facts.keys()) >= _FEW_KEYS:
            told += _of_trainer(facts)
        told += _of_model(facts) + _of_generation(config, facts) + _of_adapter(facts) + _of_deepspeed(value, facts)
        for status, key, fact, hint in told:
            line = node.key_places[key][1] if key in node.key_places else node.line
            where = ".".join(map(str, (*place, key)))
            part = "/".join(map(str, (*place, key)))
            found.append(Found(status, f"{where}: {fact}", hint, line, part=part))
    return found


def _of_trainer(facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    told = []
    for key, choices in _CHOICES.items():
        value = facts.get(key)
        if isinstance(value, str) and value.lower() not in choices and "${" not in value:
            told.append((FAIL, key, f"{value!r} is no strategy", f"one of {', '.join(choices)}"))
    if facts.get("fp16") is True and facts.get("bf16") is True:
        told.append((FAIL, "bf16", "fp16 and bf16 are both true: the Trainer takes one", "keep one of them"))
    evaluate = facts.get("eval_strategy", facts.get("evaluation_strategy", "no"))
    save = facts.get("save_strategy", "steps")
    texts = isinstance(evaluate, str) and isinstance(save, str) and save != "best" and "${" not in f"{evaluate}{save}"
    if facts.get("load_best_model_at_end") is True and texts and evaluate != save:
        fact = f"is true, but models are saved by {save} and evaluated by {evaluate}"
        told.append((FAIL, "load_best_model_at_end", fact, "set save_strategy and eval_strategy to the same"))
    for old, new in _RENAMED.items():
        if old in facts:
            told.append((WARN, old, f"newer versions of the Trainer do not know it: it is now {new}", f"write {new}"))
    return told


def _of_model(facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    told = []
    size, heads, shared = (facts.get(key) for key in ("hidden_size", "num_attention_heads", "num_key_value_heads"))
    if (
        size
        and heads
        and _counts(size, heads)
        and "head_dim" not in facts
        and "qk_rope_head_dim" not in facts
        and size % heads
    ):
        fact = f"{size} is no multiple of num_attention_heads ({heads})"
        told.append((FAIL, "hidden_size", fact, "correct one of them, or add head_dim"))
    if heads and shared and _counts(heads, shared) and heads % shared:
        fact = f"{heads} is no multiple of num_key_value_heads ({shared})"
        told.append((FAIL, "num_attention_heads", fact, "correct one of them"))
    return told


def _counts(*values: Any) -> bool:
    return all(isinstance(value, int) and not isinstance(value, bool) and value > 0 for value in values)


def _of_generation(config: Config, facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    if not config.path.endswith("generation_config.json") or facts.get("do_sample", False):
        return []
    sampling = [key for key in ("temperature", "top_p") if facts.get(key) not in (None, 1, 1.0)]
    return [(WARN, key, "has no effect without do_sample: true", "add do_sample, or delete it") for key in sampling]


def _of_adapter(facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    rank = facts.get("r")
    if "lora_alpha" in facts and rank is not None and not _counts(rank) and not isinstance(rank, str | dict | list):
        return [(FAIL, "r", f"{rank} is no rank: a whole number of at least 1", "write 8 or 16, say")]
    return []


def _of_deepspeed(value: dict[str, Node], facts: dict[str, Any]) -> list[tuple[str, str, str, str]]:
    zero = facts.get("zero_optimization")
    if not isinstance(zero, dict):
        return []
    told = []
    stage = zero["stage"].value if "stage" in zero else None
    if stage is not None and stage not in (0, 1, 2, 3) and stage != "auto":
        told.append((FAIL, "zero_optimization", f"stage {stage!r} is none of 0, 1, 2, 3", "write one of them"))
    halves = [key for key in ("fp16", "bf16") if _is_enabled(value.get(key))]
    if len(halves) > 1:
        told.append((FAIL, "bf16", "fp16 and bf16 are both enabled: DeepSpeed takes one", "disable one of them"))
    return told


def _is_enabled(node: Node | None) -> bool:
    value = node.value if node is not None else None
    return isinstance(value, dict) and "enabled" in value and value["enabled"].value is True
