"""Medians and their intervals."""

import random
from statistics import median

RESAMPLES = 4000


def bootstrap(values, share=0.95, seed=1):
    """Median with a percentile bootstrap interval: (median, low, high)."""
    if not values:
        raise ValueError("no values")
    chance = random.Random(seed)
    medians = sorted(median(chance.choices(values, k=len(values))) for _ in range(RESAMPLES))
    cut = int(RESAMPLES * (1 - share) / 2)
    return median(values), medians[cut], medians[-1 - cut]
