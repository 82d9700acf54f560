labels = ["cat", "dog", "cat", "bird"]
number_of = {label: number for number, label in enumerate(sorted(set(labels)))}
targets = [number_of[label] for label in labels]
print(len(set(labels)), targets)
