import argparse
import random

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=42)
parser.add_argument("--rows", type=int, default=5)
args = parser.parse_args()

rng = random.Random(args.seed)
print(rng.sample(range(100), args.rows))
