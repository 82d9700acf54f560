"""A repository that uses the Action, and the local runner `act` in host mode for its workflows.

What comes from the network has a stand-in: an empty one for `setup-python`, a cache that never has anything, and a
folder instead of the store of artifacts.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.integration.github.conftest import GitHubStub

ROOT = Path(__file__).parents[3]
BIN = Path(sys.executable).parent
WORKFLOW = """\
on: [pull_request, push, merge_group]
jobs:
  gate:
    runs-on: ubuntu-latest
    steps:
      - uses: actions/checkout@v6
      - id: gate
        uses: ./mlgate-action
        with: %s
      - if: always()
        env:
          SAID: ${{ toJSON(steps.gate.outputs) }}
          REPORT: ${{ steps.gate.outputs.report }}
        run: |
          printf '%%s' "$SAID" > "$KEPT/outputs.json"
          cp "$REPORT"/* "$KEPT/" || true
"""
STAND_INS = {
    "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd": "checkout",
    "actions/setup-python@a309ff8b426b58ec0e2a45f0f869d46889d02405": "setup-python",
    "actions/cache@27d5ce7f107fe9357f9df03efb73ab90386fccae": "cache",
    "actions/upload-artifact@b7c566a772e6b6bfb58ed0dc250532a479d7789f": "upload-artifact",
    "actions/download-artifact@37930b1c2abaa49bbe596cd826c3c89aef350131": "download-artifact",
    "OWNER/mlgate@v0.1.0": "mlgate-action",
}
"""Actions that come from the network, and the folder of what stands in for each; of ours it is the real one."""
CHECKOUT = """\
name: checkout
description: The runner's own one does not know a ref.
inputs: {ref: {}, fetch-depth: {}, persist-credentials: {}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {REF: "${{ inputs.ref }}"}
      run: |
        cp -R "$SOURCE/." .
        git checkout --quiet --detach "${REF:-HEAD}"
"""
NOTHING = "name: none\ndescription: none\nruns: {using: composite, steps: [{run: 'true', shell: bash}]}\n"
UPLOAD = """\
name: upload
description: A folder takes what is uploaded.
inputs: {name: {}, path: {}, overwrite: {}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", FROM: "${{ inputs.path }}"}
      run: |
        [ -d "$FROM" ]
        mkdir -p "$KEPT/artifacts"
        rm -rf "$KEPT/artifacts/$NAME"
        cp -R "$FROM" "$KEPT/artifacts/$NAME"
"""
DOWNLOAD = """\
name: download
description: As the real one, an artifact by its name without a folder, those of a pattern each in its own.
inputs: {name: {}, pattern: {}, path: {}}
runs:
  using: composite
  steps:
    - shell: bash
      env: {NAME: "${{ inputs.name }}", PATTERN: "${{ inputs.pattern }}", TO: "${{ inputs.path }}"}
      run: |
        mkdir -p "$TO"
        if [ -n "$NAME" ]; then
          cp -R "$KEPT/artifacts/$NAME/." "$TO"
        else
          for found in "$KEPT"/artifacts/$PATTERN; do
            [ ! -d "$found" ] || cp -R "$found" "$TO"
          done
        fi
"""
FILES = {
    "checkout/action.yml": CHECKOUT,
    "setup-python/action.yml": NOTHING,
    "cache/restore/action.yml": NOTHING,
    "cache/save/action.yml": NOTHING,
    "upload-artifact/action.yml": UPLOAD,
    "download-artifact/action.yml": DOWNLOAD,
}
PULL_REQUEST = {"action": "opened", "number": 5, "pull_request": {"number": 5, "head": {"sha": "a" * 40}}}


@dataclass(frozen=True)
class Done:
    """What a workflow run left behind."""

    passed: bool
    log: str
    kept: Path

    @property
    def outputs(self) -> dict[str, str]:
        read: dict[str, str] = json.loads((self.kept / "outputs.json").read_text(encoding="utf-8"))
        return read


@dataclass
class Runner:
    """A repository that uses the action, and a local runner for its workflow."""

    github: GitHubStub
    folder: Path

    @classmethod
    def set_up(cls, github: GitHubStub, folder: Path) -> Runner:
        """A new repository with our Action in it."""
        made = cls(github, folder)
        made.write(**FILES)
        (folder / ".github" / "workflows").mkdir(parents=True)
        shutil.copytree(ROOT / "scripts", folder / "mlgate-action" / "scripts")
        for name in ("action.yml", "requirements.lock"):
            shutil.copy(ROOT / name, folder / "mlgate-action")
        github.token = "t0ken-of-the-run"
        for command in (["init", "--quiet"], ["remote", "add", "origin", "https://github.com/o/r"]):
            subprocess.run(["git", *command], cwd=folder, check=True)
        return made

    def write(self, **files: str) -> None:
        for name, text in files.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, encoding="utf-8")

    def run(self, *, event: str = "pull_request", path: str | None = None, **inputs: str) -> Done:
        """Run the workflow above; `inputs` are those of the action."""
        workflow = WORKFLOW % json.dumps({"install": "false", **inputs})
        content: dict[str, Any] = PULL_REQUEST if event == "pull_request" else {"merge_group": {"head_sha": "a" * 40}}
        return self.run_workflow(workflow, event, content, path=path)

    def run_workflow(self, workflow: str, event: str, content: dict[str, Any], *, path: str | None = None) -> Done:
        """Commit everything and start the workflow as the event would."""
        (self.folder / ".github" / "workflows" / "gate.yml").write_text(workflow, encoding="utf-8")
        self.commit()
        return self.start(event, content, path=path)

    def commit(self) -> None:
        subprocess.run(["git", "add", "--all"], cwd=self.folder, check=True)
        subprocess.run(["git", "commit", "--quiet", "--allow-empty", "-m", "x"], cwd=self.folder, check=True)

    def start(self, event: str, content: dict[str, Any], *, path: str | None = None) -> Done:
        """Start the workflow of the commit as the event would."""
        scratch = self.folder.parent
        kept = scratch / f"kept-{len(list(scratch.glob('kept-*')))}"
        kept.mkdir()
        (scratch / "event.json").write_text(json.dumps(content), encoding="utf-8")
        secret = f"GITHUB_TOKEN={self.github.token}"
        command = [str(BIN / "act"), event, "-e", str(scratch / "event.json"), "-s", secret]
        for label in ("ubuntu-latest", "self-hosted", "gpu"):
            command += ["-P", f"{label}=-self-hosted"]
        for name, value in (("GITHUB_API_URL", self.github.url), ("KEPT", kept), ("SOURCE", self.folder)):
            command += ["--env", f"{name}={value}"]
        for name, folder in STAND_INS.items():
            command += ["--local-repository", f"{name}={self.folder / folder}"]
        search = f"{BIN}:{os.environ['PATH']}" if path is None else path
        environment = {**os.environ, "PATH": search, "XDG_CACHE_HOME": str(scratch / "cache")}
        done = subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, timeout=240, check=False
        )
        return Done(done.returncode == 0, done.stdout + done.stderr, kept)
