"""Fixtures for what must give the same result twice: `seeded` and `mlgate_deterministic`."""

from __future__ import annotations

from collections.abc import Callable, Generator
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:  # these modules are imported in every run of pytest: what a test asks for is imported then
    from mlgate_pytest.handover import Handover

SEED = "mlgate_seed"
"""Name of the user property that holds the seed of a test."""


@pytest.fixture
def seeded(request: pytest.FixtureRequest, _mlgate_handover: Handover) -> Generator[int, None, None]:
    """Seed the shared generators of every framework, and restore them after the test. The value is the seed."""
    from mlgate_pytest.randomness import seeded as seeded_block

    seed = _mlgate_handover.seed
    with seeded_block(seed):
        request.node.user_properties.append((SEED, seed))
        yield seed


@pytest.fixture
def mlgate_deterministic(_mlgate_handover: Handover) -> Callable[..., None]:
    """Run a callable twice with the same seed, and fail with the first step that differs.

    What it takes is that of `mlgate_pytest.twice.require_same`.
    """

    def check(function: Callable[[], Any], *, seed: int | None = None, rel: float = 0.0, abs: float = 0.0) -> None:  # noqa: A002  # pytest's own word
        __tracebackhide__ = True
        from mlgate_pytest.twice import require_same

        require_same(function, seed=_mlgate_handover.seed if seed is None else seed, rel=rel, abs=abs)

    return check
