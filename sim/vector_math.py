"""Exponential, logarithm and cosine that the compiler turns into vector instructions, exact to the last bits.

The library's functions are calls, which keep a loop from being vectorised. These are short polynomials:

    exp(x) = 2^k exp(r),            k = round(x / ln 2),  |r| <= ln 2 / 2
    log(x) = k ln 2 + 2 atanh(s),   x = 2^k m,  m between 1/sqrt(2) and sqrt(2),  s = (m - 1) / (m + 1)
    cos(2 pi u) = 2 sin(pi (u - 1/2))^2 - 1

Arguments are finite; `log` wants a positive normal number, and exp(x) must be one: |x| below 700.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_LOG2_E = 1.4426950408889634
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
"""ln 2 in two parts; a whole number of at most 20 bits times the first is exact."""
_TO_WHOLE = 1.5 * 2.0**52
"""Added to a number it leaves the nearest whole one in the low bits."""
_EXPONENT, _FRACTION = np.uint64(52), np.uint64((1 << 52) - 1)
_ROOT_HALF = np.uint64(0x3FE6A09E667F3BCD)
_TO_ONE = np.uint64(0x3FF0000000000000 - 0x3FE6A09E667F3BCD)
_BITS_2_52, _BIAS = np.uint64(0x4330000000000000), 2.0**52 + 1023.0


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def exp(x: float) -> float:
    """Return e to the power of x, |x| < 700."""
    shifted = x * _LOG2_E + _TO_WHOLE
    k = shifted - _TO_WHOLE
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 39916800.0 + r * (1.0 / 479001600.0)
    p = 1.0 / 3628800.0 + r * p
    p = 1.0 / 362880.0 + r * p
    p = 1.0 / 40320.0 + r * p
    p = 1.0 / 5040.0 + r * p
    p = 1.0 / 720.0 + r * p
    p = 1.0 / 120.0 + r * p
    p = 1.0 / 24.0 + r * p
    p = 1.0 / 6.0 + r * p
    p = 1.0 + r * (1.0 + r * (0.5 + r * p))
    return np.int64((np.float64(shifted).view(np.int64) << 52) + np.float64(p).view(np.int64)).view(np.float64)


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def log(x: float) -> float:
    """Return the natural logarithm of a positive number."""
    bits = np.float64(x).view(np.uint64) + _TO_ONE
    m = np.uint64((bits & _FRACTION) + _ROOT_HALF).view(np.float64)
    k = np.uint64((bits >> _EXPONENT) | _BITS_2_52).view(np.float64) - _BIAS
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 19.0 + z * (1.0 / 21.0)
    p = 1.0 / 17.0 + z * p
    p = 1.0 / 15.0 + z * p
    p = 1.0 / 13.0 + z * p
    p = 1.0 / 11.0 + z * p
    p = 1.0 / 9.0 + z * p
    p = 1.0 / 7.0 + z * p
    p = 1.0 / 5.0 + z * p
    p = 1.0 / 3.0 + z * p
    return k * _LN2_HIGH + (2.0 * s + (2.0 * s * z * p + k * _LN2_LOW))


@njit(cache=True, nogil=True, error_model="numpy")  # type: ignore[untyped-decorator]
def cosine_of_turn(u: float) -> float:
    """Return the cosine of a part of a full turn, u between 0 and 1."""
    x = math.pi * (u - 0.5)
    y = x * x
    p = 1.0 / 355687428096000.0 - y * (1.0 / 121645100408832000.0 - y * (1.0 / 51090942171709440000.0))
    p = 1.0 / 1307674368000.0 - y * p
    p = 1.0 / 6227020800.0 - y * p
    p = 1.0 / 39916800.0 - y * p
    p = 1.0 / 362880.0 - y * p
    p = 1.0 / 5040.0 - y * p
    p = 1.0 / 120.0 - y * p
    p = 1.0 / 6.0 - y * p
    sine = x * (1.0 - y * p)
    return 2.0 * sine * sine - 1.0
