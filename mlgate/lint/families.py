"""The families of lint rules, and the words for a file in which a family finds nothing."""

from __future__ import annotations

SEEDS, TESTS, NOTEBOOKS, IGNORES = "seeds", "tests", "notebooks", "ignores"

FAMILIES = {
    SEEDS: "What draws random numbers was seeded before, on the executed path, with a value that the repository fixes.",
    TESTS: "The tests of a file run, can fail, and depend on nothing that changes from run to run.",
    NOTEBOOKS: "A notebook was run from top to bottom, and its outputs show nothing personal.",
    IGNORES: "Each comment that ignores a finding says why, and ignores something.",
}
"""Each family of rules, by the name of the check under which a file passes."""
