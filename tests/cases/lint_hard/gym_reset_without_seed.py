"""An environment that is never seeded, under a policy that does not draw."""

import gymnasium as gym

env = gym.make("CartPole-v1")
observation, _ = env.reset()  # finds: unseeded-environment
total = 0.0
for _ in range(500):
    observation, reward, terminated, truncated, _ = env.step(int(observation[2] > 0))
    total += reward
    if terminated or truncated:
        break
print(total)
