"""The compositions a family household may have, with prior frequencies that the published margins re-weight.

Priors are assumptions about what is common (couples, couples with a child, the old alone, three generations);
entropy balancing changes them as little as the margins allow.
"""

from __future__ import annotations

import numpy as np

MEMBERS = ("infants", "children", "young_men", "young_women", "mid_men", "mid_women", "late", "old")
"""Columns of residents in the order of every member axis."""
N_MEMBERS = len(MEMBERS)
ADULT_GROUPS = MEMBERS[2:]
N_ADULT_GROUPS = len(ADULT_GROUPS)
AWAY_MEMBERS = ("away_children", "away_young", "away_mid")

# residents as digits in the order of MEMBERS: prior frequency in percent (assumption)
_RESIDENTS = {
    "00100000": 3.0,
    "00010000": 2.5,
    "00001000": 4.5,
    "00000100": 3.0,
    "00000010": 2.5,
    "00000001": 8.0,
    "00110000": 3.0,
    "00001100": 11.0,
    "00001010": 0.7,
    "00000110": 1.5,
    "00000020": 1.8,
    "00000011": 2.0,
    "00000002": 7.5,
    "10110000": 1.8,
    "01110000": 2.5,
    "11110000": 1.0,
    "02110000": 0.7,
    "01001100": 7.0,
    "02001100": 2.5,
    "00101100": 3.5,
    "00011100": 2.8,
    "00111100": 1.0,
    "01101100": 0.8,
    "01011100": 0.8,
    "00100100": 0.8,
    "00101000": 0.8,
    "00011000": 0.5,
    "00010100": 0.6,
    "01000100": 0.9,
    "01001000": 0.4,
    "10010000": 0.1,
    "01010000": 0.4,
    "01110001": 1.0,
    "11110010": 0.4,
    "10111100": 1.2,
    "01111100": 1.2,
    "01001101": 2.2,
    "01001102": 0.9,
    "02001101": 0.7,
    "00001101": 2.5,
    "00001102": 1.2,
    "00101101": 1.2,
    "00011101": 0.8,
    "00001001": 1.8,
    "00000101": 1.2,
    "00100001": 0.8,
    "00010001": 0.4,
    "00110001": 0.5,
    "01000001": 0.5,
    "01000002": 0.8,
    "01000011": 0.4,
    "10000011": 0.2,
    "01000020": 0.3,
    "10000110": 0.2,
}

# away members (children, young, mid) as digits: prior factor (assumption)
_AWAY = {
    "000": 1.0,
    "010": 0.30,
    "001": 0.20,
    "020": 0.15,
    "011": 0.10,
    "002": 0.12,
    "102": 0.10,
    "120": 0.08,
    "112": 0.04,
}

RESIDENTS = np.array([[int(digit) for digit in digits] for digits in _RESIDENTS], dtype=np.float64)
"""Residents of each composition, shape (compositions, 8)."""
RESIDENT_PRIOR = np.array(list(_RESIDENTS.values())) / 100.0

_away = np.array([[int(digit) for digit in digits] for digits in _AWAY], dtype=np.float64)
TYPE_MEMBERS = np.hstack([np.repeat(RESIDENTS, len(_away), axis=0), np.tile(_away, (len(RESIDENTS), 1))])
"""Residents and away members of each household type, shape (types, 11)."""
TYPE_PRIOR = np.outer(RESIDENT_PRIOR, np.array(list(_AWAY.values()))).ravel()
NOBODY_AWAY = TYPE_MEMBERS[:, N_MEMBERS:].sum(axis=1) == 0
