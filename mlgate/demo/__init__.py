"""`mlgate demo`: a small real repository, and three pull requests played against it."""
