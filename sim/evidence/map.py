"""Read the places on the map (CSV) and the county borders (GeoJSON)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from sim.errors import EvidenceError, Problem
from sim.evidence.entries import Entry, read_table, read_text, report_repeats
from sim.evidence.records import CONFIDENCES, Border, Site
from sim.places import COUNTIES

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SITE_NAME = ("place", "kind")
SITE_COLUMNS = (*SITE_NAME, "longitude", "latitude", "confidence", "note")
COUNTY_SEAT = "county_seat"


def read_sites(path: Path, problems: list[Problem]) -> tuple[Site, ...]:
    """Return the seats, ports and outlines of a CSV file; every county needs its seat."""
    entries = read_table(path, SITE_COLUMNS, SITE_NAME, problems)
    report_repeats(entries, SITE_NAME, "site")
    sites = tuple(_site(entry) for entry in entries)
    seats = {site.place for site in sites if site.kind == COUNTY_SEAT}
    if entries:
        problems.extend(
            Problem(str(path), None, place, f"the county has no row of kind {COUNTY_SEAT}")
            for place in COUNTIES
            if place not in seats
        )
    return sites


def _site(entry: Entry) -> Site:
    site = Site(
        place=entry.choice("place", COUNTIES),
        kind=entry.words("kind"),
        longitude=entry.number("longitude"),
        latitude=entry.number("latitude"),
        confidence=entry.choice("confidence", CONFIDENCES),
        note=entry.text("note"),
    )
    for field, degrees, limit in (("longitude", site.longitude, 180), ("latitude", site.latitude, 90)):
        if abs(degrees) > limit:
            entry.report(field, f"{degrees:g} degrees lies outside -{limit} to {limit}")
    return site


def read_borders(path: Path) -> dict[str, Border]:
    """Return the county borders of a GeoJSON file of polygons, by county.

    Raises:
        EvidenceError: the file is missing, no GeoJSON of polygons, or lacks a county.
    """
    import json

    problems: list[Problem] = []
    text = read_text(path, problems)
    if text is None:
        raise EvidenceError(problems)
    try:
        features = json.loads(text)["features"]
        borders = {str(f["properties"]["place"]): _border(f) for f in features}
    except json.JSONDecodeError as error:
        raise EvidenceError([Problem(str(path), error.lineno, path.name, f"is not JSON: {error.msg}")]) from error
    except (KeyError, TypeError, ValueError) as error:
        fault = f"is no GeoJSON of county polygons ({type(error).__name__}: {error})"
        raise EvidenceError([Problem(str(path), None, path.name, fault)]) from error
    missing = [place for place in COUNTIES if place not in borders]
    if missing:
        raise EvidenceError([Problem(str(path), None, place, "the county has no border") for place in missing])
    return {place: borders[place] for place in COUNTIES}


def _border(feature: Any) -> Border:
    geometry = feature["geometry"]
    polygons = geometry["coordinates"]
    if geometry["type"] == "Polygon":
        polygons = [polygons]
    elif geometry["type"] != "MultiPolygon":
        raise ValueError(f"geometry {geometry['type']}")
    rings = tuple(tuple(_ring(points) for points in polygon) for polygon in polygons)
    return Border(feature["properties"]["place"], rings)


def _ring(points: Any) -> NDArray[np.float64]:
    import numpy as np

    ring = np.array(points, dtype=np.float64)
    if ring.ndim != 2 or ring.shape[1] != 2:
        raise ValueError(f"a ring of shape {ring.shape}")
    ring.setflags(write=False)
    return ring
