"""Paths that come together: an algebra of how well a generator is seeded."""

from __future__ import annotations

import ast
from types import SimpleNamespace

from hypothesis import given
from hypothesis import strategies as st

from mlgate.lint.finding import CONDITIONAL, UNKNOWN
from mlgate.lint.seeds.paths import Path
from mlgate.lint.seeds.sites import BY_CALLER, DONE, ENTROPY, NEVER, SEEDED, Seeding, Site, join

SEEDINGS = st.sampled_from([NEVER, DONE, ENTROPY, Seeding(CONDITIONAL, "given"), Seeding(UNKNOWN, "unseen")])
GENERATORS = ("random", "numpy", "torch")


@st.composite
def paths(draw: st.DrawFn) -> Path:
    path = Path(draw(st.sampled_from([NEVER, BY_CALLER])))
    path.state = draw(st.dictionaries(st.sampled_from(GENERATORS), SEEDINGS))
    return path


@given(SEEDINGS)
def test_joining_a_state_with_itself_changes_nothing(seeding: Seeding) -> None:
    assert join(seeding, seeding, "why") == seeding


@given(SEEDINGS, SEEDINGS)
def test_joining_does_not_depend_on_the_order(first: Seeding, second: Seeding) -> None:
    assert join(first, second, "why").quality == join(second, first, "why").quality


@given(SEEDINGS, SEEDINGS)
def test_only_two_seeded_sides_are_seeded(first: Seeding, second: Seeding) -> None:
    assert (join(first, second, "why").quality == SEEDED) == (first.quality == second.quality == SEEDED)


@given(paths(), paths())
def test_paths_join_as_their_states_do(first: Path, second: Path) -> None:
    joined, turned = first.joined(second, "why"), second.joined(first, "why")
    for generator in first.state.keys() | second.state.keys():
        assert joined.of(generator).quality == turned.of(generator).quality
        assert joined.of(generator).quality == join(first.of(generator), second.of(generator), "why").quality


@given(paths(), paths())
def test_what_a_run_without_options_seeds_holds(first: Path, second: Path) -> None:
    taken = first.unless(second, "why")
    for generator in first.state.keys() | second.state.keys():
        if first.of(generator).quality == SEEDED:
            assert taken.of(generator).quality == SEEDED
        else:
            assert taken.of(generator).quality == join(first.of(generator), second.of(generator), "why").quality


@given(paths())
def test_a_copy_goes_its_own_way(path: Path) -> None:
    before = dict(path.state)
    path.copy().seed("numpy", DONE)
    assert path.state == before


def test_a_seed_after_a_draw_is_late_on_every_way_that_led_here() -> None:
    module = SimpleNamespace(path="run.py")
    site = Site("unseeded-numpy", module, ast.Pass(), what="rand", scope="", generator="numpy")
    drawn = Path()
    drawn.drew(site, "numpy")
    drawn.joined(Path(), "why").seed("torch", DONE)
    assert not site.late
    drawn.joined(Path(), "why").seed("numpy", DONE)
    assert site.late
