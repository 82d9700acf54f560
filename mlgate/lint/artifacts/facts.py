"""What was seen in a model file, before anything is judged."""

from __future__ import annotations

from dataclasses import dataclass, field

MAX_KEPT = 200
"""Of each kind of fact; a file with more is refused on the first ones already."""

NAMED, MADE, CALLED = "named", "made", "called"
"""What loading does with an imported name: nothing, `cls.__new__(cls, ...)`, or a call."""
_USES = (NAMED, MADE, CALLED)


@dataclass(frozen=True, slots=True)
class Import:
    """A name that loading the file imports, the byte at which it says so, and what is done with it."""

    module: str
    name: str
    offset: int
    member: str = ""
    use: str = NAMED

    @property
    def full(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(frozen=True, slots=True)
class Action:
    """Another way in which loading runs code: one sentence, and where it stands."""

    message: str
    offset: int | None = None
    member: str = ""


FETCH_AGAIN = "write the file again; if it comes from elsewhere, fetch it again and compare its digest"


@dataclass(frozen=True, slots=True)
class Problem:
    """Why the file could not be read to its end. `forged` is a file that two readers would read differently."""

    message: str
    hint: str = FETCH_AGAIN
    forged: bool = False


@dataclass(slots=True)
class Facts:
    """Everything that was seen in one file.

    Parameters
    ----------
    formats : from the outside in, e.g. `gzip`, `pickle`
    imports : by member, module and name
    actions : other ways to run code
    strange_paths : names that lead out of the file's folder or archive
    notes : what a person should look at
    problems : why it could not be read to its end
    follows : other files of the same folder that are loaded with it
    """

    formats: list[str] = field(default_factory=list)
    imports: dict[tuple[str, str, str], Import] = field(default_factory=dict)
    actions: list[Action] = field(default_factory=list)
    strange_paths: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    follows: list[str] = field(default_factory=list)
    member: str = ""

    def imported(self, module: str, name: str, offset: int, use: str = NAMED) -> None:
        key = (self.member, module, name)
        known = self.imports.get(key)
        if known is None:
            if len(self.imports) < MAX_KEPT:
                self.imports[key] = Import(module, name, offset, self.member, use)
            else:
                self.problem("more names are imported than any model needs", forged=True)
        elif _USES.index(use) > _USES.index(known.use):
            self.imports[key] = Import(module, name, known.offset, self.member, use)

    def act(self, message: str, offset: int | None = None) -> None:
        if len(self.actions) < MAX_KEPT:
            self.actions.append(Action(message, offset, self.member))

    def problem(self, message: str, hint: str = FETCH_AGAIN, *, forged: bool = False) -> None:
        said = f"{self.member}: {message}" if self.member else message
        problem = Problem(said, hint, forged)
        if problem not in self.problems and len(self.problems) < MAX_KEPT:
            self.problems.append(problem)

    def format(self, name: str) -> None:
        if name not in self.formats:
            self.formats.append(name)
