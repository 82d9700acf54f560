import random

words = ["fever", "cough", "rash", "headache"]
random.shuffle(words)  # finds: unseeded-random
train, test = words[:3], words[3:]
print(train, random.choice(test))
