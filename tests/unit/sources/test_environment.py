"""Where the repository of a workflow can be read."""

from __future__ import annotations

import pytest

from mlgate.sources.environment import repository_url


@pytest.mark.parametrize(
    ("server", "repository", "url"),
    [
        (None, "owner/name", "https://github.com/owner/name"),
        ("https://git.example.org:8443/", "owner/name.x", "https://git.example.org:8443/owner/name.x"),
        (None, None, None),
        (None, "owner", None),
        (None, "owner/name/more", None),
        (None, "owner/..", None),
        ("javascript:alert(1)", "owner/name", None),
        ("https://user:secret@example.org", "owner/name", None),
    ],
)
def test_the_address_of_the_repository(
    server: str | None, repository: str | None, url: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (("GITHUB_SERVER_URL", server), ("GITHUB_REPOSITORY", repository)):
        monkeypatch.delenv(name, raising=False)
        if value is not None:
            monkeypatch.setenv(name, value)
    assert repository_url() == url
