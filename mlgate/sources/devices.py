"""Which GPUs a test could use, without importing a machine-learning library."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from mlgate.sources.nvidia import Device, Driver, ask_driver

VISIBLE = "CUDA_VISIBLE_DEVICES"
ORDER = "CUDA_DEVICE_ORDER"
HIDDEN = frozenset({"", "-1", "NoDevFiles"})
"""Values of CUDA_VISIBLE_DEVICES that hide every device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Devices:
    """The GPUs that a process started here would see, in the order in which it would count them.

    Parameters
    ----------
    devices : each one, whole or a part
    entries : what CUDA_VISIBLE_DEVICES must be for each of them to be seen alone
    order : what CUDA_DEVICE_ORDER must be for the entries to mean these devices; None to leave it as it is
    driver, cuda : versions; None where they are not known
    missing : why there is none; empty where there are
    """

    devices: tuple[Device, ...] = ()
    entries: tuple[str, ...] = ()
    order: str | None = None
    driver: str | None = None
    cuda: str | None = None
    missing: str = ""

    @property
    def names(self) -> str:
        """E.g. `2 x NVIDIA L4`, or why there is none."""
        return describe_devices(device.name for device in self.devices) if self.devices else self.missing

    def provenance(self) -> dict[str, Any]:
        """What a report says of them; serial numbers stay on the machine."""
        listed = [{"name": device.name, "memory_mib": device.memory_mib} for device in self.devices]
        return {"devices": listed, "driver": self.driver, "cuda": self.cuda, "missing": self.missing or None}


def find_devices(environ: Mapping[str, str] | None = None) -> Devices:
    """The GPUs that are visible, as the driver lists them and CUDA_VISIBLE_DEVICES selects them. Never raises.

    Asks the driver through `pynvml` (extra `[gpu]`), else `nvidia-smi`; a variable that hides all is not asked further.

    Parameters
    ----------
    environ : the variables of the process that would use them; those of this process unless given
    """
    variables = os.environ if environ is None else environ
    visible = variables.get(VISIBLE)
    if visible is not None and visible.strip() in HIDDEN:
        return Devices(missing=f"{VISIBLE}={visible.strip()!r} hides every device")
    driver = ask_driver()
    if driver is None:
        return Devices(missing="no NVIDIA driver answered")
    if not driver.devices:
        return Devices(missing="the NVIDIA driver reports no device", driver=driver.version, cuda=driver.cuda)
    if visible is None:
        return _all(driver, variables)
    chosen = select_visible(driver.devices, visible)
    return Devices(
        devices=tuple(device for _, device in chosen),
        entries=tuple(entry for entry, _ in chosen),
        driver=driver.version,
        cuda=driver.cuda,
        missing="" if chosen else f"{VISIBLE}={visible.strip()!r} names no device of this machine",
    )


def describe_devices(names: Iterable[str]) -> str:
    """Names of devices, counted.

    Examples
    --------
    >>> describe_devices(["NVIDIA L4", "NVIDIA L4", "NVIDIA T4"])
    '2 x NVIDIA L4, 1 x NVIDIA T4'
    """
    return ", ".join(f"{count} x {name}" for name, count in Counter(names).items())


def select_visible(devices: Sequence[Device], visible: str) -> list[tuple[str, Device]]:
    """The devices that a value of CUDA_VISIBLE_DEVICES selects, each with the entry that named it.

    As CUDA reads it: numbers, UUIDs or their beginnings, names of MIG devices (`MIG-...`); the first entry that names
    none hides what stands after it, and a device that is named twice hides all. A number that stands for a GPU in MIG
    mode is its first part. Numbers are those of the driver: with CUDA's own order, the fastest GPU first, they may
    stand for other GPUs of a machine with several kinds, of which as many are seen.

    Examples
    --------
    >>> l4 = [Device(index=0, uuid="GPU-8f", name="L4"), Device(index=1, uuid="GPU-9a", name="L4")]
    >>> [device.index for _, device in select_visible(l4, "1,GPU-8f")], select_visible(l4, "-1,0")
    ([1, 0], [])
    """
    chosen: list[tuple[str, Device]] = []
    for written in visible.split(","):
        entry = written.strip()
        device = _named(devices, entry)
        if device is None:
            break
        chosen.append((entry, device))
    return chosen if len({device.uuid for _, device in chosen}) == len(chosen) else []


def _named(devices: Sequence[Device], entry: str) -> Device | None:
    """The device of one entry: by number, by UUID, or by the older name of a part, `MIG-<UUID of the GPU>/1/0`."""
    if entry.isdecimal() and entry.isascii():
        found = [device for device in devices if device.index == int(entry)]
    elif entry.startswith(("GPU-", "MIG-")):
        gpu = entry.removeprefix("MIG-").partition("/")[0] if "/" in entry else entry
        found = [d for d in devices if d.uuid.startswith(entry) or (d.gpu_uuid and d.gpu_uuid.startswith(gpu))]
    else:
        return None
    return found[0] if len({device.index for device in found}) == 1 and _one(found, entry) else None


def _one(found: Sequence[Device], entry: str) -> bool:
    """Whether what was found is one device, or the parts of a GPU of which its name means the first."""
    return len(found) == 1 or entry.isdecimal() or entry.startswith("GPU-") or "/" in entry


def _all(driver: Driver, variables: Mapping[str, str]) -> Devices:
    """Every device: whole GPUs by number, which every library can read; parts by UUID, which alone names them."""
    whole = all(device.part is None for device in driver.devices)
    return Devices(
        devices=driver.devices,
        entries=tuple(str(device.index) if whole else device.uuid for device in driver.devices),
        order="PCI_BUS_ID" if whole and ORDER not in variables else None,
        driver=driver.version,
        cuda=driver.cuda,
    )
