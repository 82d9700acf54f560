"""Keys from a literal."""

import jax
import jax.numpy as jnp

key = jax.random.PRNGKey(0)
key, of_rows, of_weights = jax.random.split(key, 3)
rows = jax.random.normal(of_rows, (100, 4))
weights = jax.random.normal(of_weights, (4,))
print(jnp.mean(rows @ weights))
