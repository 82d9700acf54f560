"""Options of command lines: a seed with a default is fixed, one without hangs on the user."""

from __future__ import annotations

from collections.abc import Callable

import pytest

Told = Callable[..., list[str]]

USE = "np.random.seed({seed})\nprint(np.random.rand())\n"
ARGPARSE = (
    "import argparse\nimport numpy as np\np = argparse.ArgumentParser()\np.add_argument({})\nargs = p.parse_args()\n"
)
CLICK = "import click\nimport numpy as np\n@click.command()\n@click.option({})\ndef main(seed):\n"
TYPER = "import typer\nimport numpy as np\ndef main(seed: int{}):\n"
RUN = "    np.random.seed(seed)\n    print(np.random.rand())\n"

FIXED = {
    "argparse": ARGPARSE.format("'--seed', type=int, default=3") + USE.format(seed="args.seed"),
    "argparse, required": ARGPARSE.format("'--seed', required=True") + USE.format(seed="args.seed"),
    "argparse, positional": ARGPARSE.format("'seed', type=int") + USE.format(seed="args.seed"),
    "argparse, dest": ARGPARSE.format("'-s', dest='number', default=3") + USE.format(seed="args.number"),
    "argparse, dashes": ARGPARSE.format("'--the-seed', default=3") + USE.format(seed="args.the_seed"),
    "argparse, vars": ARGPARSE.format("'--seed', default=3") + USE.format(seed="vars(args)['seed']"),
    "click": CLICK.format("'--seed', default=3") + RUN + "main()\n",
    "click, required": CLICK.format("'--seed', required=True") + RUN + "main()\n",
    "typer": TYPER.format(" = 3") + RUN + "typer.run(main)\n",
    "typer, option": TYPER.format(" = typer.Option(3)") + RUN + "typer.run(main)\n",
    "typer, required": TYPER.format(" = typer.Option(...)") + RUN + "typer.run(main)\n",
    "fire": "import fire\nimport numpy as np\ndef main(seed=3):\n" + RUN + "fire.Fire(main)\n",
    "absl": (
        "from absl import app, flags\nimport numpy as np\nflags.DEFINE_integer('seed', 3, '')\ndef main(_):\n"
        "    np.random.seed(flags.FLAGS.seed)\n    print(np.random.rand())\napp.run(main)\n"
    ),
    "tyro": (
        "import tyro\nimport numpy as np\nfrom dataclasses import dataclass\n@dataclass\nclass Args:\n    seed: int = 3\n"
        "args = tyro.cli(Args)\n" + USE.format(seed="args.seed")
    ),
    "simple_parsing": (
        "import simple_parsing\nimport numpy as np\nfrom dataclasses import dataclass\n@dataclass\nclass Args:\n"
        "    seed: int = 3\nargs = simple_parsing.parse(Args)\n" + USE.format(seed="args.seed")
    ),
    "transformers": (
        "from transformers import HfArgumentParser\nimport numpy as np\nfrom dataclasses import dataclass\n@dataclass\n"
        "class Args:\n    seed: int = 3\n(args,) = HfArgumentParser((Args,)).parse_args_into_dataclasses()\n"
        + USE.format(seed="args.seed")
    ),
    "environment": "import os\nimport numpy as np\n" + USE.format(seed="int(os.environ.get('SEED', 3))"),
    "hydra": (
        "import hydra\nimport numpy as np\n@hydra.main(config_path='.', config_name='c')\ndef main(cfg):\n"
        "    np.random.seed(cfg.seed)\n    print(np.random.rand())\nmain()\n"
    ),
}
OPEN = {
    "argparse": ARGPARSE.format("'--seed', type=int") + USE.format(seed="args.seed"),
    "argparse, None": ARGPARSE.format("'--seed', default=None") + USE.format(seed="args.seed"),
    "argparse, optional positional": ARGPARSE.format("'seed', nargs='?'") + USE.format(seed="args.seed"),
    "argparse, tested": ARGPARSE.format("'--seed', type=int")
    + "if args.seed is not None:\n    np.random.seed(args.seed)\nprint(np.random.rand())\n",
    "argparse, flag": ARGPARSE.format("'--fix', action='store_true'")
    + "if args.fix:\n    np.random.seed(1)\nprint(np.random.rand())\n",
    "click": CLICK.format("'--seed', type=int") + RUN + "main()\n",
    "typer": TYPER.format(" = None") + RUN + "typer.run(main)\n",
    "typer, option": TYPER.format(" = typer.Option(None)") + RUN + "typer.run(main)\n",
    "tyro": FIXED["tyro"].replace("int = 3", "int = None"),
    "environment": "import os\nimport numpy as np\n" + USE.format(seed="os.environ.get('SEED')"),
}


@pytest.mark.parametrize("name", FIXED)
def test_a_seed_with_a_default_is_fixed(name: str, told: Told) -> None:
    assert told(FIXED[name]) == []


@pytest.mark.parametrize("name", OPEN)
def test_a_seed_without_one_hangs_on_the_user(name: str, told: Told) -> None:
    found = told(OPEN[name])
    assert [item.rpartition(":")[2] for item in found] == ["conditional"], found
