"""The standard library."""

from __future__ import annotations

from mlgate.lint.seeds import libraries, options, order, seeding
from mlgate.lint.seeds.call import Call
from mlgate.lint.seeds.drawn import drawn
from mlgate.lint.seeds.values import FIXED, UNKNOWN, Entropy, Function, Partial, Result, Table, Value

_SLEEPS = ("time.sleep", "asyncio.sleep")


def random(call: Call) -> Value | None:
    """Python's own generator, and generator objects."""
    last = call.name.removeprefix("random.")
    if last in libraries.RANDOM_DRAWS:
        order.use_all(call.machine, call.scope, call.given.positional[:1], call.node)
        return drawn(call, "random")
    if last == "Random":
        return Result(call.name, seeding.own_generator(call, call.get("x", 0)))
    if last == "SystemRandom":
        seeding.own_generator(call, None)
        return Result(call.name)
    return FIXED if last in ("getstate", "setstate") else None


def time(call: Call) -> Value | None:
    """How long a program waits changes no result."""
    if call.name not in _SLEEPS:
        return None
    for value in call.given.all():
        for draw in value.draws if isinstance(value, Entropy) else ():
            draw.is_seed = True
    return UNKNOWN


def os(call: Call) -> Value | None:
    """Variables of the environment, and paths."""
    if call.name in ("os.environ.get", "os.getenv"):
        return options.environment_variable(call.given)
    return FIXED if call.name == "os.environ.setdefault" or call.name.startswith("os.path.") else None


def secrets(call: Call) -> Value:
    """Entropy of the system."""
    if call.name == "secrets.SystemRandom":
        seeding.own_generator(call, None)
    return Entropy("the system's entropy")


def pathlib(_call: Call) -> Value:
    """Paths, whose methods may list a folder."""
    return Result("pathlib.Path")


def functools(call: Call) -> Value | None:
    """`partial` gives arguments in advance."""
    if call.name != "functools.partial" or not call.given.positional:
        return None
    target, keywords = call.given.positional[0], dict(call.given.keywords)
    if not isinstance(target, Function):
        return Partial(target, keywords)
    made = Function(target.node, target.scope, target.owner)
    made.self, made.given = target.self, {**target.given, **keywords}
    return made


def collections(call: Call) -> Value | None:
    """Tables that are made empty."""
    if call.name == "collections.defaultdict" or (call.name == "collections.OrderedDict" and not call.given.positional):
        return Table(dict(call.given.keywords))
    return None


HANDLERS = {
    "random": random,
    "time": time,
    "asyncio": time,
    "os": os,
    "secrets": secrets,
    "pathlib": pathlib,
    "functools": functools,
    "collections": collections,
}
