import os
import random

random.seed(42)
files = sorted(name for name in os.listdir("scans") if name.endswith(".png"))
random.shuffle(files)
train, test = files[:80], files[80:]
print(len(os.listdir("scans")), train, test)
