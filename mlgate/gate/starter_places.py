"""`mlgate init`: the hook config and the workflow, and what to add where there are some already."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from mlgate.gate.starter_text import shown
from mlgate.sources.survey import Survey
from mlgate.sources.survey_code import read_start

HOOK_IDS = ("mlgate-config", "mlgate-seeds", "mlgate-tests", "mlgate-data", "mlgate-dvc", "mlgate-artifacts")
_INSTALL = "run: if [ -f requirements.txt ]; then pip install -r requirements.txt; fi"
_OWN = re.compile(r"\bmlgate run\b|/mlgate@")
_IN_FOLDER = re.compile(r"working-directory:\s*['\"]?(?:\./)?\w|\bconfig:\s*['\"]?[\w.-]+/")
_EACH = re.compile(r"\b(?:working-directory|config):\s*['\"]?\$\{\{")


def packaged(name: str) -> str:
    """Text of a file of `mlgate/starter`."""
    return (resources.files("mlgate") / "starter" / name).read_text(encoding="utf-8")


def hook_lines(existing: Path) -> tuple[str, list[str] | None]:
    """The hook config, and, where there is one already, the lines to add to it: none where all hooks are in it."""
    text = packaged("pre-commit-config.yaml")
    if not (existing.exists() or existing.is_symlink()):
        return text, None
    there = read_start(existing, 1_000_000)
    missing = [name for name in HOOK_IDS if not re.search(rf"\bid:\s*['\"]?{name}\b", there)]
    if not missing:
        return text, []
    ids = [f"      - id: {name}" for name in missing]
    if len(missing) < len(HOOK_IDS):
        return text, ids
    lines = text.splitlines()
    start = next(place for place, line in enumerate(lines) if line.startswith("  - repo:"))
    stages = [line for line in lines if line.startswith("default_install_hook_types:")]
    if "default_install_hook_types" in there:
        stages = []
    return text, [*stages, *lines[start:]]


def workflow_file(top: Path, folder: str, seen: Survey) -> tuple[str, str, str]:
    """Name and text of the workflow; without a text where the repository has one or another service, with the reason.

    Parameters
    ----------
    folder : of the project in the repository; empty for the top
    """
    name = f".github/workflows/mlgate{'-' + folder.replace('/', '-') if folder else ''}.yml"
    own = next((file for file in seen.workflows if _runs(read_start(top / ".github/workflows" / file), folder)), "")
    if own and own != name.rpartition("/")[2]:
        return name, "", f"the workflow {own} runs mlgate: no other one is needed"
    if seen.other_ci and not seen.workflows:
        return name, "", f"{seen.other_ci}: no workflow for GitHub is written; let it call `mlgate run --output DIR`"
    if not re.fullmatch(r"[\w./-]*", folder, re.ASCII):  # in YAML, a shell and GitHub's expressions it would be more
        return name, "", f"no workflow is written: the name of the folder {shown(folder)} cannot stand in one as it is"
    text = packaged("workflow.yml")
    install = _install(top / folder, folder)
    text = text.replace(_INSTALL, f"run: {install}") if install else text
    return name, _in_folder(text, folder), ""


def _runs(text: str, folder: str) -> bool:
    """Whether a workflow runs mlgate for the project in `folder` of the repository, as far as its text tells.

    Examples
    --------
    >>> step = "uses: o/mlgate@v1, with: {working-directory: services/a}"
    >>> _runs(step, "services/a"), _runs(step, "services/b"), _runs(step, ""), _runs("run: mlgate run", "")
    (True, False, False, True)
    """
    uses = len(_OWN.findall(text))
    if not uses or _EACH.search(text):
        return uses > 0
    if not folder:
        return uses > len(_IN_FOLDER.findall(text))
    return re.search(rf"(?<![\w./-])(?:\./)?{re.escape(folder)}(?=/mlgate|/?(?:['\"\s,;}}]|$))", text) is not None


def _install(root: Path, folder: str) -> str:
    """How the project's own environment is installed, by the files that say it; empty for the template's own line."""
    if (root / "requirements.txt").is_file():
        return f"pip install -r {folder}/requirements.txt" if folder else "pip install -r requirements.txt"
    if (root / "pyproject.toml").is_file() or (root / "setup.py").is_file():
        return f"pip install -e ./{folder}" if folder else "pip install -e ."
    return ""


def _in_folder(text: str, folder: str) -> str:
    """The workflow of a project below the top of its repository; what is the top's own gets the folder's name, too.

    Two gates of one name would write one comment in turns, and two workflows of one group end each other.
    """
    if not folder:
        return text
    lines, own = [], folder.replace("/", "-")
    text = text.replace("name: mlgate\n", f"name: mlgate {folder}\n", 1)
    for line in text.replace("\n  group: mlgate-", f"\n  group: mlgate-{own}-", 1).splitlines():
        lines.append(line)
        if "uses: OWNER/mlgate@" in line:
            indent = " " * (len(line) - len(line.lstrip(" -")))
            lines += [f"{indent}with:", f"{indent}  working-directory: {folder}", f"{indent}  name: {own}"]
    return "\n".join(lines) + "\n"
