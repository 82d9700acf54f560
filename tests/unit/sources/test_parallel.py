"""Work on several cores ends when nobody wants it any more."""

from __future__ import annotations

import time

from mlgate.sources.parallel import in_processes


def test_a_run_that_is_left_does_not_wait_for_its_workers() -> None:
    begun = time.monotonic()
    results = in_processes(time.sleep, [0.0, 0.0, 30.0, 30.0, 30.0], workers=2)
    assert next(results) == (0.0, None)
    results.close()  # type: ignore[attr-defined]  # an iterator that is a generator
    assert time.monotonic() - begun < 20
