"""GPUs of a tier: how its tests share them, what makes them compute the same twice, and what its results hang on."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from mlgate.config.project import Tier

DETERMINISTIC: Mapping[str, str] = {"CUBLAS_WORKSPACE_CONFIG": ":4096:8", "PYTHONHASHSEED": "0"}
"""Variables that make cuBLAS and the order of sets the same in every run. They must be set before a process starts.

cuBLAS may pick other algorithms of its own with this workspace, so they are told in the report.
"""
TORCH = "torch.use_deterministic_algorithms"
"""Told among the settings where the tier asks for it."""


def variables_of(tier: Tier, present: Mapping[str, str]) -> dict[str, str]:
    """Variables that are set for the tests of a tier; what somebody has set stays as it is.

    Examples
    --------
    >>> sorted(variables_of(Tier(name="model", gpu="preferred"), {"PYTHONHASHSEED": "7"}))
    ['CUBLAS_WORKSPACE_CONFIG']
    >>> variables_of(Tier(name="unit"), {})
    {}
    """
    wanted = tier.gpu is not None if tier.deterministic is None else tier.deterministic
    return {name: value for name, value in DETERMINISTIC.items() if wanted and name not in present}


def workers_of(tier: Tier, devices: int) -> int | str | None:
    """Workers that the tier declares; `auto` is one for each GPU where it asks for GPUs and there are some.

    None leaves it to the plugin, which starts one for each of several GPUs where pytest-xdist is installed.

    Examples
    --------
    >>> [workers_of(Tier(name="model", gpu=gpu, workers="auto"), 4) for gpu in ("required", None)]
    [4, 'auto']
    """
    return devices if tier.workers == "auto" and tier.gpu is not None and devices else tier.workers


def told_to_the_plugin(
    tier: Tier, entries: Sequence[str] = (), order: str | None = None, missing: str = ""
) -> dict[str, Any] | None:
    """The file of `--mlgate-gpu`; None for a tier that asks for nothing of it.

    Parameters
    ----------
    entries : for each device that is there, what CUDA_VISIBLE_DEVICES must be for it to be seen alone
    order : what CUDA_DEVICE_ORDER must be for that
    missing : why there is no device; empty where there are, and where nobody looked
    """
    if tier.gpu is None and not tier.deterministic:
        return None
    return {
        "entries": list(entries),
        "order": order,
        "missing": missing,
        "share": tier.gpu is not None and tier.workers != 1,
        "deterministic": tier.deterministic is True,
    }


def fingerprint(
    tier: Tier, notes: Iterable[Mapping[str, Any]], *, gpu: Mapping[str, Any] | None, applied: Iterable[str]
) -> dict[str, Any] | None:
    """What the results of a tier hang on beside its code and data: the entry of `Report.provenance["fingerprint"]`.

    Parameters
    ----------
    notes : of the plugin, from every process of pytest that ran the tier
    gpu : devices, driver and CUDA, or why there is none; None where the tier did not ask
    applied : names of the settings that the gate made

    Returns
    -------
    dict or None
        `python`, `packages`, `settings` in force, those that were `applied`, `gpu`, and `workers`: the device of each.
        None where no process came as far as to tell.
    """
    found = [note for note in notes if note.get("name") in ("environment", "workers")]
    told = next((note for note in reversed(found) if note["name"] == "environment"), None)
    if told is None:
        return None
    settings = _texts(told.get("settings"))
    made = [name for name in applied if name in settings]
    if tier.deterministic:
        settings[TORCH] = "true"
        made.append(TORCH)
    workers = next((note.get("devices") for note in found if note["name"] == "workers"), None)
    return {
        "tier": tier.name,
        "python": str(told.get("python")),
        "packages": _texts(told.get("packages")),
        "settings": settings,
        "applied": made,
        **({"gpu": dict(gpu)} if gpu is not None else {}),
        **({"workers": [str(device) for device in workers]} if isinstance(workers, list) else {}),
    }


def _texts(value: object) -> dict[str, str]:
    return {str(key): str(item) for key, item in value.items()} if isinstance(value, Mapping) else {}
