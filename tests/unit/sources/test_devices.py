"""Which GPUs are there and seen; asking never fails. No machine of ours has one, so the driver is given here."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.sources import nvidia
from mlgate.sources.devices import find_devices, select_visible
from mlgate.sources.nvidia import Device, Driver, ask_driver
from tests.unit.sources.fake_nvidia import L4S, MIG, answers, hide_the_driver, library, program

FIRST, SECOND = "GPU-00000000-0000-0000-0000-000000000000", "GPU-10000000-0000-0000-0000-000000000001"
PARTS = ("MIG-c6d4f1ef-42e4-5de3-91c7-45d71c87eb3f", "MIG-cba663e8-9bed-5b25-b243-5985ef7c9beb")
A100 = "GPU-5d5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77"


@pytest.fixture(autouse=True)
def _no_driver(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    hide_the_driver(monkeypatch, tmp_path)


def gpu_present() -> tuple[bool, str]:
    found = find_devices()
    return bool(found.devices), found.names


def test_without_a_driver_there_is_none() -> None:
    assert gpu_present() == (False, "no NVIDIA driver answered")


def test_nvidia_smi_is_asked(tmp_path: Path) -> None:
    program(tmp_path, answers(L4S, (23034, 23034)))
    found = find_devices()
    assert gpu_present() == (True, "2 x NVIDIA L4")
    assert [(d.index, d.uuid, d.name, d.memory_mib) for d in found.devices] == [
        (0, FIRST, "NVIDIA L4", 23034),
        (1, SECOND, "NVIDIA L4", 23034),
    ]
    assert (found.driver, found.cuda) == ("535.129.03", "12.2")
    assert (found.entries, found.order) == (("0", "1"), "PCI_BUS_ID")
    assert FIRST not in str(found.provenance())


def test_a_program_that_only_lists(tmp_path: Path) -> None:
    program(tmp_path, f"[ \"$1\" = -L ] && echo '{L4S}'")
    assert ask_driver() == Driver(
        devices=tuple(Device(index=index, uuid=uuid, name="NVIDIA L4") for index, uuid in ((0, FIRST), (1, SECOND)))
    )


@pytest.mark.parametrize(
    "table",
    ["| NVIDIA-SMI 590.44.01     Driver Version: 590.44.01    CUDA UMD Version: 13.1 |", "CUDA Version        : 13.1"],
)
def test_the_version_of_cuda_in_the_words_of_newer_programs(table: str, tmp_path: Path) -> None:
    program(tmp_path, answers(L4S, (23034, 23034), table))
    assert find_devices().cuda == "13.1"


def test_parts_of_a_gpu_are_devices(tmp_path: Path) -> None:
    """A GPU in MIG mode computes only in its parts, which CUDA knows by their names alone."""
    program(tmp_path, answers(MIG, (40960, 40960)))
    found = find_devices()
    assert found.names == "2 x NVIDIA A100-SXM4-40GB MIG 1g.5gb, 1 x NVIDIA A100-SXM4-40GB"
    assert found.entries == (*PARTS, "GPU-6e5ba0d6-d33d-2b2c-524d-9e3d8d2b8a77")
    assert found.order is None


@pytest.mark.parametrize(
    ("script", "description"),
    [("exit 9", "no NVIDIA driver answered"), ("exit 0", "the NVIDIA driver reports no device")],
)
def test_nvidia_smi_without_devices(script: str, description: str, tmp_path: Path) -> None:
    program(tmp_path, script)
    assert gpu_present() == (False, description)


def test_nvidia_smi_that_hangs_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(nvidia, "TIMEOUT_S", 0.1)
    program(tmp_path, "read line < /dev/zero")
    assert gpu_present() == (False, "no NVIDIA driver answered")


def test_nvidia_smi_that_is_no_program(tmp_path: Path) -> None:
    program(tmp_path, "")
    (tmp_path / "nvidia-smi").write_bytes(b"\x00\x01")
    assert gpu_present()[0] is False


@pytest.mark.parametrize("name", ["NVIDIA H200", b"NVIDIA H200"])
def test_pynvml_is_asked_first(name: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    closed: list[bool] = []
    monkeypatch.setitem(sys.modules, "pynvml", library([{"name": name, "uuid": FIRST, "mib": 143771}], closed))
    found = find_devices()
    assert found.devices == (Device(index=0, uuid=FIRST, name="NVIDIA H200", memory_mib=143771),)
    assert (found.driver, found.cuda) == ("535.129.03", "12.2")
    assert closed == [True]


def test_pynvml_lists_parts_and_leaves_out_a_gpu_that_has_none(monkeypatch: pytest.MonkeyPatch) -> None:
    part = {"name": "NVIDIA A100-SXM4-40GB MIG 1g.5gb", "uuid": PARTS[0], "mib": 4864}
    gpus = [
        {"name": "NVIDIA A100-SXM4-40GB", "uuid": A100, "mib": 40960, "parts": [None, part]},
        {"name": "NVIDIA A100-SXM4-40GB", "uuid": SECOND, "mib": 40960, "parts": []},
    ]
    monkeypatch.setitem(sys.modules, "pynvml", library(gpus))
    expected = Device(
        index=0, uuid=PARTS[0], name="NVIDIA A100-SXM4-40GB MIG 1g.5gb", memory_mib=4864, part=1, gpu_uuid=A100
    )
    assert find_devices().devices == (expected,)


def test_a_driver_of_before_mig_and_before_cuda_was_told(monkeypatch: pytest.MonkeyPatch) -> None:
    old = library([{"name": b"Tesla K80", "uuid": FIRST, "mib": 11441}])
    for name in ("nvmlSystemGetCudaDriverVersion_v2", "nvmlDeviceGetMigMode", "nvmlDeviceGetMemoryInfo"):
        delattr(old, name)
    monkeypatch.setitem(sys.modules, "pynvml", old)
    found = find_devices()
    assert found.devices == (Device(index=0, uuid=FIRST, name="Tesla K80"),)
    assert found.cuda is None


def test_real_pynvml_never_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "pynvml")
    present, description = gpu_present()
    assert isinstance(present, bool)
    assert description


@pytest.mark.parametrize("value", ["", "-1", " "])
def test_hidden_devices_are_not_present(value: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, answers(L4S))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    assert gpu_present() == (False, f"CUDA_VISIBLE_DEVICES={value.strip()!r} hides every device")


@pytest.mark.parametrize(
    ("value", "entries"),
    [
        ("1", ("1",)),
        (" 1 , 0", ("1", "0")),
        ("0,2,1", ("0",)),  # what stands after a name of nothing is hidden
        ("0,-1,1", ("0",)),
        ("0,0", ()),  # CUDA then shows none
        (f"0,{FIRST}", ()),
        ("GPU-1", ("GPU-1",)),
        ("GPU-", ()),  # the beginning of both
        ("all", ()),
        ("7", ()),
    ],
)
def test_what_is_visible(value: str, entries: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, answers(L4S))
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
    found = find_devices()
    assert found.entries == entries
    assert found.order is None, "the user's numbers mean what the user's order makes of them"
    assert entries or found.missing == f"CUDA_VISIBLE_DEVICES={value!r} names no device of this machine"


@pytest.mark.parametrize(
    ("value", "uuid"),
    [
        (PARTS[1], PARTS[1]),
        ("MIG-cba6", PARTS[1]),
        (f"MIG-{A100}/7/0", PARTS[0]),
        ("0", PARTS[0]),
        (A100, PARTS[0]),
        ("GPU-5d5b", PARTS[0]),
    ],
)
def test_names_of_parts(value: str, uuid: str) -> None:
    parts = [Device(index=0, uuid=name, name="MIG 1g.5gb", part=n, gpu_uuid=A100) for n, name in enumerate(PARTS)]
    whole = Device(index=1, uuid=SECOND, name="A100")
    assert [device.uuid for _, device in select_visible([*parts, whole], value)] == [uuid]


def test_the_order_that_is_written_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program(tmp_path, answers(L4S))
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "FASTEST_FIRST")
    assert find_devices().order is None


@given(st.text(alphabet="0123,-GPUMIG/ a\u0663", max_size=20), st.integers(0, 4))
def test_any_value_selects_devices_that_exist_each_once(visible: str, count: int) -> None:
    devices = [Device(index=index, uuid=f"GPU-{index}", name="L4") for index in range(count)]
    chosen = select_visible(devices, visible)
    assert len({device.uuid for _, device in chosen}) == len(chosen)
    assert all(device in devices for _, device in chosen)
    assert [entry for entry, _ in chosen] == [part.strip() for part in visible.split(",")][: len(chosen)]
