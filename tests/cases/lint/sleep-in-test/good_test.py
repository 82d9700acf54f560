import time

from triage import server


def test_starts():
    server.start()
    deadline = time.monotonic() + 5
    while not server.is_ready():
        assert time.monotonic() < deadline, "the server did not start"
        time.sleep(0.05)
    assert server.answer("fever") == "urgent"
