"""Packages only; everything else is in pyproject.toml (which cannot both search for packages and rename some)."""

from setuptools import find_packages, setup

setup(packages=[*find_packages(include=["mlgate", "mlgate.*"]), "mlgate_hooks", "mlgate_pytest"])
