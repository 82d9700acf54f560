"""The split follows the order of os.listdir."""

import os

ROOT = "images"
files = [os.path.join(ROOT, name) for name in os.listdir(ROOT) if name.endswith(".png")]  # finds: unsorted-listing
cut = int(len(files) * 0.8)
train, test = files[:cut], files[cut:]
print(len(train), len(test))
