import secrets

import numpy as np

rng = np.random.default_rng(42)
print(rng.normal(size=3))
run_name = secrets.token_hex(4)  # a name is no data
