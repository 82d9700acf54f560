import gymnasium as gym

env = gym.make("CartPole-v1")
state, _ = env.reset()  # finds: unseeded-environment
for _ in range(100):
    state, reward, ended, stopped, _ = env.step(0)
    if ended or stopped:
        break
print(state)
