import time

from triage import server


def test_starts():
    server.start()
    time.sleep(5)  # finds: sleep-in-test
    assert server.is_ready()
