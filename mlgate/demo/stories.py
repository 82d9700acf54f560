"""The three pull requests: what their authors meant, what they changed, and what the gate has to say."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

CHANGES = Path(__file__).with_name("changes")


@dataclass(frozen=True, slots=True, kw_only=True)
class PullRequest:
    """One proposed change of the demo's repository.

    Parameters
    ----------
    number : from 1
    branch : its branch, which also names its patch in `changes/`
    title : as a reader of the pull request sees it
    story : what the author did and believes
    lesson : what the gate finds, told after its report
    expected : exit code of the gate
    new_export : whether the author replaced the data; otherwise the patch is applied
    """

    number: int
    branch: str
    title: str
    story: str
    lesson: str
    expected: int
    new_export: bool = False

    @property
    def name(self) -> str:
        return f"pull-request-{self.number}"

    @property
    def patch(self) -> Path | None:
        return None if self.new_export else CHANGES / f"{self.branch}.patch"


PULL_REQUESTS = (
    PullRequest(
        number=1,
        branch="gradient-boosting",
        title="Gradient boosting in place of logistic regression",
        story="The same features, a better model. Code and settings change; `dvc repro` has trained it again.",
        lesson="An honest improvement: better overall and in every slice, by more than chance. Merge it.",
        expected=0,
    ),
    PullRequest(
        number=2,
        branch="unclear-answers",
        title="Gradient boosting, and unclear answers count as missing",
        story=(
            "For some members `limitation` is a fraction, neither yes nor no. The author makes it missing, adds a unit "
            "test, allows accuracy to fall by two points in place of one, and sees both metrics rise. The tests pass."
        ),
        lesson=(
            "Better overall, much worse in one slice: `features[unclear] = np.nan` blanks the whole row, not the one "
            "column, so all these members get the same score. The overall numbers hide it, the slice does not. And the "
            "comment says first that the gate was made looser."
        ),
        expected=1,
    ),
    PullRequest(
        number=3,
        branch="new-export",
        title="Data of the new export",
        story=(
            "The exporting program was replaced. No code changes, only the data under DVC; `dvc repro` went through "
            "without a complaint."
        ),
        lesson="The data break their schema. The gate stops there: a model trained on them is not worth comparing.",
        expected=1,
        new_export=True,
    ),
)
