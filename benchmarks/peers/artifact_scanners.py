"""Runs a scanner of model files over files, in the environment of the scanner; prints a verdict for each as JSON.

Called as `python artifact_scanners.py SCANNER FILE...`; a verdict is `refused`, `not judged` or `passed`.
"""

from __future__ import annotations

import json
import logging
import sys
from collections.abc import Callable
from typing import Any


def picklescan(path: str) -> str:
    from picklescan.scanner import scan_file_path  # type: ignore[import-not-found]  # it is in its own environment

    found: Any = scan_file_path(path)
    if found.issues_count:
        return "refused"
    return "not judged" if found.scan_err or not found.scanned_files else "passed"


def fickling(path: str) -> str:
    import fickling as library  # type: ignore[import-not-found]  # it is in its own environment
    from fickling.analysis import Severity  # type: ignore[import-not-found]  # it is in its own environment

    found: Any = library.scan_file(path, graceful=True)
    if found.errors:
        return "not judged"
    return "passed" if found.severity <= Severity.LIKELY_SAFE else "refused"


def modelscan(path: str) -> str:
    from modelscan.modelscan import ModelScan  # type: ignore[import-not-found]  # it is in its own environment

    found: Any = ModelScan().scan(path)
    if found["issues"]:
        return "refused"
    return "not judged" if found["errors"] or not found["summary"]["scanned"]["total_scanned"] else "passed"


SCANNERS: dict[str, Callable[[str], str]] = {"picklescan": picklescan, "fickling": fickling, "modelscan": modelscan}


def verdict(scan: Callable[[str], str], path: str) -> str:
    try:
        return scan(path)
    except Exception:  # noqa: BLE001  # a scanner that stops has not passed the file
        return "not judged"


def main() -> None:
    logging.disable(logging.CRITICAL)
    scan = SCANNERS[sys.argv[1]]
    print(json.dumps({path: verdict(scan, path) for path in sys.argv[2:]}))


if __name__ == "__main__":
    main()
