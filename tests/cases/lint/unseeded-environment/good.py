import gymnasium as gym

env = gym.make("CartPole-v1")
env.action_space.seed(42)
state, _ = env.reset(seed=42)
for _ in range(100):
    state, reward, ended, stopped, _ = env.step(env.action_space.sample())
    if ended or stopped:
        state, _ = env.reset()
print(state)
