"""Tests that talk to a production host."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

from mlgate.lint.finding import Finding
from mlgate.lint.suites.suite import Function, Suite
from mlgate.lint.suites.walk import Nodes, last_name
from mlgate.outcome import Status

RULE = "production-host-in-test"
FIX = "answer from a local server or a recorded reply (`responses`, `respx`, `moto`), or let a fixture set the address"

_CLIENTS = re.compile(
    r"(?:requests|httpx)\.(?:get|post|put|patch|delete|head|options|request|stream)"
    r"|urllib\.request\.(?:urlopen|urlretrieve)|urllib2?\.urlopen|mlflow\.(?:set_tracking_uri|set_registry_uri)"
    r"|(?:mlflow|mlflow\.tracking|mlflow\.client)\.MlflowClient|psycopg2?\.connect|pymysql\.connect|mysql\.connector\.connect"
    r"|sqlalchemy\.create_engine|sqlalchemy\.ext\.asyncio\.create_async_engine|redis\.(?:Redis|StrictRedis|from_url|Redis\.from_url)"
    r"|pymongo\.MongoClient|snowflake\.connector\.connect|pandas\.read_(?:csv|parquet|json|table|excel|feather|pickle)"
    r"|pyarrow\.parquet\.read_table|polars\.(?:read|scan)_(?:csv|parquet)|fsspec\.(?:open|open_files)|smart_open\.open"
    r"|boto3\.(?:client|resource)|openai\.(?:OpenAI|AzureOpenAI|AsyncOpenAI)|xmlrpc\.client\.ServerProxy|elasticsearch\.Elasticsearch"
    r"|torch\.hub\.(?:load_state_dict_from_url|download_url_to_file)|(?:tensorflow\.)?keras\.utils\.get_file"
    r"|azure\.storage\.blob\.(?:BlobServiceClient|BlobClient|ContainerClient)|wget\.download|gdown\.download"
)
_ROOTS = (
    "azure boto3 elasticsearch fsspec gdown httpx keras mlflow mysql openai pandas polars psycopg psycopg2 pyarrow "
    "pymongo pymysql redis requests smart_open snowflake sqlalchemy tensorflow torch urllib urllib2 wget xmlrpc"
)
_LIBRARIES = frozenset(re.findall(r"\w+", _ROOTS))
"""First parts of the names above, so that most calls need no search."""
_URL = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]{1,20}://[^\s/]")
_HOST = re.compile(r"[A-Za-z0-9_-]+(?:\.[A-Za-z0-9_-]+)+")
_LOCAL = re.compile(
    r"(?:^|\.)(?:localhost|localdomain|local|test|example|invalid|internal|docker)$|(?:^|\.)example\.(?:com|org|net|edu)$"
    r"|^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01])|0|169\.254)\.|^\[?::1\]?$|^192\.0\.2\.|^198\.51\.100\.|^203\.0\.113\."
    r"|(?:^|[.-])(?:mock|fake|dummy|test|foo|bar|host|minio)(?:[.-]|$)",
    re.IGNORECASE,
)
_PRODUCTION = re.compile(
    r"(?:^|[.-])(?:prod|prd|production|live)\d*(?:[.-]|$)|\.rds\.amazonaws\.com$|\.redshift\.amazonaws\.com$|\.cloud\.databricks\.com$"
    r"|\.azuredatabricks\.net$|\.database\.windows\.net$|\.snowflakecomputing\.com$|\.mongodb\.net$|\.cache\.amazonaws\.com$"
    r"|\.redis\.cache\.windows\.net$|\.openai\.azure\.com$|\.documents\.azure\.com$",
    re.IGNORECASE,
)
_STORES = frozenset({"s3", "s3a", "gs", "gcs", "abfs", "abfss", "wasbs", "adl", "dbfs"})
_REPLACED = re.compile(
    r"^\s*(?:import|from)\s+(?:responses|requests_mock|respx|httpretty|vcr|moto|aioresponses|pook|pytest_httpx|pytest_httpserver|betamax"
    r"|pytest_recording|requests_mock|localstack|testcontainers|nock|mocket)\b|mock_aws|mock_s3\b|\bvcr\b|httpserver|MockTransport",
    re.MULTILINE,
)
_REPLACING = re.compile(r"mock|patch|respx|responses|httpserver|vcr|betamax|recorded|cassette|stub|fake", re.IGNORECASE)
_ONLINE = re.compile(
    r"network|internet|online|remote|integration|e2e|live|slow|external|requires_\w+|skipif|skipUnless|skipIf|xfail",
    re.IGNORECASE,
)


def production_host_in_test(suite: Suite) -> Iterator[Finding]:
    """A test that calls a host of production, a service of a cloud or another public address.

    It fails when the network does, leaks credentials into CI, and one day deletes what it should not have found.

    `fail` for the hosts that mlgate.yaml declares, for names with `prod` in them and for addresses of hosted
    databases and models; a warning for every other public host that a known client (`requests`, `httpx`,
    `pandas.read_csv`, `boto3`, `mlflow`, ...) is given, told once for a file and host. Not told are local and
    reserved names, tests where a library or a mock answers instead, and, of hosts that are only public, tests whose
    marks say that they need the network.
    """
    text = suite.module.text
    clients = {name.lstrip(".").partition(".")[0] for name in suite.imported.values()} & _LIBRARIES
    if not clients and not any(host in text for host in suite.declared.hosts):
        return
    replaced = bool(_REPLACED.search(text))
    told: dict[str, Finding] = {}
    for function in suite.functions:
        for call in function.nodes.of(ast.Call):
            _take(suite, function, call, told, replaced=replaced)
    for call in Nodes(suite.statements).of(ast.Call):
        _take(suite, None, call, told, replaced=replaced)
    yield from told.values()


def _take(suite: Suite, function: Function | None, call: ast.Call, told: dict[str, Finding], *, replaced: bool) -> None:
    declared = suite.declared.hosts
    name = suite.called_name(call)
    client = name.partition(".")[0] in _LIBRARIES and bool(_CLIENTS.fullmatch(name))
    if not (client or (declared and _speaks(name))):
        return
    for given in _texts(suite, call):
        host, scheme = host_of(given)
        is_declared = any(host == item or host.endswith(f".{item}") for item in declared)
        if not host or host in told or not (client or is_declared):
            continue
        status = Status.FAIL if is_declared else _status(host, scheme, replaced=replaced)
        if status is None or (function is not None and _is_excused(suite, function, status)):
            continue
        kind = "the declared host " if is_declared else f"{scheme}://" if scheme in _STORES else ""
        message = f"`{name or last_name(call.func)}` is given {kind}{host}"
        told[host] = suite.finding(
            RULE, call, message, FIX, scope=function.scope if function else "", status=status, evidence={"host": host}
        )


def _status(host: str, scheme: str, *, replaced: bool) -> Status | None:
    """What it means that a client is given a host that nobody declared."""
    if replaced or _LOCAL.search(host):
        return None
    if _PRODUCTION.search(host):
        return Status.FAIL
    return Status.WARN if scheme and ("." in host or scheme in _STORES) else None


def _texts(suite: Suite, call: ast.Call) -> Iterator[str]:
    """Texts that a call is given, also by the name of a constant, and the fixed start of formatted ones."""
    for given in [*call.args, *(item.value for item in call.keywords)]:
        node = suite.constants.get(given.id, given) if isinstance(given, ast.Name) else given
        if isinstance(node, ast.BinOp):
            node = suite.constants.get(node.left.id, node.left) if isinstance(node.left, ast.Name) else node.left
        if isinstance(node, ast.JoinedStr) and node.values:
            node = node.values[0]
            if isinstance(node, ast.FormattedValue) and isinstance(node.value, ast.Name):
                node = suite.constants.get(node.value.id, node)
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and len(node.value) < 2000:
            yield node.value


def host_of(text: str) -> tuple[str, str]:
    """Host and scheme that a text names: a URL, a database's address or a bare name; else two empty texts.

    Examples
    --------
    >>> host_of("postgresql://user:word@db.prod.acme.io:5432/x"), host_of("db.prod.acme.io"), host_of("s3://bucket/x")
    (('db.prod.acme.io', 'postgresql'), ('db.prod.acme.io', ''), ('bucket', 's3'))
    """
    if _URL.match(text):
        try:
            parts = urlsplit(text)
            return (parts.hostname or "").lower(), parts.scheme.lower()
        except ValueError:
            return "", ""
    bare = text.partition("/")[0].partition(":")[0]
    return (bare.lower(), "") if _HOST.fullmatch(bare) else ("", "")


def _speaks(name: str) -> bool:
    """Whether a call may use the address: what only takes it apart or compares it does not."""
    last = name.rpartition(".")[2]
    return not re.search(
        r"assert|^(?:str|len|print|isinstance|join|format|startswith|endswith|split|parse|url\w*parse|urlsplit|quote"
        r"|append|get_host|raises|match|search|replace)$",
        last,
    )


def _is_excused(suite: Suite, function: Function, status: Status) -> bool:
    """Whether a mock stands where the network would (decorator, fixture, `with`), or marks say that it is there."""
    owner = function.owner
    marks = [*function.node.decorator_list, *(owner.node.decorator_list if owner else [])]
    names = [suite.called_name(item) for item in marks]
    if status is Status.WARN and any(_ONLINE.search(name) for name in names):
        return True
    called = (suite.called_name(call) for call in function.nodes.of(ast.Call))
    return any(_REPLACING.search(name) for name in (*function.parameters, *names, *called))
