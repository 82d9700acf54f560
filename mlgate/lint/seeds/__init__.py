"""Randomness: what draws, and what seeded it before."""
