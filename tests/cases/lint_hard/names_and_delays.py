"""Names of runs and delays of retries may be random."""

import random
import secrets
import time
import uuid

import requests


def fetch(url):
    for attempt in range(5):
        answer = requests.get(url, timeout=10)
        if answer.ok:
            return answer.text
        time.sleep(2**attempt + random.uniform(0, 1))
    raise RuntimeError(url)


run = f"run-{uuid.uuid4().hex[:8]}-{secrets.token_hex(4)}"
print(run, len(fetch("https://example.org")))
