"""Every seeder and every draw of the tables: what is seeded is controlled, and what is not is told."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from mlgate.lint.seeds import families, libraries

Told = Callable[..., list[str]]

DRAW_OF = {
    "random": "import random as r\nr.random()\n",
    "numpy": "import numpy as n\nn.random.rand()\n",
    "torch": "import torch as t\nt.rand(3)\n",
    "tensorflow": "import tensorflow as f\nf.random.normal([3])\n",
    "cupy": "import cupy as c\nc.random.rand()\n",
    "mxnet": "import mxnet as m\nm.random.uniform()\n",
    "paddle": "import paddle as p\np.rand([3])\n",
}
"""One draw from each generator."""


def imported(name: str) -> tuple[str, str]:
    """An import of the module that a dotted name is in, and the name to call."""
    module, _, last = name.rpartition(".")
    return f"from {module} import {last} as it\n", "it"


@pytest.mark.parametrize("generator", DRAW_OF)
def test_a_draw_without_a_seed_is_told(generator: str, told: Told) -> None:
    assert told(DRAW_OF[generator]) == [f"unseeded-{generator}:2:uncontrolled"]


SEEDERS = [(name, generators) for name, (generators, _) in libraries.SEEDERS.items()]


@pytest.mark.parametrize(("name", "generators"), SEEDERS, ids=[name for name, _ in SEEDERS])
def test_a_seeder_controls_what_it_is_said_to_seed_and_nothing_else(
    name: str, generators: tuple[str, ...], told: Told
) -> None:
    head, call = imported(name)
    for generator, draw in DRAW_OF.items():
        found = told(f"{head}{call}(3)\n{draw}")
        assert bool(found) is (generator not in generators), f"{generator}: {found}"


@pytest.mark.parametrize(("name", "generators"), SEEDERS, ids=[name for name, _ in SEEDERS])
def test_a_seeder_takes_its_seed_by_name_and_none_is_none(name: str, generators: tuple[str, ...], told: Told) -> None:
    head, call = imported(name)
    parameter = libraries.SEEDERS[name][1]
    for generator in generators:
        assert told(f"{head}{call}({parameter}=3)\n{DRAW_OF[generator]}") == []
        assert told(f"{head}{call}({parameter}=None)\n{DRAW_OF[generator]}") == [f"unseeded-{generator}:4:uncontrolled"]


@pytest.mark.parametrize("name", sorted(libraries.FIXED_BY_DEFAULT))
def test_some_seeders_have_a_default_of_their_own(name: str, told: Told) -> None:
    head, call = imported(name)
    assert told(f"{head}{call}()\n{DRAW_OF['numpy']}") == []


@pytest.mark.parametrize("name", sorted(libraries.BY_LAST_NAME))
def test_what_an_unknown_seeder_seeds_is_not_seen(name: str, told: Told) -> None:
    found = told(f"from somewhere import {name} as it\nit(3)\n{DRAW_OF['torch']}")
    seeded = "torch" in libraries.BY_LAST_NAME[name]
    assert found == [f"unseeded-torch:4:{'unknown' if seeded else 'uncontrolled'}"]


DRAWS = [
    *((f"random.{name}", "random") for name in libraries.RANDOM_DRAWS),
    *((f"numpy.random.{name}", "numpy") for name in libraries.NUMPY_DRAWS),
    *((f"torch.{name}", "torch") for name in libraries.TORCH_DRAWS),
    *((f"torch.nn.{name}", "torch") for name in libraries.TORCH_LAYERS),
    *((f"torch.nn.init.{name}", "torch") for name in libraries.TORCH_INITS),
    *((f"torchvision.transforms.{name}", "torch") for name in libraries.TRANSFORMS),
    *((f"keras.layers.{name}", "tensorflow") for name in libraries.KERAS_LAYERS),
    *((f"tensorflow.random.{name}", "tensorflow") for name in libraries.TENSORFLOW_DRAWS),
    ("torchvision.models.resnet18", "torch"),
    ("timm.create_model", "torch"),
    ("torch_geometric.nn.GCNConv", "torch"),
    ("keras.applications.VGG16", "tensorflow"),
    ("scipy.stats.norm.rvs", "numpy"),
    ("transformers.BertForSequenceClassification.from_pretrained", "torch"),
]
SEED_OF = {
    "random": "import random\nrandom.seed(1)\n",
    "numpy": "import numpy\nnumpy.random.seed(1)\n",
    "torch": "import torch\ntorch.manual_seed(1)\n",
    "tensorflow": "import tensorflow\ntensorflow.random.set_seed(1)\n",
}


@pytest.mark.parametrize(("name", "generator"), sorted(DRAWS))
def test_every_draw_is_told_until_its_generator_is_seeded(name: str, generator: str, told: Told) -> None:
    top = name.partition(".")[0]
    text = f"import {top}\n{name}([1, 2], 2)\n"
    assert [item.split(":")[0] for item in told(text)] == [f"unseeded-{generator}"]
    assert told(SEED_OF[generator] + text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("import numpy as np\nnp.random.default_rng()\n", "unseeded-generator:2:uncontrolled"),
        ("import numpy as np\nnp.random.RandomState(None)\n", "unseeded-generator:2:uncontrolled"),
        ("import random\nrandom.Random()\n", "unseeded-generator:2:uncontrolled"),
        ("import random\nrandom.SystemRandom()\n", "unseeded-generator:2:uncontrolled"),
        ("import optuna\noptuna.create_study()\n", "unseeded-search:2:uncontrolled"),
        ("import optuna\noptuna.samplers.TPESampler()\n", "unseeded-search:2:uncontrolled"),
        ("from hyperopt import fmin\nfmin(1, 2)\n", "unseeded-search:2:uncontrolled"),
        ("from skopt import gp_minimize\ngp_minimize(1, 2)\n", "unseeded-search:2:uncontrolled"),
        ("import keras_tuner\nkeras_tuner.RandomSearch(1)\n", "unseeded-search:2:uncontrolled"),
        ("import gym\nenv = gym.make('a')\nenv.reset()\n", "unseeded-environment:3:uncontrolled"),
        ("import gym\nenv = gym.make('a')\nenv.action_space.sample()\n", "unseeded-environment:3:uncontrolled"),
        ("import pandas as pd\npd.read_csv('a').sample(3)\n", "unseeded-sample:2:uncontrolled"),
        ("import jax, time\njax.random.PRNGKey(int(time.time()))\n", "entropy-seed:2:uncontrolled"),
        ("import torch\ntorch.backends.cudnn.benchmark = True\nprint(1)\n", "nondeterministic-cudnn:2:uncontrolled"),
        ("from torch.utils.data import DataLoader\nDataLoader([1], shuffle=True)\n", "unseeded-torch:2:uncontrolled"),
        ("from torch.utils.data import random_split\nrandom_split([1], [1])\n", "unseeded-torch:2:uncontrolled"),
    ],
)
def test_what_makes_a_generator_of_its_own_is_told_where_it_is_made(text: str, expected: str, told: Told) -> None:
    assert told(text) == [expected]


@pytest.mark.parametrize(
    "text",
    [
        "import numpy as np\nnp.random.default_rng(3).random()\n",
        "import random\nrandom.Random(3).shuffle([1])\n",
        "import optuna\noptuna.create_study(sampler=optuna.samplers.TPESampler(seed=1))\n",
        "import gym\nenv = gym.make('a')\nenv.reset(seed=1)\nenv.action_space.seed(1)\nenv.action_space.sample()\n",
        "import pandas as pd\npd.read_csv('a').sample(3, random_state=1)\n",
        "import jax\njax.random.PRNGKey(0)\n",
        "import torch\ntorch.rand(3, generator=torch.Generator().manual_seed(1))\n",
        "from torch.utils.data import DataLoader\nDataLoader([1], shuffle=False)\n",
        "import torch\ntorch.backends.cudnn.benchmark = False\nprint(1)\n",
        "import time\nimport random\ntime.sleep(random.random())\n",
    ],
)
def test_what_is_seeded_or_changes_no_result_is_not_told(text: str, told: Told) -> None:
    assert told(text) == []


def test_every_library_has_its_handler_in_the_module_that_is_said_to_know_it() -> None:
    for root, module in families.FAMILY_OF.items():
        found = __import__(f"{families.__name__}.{module}", fromlist=["HANDLERS"]).HANDLERS
        assert root in found, f"{root} is not in {module}"
