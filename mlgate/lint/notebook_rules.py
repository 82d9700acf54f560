"""Rules of notebooks: whether it runs from top to bottom, and what its outputs give away."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import pairwise
from typing import Any

from mlgate.lint.finding import Finding
from mlgate.lint.module import Module
from mlgate.lint.notebook import Notebook, NotebookCell
from mlgate.lint.notebook_names import CellNames, names_by_cell
from mlgate.outcome import Status

Find = Callable[[str], Iterable[tuple[str, int, int]]]
"""Personal data in a text: what it is (`email`, `secret`, ...), and where it starts and ends."""

CREDENTIALS = frozenset({"secret", "private_key", "jwt"})
MAX_LOOKED = 2_000_000
"""Characters of outputs that are searched for personal data."""

_HIDDEN = "restart the kernel, run all cells, and save"
_OUTPUT = "clear the output (nbstripout does it for every commit), or show counts in place of rows"
_CREDENTIAL = "revoke the credential now, since Git keeps it, then clear the output"
_PATH = "clear the output, or build the path from the repository's root"
_DATA_URI = re.compile(r"data:[a-z]+/[\w.+-]+;base64,[A-Za-z0-9+/=\s]+")
_ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_HOME = re.compile(
    r"(?:(?<![\w./-])/(?:home|Users)/|\b[A-Za-z]:(?:\\\\?|/)Users(?:\\\\?|/))"
    r"(?!(?:jovyan|user|username|runner|vscode|codespace|Public|Shared|me|you|name)\b)[A-Za-z_][\w.-]*",
)
_DRIVE = re.compile(r"['\"](?:[A-Za-z]:(?:\\\\?|/)[\w .-]+(?:\\\\?|/)|/(?:home|Users)/[\w.-]+/)")


def hidden_state(notebook: Notebook, module: Module) -> Iterator[Finding]:
    """A notebook whose cells were run in another order than they stand, or that uses a name above its definition.

    What it shows cannot be made again by running it from top to bottom.

    `fail` where a cell uses a name that only a later cell defines: a fresh run stops there. A warning where a cell was
    run after one below it, where two cells have the same number, and where a cell that was run uses a name that no cell
    defines any more. Names that magics, shell commands and star imports may define are taken as defined.
    """
    cells = [cell for cell in notebook.cells if cell.kind == "code" and cell.source.strip()]
    early = list(_used_too_early(cells, names_by_cell(notebook, module), module)) if notebook.is_python else []
    yield from early
    known = {finding.evidence["cell"] for finding in early}
    counted = [cell for cell in cells if cell.execution_count is not None]
    twice = [count for count, seen in Counter(cell.execution_count for cell in counted).items() if seen > 1]
    late = [(cell, after) for cell, after in pairwise(counted) if _count(cell) > _count(after)]
    late = [(cell, after) for cell, after in late if cell.number not in known]  # it follows from what was told
    if late:
        cell, after = late[0]
        message = (
            f"cell {cell.number} was run after cell {after.number} below it (In [{cell.execution_count}] above "
            f"In [{after.execution_count}])"
        )
        evidence = {"cells": [item.number for item, _ in late]}
        yield _told("hidden-state", module, cell, message, _HIDDEN, status=Status.WARN, evidence=evidence, column=1)
    elif twice:
        cell = next(item for item in counted if item.execution_count == twice[0])
        message = f"several cells have the number In [{twice[0]}]: they were not run in one session"
        yield _told("hidden-state", module, cell, message, _HIDDEN, status=Status.WARN, column=1)


def _count(cell: NotebookCell) -> int:
    return cell.execution_count or 0


def _used_too_early(cells: list[NotebookCell], names: CellNames, module: Module) -> Iterator[Finding]:
    for cell in cells:
        later = names.defined_only_below(cell.number)
        if later:
            name, place = later[0]
            message = f"cell {cell.number} uses `{name}`, which only cell {place} below defines"
            hint = f"move the definition above cell {cell.number}, then run all cells in a fresh kernel"
            evidence = {"names": [item for item, _ in later]}
            yield _told(
                "hidden-state", module, cell, message, hint, evidence=evidence, line=names.line(cell.number, name)
            )
            continue
        gone = names.defined_nowhere(cell.number) if cell.execution_count is not None and not _has_error(cell) else []
        if gone:
            message = f"cell {cell.number} uses `{gone[0]}`, which no cell defines: its cell was deleted or changed"
            evidence = {"names": gone}
            line = names.line(cell.number, gone[0])
            yield _told(
                "hidden-state", module, cell, message, _HIDDEN, status=Status.WARN, evidence=evidence, line=line
            )


def _has_error(cell: NotebookCell) -> bool:
    return any(output.get("output_type") in ("error", "pyerr") for output in cell.outputs)


def personal_data_in_output(notebook: Notebook, module: Module, find: Find) -> Iterator[Finding]:
    """Personal data in the outputs of a notebook, or in the text between its cells.

    Git keeps it for everyone who clones the repository, long after the data themselves were deleted.

    Outputs are `fail`; text that a person wrote is a warning, since it may be meant so. Images are not looked into. The
    value is never shown. The first 2 million characters are searched; where there are more, a warning says so.
    """
    for cell, written, kinds, unread in _searched(notebook, find):
        personal = {kind: count for kind, count in kinds.items() if kind not in CREDENTIALS}
        where = "text" if written else "output"
        if personal:
            status = Status.WARN if written else Status.FAIL
            message = f"the {where} of cell {cell.number} holds personal data: {_counted(personal)}"
            yield _told(
                "personal-data-in-output", module, cell, message, _OUTPUT, status=status, evidence={"found": personal}
            )
        elif unread:
            message = f"{unread} characters of output from cell {cell.number} on were not searched for personal data"
            yield _told("personal-data-in-output", module, cell, message, _OUTPUT, status=Status.WARN)


def credential_in_output(notebook: Notebook, module: Module, find: Find) -> Iterator[Finding]:
    """A token, API key, private key or password in the outputs of a notebook, or in the text between its cells.

    Whoever can read the repository can use it, and deleting the output later does not take it out of Git.

    Told by the forms that services give their keys; always `fail`, and the value is never shown.
    """
    for cell, written, kinds, _ in _searched(notebook, find):
        found = {kind: count for kind, count in kinds.items() if kind in CREDENTIALS}
        if found:
            where = "text" if written else "output"
            message = f"the {where} of cell {cell.number} holds a credential: {_counted(found)}"
            yield _told("credential-in-output", module, cell, message, _CREDENTIAL, evidence={"found": found})


def _counted(kinds: dict[str, int]) -> str:
    return ", ".join(f"{kind} ({count})" for kind, count in sorted(kinds.items()))


def _searched(notebook: Notebook, find: Find) -> Iterator[tuple[NotebookCell, bool, dict[str, int], int]]:
    """Each cell that shows or tells something: whether a person wrote it, what was found how often, what is unread."""
    left = MAX_LOOKED
    for cell in notebook.cells:
        written = cell.kind != "code"
        text = "\n".join([cell.source] if written else output_texts(cell))
        if not text:
            continue
        looked, left = text[:left], left - min(left, len(text))
        kinds = Counter(kind for kind, _, _ in find(looked)) if looked else Counter()
        yield cell, written, dict(kinds), len(text) - len(looked)
        if len(looked) < len(text):
            return


def absolute_path_in_output(notebook: Notebook, module: Module) -> Iterator[Finding]:
    """A path below someone's home folder in an output, or an absolute path in the code of a notebook.

    The output names a person and a machine; the code runs on that machine only.

    A warning, told once for a cell however many lines a traceback has. Names that are the same for everybody (`jovyan`,
    `runner`, `vscode`) are not told.
    """
    for cell in notebook.cells:
        if cell.kind != "code":
            continue
        places = sum(len(_HOME.findall(text)) for text in output_texts(cell))
        if places:
            message = f"the output of cell {cell.number} shows a path below a home folder ({places} places)"
            yield _told(
                "absolute-path-in-output", module, cell, message, _PATH, status=Status.WARN, evidence={"places": places}
            )
        for number, line in enumerate(cell.source.splitlines(), 1):
            if _DRIVE.search(line) and not line.lstrip().startswith("#"):
                message = f"cell {cell.number} has an absolute path in its code"
                yield _told(
                    "absolute-path-in-output", module, cell, message, _PATH, status=Status.WARN, line=number, column=1
                )
                break


def output_texts(cell: NotebookCell) -> Iterator[str]:
    """Texts that a cell shows: streams, results and tracebacks; images and what else is encoded are left out."""
    for output in cell.outputs:
        kind = output.get("output_type")
        if kind == "stream":
            yield _ANSI.sub("", _joined(output.get("text")))
        elif kind in ("error", "pyerr"):
            yield _ANSI.sub("", "\n".join([str(output.get("evalue", "")), _joined(output.get("traceback"), "\n")]))
        else:
            data = output.get("data")
            shown: dict[str, Any] = data if isinstance(data, dict) else dict(output)
            for name, value in shown.items():
                if name in _SHOWN:
                    text = _joined(value)
                    yield _DATA_URI.sub("", text) if "base64," in text else text


_SHOWN = frozenset({"text/plain", "text/html", "text/markdown", "text/latex", "image/svg+xml", "text", "html", "svg"})
"""What an output may hold that a person reads; the last three are those of format 3."""


def _joined(value: object, between: str = "") -> str:
    if isinstance(value, str):
        return value
    return between.join(item for item in value if isinstance(item, str)) if isinstance(value, list) else ""


def _told(  # noqa: PLR0913  # the facts of a finding, by name
    rule: str,
    module: Module,
    cell: NotebookCell,
    message: str,
    hint: str,
    *,
    status: Status = Status.FAIL,
    evidence: dict[str, Any] | None = None,
    line: int = 1,
    column: int = 0,
) -> Finding:
    """A finding in a cell. Its column tells cells apart that are no code, and so have no line of their own."""
    first = max((item.first_line for item in module.cells if item.number <= cell.number), default=1)
    own = any(item.number == cell.number for item in module.cells)
    return Finding(
        rule=rule,
        path=module.path,
        line=first + line - 1 if own else first,
        column=column if own else cell.number,
        message=message,
        hint=hint,
        status=status,
        scope=f"cell-{cell.number}",
        evidence={**(evidence or {}), "cell": cell.number, "line": line},
    )


RULES = (
    ("hidden-state", hidden_state, _HIDDEN),
    ("personal-data-in-output", personal_data_in_output, _OUTPUT),
    ("credential-in-output", credential_in_output, _CREDENTIAL),
    ("absolute-path-in-output", absolute_path_in_output, _PATH),
)


def judge(notebook: Notebook, module: Module, find: Find | None = None) -> Iterator[Finding]:
    """What the rules of notebooks find; without a finder, nothing is said of personal data and credentials."""
    yield from hidden_state(notebook, module)
    if find is not None:
        known: dict[str, list[tuple[str, int, int]]] = {}

        def once(text: str) -> list[tuple[str, int, int]]:
            if text not in known:
                known[text] = list(find(text))
            return known[text]

        yield from personal_data_in_output(notebook, module, once)
        yield from credential_in_output(notebook, module, once)
    yield from absolute_path_in_output(notebook, module)
