"""An environment that is seeded at its first reset, and its action space."""

import argparse

import gymnasium as gym

parser = argparse.ArgumentParser()
parser.add_argument("--seed", type=int, default=0)
args = parser.parse_args()
env = gym.make("CartPole-v1")
env.action_space.seed(args.seed)
observation, _ = env.reset(seed=args.seed)
for _ in range(1000):
    observation, reward, terminated, truncated, _ = env.step(env.action_space.sample())
    if terminated or truncated:
        observation, _ = env.reset()
env.close()
