import argparse
import random

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=42)
args = parser.parse_args()

random.seed(args.seed)
print(random.sample(range(100), 5))
