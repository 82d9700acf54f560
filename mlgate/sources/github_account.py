"""Which comments are our own."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mlgate.sources.github_answers import mapping, parsed, positive
from mlgate.sources.github_api import GitHubClient

WORKFLOW_LOGIN = "github-actions[bot]"
"""Author of what the token of a workflow writes."""


class OwnAccount:
    """Whose comments are ours.

    The token of an app, such as that of a workflow, has no user that REST would tell: GET /user answers 403. It is
    taken for the workflow's. Only where another app's comment makes a difference, GraphQL is asked which app it is.
    """

    def __init__(self, client: GitHubClient) -> None:
        answer = client.send("GET", "/user")
        self._client = client
        self._id = None if answer.status_code == 403 else positive(client.object_of(answer, 200), "id")
        self._may_ask = self._id is None

    def wrote(self, comment: Mapping[str, Any]) -> bool:
        """Whether a comment, as the list of comments holds it, is ours."""
        author = mapping(comment.get("user"))
        is_app, is_workflow = author.get("type") == "Bot", author.get("login") == WORKFLOW_LOGIN
        if self._may_ask and is_app and not is_workflow:
            self._may_ask = False
            self._id = _viewer_id(self._client)
        return (is_app and is_workflow) if self._id is None else author.get("id") == self._id


def _viewer_id(client: GitHubClient) -> int | None:
    """Id of the token's account as GraphQL tells it, also for the token of an app; None where it does not."""
    answer = client.send("POST", client.graphql_url, body={"query": "query { viewer { databaseId } }"}, reads_only=True)
    found = mapping(mapping(mapping(parsed(answer)).get("data")).get("viewer")).get("databaseId")
    return found if isinstance(found, int) and not isinstance(found, bool) else None
