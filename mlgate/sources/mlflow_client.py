"""The way to an MLflow tracking server: its address, a client that gives up in time, errors that a person can use."""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from mlgate.errors import MlgateError, SourceError
from mlgate.sources.records import AbsentBaselineError
from mlgate.sources.redaction import redact

CONNECT_TIMEOUT_S = 4.0
REPLY_TIMEOUT_S = 8.0
_SETTINGS = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "10",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
    "MLFLOW_DISABLE_TELEMETRY": "true",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_LOGGING_LEVEL": "ERROR",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
    "GIT_PYTHON_REFRESH": "quiet",
}
"""MLflow's own default retries a dead server for four minutes. A variable that is set already is left alone;
the others hold during our calls only, so that the commands of the project do not inherit them."""


@dataclass(frozen=True, slots=True)
class Store:
    """An open tracking store; `shown` is its address without credentials, `folder` where a local one keeps files."""

    client: Any
    shown: str
    folder: Path | None = None


def tracking_address(root: Path, tracking_uri: str | None) -> str:
    """The address given, else `MLFLOW_TRACKING_URI`, else `mlflow.db` in the project.

    Raises
    ------
    SourceError
        There is none.
    """
    address = tracking_uri or os.environ.get("MLFLOW_TRACKING_URI")
    if address:
        return address
    if (root / "mlflow.db").is_file():
        return _project_database(root)
    raise SourceError("no MLflow tracking server is named", hint="set MLFLOW_TRACKING_URI")


def open_store(root: Path, tracking_uri: str | None, *, writing: bool = False) -> Store:
    """Open the tracking store.

    Reading never creates one; writing may create a SQLite file.

    Raises
    ------
    SourceError
        No address, MLflow is not installed, the server does not answer within some 10 s, or the file is absent.
    """
    address = tracking_address(root, tracking_uri)
    shown = _shown(address, root)
    scheme = urlsplit(address).scheme
    folder = None
    if scheme in ("http", "https"):
        _probe(address, shown)
    elif scheme.partition("+")[0] == "sqlite":
        folder = _sqlite_file(address, shown, writing=writing).parent
    elif scheme in ("", "file") and address != "databricks":
        folder = Path(unquote(urlsplit(address).path))
        if not folder.is_dir():
            raise SourceError(f"there is no MLflow store at {shown}", hint="set MLFLOW_TRACKING_URI")
    with translated(shown, "open the store"):
        return Store(_client(address), shown, folder)


def is_new_store(root: Path, tracking_uri: str | None) -> bool:
    """Whether the store is a SQLite file that is not there yet, and that writing will make.

    Raises
    ------
    SourceError
        No address, no folder for the file, or MLflow is not installed.
    """
    address = tracking_address(root, tracking_uri)
    if urlsplit(address).scheme.partition("+")[0] != "sqlite":
        return False
    file = _sqlite_file(address, _shown(address, root), writing=True)
    if file.is_file() and file.stat().st_size:
        return False
    _import_client()
    return True


def _shown(address: str, root: Path) -> str:
    """An address for a person: without credentials, the database of the project without its folder."""
    return "sqlite:///mlflow.db" if address == _project_database(root) else redact(address)


def _project_database(root: Path) -> str:
    return f"sqlite:///{(root / 'mlflow.db').absolute()}"


@contextmanager
def translated(shown: str, action: str) -> Iterator[None]:
    """Turn every error of MLflow in the block into a SourceError without credentials.

    Warnings about what MLflow's own dependencies will drop are no concern of our users and are left out.

    Parameters
    ----------
    shown : address without credentials
    action : what was tried, e.g. `read run 1f0c`
    """
    try:
        with warnings.catch_warnings(), _own_settings():
            for category in (DeprecationWarning, FutureWarning):
                warnings.simplefilter("ignore", category)
            yield
    except MlgateError:
        raise
    except Exception as problem:  # noqa: BLE001  (MLflow lets the errors of its database and HTTP layers through)
        raise _explain(problem, shown, action) from None  # the original may hold the credentials


@contextmanager
def _own_settings() -> Iterator[None]:
    added = {name: value for name, value in _SETTINGS.items() if name not in os.environ}
    os.environ.update(added)
    try:
        yield
    finally:
        for name in added:
            os.environ.pop(name, None)


def is_absent(problem: Exception) -> bool:
    """Whether MLflow says that a thing does not exist; older servers call a missing name a wrong parameter."""
    return getattr(problem, "error_code", "") in ("RESOURCE_DOES_NOT_EXIST", "NOT_FOUND", "INVALID_PARAMETER_VALUE")


def _explain(problem: Exception, shown: str, action: str) -> SourceError:
    text = redact(" ".join(str(problem).split()))[:500]
    code = getattr(problem, "error_code", "")
    if code in ("UNAUTHENTICATED", "PERMISSION_DENIED", "CUSTOMER_UNAUTHORIZED") or any(
        f"error code {status} " in text for status in (401, 403)
    ):
        hint = "set MLFLOW_TRACKING_USERNAME and _PASSWORD, or MLFLOW_TRACKING_TOKEN, of an account that may"
        if "Host header" in text:
            hint = "start the server with `--allowed-hosts` naming the host in MLFLOW_TRACKING_URI"
        return SourceError(f"the MLflow server at {shown} refused to {action}: {text}", hint=hint)
    if "Max retries exceeded" in text or "timed out" in text.lower() or "Connection" in type(problem).__name__:
        return _unreachable(shown, text)
    hint = "is MLFLOW_TRACKING_URI the address of an MLflow server? its log may say more"
    if shown.startswith("sqlite:"):
        hint = "is this file an MLflow store? restore it, or name another one in MLFLOW_TRACKING_URI"
    return SourceError(f"MLflow at {shown} could not {action}: {text or type(problem).__name__}", hint=hint)


def _unreachable(shown: str, text: str) -> SourceError:
    return SourceError(
        f"the MLflow server at {shown} cannot be reached: {text}",
        hint="check MLFLOW_TRACKING_URI, and that the server runs and can be reached from here",
    )


def _probe(address: str, shown: str) -> None:
    """One short request: MLflow's client would try a silent host for much longer. Any answer will do."""
    import requests

    try:
        requests.get(
            f"{address.rstrip('/')}/health", timeout=(CONNECT_TIMEOUT_S, REPLY_TIMEOUT_S), allow_redirects=False
        )
    except requests.exceptions.SSLError:
        return  # the client has its own settings for certificates
    except requests.exceptions.RequestException as problem:
        reason = type(problem).__name__
        raise _unreachable(shown, f"{reason} within {CONNECT_TIMEOUT_S + REPLY_TIMEOUT_S:g} s") from None


def _sqlite_file(address: str, shown: str, *, writing: bool) -> Path:
    """The file of a SQLite address (`sqlite:///relative`, `sqlite:////absolute`)."""
    name = address.partition("://")[2].partition("?")[0].removeprefix("/")
    file = Path(name).absolute()
    if not name:
        raise SourceError(f"{shown} names no file", hint="write sqlite:///PATH")
    if not writing and not (file.is_file() and file.stat().st_size):
        raise AbsentBaselineError(
            f"there is no MLflow store at {shown}", hint="set MLFLOW_TRACKING_URI, or run `mlgate baseline save` first"
        )
    if not file.parent.is_dir():
        raise SourceError(f"the folder of {shown} does not exist", hint="create it, or correct MLFLOW_TRACKING_URI")
    return file


def _import_client() -> Any:
    try:
        from mlflow import MlflowClient
    except ImportError as problem:
        raise SourceError(f"MLflow cannot be imported: {problem}", hint="install `mlgate[mlflow]`") from problem
    return MlflowClient


def _client(address: str) -> Any:
    client = _import_client()
    for logger in ("mlflow", "alembic"):
        logging.getLogger(logger).setLevel(logging.ERROR)
    return client(tracking_uri=address, registry_uri=os.environ.get("MLFLOW_REGISTRY_URI") or address)
