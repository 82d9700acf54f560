"""Distributions of scipy draw from numpy's global generator."""

from scipy import stats

print(stats.norm.rvs(size=3))  # finds: unseeded-numpy
print(stats.norm.rvs(size=3, random_state=0), stats.norm.ppf(0.9))
