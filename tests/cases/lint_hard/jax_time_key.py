"""A key from the clock."""

import time

import jax

key = jax.random.PRNGKey(int(time.time()))  # finds: entropy-seed
print(jax.random.normal(key, (3,)))
