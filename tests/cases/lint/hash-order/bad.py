labels = ["cat", "dog", "cat", "bird"]
number_of = {label: number for number, label in enumerate(set(labels))}  # finds: hash-order
targets = [number_of[label] for label in labels]
print(targets)
