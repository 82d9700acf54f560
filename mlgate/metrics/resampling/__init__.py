"""Resampling of paired rows: units, draws, and the replicates of each form of metric.

Everything is a function of the rows in ascending order of id and of the seed, so that neither the order of the files,
nor the number of shards or workers, nor the threads of a linear algebra library changes a bit of the result.
"""
