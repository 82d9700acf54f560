"""Files of settings: a seed that is null there is none, and whatever cannot be read counts as fixed."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.seeds.settings_files import values_of
from mlgate.lint.seeds.values import FIXED, Instance, Maybe

Told = Callable[..., list[str]]

HYDRA = """\
import hydra
import numpy as np
@hydra.main(version_base=None, config_path="conf", config_name="config")
def main(cfg):
    if cfg.seed is not None:
        np.random.seed(cfg.seed)
    print(np.random.rand())
main()
"""
YAML = """\
import yaml
import numpy as np
with open("config.yaml") as stream:
    config = yaml.safe_load(stream)
np.random.seed(config["training"]["seed"])
print(np.random.rand())
"""
OMEGA = """\
import numpy as np
from omegaconf import OmegaConf
cfg = OmegaConf.load("config.yaml")
np.random.seed(cfg.training.seed)
print(np.random.rand())
"""


@pytest.mark.parametrize("null", ["null", "~", "", "null  # to be chosen"])
def test_a_null_seed_is_none_unless_the_user_gives_one(null: str, told: Told) -> None:
    nested = {"config.yaml": f"training:\n  rows: 3\n  seed: {null}\n"}
    assert told(HYDRA, settings={"conf/config.yaml": f"seed: {null}\nrows: 3\n"}) == ["unseeded-numpy:7:conditional"]
    assert told(YAML, settings=nested) == ["unseeded-numpy:6:conditional"]
    assert told(OMEGA, settings=nested) == ["unseeded-numpy:5:conditional"]


def test_a_seed_in_the_config_is_fixed(told: Told) -> None:
    assert told(HYDRA, settings={"conf/config.yaml": "seed: 3\n"}) == []
    assert told(YAML, settings={"config.yaml": "training:\n  seed: 3\n"}) == []


def test_a_config_that_cannot_be_read_counts_as_fixed(told: Told) -> None:
    assert told(HYDRA) == []
    assert told(YAML, settings={"other.yaml": "training:\n  seed:\n"}) == []
    assert told(OMEGA, settings={"config.yaml": "{training: {seed: null}}"}) == [], "flow style is not read"


def test_only_mappings_are_told_apart() -> None:
    text = "a: null\nb:\n  c: ~\n  d: 1\nlist:\n- e: null\n  f: null\ng:\n"
    found = values_of(text)
    assert isinstance(found, Instance)
    assert set(found.attrs) == {"a", "b", "g"}
    assert isinstance(found.attrs["g"], Maybe)
    inner = found.attrs["b"]
    assert isinstance(inner, Instance)
    assert set(inner.attrs) == {"c"}
    assert inner.rest is FIXED


@given(st.text(alphabet="ab: -\n~#{}\t'", max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    assert isinstance(values_of(text), Instance)
