"""The environment is seeded, its action space is not."""

import gymnasium as gym

env = gym.make("MountainCar-v0")
env.reset(seed=1)
for _ in range(200):
    env.step(env.action_space.sample())  # finds: unseeded-environment
