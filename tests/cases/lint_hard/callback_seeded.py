"""Functions that are handed over draw after the seed was set."""

import random

import numpy as np
import pandas as pd

random.seed(5)
np.random.seed(5)
table = pd.read_csv("texts.csv")
table["text"] = table["text"].map(lambda text: " ".join(random.sample(text.split(), 2)))
table["noise"] = table["length"].apply(lambda length: length + np.random.normal())
table.to_csv("noisy.csv")
