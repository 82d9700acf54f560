"""Errors that a person reads: the fact, then the next step. One place (the command line) catches them."""

from __future__ import annotations


class MlgateError(Exception):
    """Something could not be checked.

    Parameters
    ----------
    message : the fact, with the names and values that matter
    hint : the next step
    """

    exit_code = 3

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n  hint: {self.hint}" if self.hint else self.message


class SourceError(MlgateError):
    """A file, repository, remote, server or process did not give what was asked for."""


class UsageError(MlgateError):
    """Wrong usage: decidable without data or network, so nothing was run."""

    exit_code = 2


class ConfigError(UsageError):
    """A mistake in one of our YAML files, with its place.

    Parameters
    ----------
    path : the file, as the user named it
    line, column : 1-based place of the mistake, where there is one
    """

    def __init__(
        self, message: str, *, hint: str = "", path: str = "", line: int | None = None, column: int | None = None
    ) -> None:
        place = ":".join(str(part) for part in (path, line, column) if part not in ("", None))
        super().__init__(f"{place}: {message}" if place else message, hint=hint)
        self.reason = message
        self.path = path
        self.line = line
        self.column = column
