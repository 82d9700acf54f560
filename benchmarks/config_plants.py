"""Faults that people make in training configs, planted into the text of real ones.

A plant gives the broken text (or bytes), or None where the config has no place for it. `schema` faults are those that
only a schema can show; `asked` are those that mlgate.yaml must ask for.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass

Plant = Callable[[str], str | bytes | None]
_SCALAR = r"(?m)^([a-z_]+): ([A-Za-z0-9_./-]+)$"


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault: what it is, in which kind of file, and how it is planted."""

    name: str
    kind: str
    plant: Plant
    schema: bool = False
    asked: str = ""
    hydra: bool = False


def added(text: str) -> Plant:
    """Lines at the end."""
    return lambda config: f"{config.rstrip()}\n{text}\n"


def swapped(pattern: str, new: str) -> Plant:
    """The first match of a pattern replaced; None where there is none."""

    def plant(config: str) -> str | None:
        result, count = re.subn(pattern, new, config, count=1)
        return result if count and result != config else None

    return plant


def encoded(encoding: str, extra: str = "") -> Plant:
    return lambda config: (config + extra).encode(encoding)


def _tab(config: str) -> str | None:
    return swapped(r"(?m)^ {2,4}(?=[a-z-])", "\t")(config)  # type: ignore[return-value]  # it gives text


def _cut_off(config: str) -> str:
    return config[: len(config) // 2].rstrip() + '\nname: "cut o'


def _bomb(_config: str) -> str:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 9)]
    return "\n".join(lines) + "\n"


def _default(config: str) -> str | None:
    return None if "defaults:" in config else f"defaults:\n  - x_model: resnet\n  - _self_\n{config}"


_RATE = r"(?m)^learning_rate: .*$"
_EPOCHS = r"(?m)^(num_train_epochs|num_epochs): .*$"
_BATCH = r"(?m)^(per_device_train_batch_size|micro_batch_size): .*$"
_BF16 = r"(?m)^bf16: .*$"
_CONFLICT = "<<<<<<< HEAD\nseed: 1\n=======\nseed: 2\n>>>>>>> feature"
_MERGE = "base: &base\n  optimizer_args: {lr: 0.1, momentum: 0.9}\n"

YAML = (
    Fault("tab as indentation", "yaml", _tab),
    Fault("top key twice", "yaml", swapped(_SCALAR, r"\1: \2\n\1: other")),
    Fault("nested key twice", "yaml", added("optimizer_args:\n  lr: 0.1\n  lr: 0.2")),
    Fault("no space after a colon", "yaml", swapped(_SCALAR, r"\1:\2")),
    Fault("no space after a colon, alone below a key", "yaml", added("scheduler_args:\n  gamma:0.9")),
    Fault("no space after colons in braces", "yaml", added("optimizer_args: {lr:0.1, momentum:0.9}")),
    Fault("key = value", "yaml", swapped(_SCALAR, r"\1 = \2")),
    Fault("learning rate 1e-4 (text for PyYAML)", "yaml", swapped(_RATE, "learning_rate: 1e-4")),
    Fault("1e-8 at another key", "yaml", added("scale_floor: 1e-8")),
    Fault("learning rate in quotes", "yaml", swapped(_RATE, 'learning_rate: "0.0002"')),
    Fault("flag in quotes", "yaml", swapped(_BF16, 'bf16: "false"')),
    Fault("eval_strategy: no", "yaml", added("eval_strategy: no")),
    Fault("language no", "yaml", added("languages: [en, no, de]")),
    Fault("seed 010", "yaml", added("seed: 010")),
    Fault("time 12:30:45", "yaml", added("time_limit: 12:30:45")),
    Fault("10_000", "yaml", added("max_examples: 10_000")),
    Fault("= alone", "yaml", added("separator: =")),
    Fault("None of Python", "yaml", added("max_steps: None")),
    Fault("tuple of Python", "yaml", added("betas: (0.9, 0.95)")),
    Fault("comma after a number", "yaml", swapped(_EPOCHS, r"\1: 3,")),
    Fault("comma after quotes", "yaml", swapped(_SCALAR, r'\1: "\2",')),
    Fault("comment without a space", "yaml", swapped(_RATE, "learning_rate: 0.0002#was 0.001")),
    Fault("decimal comma", "yaml", swapped(_RATE, "learning_rate: 0,0002")),
    Fault("letter in a number", "yaml", swapped(_BATCH, r"\1: 1O")),
    Fault("batch size below 0", "yaml", swapped(_BATCH, r"\1: -8")),
    Fault("dropout in percent", "yaml", added("dropout: 10")),
    Fault("weight decay below 0", "yaml", added("weight_decay_schedule: {weight_decay: -0.1}")),
    Fault("seed is no whole number", "yaml", added("seed: 42.5")),
    Fault("curly quotes", "yaml", added("run_name: \u201cbaseline\u201d")),
    Fault("colon of full width", "yaml", added("seed\uff1a42")),
    Fault("space that does not break, in a key", "yaml", added("weight\u00a0decay_rate: 0.1")),
    Fault("character of no width in a key", "yaml", added("seed\u200b: 42")),
    Fault("dash for a minus", "yaml", added("offset: \u22121.5")),
    Fault("sign that turns the direction", "yaml", added("note: abc\u202edef")),
    Fault("UTF-16", "yaml", encoded("utf-16")),
    Fault("Latin-1", "yaml", encoded("latin-1", "author: Jos\u00e9\n")),
    Fault("NUL character", "yaml", added("run_name: a\x00b")),
    Fault("quote never closed", "yaml", added('run_name: "baseline\nseed: 1')),
    Fault("file cut off", "yaml", _cut_off),
    Fault("bracket never closed", "yaml", added("layers: [1, 2\nseed: 1")),
    Fault("line indented too deep", "yaml", added("seed: 1\n   data_seed: 2")),
    Fault("list item indented too deep", "yaml", added("callbacks:\n  - early_stopping\n    - checkpoint")),
    Fault("value goes on in the next line", "yaml", added("rope_factor: 8\n  linear scaling")),
    Fault("section not indented", "yaml", added("scheduler:\nwarmup_fraction: 0.1")),
    Fault("value that is a comment", "yaml", added("plot_color: #ff0000")),
    Fault("second document", "yaml", added("---\nseed: 1")),
    Fault("unknown anchor", "yaml", added("defaults_a: &shared {lr: 0.1}\nrun: *sharde")),
    Fault("merge that drops keys", "yaml", added(f"{_MERGE}run:\n  <<: *base\n  optimizer_args: {{lr: 0.2}}")),
    Fault("key above its merge", "yaml", added("b: &b {rank: 1}\nrun:\n  rank: 2\n  <<: *b")),
    Fault("merge of a number", "yaml", added("b: &b 5\nrun:\n  <<: *b")),
    Fault("tag that runs a command", "yaml", added("hook: !!python/object/apply:os.system [id]")),
    Fault("alias bomb", "yaml", _bomb),
    Fault("merge conflict of Git", "yaml", added(_CONFLICT)),
    Fault("template not filled in", "yaml", added("seed: {{ seed }}")),
    Fault("value starts with @", "yaml", added("owner: @team")),
    Fault("value starts with %", "yaml", added("fraction: %50")),
    Fault("backslashes in double quotes", "yaml", added('data_root: "C:\\Users\\me\\data"')),
    Fault("path of one machine", "yaml", added("data_root: /home/jane/projects/data/train.csv")),
    Fault("not a number", "yaml", added("loss_floor: .nan")),
    Fault("number too large", "yaml", added("clip_at: 1e999")),
    Fault("nested too deep", "yaml", added("deep: " + "[" * 80 + "]" * 80)),
    Fault("fp16 and bf16", "yaml", swapped(r"(?m)^bf16: (true|auto)$", "bf16: true\nfp16: true")),
    Fault("unknown strategy", "yaml", added("save_strategy: epochs\noverwrite_output_dir: true\nreport_to: none")),
    Fault("best model with strategies that differ", "yaml",
          added("load_best_model_at_end: true\neval_strategy: steps\nsave_strategy: epoch")),
    Fault("misspelt key", "yaml", swapped(r"(?m)^learning_rate:", "learnig_rate:")),
    Fault("letters swapped in a key", "yaml",
          swapped(r"(?m)^gradient_accumulation_steps:", "gradient_accumulation_setps:")),
    Fault("misspelt key that is not well known", "yaml",
          swapped(r"(?m)^(lora_rank|lora_r|cutoff_len|sequence_len):", r"\1x:"), schema=True),
    Fault("text where a number was", "yaml",
          swapped(r"(?m)^(save_steps|logging_steps|evals_per_epoch): .*$", r"\1: often"), schema=True),
    Fault("key that is needed is gone", "yaml", swapped(r"(?m)^(output_dir): .*\n", ""), schema=True),
    Fault("no seed", "yaml", lambda text: text if "seed" not in text else None, asked="seed: required"),
    Fault("seed is nothing", "yaml", added("seed: null"), asked="seed: required"),
    Fault("path that is not there", "yaml", added("train_file: data/trian.jsonl"), asked="paths: [train_file]"),
    Fault("1e-4 read by PyYAML", "yaml", added("scale_floor: 1e-8"), asked="reader: pyyaml"),
)  # fmt: skip
HYDRA = (
    Fault("interpolation of a misspelt key", "yaml", added("x_rate: ${optimization.max_updat}"), hydra=True),
    Fault("relative interpolation to nothing", "yaml", added("x_args:\n  a: ${.b}\n  c: 1"), hydra=True),
    Fault("interpolation never closed", "yaml", added("x_rate: ${task.data"), hydra=True),
    Fault("interpolations in a circle", "yaml", added("x_a: ${x_b}\nx_b: ${x_a}"), hydra=True),
    Fault("default that is not there", "yaml", _default, hydra=True),
    Fault("_target_ without a module", "yaml", added("x_model:\n  _target_: ResNet"), hydra=True),
    Fault("value still mandatory", "yaml", added("x_rate: ???"), hydra=True),
)  # fmt: skip
JSON = (
    Fault("comment", "json", swapped(r"\{", "{  // stage 3")),
    Fault("comma after the last value", "json", swapped(r"\n\}\s*$", ",\n}\n")),
    Fault("single quotes", "json", swapped(r'"auto"', "'auto'")),
    Fault("NaN", "json", swapped(r'"auto"', "NaN")),
    Fault("True of Python", "json", swapped(r"true", "True")),
    Fault("key twice", "json", swapped(r'("gradient_accumulation_steps": "auto",)', r"\1\n  \1")),
    Fault("byte order mark", "json", lambda text: "\ufeff" + text),
    Fault("two values", "json", lambda text: text + text),
    Fault("comma forgotten", "json", swapped(r'"auto",', '"auto"')),
    Fault("cut off", "json", lambda text: text[: len(text) // 2]),
    Fault("batch size in quotes", "json", swapped(r'("train_micro_batch_size_per_gpu"): "auto"', r'\1: "16"')),
    Fault("stage that is none", "json", swapped(r'"stage": \d', '"stage": 5')),
    Fault("fp16 and bf16 enabled", "json", lambda text: text.replace('"enabled": "auto"', '"enabled": true')
          if text.count('"enabled": "auto"') == 2 else None),
)  # fmt: skip
TOML = (
    Fault("table twice", "toml", added("[tool.ruff]\nx = 1\n[tool.ruff]\ny = 2")),
    Fault("True of Python", "toml", added("[train]\nfp16 = True")),
    Fault("text without quotes", "toml", added("[train]\noptimizer = adamw")),
    Fault("colon for =", "toml", added("[train]\nlr: 0.1")),
    Fault("not a number", "toml", added("[train]\nlr = nan")),
    Fault("learning rate in quotes", "toml", added('[train]\nlearning_rate = "0.001"')),
)
FAULTS = YAML + HYDRA + JSON + TOML
