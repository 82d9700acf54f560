"""Methods of what libraries returned, and of values of which nothing is known but the name of the method."""

from __future__ import annotations

import ast
from collections.abc import Callable

from mlgate.lint.finding import CONDITIONAL, CONTROLLED, UNCONTROLLED
from mlgate.lint.finding import UNKNOWN as UNSEEN
from mlgate.lint.seeds import libraries, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.values import FIXED, NONE, UNKNOWN, Entropy, Items, Known, Result, Value

_FRAMES = frozenset({"df", "data", "dataset", "train", "test"})
"""Names under which people keep a table of pandas."""
_NO_FRAME = frozenset({"tolist", "unique", "to_list"})
"""Methods of a table that return none."""


def of_result(call: Call, owner: Result) -> Value | None:
    """A method of what a library returned."""
    for prefixes, action in _KINDS:
        if owner.name.startswith(prefixes):
            answer = action(call, owner)
            if answer is not None:
                return answer
    if call.name == "set_params" and "random_state" in call.given.keywords and owner.site is not None:
        call.machine.pending.pop(owner.site, None)
        return owner
    if call.name == "parse_args_into_dataclasses":
        return Items(list(owner.site or [UNKNOWN]))
    return _in_place(call)


def _of_frame(call: Call, _owner: Result) -> Value:
    if call.name == "sample":
        return _rows_drawn(call)
    return UNKNOWN if call.name in _NO_FRAME else Result("pandas.DataFrame")


def _rows_drawn(call: Call) -> Value:
    state = call.get("random_state")
    fraction = call.get("frac")
    if state is None and call.given.is_open:
        call.site("unseeded-sample").reached(UNSEEN, "the arguments after ** are not seen")
    elif not (isinstance(fraction, Known) and fraction.const == 0):
        seeding.with_state(call, state, "unseeded-sample", "DataFrame.sample")
    return Result("pandas.DataFrame")


def _of_path(call: Call, _owner: Result) -> Value:
    if call.name in libraries.LISTING_METHODS:
        return order.listing(call.scope, call.node, f"Path.{call.name}")
    return Result("pathlib.Path")


def _of_generator(call: Call, owner: Result) -> Value:
    """A draw of a generator object, which is judged where that was made; or it is seeded again."""
    site = owner.site
    if call.name == "seed" and site is not None:
        site.verdict = CONTROLLED
        seeding.own_generator_again(call, site, call.get("a", 0) or call.get("seed"))
        return UNKNOWN
    if call.machine.loops:
        order.used(call.machine, call.scope, call.machine.loops[-1], call.node)
    if site is not None and site.verdict in (UNCONTROLLED, CONDITIONAL):
        why = "a draw of a generator that is not seeded"
        return Entropy(why, frozenset({site}), conditional=site.verdict == CONDITIONAL)
    return FIXED


def _of_space(call: Call, owner: Result) -> Value:
    """Gymnasium: an environment, or a space of one."""
    if owner.name.endswith("action_space") or owner.name.startswith("gymnasium.spaces"):
        answer = _of_action_space(call)
    else:
        answer = None
    answer = answer or of_environment(call)
    return answer if answer is not None else Result(owner.name)


def _of_action_space(call: Call) -> Value | None:
    if call.name == "sample":
        call.draw_later("gymnasium.action_space", "action_space.sample", rule="unseeded-environment")
        return UNKNOWN
    if call.name == "seed":
        seeding.seed_with(call, ("gymnasium.action_space",), call.get("seed", 0) or NONE)
        return UNKNOWN
    return None


def of_environment(call: Call) -> Value | None:
    """`reset` and `seed` of an environment."""
    if call.name == "seed" or (call.name == "reset" and call.get("seed") is not None):
        seeding.seed_with(call, ("gymnasium",), call.get("seed", 0) or NONE, f"env.{call.name}")
        return UNKNOWN
    if call.name == "reset":
        call.draw_later("gymnasium", "env.reset", rule="unseeded-environment")
        return UNKNOWN
    return None


def _of_datasets(call: Call, owner: Result) -> Value | None:
    """Hugging Face `datasets`."""
    if call.name not in ("shuffle", "train_test_split"):
        return None
    is_drawn = not _is_false(call, "shuffle")
    if is_drawn and call.get("seed", 0 if call.name == "shuffle" else None) is None:
        call.draw("numpy", f"datasets.{call.name}")
    return Result(owner.name)


def _of_tf_data(call: Call, owner: Result) -> Value | None:
    if call.name != "shuffle":
        return None
    if call.get("seed", 1) is None:
        call.draw("tensorflow", "tf.data.Dataset.shuffle")
    return Result(owner.name)


def _of_distribution(call: Call, owner: Result) -> Value | None:
    if call.name not in ("sample", "rsample", "sample_n"):
        return None
    call.draw("torch", f"{owner.name.rpartition('.')[2].removesuffix('()')}.{call.name}")
    return Result("torch.Tensor")


def _of_scipy(call: Call, _owner: Result) -> Value | None:
    if call.name != "rvs":
        return None
    if not call.has("random_state"):
        call.draw("numpy", "rvs of scipy.stats")
    return UNKNOWN


_KINDS: tuple[tuple[tuple[str, ...], Callable[[Call, Result], Value | None]], ...] = (
    (("pandas.",), _of_frame),
    (("gymnasium",), _of_space),
    (("pathlib",), _of_path),
    (
        ("numpy.random.default_rng", "numpy.random.RandomState", "numpy.random.Generator", "random.Random"),
        _of_generator,
    ),
    (("datasets.",), _of_datasets),
    (("tensorflow.data", "tensorflow_datasets"), _of_tf_data),
    (("torch.distributions",), _of_distribution),
    (("scipy.stats",), _of_scipy),
)
"""What answers for methods of results whose name begins so."""


def of_unknown(call: Call, _owner: Value) -> Value | None:
    """A method of which only the name is known, in a module that imports the library which has it."""
    name, code = call.name, call.scope.module
    if name in libraries.LISTING_METHODS and (call.given.positional or name == "iterdir"):
        return order.listing(call.scope, call.node, f"Path.{name}")
    if name == "sample" and code.imports("pandas"):
        return _rows_drawn(call) if _looks_like_rows(call) else None
    is_of_space = isinstance(call.holder, ast.Attribute) and call.holder.attr == "action_space"
    if is_of_space and name in ("sample", "seed"):
        return _of_action_space(call)
    if name in ("seed", "reset") and code.imports("gymnasium"):
        value = call.get("seed", 0 if name == "seed" else None)
        if value is not None:
            seeding.seed_with(call, ("gymnasium",), value, f"env.{name}")
            return UNKNOWN
    return _in_place(call)


def _looks_like_rows(call: Call) -> bool:
    """Whether `x.sample(...)` is that of a table, by its arguments or the name of `x`."""
    holder = call.holder
    shown = holder.id if isinstance(holder, ast.Name) else getattr(holder, "attr", "")
    is_frame = shown in _FRAMES or shown.endswith(("_df", "df"))
    if call.get("frac") or call.get("replace") or call.get("random_state") or (call.get("n") and is_frame):
        return True
    positional = call.given.positional
    return is_frame and (not positional or isinstance(positional[0], Known))


def _in_place(call: Call) -> Value | None:
    """`weight.data.normal_()` of a tensor."""
    if call.name in libraries.TORCH_IN_PLACE and call.scope.module.imports("torch"):
        if call.get("generator") is None:
            call.draw("torch")
        return UNKNOWN
    return None


def _is_false(call: Call, name: str) -> bool:
    value = call.get(name)
    return isinstance(value, Known) and value.const is False
