"""Model files: what loading one would import and call, read without loading it."""
