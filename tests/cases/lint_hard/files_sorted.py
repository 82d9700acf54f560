"""Listings that are sorted before anything follows their order."""

import glob
import os
from pathlib import Path

images = sorted(os.listdir("images"))
masks = glob.glob("masks/*.png")
masks.sort()
notes = sorted(Path("notes").rglob("*.txt"), key=lambda path: path.name)
pairs = list(zip(images, masks, notes))
train, test = pairs[:80], pairs[80:]
print(len(train), len(test))
