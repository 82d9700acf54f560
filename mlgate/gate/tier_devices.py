"""The GPUs of a tier's tests: found before they run, told to the plugin, and kept in the provenance."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mlgate.config.project import Tier
from mlgate.gate.record import Record
from mlgate.outcome import Outcome, Status
from mlgate.pyramid.spread import DETERMINISTIC, fingerprint, told_to_the_plugin, variables_of, workers_of
from mlgate.sources import devices, environment


@dataclass(frozen=True, slots=True, kw_only=True)
class TierDevices:
    """What a pytest process of a tier is started with.

    Parameters
    ----------
    arguments : of pytest
    variables : added to its environment
    workers : of pytest-xdist, as `Tier.workers`, with `auto` resolved where the tier asks for GPUs
    gpu : devices, driver and CUDA for the report; None where the tier does not ask for a GPU
    """

    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)
    workers: int | str | None = None
    gpu: Mapping[str, Any] | None = None

    def fingerprint(self, tier: Tier, notes: Iterable[Mapping[str, Any]]) -> dict[str, Any] | None:
        """See `mlgate.pyramid.spread.fingerprint`."""
        return fingerprint(tier, notes, gpu=self.gpu, applied=self.variables)


def prepare_devices(tier: Tier, record: Record, work: Path) -> TierDevices:
    """Look for GPUs where the tier asks for one, and write what the plugin must know below `work`.

    A tier of which nothing of this is asked costs nothing.
    """
    found = _devices(record) if tier.gpu is not None else devices.Devices()
    told = told_to_the_plugin(tier, found.entries, found.order, found.missing)
    arguments: tuple[str, ...] = ()
    if told is not None:
        path = work.resolve() / f"{tier.name}-gpu.json"
        path.write_text(json.dumps(told), encoding="utf-8")
        arguments = (f"--mlgate-gpu={path}",)
    return TierDevices(
        arguments=arguments,
        variables=variables_of(tier, environment.present(DETERMINISTIC)),
        workers=workers_of(tier, len(found.devices)),
        gpu=found.provenance() if tier.gpu is not None else None,
    )


def absent_gpu(tier: Tier, record: Record) -> Outcome | None:
    """What stops a tier that needs a GPU on a machine without one: `skip` here, `error` in CI."""
    if tier.gpu != "required":
        return None
    found = _devices(record)
    if found.devices:
        return None
    return Outcome(
        id=f"{tier.name}/gpu",
        check="gpu",
        tier=tier.name,
        subject=tier.name,
        status=Status.ERROR if environment.in_ci() else Status.SKIP,
        message=f"the tier needs a GPU: {found.missing}",
        hint="run it on a runner with an NVIDIA GPU, or declare gpu: preferred",
        location=tier.location,
    )


def machine_gpu(tiers: Iterable[Tier], record: Record) -> dict[str, str]:
    """The GPUs of the machine, where a tier asks for one: else nobody waits for the driver."""
    if all(tier.gpu is None for tier in tiers):
        return {}
    found = _devices(record)
    return {"gpu": found.names if found.devices else f"no GPU: {found.missing}"}


def _devices(record: Record) -> devices.Devices:
    """The GPUs of the machine, asked for once in a run: a driver without its daemon takes seconds each time."""
    if record.devices is None:
        record.devices = devices.find_devices()
    return record.devices
