"""The quick look must let through whatever the tables know: what it stops is never analysed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.seeds import libraries
from mlgate.lint.seeds.estimators import ESTIMATORS, SPLITS
from mlgate.lint.seeds.tokens import holds_token, lines_with_tokens, lines_with_word

NAMES = sorted(
    {
        *ESTIMATORS,
        *SPLITS,
        *libraries.SEEDERS,
        *libraries.LISTINGS,
        *(f"random.{name}" for name in libraries.RANDOM_DRAWS),
        *(f"np.random.{name}" for name in libraries.NUMPY_DRAWS),
        *(f"torch.{name}" for name in libraries.TORCH_DRAWS),
        *(f"nn.{name}" for name in libraries.TORCH_LAYERS),
        *(f"x.{name}" for name in libraries.LISTING_METHODS),
    }
)


@pytest.mark.parametrize("name", NAMES)
def test_every_name_of_the_tables_is_let_through(name: str) -> None:
    assert holds_token(f"{name}(x)")


@given(st.lists(st.sampled_from(["x = 1", "np.random.rand()", "tfx.a", "tf.a", "snn.b", "", "seed seed"]), max_size=8))
def test_lines_are_those_that_hold_a_token_themselves(lines: list[str]) -> None:
    text = "\n".join(lines)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    expected = {number for number, line in enumerate(lines, 1) if holds_token(line)}
    assert lines_with_tokens(text, starts) == expected


@given(st.lists(st.sampled_from(["fit", "fitted", "fit_x", "a.fit()", "", "unfit", "(fit)"]), max_size=8))
def test_a_word_is_found_as_a_word(lines: list[str]) -> None:
    text = "\n".join(lines)
    starts = [0, *(place + 1 for place, character in enumerate(text) if character == "\n")]
    expected = {number for number, line in enumerate(lines, 1) if line in ("fit", "a.fit()", "(fit)")}
    assert set(lines_with_word(text, "fit", starts)) == expected
