"""Whether something that was watched grows."""

import numpy as np
from numpy.typing import NDArray
from scipy.stats import theilslopes


def trend(seconds: NDArray[np.float64], values: NDArray[np.float64]) -> tuple[float, float]:
    """95 % interval of the slope a second, of means over ten seconds.

    Source: Sen, "Estimates of the regression coefficient based on Kendall's tau", 1968.
    """
    blocks = len(values) // 10
    means = values[: blocks * 10].reshape(blocks, 10).mean(1)
    times = seconds[: blocks * 10].reshape(blocks, 10).mean(1)
    _, _, low, high = theilslopes(means, times, 0.95)
    return float(low), float(high)
