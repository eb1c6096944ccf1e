"""Exponential and logarithm that a compiler can turn into vector code, which it cannot do with calls of libm.

Both are accurate to a few units in the last place over the range the mechanisms use; a test checks them against NumPy.
"""

from __future__ import annotations

import math

import numpy as np
from numba import njit

_LOG2_E = 1.0 / math.log(2.0)
_LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
_LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
_ROUND = 6755399441055744.0
"""1.5 * 2^52: adding it rounds a small number to a whole one in its last bits."""
_LARGEST = 700.0
_MANTISSA = np.int64((1 << 52) - 1)
_HALF_EXPONENT = np.int64(1022 << 52)
_BIAS = np.int64(1023)
_S52 = np.int64(52)
_ROOT_HALF = math.sqrt(0.5)


@njit(cache=True, nogil=True, inline="always")
def exponential(x: float) -> float:
    """Return e to the x; x is kept within 700 of zero."""
    x = min(max(x, -_LARGEST), _LARGEST)
    shifted = x * _LOG2_E + _ROUND  # the whole number stands in its last bits
    k = shifted - _ROUND
    r = (x - k * _LN2_HIGH) - k * _LN2_LOW
    p = 1.0 / 6227020800.0
    p = p * r + 1.0 / 479001600.0
    p = p * r + 1.0 / 39916800.0
    p = p * r + 1.0 / 3628800.0
    p = p * r + 1.0 / 362880.0
    p = p * r + 1.0 / 40320.0
    p = p * r + 1.0 / 5040.0
    p = p * r + 1.0 / 720.0
    p = p * r + 1.0 / 120.0
    p = p * r + 1.0 / 24.0
    p = p * r + 1.0 / 6.0
    p = p * r + 0.5
    p = p * r + 1.0
    p = p * r + 1.0
    return p * np.int64((np.float64(shifted).view(np.int64) + _BIAS) << _S52).view(np.float64)


@njit(cache=True, nogil=True, inline="always", error_model="numpy")
def logarithm(x: float) -> float:
    """Return the natural logarithm of a positive normal number."""
    bits = np.float64(x).view(np.int64)
    e = (bits >> _S52) - _BIAS + 1
    m = np.int64((bits & _MANTISSA) | _HALF_EXPONENT).view(np.float64)
    low = m < _ROOT_HALF
    m = m + m if low else m
    k = np.float64(e - low)
    s = (m - 1.0) / (m + 1.0)
    z = s * s
    p = 1.0 / 23.0
    p = p * z + 1.0 / 21.0
    p = p * z + 1.0 / 19.0
    p = p * z + 1.0 / 17.0
    p = p * z + 1.0 / 15.0
    p = p * z + 1.0 / 13.0
    p = p * z + 1.0 / 11.0
    p = p * z + 1.0 / 9.0
    p = p * z + 1.0 / 7.0
    p = p * z + 1.0 / 5.0
    p = p * z + 1.0 / 3.0
    p = p * z
    return k * _LN2_HIGH + (2.0 * s * p + (2.0 * s + k * _LN2_LOW))
