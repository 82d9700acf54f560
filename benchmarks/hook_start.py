"""How long the commit hooks take on one small file, as whole processes in environments like those of pre-commit.

Beside a bare Python, `check-yaml` and `check-ast` (pre-commit-hooks) and `check-jsonschema`. The processes take turns;
medians are shown, and how the hooks stand to what they are aimed at.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

from benchmarks.measure import BIN, Cost, measure
from benchmarks.peers.setting import ROOT, Peer, install

OURS = Peer(
    "mlgate",
    "mlgate_hooks",
    ("click", "PyYAML", "requests", "jsonschema", "duckdb", "phonenumbers", "python-stdnum"),
)
"""What `additional_dependencies` of the manifest bring, too; mlgate itself is installed from a wheel of this tree."""
PRE_COMMIT_HOOKS = Peer("pre-commit-hooks", "pre_commit_hooks", ("pre-commit-hooks",))
CHECK_JSONSCHEMA = Peer("check-jsonschema", "check_jsonschema", ("check-jsonschema",))

CONFIG = "seed: 7\nmodel: {depth: 3, rate: 0.1}\noptimizer:\n  name: adam\n  betas: [0.9, 0.999]\nepochs: 20\n"
SCHEMA = {"type": "object", "required": ["seed"], "properties": {"seed": {"type": "integer"}, "epochs": {"minimum": 1}}}
SCRIPT = '''"""Train a classifier."""

import argparse
import random

import numpy as np
import torch
from sklearn.model_selection import train_test_split
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


def set_seed(seed: int) -> None:
    random.seed(seed)
    np.random.seed(seed)
    torch.manual_seed(seed)


class Net(nn.Module):
    def __init__(self, width: int) -> None:
        super().__init__()
        self.layers = nn.Sequential(nn.Linear(20, width), nn.ReLU(), nn.Dropout(0.2), nn.Linear(width, 2))

    def forward(self, x):
        return self.layers(x)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--seed", type=int, default=42)
    parser.add_argument("--width", type=int, default=64)
    args = parser.parse_args()
    set_seed(args.seed)
    x = np.random.randn(1000, 20).astype("float32")
    y = (x.sum(axis=1) > 0).astype("int64")
    x_train, x_test, y_train, y_test = train_test_split(x, y, random_state=args.seed)
    data = TensorDataset(torch.tensor(x_train), torch.tensor(y_train))
    model = Net(args.width)
    optimizer = torch.optim.Adam(model.parameters())
    for _ in range(3):
        for rows, labels in DataLoader(data, batch_size=32, shuffle=True):
            loss = nn.functional.cross_entropy(model(rows), labels)
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
    print((model(torch.tensor(x_test)).argmax(1).numpy() == y_test).mean())


if __name__ == "__main__":
    main()
'''
TESTS = (
    "from train import Net\n\n\ndef test_the_net_has_two_outputs():\n    assert Net(4).layers[-1].out_features == 2\n"
)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=21)
    runs = parser.parse_args().runs
    for peer in (OURS, PRE_COMMIT_HOOKS, CHECK_JSONSCHEMA):
        reason = install(peer)
        if reason:
            print(f"{peer.name} could not be installed: {reason}", file=sys.stderr)
            return 1
    install_ours()
    with tempfile.TemporaryDirectory() as folder:
        costs = measure(commands(Path(folder)), runs=runs)
    load = os.getloadavg()[0]
    print(f"\nOne small file, median of {runs} whole processes in turns; load of this machine {load:.1f}")
    print(f"{'command':44} {'wall ms':>8} {'processor ms':>13} {'peak MiB':>9}")
    for name, cost in costs.items():
        print(f"{name:44} {cost.wall_s * 1000:8.0f} {cost.cpu_s * 1000:13.0f} {cost.peak_mib:9.0f}")
    for line in aims(costs):
        print(line)
    return 0


def install_ours() -> None:
    """A wheel of this tree, made of a copy of it and installed anew."""
    uv = str(BIN / "uv")
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder, "source")
        for name in ("mlgate", "hooks"):
            shutil.copytree(ROOT / name, source / name, ignore=shutil.ignore_patterns("__pycache__"))
        for name in ("pyproject.toml", "setup.py", "README.md", "LICENSE"):
            shutil.copy(ROOT / name, source / name)
        build = ["build", "--quiet", "--wheel", "--no-build-isolation", "--offline", "--python", sys.executable]
        subprocess.run([uv, *build, "--out-dir", folder, str(source)], check=True, timeout=600)
        (wheel,) = Path(folder).glob("*.whl")
        add = ["pip", "install", "--quiet", "--compile-bytecode", "--offline", "--no-deps", "--reinstall"]
        python = str(OURS.environment / "bin" / "python")
        subprocess.run([uv, *add, "--python", python, str(wheel)], check=True, timeout=600)


def commands(folder: Path) -> dict[str, list[str]]:
    """Every command by what is shown of it; the files are clean, as most are."""
    declared = folder / "declared"
    (folder / "declared").mkdir()
    texts = {
        "train.yaml": CONFIG,
        "train.py": SCRIPT,
        "test_train.py": TESTS,
        "patients.csv": "id,age,sex\n" + "".join(f"{row},{20 + row % 60},{'FM'[row % 2]}\n" for row in range(1000)),
        "declared/mlgate.yaml": "version: 1\nconfigs:\n  - {files: train.yaml, schema: train.schema.json}\n",
        "declared/train.yaml": CONFIG,
        "declared/train.schema.json": json.dumps(SCHEMA),
    }
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
    ours, theirs, schemas = (peer.environment / "bin" for peer in (OURS, PRE_COMMIT_HOOKS, CHECK_JSONSCHEMA))
    schema = str(declared / "train.schema.json")
    return {
        "python -c pass": [str(ours / "python"), "-c", "pass"],
        "check-yaml": [str(theirs / "check-yaml"), str(folder / "train.yaml")],
        "check-ast": [str(theirs / "check-ast"), str(folder / "train.py")],
        "check-jsonschema": [str(schemas / "check-jsonschema"), "--schemafile", schema, str(declared / "train.yaml")],
        "mlgate-seeds": [str(ours / "mlgate-seeds"), str(folder / "train.py")],
        "mlgate-tests": [str(ours / "mlgate-tests"), str(folder / "test_train.py")],
        "mlgate-config": [str(ours / "mlgate-config"), str(folder / "train.yaml")],
        "mlgate-config, with a JSON Schema": [str(ours / "mlgate-config"), str(declared / "train.yaml")],
        "mlgate-data, 1,000 rows": [str(ours / "mlgate-data"), str(folder / "patients.csv")],
    }


def aims(costs: Mapping[str, Cost]) -> list[str]:
    """How the hooks stand to their aims."""
    base = costs["check-yaml"]
    lines = [
        f"{name}: {costs[name].wall_s / base.wall_s:.2f} times check-yaml (aim: {aim:g}), "
        f"{costs[name].cpu_s / base.cpu_s:.2f} times its processor time"
        for name, aim in (
            ("mlgate-seeds", 1.5),
            ("mlgate-config", 1.5),
            ("mlgate-config, with a JSON Schema", 3.0),
        )
    ]
    more = costs["mlgate-data, 1,000 rows"].wall_s - costs["python -c pass"].wall_s
    return [*lines, f"mlgate-data: {more * 1000:.0f} ms more than a bare Python (aim: 180)"]


if __name__ == "__main__":
    sys.exit(main())
