"""From which files the changed ones can be reached, and how: asked once for all tests together."""

from __future__ import annotations

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from mlgate.pyramid.closure import Graph, conftests


@dataclass(frozen=True, slots=True)
class Reach:
    """For each file that can reach a goal by imports: the next file on its shortest way, and how far the goal is."""

    following: Mapping[str, tuple[int, str]]

    def way(self, starts: Iterable[str]) -> tuple[str, ...]:
        """The shortest way from one of the files to a goal, both included; empty where there is none."""
        near = [start for start in starts if start in self.following]
        if not near:
            return ()
        here = min(near, key=lambda start: self.following[start][0])
        way = [here]
        while self.following[here][0]:
            here = self.following[here][1]
            way.append(here)
        return tuple(way)


def reach(graph: Graph, goals: Collection[str]) -> Reach:
    """All files from which one of the goals can be reached, goals included."""
    users: dict[str, list[str]] = {}
    for path, imported in graph.imports.items():
        for target in imported:
            users.setdefault(target, []).append(path)
    following = {goal: (0, goal) for goal in sorted(goals)}
    left = deque(following)
    while left:
        here = left.popleft()
        distance = following[here][0] + 1
        for user in sorted(users.get(here, ())):
            if user not in following:
                following[user] = distance, here
                left.append(user)
    return Reach(following)


def starts_of(graph: Graph, path: str) -> tuple[str, ...]:
    """What pytest loads for a test file: the file, and every `conftest.py` above it."""
    return tuple(dict.fromkeys((path, *conftests(graph, path))))


def reached_from(graph: Graph, starts: Iterable[str]) -> frozenset[str]:
    """All files that can be reached from any of these, by the names that stand in the sources."""
    found = set(starts)
    left = list(found)
    while left:
        for target in graph.imports.get(left.pop(), ()):
            if target not in found:
                found.add(target)
                left.append(target)
    return frozenset(found)
