"""How far scores are from the truth, as a smooth line: frequencies by a logistic function of a score's log-odds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mlgate.metrics.sample import Flags, Floats

_LARGEST = 4.0
"""Log-odds beyond which a score counts as certain: 1 in 55; a rounded score of 0 must not promise more."""

_RIDGE = 1e-3
"""Pull towards the line of a calibrated model, in rows: enough to keep it finite where outcomes are all alike."""

_CALIBRATED = np.array([0.0, 1.0])
_STEPS = 25
_CLOSE = 1e-8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class ReliabilityLine:
    """frequency = 1 / (1 + exp(-(intercept + slope * log-odds))), fitted by weighted maximum likelihood.

    Parameters
    ----------
    coefficients : intercept and slope
    log_odds : of each score, within +-8, shape (n_rows,)
    frequencies : on the line, shape (n_rows,)
    inverse : inverse of the information per unit of weight, shape (2, 2)
    """

    coefficients: Floats
    log_odds: Floats
    frequencies: Floats
    inverse: Floats

    def cautious(self) -> Floats:
        """Frequencies on the line pulled to that of a calibrated model by what chance explains, shape (n_rows,).

        Notes
        -----
        The estimate of James and Stein, its positive part: distances of the size of chance become 0, clear ones stay.
        """
        off = self.coefficients - _CALIBRATED
        squares = self.frequencies.size * float(off @ np.linalg.solve(self.inverse, off))
        kept = max(0.0, 1 - 1 / squares) if squares > 0 else 0.0
        return _frequencies(_CALIBRATED + kept * off, self.log_odds)

    def gradients(self, outcomes: Flags) -> Floats:
        """What each row adds to the gradient of the likelihood, shape (2, n_rows): a row drawn more often moves the
        line by `inverse` times that."""
        off = outcomes - self.frequencies
        return np.stack([off, off * self.log_odds])

    def slopes(self) -> Floats:
        """By how much either coefficient moves each frequency, shape (2, n_rows)."""
        variance = self.frequencies * (1 - self.frequencies)
        return np.stack([variance, variance * self.log_odds])


def fit_line(scores: Floats, outcomes: Flags, weights: Floats) -> ReliabilityLine | None:
    """The line of one model's scores, by Newton's method; None where it does not converge.

    Parameters
    ----------
    scores : in 0..1, shape (n_rows,)
    outcomes, weights : of each row; some weight above 0

    Notes
    -----
    Sums are plain ones over rows, no matrix products, so that no bit depends on the number of threads.
    Source: Cox, *Biometrika* 45 (1958), 562-565; Platt, *Advances in Large Margin Classifiers* (1999).
    """
    certain = 1 / (1 + np.exp(-_LARGEST))
    clipped = np.clip(scores, 1 - certain, certain)
    log_odds = np.log(clipped / (1 - clipped))
    weights = weights / weights.mean()
    line = _CALIBRATED
    for _ in range(_STEPS):
        frequencies = _frequencies(line, log_odds)
        off = weights * (outcomes - frequencies)
        gradient = np.array([off.sum(), (off * log_odds).sum()]) - _RIDGE * (line - _CALIBRATED)
        variance = weights * frequencies * (1 - frequencies)
        tilted = variance * log_odds
        information = np.array([[variance.sum(), tilted.sum()], [tilted.sum(), (tilted * log_odds).sum()]])
        information += _RIDGE * np.eye(2)
        step = np.linalg.solve(information, gradient)
        if float(np.abs(step).max()) < _CLOSE:
            inverse: Floats = np.linalg.inv(information / scores.size).astype(np.float64)
            return ReliabilityLine(coefficients=line, log_odds=log_odds, frequencies=frequencies, inverse=inverse)
        line = line + step
    return None


def _frequencies(line: Floats, log_odds: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(line[0] + line[1] * log_odds, -30, 30))))
