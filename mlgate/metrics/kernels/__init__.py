"""How each metric is computed: one kernel per name, pure and deterministic."""
