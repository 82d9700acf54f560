"""What a workflow run uploaded, for the run that follows it (`on: workflow_run`). The content is not looked at here."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from mlgate.errors import SourceError
from mlgate.sources.github_answers import mapping, positive
from mlgate.sources.github_api import GitHubClient
from mlgate.sources.github_context import GitHubContext
from mlgate.sources.one_line import printable

PREFIX = "mlgate-report"
MAX_ARTIFACTS = 20
MAX_BYTES = 20_000_000
NEED = "actions: read"


def download_reports(client: GitHubClient, context: GitHubContext) -> dict[str, bytes]:
    """The ZIP archives called `mlgate-report` or `mlgate-report-...` that the run before this one left, by name.

    Raises
    ------
    SourceError
        The event names no such run, it left none, one is expired or too large, or GitHub could not be reached.
    """
    if context.run_id is None:
        raise SourceError(
            "the event names no workflow run that came before", hint="start the workflow with `on: workflow_run`"
        )
    base = f"/repos/{context.repository}/actions"
    found: dict[str, dict[str, Any]] = {}
    for item in client.items(f"{base}/runs/{context.run_id}/artifacts", {}, key="artifacts", need=NEED):
        name = item.get("name")
        if not isinstance(name, str) or not (name == PREFIX or name.startswith(f"{PREFIX}-")):
            continue
        if name not in found or positive(found[name], "id") < positive(item, "id"):
            found[name] = item
    if not found:
        raise SourceError(
            f"workflow run {context.run_id} left no artifact called {PREFIX}",
            hint="it may have ended before the gate began; else upload the folder of its output `report` by that name",
        )
    if len(found) > MAX_ARTIFACTS:
        raise SourceError(
            f"workflow run {context.run_id} left {len(found)} artifacts called {PREFIX}-..., more than {MAX_ARTIFACTS}",
            hint="upload one of each gate",
        )
    for item in found.values():
        _require_usable(item, context)
    return {name: _download(client, base, item) for name, item in sorted(found.items())}


def _download(client: GitHubClient, base: str, item: Mapping[str, Any]) -> bytes:
    """The bytes that GitHub took in, as its own digest of them says."""
    content = client.download(f"{base}/artifacts/{positive(item, 'id')}/zip", NEED)
    said = item.get("digest")
    if said is not None and said != f"sha256:{hashlib.sha256(content).hexdigest()}":
        raise SourceError("a downloaded artifact is not what was uploaded: its digest differs", hint="run again")
    return content


def _require_usable(item: Mapping[str, Any], context: GitHubContext) -> None:
    name, size = printable(str(item.get("name")))[:100], positive(item, "size_in_bytes")
    if item.get("expired") is True:
        raise SourceError(f"the artifact {name} has expired", hint="run the workflow of the pull request again")
    if size > MAX_BYTES:
        raise SourceError(
            f"the artifact {name} has {size} bytes, more than the {MAX_BYTES} that are read from a stranger",
            hint="upload the gate's report alone",
        )
    head = mapping(item.get("workflow_run")).get("head_sha")
    if head is not None and head != context.sha:
        raise SourceError(
            f"the artifact {name} is of another commit than the run that this workflow follows",
            hint="run the workflow of the pull request again",
        )
