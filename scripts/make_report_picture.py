"""Makes docs/images/report.png: the page of the demo's second pull request, as a browser shows it.

    mlgate demo build/demo
    python scripts/make_report_picture.py build/demo/reports/pull-request-2/report.html docs/images/report.png

Needs Chromium on PATH. A third argument `dark` takes the picture in dark colours.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

WINDOW = "1180,1160"


def main() -> int:
    """Take a picture of the page argv[1] into the file argv[2]."""
    page, picture = Path(sys.argv[1]), Path(sys.argv[2])
    with tempfile.TemporaryDirectory() as folder:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--hide-scrollbars"]
        command += ["--disable-background-networking", "--disable-component-update", "--disable-sync", "--disable-quic"]
        # Time for the drawings, which come after the page: they stand near the top, and are drawn as they are reached.
        command += ["--virtual-time-budget=3000", f"--user-data-dir={folder}/profile", f"--window-size={WINDOW}"]
        command += ["--blink-settings=preferredColorScheme=0"] if sys.argv[3:] == ["dark"] else []
        command += [f"--screenshot={picture.absolute()}", page.absolute().as_uri()]
        return subprocess.run(command, check=False, capture_output=True).returncode


if __name__ == "__main__":
    sys.exit(main())
