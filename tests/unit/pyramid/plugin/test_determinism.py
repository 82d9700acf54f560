"""Seeding that gives everything back, and callables that are run twice."""

from __future__ import annotations

import math
import os
import random
import sys
from collections.abc import Callable, Iterator
from fnmatch import fnmatchcase
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate_pytest.randomness import FRAMEWORKS, VARIABLES, seeded
from mlgate_pytest.twice import require_same

pytest_plugins = ["pytester"]


def draw() -> tuple[float, float]:
    return random.random(), float(np.random.rand())  # noqa: NPY002  # the shared generator is what is seeded


@given(st.integers(0, 2**32 - 1))
def test_the_same_seed_gives_the_same_draws_and_all_goes_on_as_before(seed: int) -> None:
    random.seed(11)
    np.random.seed(11)  # noqa: NPY002  # as above
    undisturbed = draw(), draw()
    random.seed(11)
    np.random.seed(11)  # noqa: NPY002  # as above
    before = draw()
    drawn = []
    for _ in range(2):
        with seeded(seed):
            drawn.append(draw())
    assert drawn[0] == drawn[1]
    assert (before, draw()) == undisturbed


@pytest.mark.parametrize("seed", [-1, 2**32, 1.0, True, None])
def test_a_seed_that_not_all_take_is_refused(seed: Any) -> None:
    with pytest.raises(ValueError, match="a seed is a whole number from 0 to 4,294,967,295"), seeded(seed):
        pass


def test_a_test_that_raises_is_restored_after_too(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTHONHASHSEED", "5")
    state, finders = random.getstate(), list(sys.meta_path)
    inside = []

    def fails() -> None:
        with seeded(3):
            inside.append((os.environ["PYTHONHASHSEED"], os.environ["TF_DETERMINISTIC_OPS"]))
            raise KeyError

    with pytest.raises(KeyError):
        fails()
    assert inside == [("5", "1")]
    assert random.getstate() == state
    assert sys.meta_path == finders
    assert os.environ["PYTHONHASHSEED"] == "5"
    assert "TF_DETERMINISTIC_OPS" not in os.environ


def test_a_framework_is_seeded_when_it_is_imported(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "latecomer.py").write_text("import random\nstate = [0]\n", encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)

    def start(module: Any, seed: int) -> Callable[[], None]:
        before, module.state[0] = module.state[0], seed
        return lambda: module.state.__setitem__(0, before)

    monkeypatch.setitem(FRAMEWORKS, "latecomer", start)
    with seeded(7):
        import latecomer  # type: ignore[import-not-found]  # written above

        assert latecomer.state == [7]
        assert latecomer.__spec__.loader is latecomer.__loader__
        assert type(latecomer.__loader__).__name__ == "SourceFileLoader"
    assert latecomer.state == [0]
    monkeypatch.delitem(sys.modules, "latecomer")


def test_a_framework_that_is_not_installed_stays_so() -> None:
    with seeded(1), pytest.raises(ModuleNotFoundError):
        import tensorflow_that_nobody_has  # type: ignore[import-not-found]  # noqa: F401  # it is not there


def test_a_framework_that_cannot_be_seeded_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tensorflow", ModuleType("tensorflow"))
    with pytest.raises(RuntimeError, match="tensorflow  cannot be seeded: AttributeError"), seeded(1):
        pass


class Torch:
    """Answers as PyTorch does, with one GPU; `log` holds what was set."""

    def __init__(self) -> None:
        self.state, self.gpu, self.algorithms = "s0", ["g0"], (False, False)
        self.backends = SimpleNamespace(cudnn=SimpleNamespace(deterministic=False, benchmark=True))
        self.cuda = SimpleNamespace(
            is_available=lambda: True,
            get_rng_state_all=lambda: list(self.gpu),
            set_rng_state_all=lambda states: setattr(self, "gpu", states),
        )

    def get_rng_state(self) -> str:
        return self.state

    def set_rng_state(self, state: str) -> None:
        self.state = state

    def manual_seed(self, seed: int) -> None:
        self.state, self.gpu = f"s{seed}", [f"g{seed}"]

    def are_deterministic_algorithms_enabled(self) -> bool:
        return self.algorithms[0]

    def is_deterministic_algorithms_warn_only_enabled(self) -> bool:
        return self.algorithms[1]

    def use_deterministic_algorithms(self, mode: bool, *, warn_only: bool = False) -> None:
        self.algorithms = (mode, warn_only)

    def facts(self) -> tuple[Any, ...]:
        cudnn = self.backends.cudnn
        return self.state, self.gpu, self.algorithms, cudnn.deterministic, cudnn.benchmark


def test_pytorch_is_seeded_on_all_devices_and_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    torch = Torch()
    monkeypatch.setitem(sys.modules, "torch", torch)
    before = torch.facts()
    with seeded(9):
        assert torch.facts() == ("s9", ["g9"], (True, True), True, False)
    assert torch.facts() == before


class TensorFlow:
    """Answers as TensorFlow does: a global seed with its own generator, and a global generator that may not be there."""

    def __init__(self) -> None:
        self.inner = SimpleNamespace(_seed=None, _rng=None)
        self.operations = SimpleNamespace(global_generator=None)
        self.random = SimpleNamespace(
            set_seed=self.set_seed,
            set_global_generator=lambda made: setattr(self.operations, "global_generator", made),
            Generator=SimpleNamespace(from_seed=lambda seed: f"from {seed}"),
        )

    def set_seed(self, seed: int | None) -> None:
        self.inner._seed, self.inner._rng = seed, random.Random(seed)


@pytest.mark.parametrize("seed", [None, 3])
def test_tensorflow_goes_on_where_it_was(seed: int | None, monkeypatch: pytest.MonkeyPatch) -> None:
    tensorflow = TensorFlow()
    monkeypatch.setitem(sys.modules, "tensorflow", tensorflow)
    inside = {"eager.context": SimpleNamespace(context=lambda: tensorflow.inner)}
    inside["ops.stateful_random_ops"] = tensorflow.operations
    for name, module in inside.items():
        monkeypatch.setitem(sys.modules, f"tensorflow.python.{name}", module)
    if seed is not None:
        tensorflow.set_seed(seed)
        assert tensorflow.inner._rng.random() == random.Random(seed).random()
    with seeded(9):
        assert tensorflow.inner._rng.random() == random.Random(9).random()
        assert tensorflow.operations.global_generator == "from 9"
    assert (tensorflow.inner._seed, tensorflow.operations.global_generator) == (seed, None)
    if seed is not None:
        whole = random.Random(seed)
        assert [whole.random(), whole.random()][1] == tensorflow.inner._rng.random()


# --- twice ---------------------------------------------------------------------------------------------------------


def test_what_draws_from_the_shared_generators_is_the_same_twice() -> None:
    def train() -> Iterator[Any]:
        weights = np.zeros(3)
        for epoch in range(4):
            weights += np.random.rand(3)  # noqa: NPY002  # as above
            yield f"epoch {epoch}", weights  # changed in place after it was seen
        yield {"loss": random.random(), "nan": float("nan")}

    require_same(train, seed=0)
    require_same(lambda: {"a": [1, 2], "b": np.arange(3)}, seed=0)
    require_same(lambda: 3.5, seed=0)


class Clock:
    """Gives another number each time."""

    def __init__(self) -> None:
        self.now = 0

    def __call__(self) -> int:
        self.now += 1
        return self.now


def longer(clock: Clock) -> Callable[[], Iterator[Any]]:
    def steps() -> Iterator[Any]:
        yield from range(clock() + 1)

    return steps


async def coroutine() -> float:
    return random.random()


def raises_later(clock: Clock) -> Callable[[], Iterator[Any]]:
    def steps() -> Iterator[Any]:
        yield 1
        if clock() > 1:
            raise RuntimeError("out of luck")
        yield 2

    return steps


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (
            lambda clock: lambda: {"init": [0, 1], "loss": [0.5, clock()], "end": 1},
            "two runs with the seed 3 differ first in step 2 (loss), in 1 place*[[]1]: expected 1, found 2*same: init",
        ),
        (lambda clock: clock, "*differ first in step 1 (result)*"),
        (lambda clock: lambda: {str(clock()): 1}, "step 1 is '1' in the first run and '2' in the second"),
        (longer, "the second run goes on with the step '3', where the first ended after 2"),
        (lambda clock: lambda: iter(range(4 - clock())), "the second run ended after 2 of 3 steps, before '3'"),
        (raises_later, "the second run raised RuntimeError after 1 steps, the first did not: out of luck"),
        (lambda _: lambda: None, "there is nothing to compare*"),
        (lambda _: lambda: iter(()), "there is nothing to compare*"),
        (
            lambda clock: lambda: [[0.5, float("nan"), float(clock())], [True]],
            "in 1 place*[[]0][[]2]: expected 1.0, found 2.0",
        ),
        (lambda _: (n for n in range(3)), "give the function itself, not what it returns: got a generator"),
        (lambda _: coroutine, "the function is a coroutine: give `lambda: asyncio.run(function())`"),
        (lambda _: object, "the step result cannot be compared: the value is of type object*"),
    ],
)
def test_the_first_difference_is_named(make: Callable[[Clock], Callable[[], Any]], told: str) -> None:
    with pytest.raises((pytest.fail.Exception, AssertionError)) as problem:
        require_same(make(Clock()), seed=3)
    assert fnmatchcase(str(problem.value).replace("\n", " "), f"*{told}*"), str(problem.value)


def test_a_tolerance_is_what_was_asked_for() -> None:
    clock = Clock()
    require_same(lambda: clock() / 1000, seed=0, abs=0.01)
    with pytest.raises(pytest.fail.Exception, match="a tolerance is a number of at least 0, got inf"):
        require_same(clock, seed=0, rel=math.inf)
    with pytest.raises(pytest.fail.Exception, match=r"off by 0\.001"):
        require_same(lambda: clock() / 1000, seed=0)


def test_the_fixtures(pytester: pytest.Pytester, run: Any) -> None:
    pytester.makepyfile(
        """
        import random, time

        def test_seeded(seeded, request):
            first = random.random()
            random.seed(seeded)
            assert (seeded, first) == (0, random.random())
            assert ("mlgate_seed", 0) in request.node.user_properties

        def test_same(mlgate_deterministic):
            mlgate_deterministic(random.random, seed=4)

        def test_other(mlgate_deterministic):
            mlgate_deterministic(lambda: {"a": 1, "clock": time.perf_counter_ns()})
        """
    )
    found = run()
    found.assert_outcomes(passed=2, failed=1)
    found.stdout.fnmatch_lines(
        ["*two runs with the seed 0 differ first in step 2 (clock)*", "*what comes before is*: a"]
    )
    assert "likeness.py" not in found.stdout.str()
