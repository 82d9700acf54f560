"""Servers that never come to an end: a drip of bytes, and an answer without limit."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import requests

from mlgate.errors import SourceError
from mlgate.sources.github_api import GitHubClient, Limits, ResponseLostError

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS = {
    "nothing": b"",
    "headers": b"HTTP/1.1 200 OK\r\nX-Drip: ",
    "body": HEAD + b"Content-Length: 100000\r\n\r\n",
    "no length": HEAD + b"\r\n",
}


class Dripping:
    """Answers every connection with `first`, then with one byte every few milliseconds until it is stopped."""

    def __init__(self, first: bytes) -> None:
        self.connections = 0
        self._first = first
        self._stop = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def _accept(self) -> None:
        while True:
            connection, _ = self._listener.accept()
            if self._stop.is_set():
                connection.close()
                return
            self.connections += 1
            self._threads.append(threading.Thread(target=self._drip, args=(connection,), daemon=True))
            self._threads[-1].start()

    def _drip(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):  # the other side may hang up at any time
            connection.recv(65_536)
            connection.sendall(self._first)
            while self._first and not self._stop.wait(0.01):
                connection.sendall(b" ")
            self._stop.wait()

    def close(self) -> None:
        self._stop.set()
        socket.create_connection(self._listener.getsockname()).close()  # wakes the thread that accepts
        for thread in self._threads:
            thread.join()
        self._listener.close()


@pytest.fixture(params=list(DRIPS.values()), ids=list(DRIPS))
def dripping(request: pytest.FixtureRequest) -> Iterator[Dripping]:
    server = Dripping(request.param)
    yield server
    server.close()


def test_a_dripping_answer_is_given_up(dripping: Dripping) -> None:
    began = time.monotonic()
    with requests.Session() as session:
        client = GitHubClient(session, dripping.url, "t0ken", lambda _: None, Limits(call_s=0.1))
        with pytest.raises(ResponseLostError, match=r"127\.0\.0\.1:\d+ did not answer within 0\.1 s"):
            client.send("POST", "/x", body={})
        with pytest.raises(SourceError, match=r"did not answer within 0\.1 s, 4 times"):
            client.send("GET", "/x")
    assert dripping.connections > 1
    assert time.monotonic() - began < 10


def test_the_whole_conversation_has_an_end() -> None:
    server = Dripping(DRIPS["body"])
    with requests.Session() as session:
        client = GitHubClient(session, server.url, "t0ken", lambda _: None, Limits(call_s=0.1, total_s=0.15))
        with pytest.raises(SourceError, match=r"took more than 0\.15 s in all"):
            client.send("GET", "/x")
    server.close()
    assert server.connections < 4  # of as many attempts


def test_an_answer_that_is_too_large_is_not_read_to_its_end(github: Any) -> None:
    github.add("x" * 50_000)
    listing = "/repos/o/r/issues/5/comments"
    with requests.Session() as session:
        for answer_bytes, refused in ((100_000, False), (40_000, True)):
            client = GitHubClient(session, github.url, github.token, limits=Limits(answer_bytes=answer_bytes))
            if refused:
                with pytest.raises(SourceError, match="sent an answer of more than 40000 bytes"):
                    list(client.items(listing, {}))
            else:
                assert len(list(client.items(listing, {}))) == 1


def test_a_small_packed_answer_counts_by_what_it_holds(packed_server: str) -> None:
    with requests.Session() as session:
        client = GitHubClient(session, packed_server, "t0ken", limits=Limits(answer_bytes=1_000_000))
        with pytest.raises(SourceError, match="sent an answer of more than 1000000 bytes"):
            client.send("GET", "/x")


@pytest.fixture
def packed_server() -> Iterator[str]:
    """Sends 50 MB of zeros in 50 kB."""
    packed = gzip.compress(bytes(50_000_000))
    server = Dripping(HEAD + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode() + packed)
    yield server.url
    server.close()
