"""Which test files must run, and why. Wherever it is not known what a test reads, it runs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from mlgate.config.project import Tier
from mlgate.pyramid.change import Change, Kind, covers
from mlgate.pyramid.closure import Graph
from mlgate.pyramid.reach import Reach, reach, reached_from, starts_of

EVERYTHING = {
    Kind.RULES: "it decides what is checked, and how",
    Kind.ENVIRONMENT: "the environment or the settings of the tests hang on it",
    Kind.OUTSIDE: "it lies outside of the project, so what uses it is not known",
    Kind.LINKED: "a symbolic link leads there, so what uses it is not known",
}


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is known of a change and of the project.

    Parameters
    ----------
    changes : all that differs from the merge base, but documentation
    graph : imports of the Python files, those that were removed included
    tests : test files of all tiers
    places : the folders and files in which the tiers look for tests
    plugins : files that pytest loads for every test, as its settings say
    starts : further files that something declared begins with, such as the module of an evaluation
    data : declared paths of data: datasets, needs, inputs, and what evaluations read
    documents : documentation that differs: it concerns what names documents
    settled : test files that ran before and of which all is as it was that they read then; others may read anything
    """

    changes: tuple[Change, ...]
    graph: Graph
    tests: frozenset[str] = frozenset()
    places: tuple[str, ...] = ()
    plugins: tuple[str, ...] = ()
    starts: frozenset[str] = frozenset()
    data: tuple[str, ...] = ()
    documents: tuple[Change, ...] = ()
    settled: frozenset[str] = frozenset()

    @cached_property
    def by_kind(self) -> dict[Kind, tuple[Change, ...]]:
        return {kind: tuple(change for change in self.changes if change.kind is kind) for kind in Kind}

    @cached_property
    def by_path(self) -> dict[str, Change]:
        return {change.path: change for change in self.changes}

    @cached_property
    def to_changed(self) -> Reach:
        """From where changed Python files can be reached."""
        return reach(self.graph, [change.path for change in self.by_kind[Kind.PYTHON]])

    @cached_property
    def to_computed(self) -> Reach:
        """From where files that import by computed names can be reached."""
        return reach(self.graph, self.graph.dynamic)

    @cached_property
    def to_processes(self) -> Reach:
        """From where files that may start processes can be reached."""
        return reach(self.graph, self.graph.processes)

    @cached_property
    def to_listings(self) -> Reach:
        """From where files among the tests can be reached that list folders."""
        return reach(self.graph, [path for path in self.graph.listings if self.is_of_tests(path)])

    @cached_property
    def to_pickles(self) -> Reach:
        """From where files that load saved objects can be reached."""
        return reach(self.graph, self.graph.pickles)

    @cached_property
    def to_documents(self) -> Reach:
        """From where files that name documents can be reached."""
        return reach(self.graph, self.graph.documents)

    @cached_property
    def modules(self) -> tuple[Change, ...]:
        """Changed Python files but tests and what pytest loads for them."""
        python = self.by_kind[Kind.PYTHON]
        return tuple(c for c in python if c.path not in self.tests and not c.path.endswith("conftest.py"))

    def loaded_for(self, test: str) -> tuple[str, ...]:
        """What pytest loads for a test file: the file, every `conftest.py` above it, and plugins."""
        return (*starts_of(self.graph, test), *self.plugins)

    def is_of_tests(self, path: str) -> bool:
        """Whether a path lies among the tests of a tier, or is what pytest loads for them."""
        return path.endswith("conftest.py") or any(covers(place, path) for place in self.places)

    @cached_property
    def of_everything(self) -> str | None:
        """Why all that is run must run: a change that everything depends on, or of which that cannot be ruled out."""
        for kind, reason in EVERYTHING.items():
            for change in self.by_kind[kind]:
                return f"{change.fact}: {reason}"
        for change in self.by_kind[Kind.DATA]:
            if not any(covers(name, change.path) for name in self.data):
                return f"{change.fact}, and nothing in mlgate.yaml says what reads it"
        return None

    @cached_property
    def of_unknown_use(self) -> str | None:
        """A changed Python file that nothing declared imports: who uses it, and how, is not known."""
        begin = {start for test in self.tests for start in self.loaded_for(test)} | self.starts
        reached = reached_from(self.graph, begin)
        unused = next((change for change in self.by_kind[Kind.PYTHON] if change.path not in reached), None)
        return f"{unused.fact}, and what uses it is not known" if unused is not None else None


def why_tests(tier: Tier, paths: Iterable[str], known: Known, datasets: Mapping[str, str]) -> dict[str, str | None]:
    """For each test file of a tier why it must run; None where nothing that it reads has changed.

    Parameters
    ----------
    datasets : paths of the declared datasets by name
    """
    if known.of_everything:
        return dict.fromkeys(paths, known.of_everything)
    late = _declared_inputs(tier, known) or _declared_data(tier, known, datasets)
    return {path: _imported(path, known) or late or _unknown(path, known) for path in paths}


def told_way(way: Sequence[str], known: Known, start: str) -> str:
    """A way to a changed file in words: "imports a.py, which imports b.py, which changed"."""
    end = known.by_path[way[-1]]
    first, *rest = way
    if not rest:
        return f"it {end.how}" if first == start else f"pytest loads {end.said}"
    begin = "" if first == start else f"pytest loads {first}, which "
    return f"{begin}imports {', which imports '.join(rest)}, which {end.how}"


def _imported(path: str, known: Known) -> str | None:
    """It changed itself, or something that it imports did."""
    way = known.to_changed.way(known.loaded_for(path))
    return told_way(way, known, path) if way else None


def _declared_inputs(tier: Tier, known: Known) -> str | None:
    for name in (*tier.inputs, *tier.needs):
        for change in known.changes:
            if covers(name, change.path):
                return f"the tier declares {name}, and {change.fact}"
    return None


def _declared_data(tier: Tier, known: Known, datasets: Mapping[str, str]) -> str | None:
    """A dataset that the tier declares; the data tier has them all."""
    for name in datasets if tier.name == "data" else tier.datasets:
        for change in known.changes:
            if covers(datasets[name], change.path):
                return f"the tier reads the dataset {name}, and {change.fact}"
    return None


def _unknown(path: str, known: Known) -> str | None:
    """What has changed may be read in a way that the imports do not show."""
    if path in known.settled:
        return _may_be_found(known)
    anything = (*known.changes, *known.documents)
    if anything and path not in known.graph.files:
        return f"what it imports is not known, and {anything[0].fact}"
    starts = known.loaded_for(path)
    python, data = known.by_kind[Kind.PYTHON], known.by_kind[Kind.DATA]
    for there, changes, what in (
        (known.to_computed, python, "imports by names that are computed"),
        (known.to_processes, (*python, *data), "may start processes, which may read anything"),
        (known.to_pickles, known.modules, "loads objects that were saved, of any module"),
        (known.to_documents, known.documents, "names documents"),
        (known.to_listings, (*python, *data), "lists folders"),
    ):
        way = there.way(starts) if changes else ()
        if way:
            return f"{way[-1]} {what}, and {changes[0].fact}"
    opened = next(iter((*known.by_kind[Kind.OTHER], *data)), None)
    return known.of_unknown_use or (f"{opened.fact}, and what this test opens is not known" if opened else None)


def _may_be_found(known: Known) -> str | None:
    """A file that came or went may be found by a test that looked for it, whatever it read before."""
    for change in (*known.by_kind[Kind.OTHER], *known.by_kind[Kind.PYTHON]):
        if change.how != "changed":
            return f"{change.fact}, and a test may look for it"
    return None
