"""Keys that are nearly a well-known name."""

from __future__ import annotations

from functools import lru_cache

from mlgate.lint.config_found import WARN, Config, Found
from mlgate.lint.config_names import WORDS

_OWN = {
    "train", "trains", "test", "tests", "text", "token", "tokens", "data", "date", "loss", "rate", "rates", "mode",
    "node", "model", "label", "table", "sample", "samples", "batch", "patch", "match", "state", "scale", "decoder",
    "trainer", "trained", "training", "datasets", "loader", "encoder", "hidden", "layer", "modal", "models", "device",
    "devices", "tokenize", "optimize", "optimized", "scheduled", "schedule", "momenta", "precisions", "valid",
    "optimiser", "normalisation", "regularisation",
}  # fmt: skip
"""Words that are no misspellings of others."""
_LONG = sorted(name for name in WORDS if len(name) >= 6 and not name[-1].isdigit())


def config_misspelt(config: Config) -> list[Found] | None:
    """No key is nearly a well-known name of training configs.

    `learnig_rate` leaves the default in force without a word: `warn`, with the name that was meant. Keys of at least
    six letters that differ in one letter, or two neighbours that are swapped; long words in two. Plurals are names of
    their own, as is a name with a letter before it, and so is a key beside which the right name stands, too. A JSON
    Schema with `additionalProperties: false` makes any unknown key a `fail`.
    """
    if config.kind == "ini":
        return None
    found = []
    for entry in config.entries:
        key = entry.key.lower()
        if len(key) < 6 or key in WORDS or not key.replace("_", "").isalpha():
            continue
        near = _nearly(key)
        siblings = entry.parent.value if entry.parent is not None else None
        if near and not (isinstance(siblings, dict) and near in siblings):
            part = "/".join(map(str, entry.place))
            fact = f"the key {entry.key} is nearly {near}"
            found.append(Found(WARN, fact, f"write {near}, if that is meant", entry.key_line, part=part))
    return found


@lru_cache(maxsize=10_000)
def _nearly(key: str) -> str:
    """The well-known name that a key is a misspelling of; empty for none."""
    most = 2 if len(key) >= 10 else 1
    for name in _LONG:
        if abs(len(name) - len(key)) > most or name[0] != key[0] or len(set(key) ^ set(name)) > 2 * most:
            continue
        if key in (f"{name}s", name.removesuffix("s")) or name.replace("_", "") == key.replace("_", ""):
            continue
        distance = 3 if key.endswith(name) or name.endswith(key) else _distance(key, name, most)
        if distance <= most and not _is_other_word(key, name, distance):
            return name
    return ""


def _is_other_word(key: str, name: str, distance: int) -> bool:
    """Whether the two differ in whole words, as `eval_steps` and `eval_step`, `max_steps` and `min_steps` do."""
    ours, theirs = key.split("_"), name.split("_")
    if len(ours) != len(theirs):
        return len(ours) < len(theirs)
    differing = [(a, b) for a, b in zip(ours, theirs, strict=True) if a != b]
    if distance > 1 and all(min(len(a), len(b)) < 8 for a, b in differing):
        return True
    return any(
        a.rstrip("s") == b.rstrip("s") or min(len(a), len(b)) < 4 or a in _OWN or b.startswith(a) or a.startswith(b)
        for a, b in differing
    )


def _distance(one: str, other: str, most: int) -> int:
    """Letters added, dropped, changed or swapped with a neighbour."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, a in enumerate(one, 1):
        previous, row = row, [i, *[0] * len(other)]
        for j, b in enumerate(other, 1):
            row[j] = min(previous[j] + 1, row[j - 1] + 1, previous[j - 1] + (a != b))
            if i > 1 and j > 1 and a == other[j - 2] and one[i - 2] == b:
                row[j] = min(row[j], before[j - 2] + 1)
        if min(row) > most:
            return most + 1
        before = previous
    return row[-1]
