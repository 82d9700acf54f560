"""Listings whose order reaches nothing."""

import glob
import os
from pathlib import Path

count = len(os.listdir("images"))
is_complete = any(name.endswith(".done") for name in os.listdir("runs"))
newest = max(Path("runs").glob("*.pt"), key=lambda path: path.stat().st_mtime)
known = set(os.listdir("masks"))
for name in glob.glob("cache/*.tmp"):
    os.remove(name)
print(count, is_complete, newest, "a.png" in known)
