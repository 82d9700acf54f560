import argparse
import random

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=42)  # finds: unused-seed
parser.add_argument("--rows", type=int, default=5)
args = parser.parse_args()

print(random.sample(range(100), args.rows))  # finds: unseeded-random
