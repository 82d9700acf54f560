"""Samples and labels in the order of Path.rglob and iterdir."""

from pathlib import Path


class Photos:
    def __init__(self, root):
        self.samples = []
        self.labels = {}
        for number, folder in enumerate(Path(root).iterdir()):  # finds: unsorted-listing
            self.labels[folder.name] = number
            for photo in folder.rglob("*.jpg"):  # finds: unsorted-listing
                self.samples.append((photo, number))


if __name__ == "__main__":
    photos = Photos("photos")
    print(len(photos.samples), photos.labels)
