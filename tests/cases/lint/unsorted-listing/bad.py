import os
import random

random.seed(42)
files = [name for name in os.listdir("scans") if name.endswith(".png")]  # finds: unsorted-listing
random.shuffle(files)
train, test = files[:80], files[80:]
print(train, test)
