"""The six counties and the city that is their sum, in the order of every county axis."""

from __future__ import annotations

COUNTIES = ("kecheng", "qujiang", "longyou", "jiangshan", "changshan", "kaihua")
CITY = "quzhou"
PLACES = (*COUNTIES, CITY)
N_COUNTIES = len(COUNTIES)
CITY_INDEX = N_COUNTIES
OUTSIDE = N_COUNTIES
"""Code of a registered place or residence outside the six counties."""

KECHENG, QUJIANG, LONGYOU, JIANGSHAN, CHANGSHAN, KAIHUA = range(N_COUNTIES)

NAMES = {
    "kecheng": {"en": "Kecheng", "zh": "柯城区"},
    "qujiang": {"en": "Qujiang", "zh": "衢江区"},
    "longyou": {"en": "Longyou", "zh": "龙游县"},
    "jiangshan": {"en": "Jiangshan", "zh": "江山市"},
    "changshan": {"en": "Changshan", "zh": "常山县"},
    "kaihua": {"en": "Kaihua", "zh": "开化县"},
    "quzhou": {"en": "Quzhou", "zh": "衢州市"},
}


def place_index(place: str) -> int:
    """Return the position of a place on the place axis (counties first, the city last).

    Raises:
        KeyError: the name is none of the seven places.
    """
    if place not in PLACES:
        raise KeyError(place)
    return PLACES.index(place)
