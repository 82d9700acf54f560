"""Other names for the same functions."""

import random as rnd

import numpy
from numpy.random import rand
from numpy.random import seed as fix

fix(1)
rnd.seed(1)
print(rand(3), rnd.random(), numpy.random.randint(5))
