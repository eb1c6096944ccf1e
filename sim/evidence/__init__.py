"""The evidence: what was done and what came out, the published starting state, effect sizes, and the map.

`load_evidence()` reads the files in ``sim/data``; ``sim/data/README.md`` says what each holds.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from sim.errors import EvidenceError, Problem, nearest
from sim.evidence.facts import read_facts
from sim.evidence.map import COUNTY_SEAT, read_borders, read_sites
from sim.evidence.records import Border, EffectPrior, Fact, Site, Source, Statistic
from sim.evidence.tables import read_priors, read_statistics

__all__ = [
    "Border",
    "EffectPrior",
    "Evidence",
    "EvidenceRow",
    "Fact",
    "Site",
    "Source",
    "Statistic",
    "evidence_table",
    "load_evidence",
]

SHIPPED_FOLDER = Path(__file__).parents[1] / "data"
FACTS_FILE = "facts.yaml"
BASELINE_FILE = "baseline.csv"
ASSUMPTIONS_FILE = "assumptions.csv"
PRIORS_FILE = "priors.csv"
PLACES_FILE = "places.csv"
BORDERS_FILE = "counties.geojson"


@dataclass(frozen=True, eq=False)
class Evidence:
    """All evidence of one folder, validated.

    Attributes:
        folder: where it was read from.
        sources: the documents that state the facts.
        facts: in the order of the file.
        statistics: published rows, then assumptions; all ranks.
        priors: effect sizes from the literature.
        sites: county seats, ports and outlines.
    """

    folder: Path
    sources: tuple[Source, ...]
    facts: tuple[Fact, ...]
    statistics: tuple[Statistic, ...]
    priors: tuple[EffectPrior, ...]
    sites: tuple[Site, ...]

    def fact(self, id: str) -> Fact:
        """Return the fact of an id.

        Raises:
            EvidenceError: there is none; the message gives the nearest id.
        """
        if id not in self._facts_by_id:
            raise self._missing(FACTS_FILE, id, "there is no such fact.", self._facts_by_id)
        return self._facts_by_id[id]

    def facts_of(self, programme: str) -> tuple[Fact, ...]:
        """Return the facts of a programme in the order of the file.

        Raises:
            EvidenceError: no fact speaks of it.
        """
        found = tuple(fact for fact in self.facts if fact.programme == programme)
        if not found:
            programmes = sorted({fact.programme for fact in self.facts})
            raise self._missing(FACTS_FILE, programme, "no fact speaks of this programme.", programmes)
        return found

    def targets(self) -> tuple[Fact, ...]:
        """Return the facts the model must produce, in the order of the file."""
        return tuple(fact for fact in self.facts if fact.role == "target")

    def statistic(self, key: str, place: str, year: int | str) -> Statistic:
        """Return the primary row of a statistic; `year` is written as in the file (``2022``, ``2023H1``).

        Raises:
            EvidenceError: there is none; the message gives the nearest key, or the known places or years.
        """
        found = self._primary.get((key, place, str(year)))
        if found is None:
            raise self._missing_statistic(key, place, str(year))
        return found

    def value(self, key: str, place: str, year: int | str) -> float:
        """Return the value of a statistic's primary row, in its unit; errors as in `statistic`."""
        return self.statistic(key, place, year).value

    def prior(self, mechanism: str, parameter: str) -> EffectPrior:
        """Return an effect size from the literature.

        Raises:
            EvidenceError: there is none; the message gives the nearest name.
        """
        found = self._priors_by_name.get((mechanism, parameter))
        if found is None:
            names = [".".join(name) for name in self._priors_by_name]
            raise self._missing(PRIORS_FILE, f"{mechanism}.{parameter}", "there is no such prior.", names)
        return found

    def site(self, place: str, kind: str) -> Site:
        """Return a point on the map, for instance the ``port`` of Qujiang.

        Raises:
            EvidenceError: there is none; the message gives the places that have one, or the nearest kind.
        """
        found = self._sites_by_name.get((place, kind))
        if found is None:
            raise self._missing_site(place, kind)
        return found

    def seat(self, place: str) -> tuple[float, float]:
        """Return longitude and latitude of a county's seat, in degrees; errors as in `site`."""
        site = self.site(place, COUNTY_SEAT)
        return site.longitude, site.latitude

    @functools.cached_property
    def borders(self) -> Mapping[str, Border]:
        """The border of each county, read when first asked for.

        Raises:
            EvidenceError: the file is missing, broken or lacks a county.
        """
        return read_borders(self.folder / BORDERS_FILE)

    @functools.cached_property
    def _facts_by_id(self) -> dict[str, Fact]:
        return {fact.id: fact for fact in self.facts}

    @functools.cached_property
    def _primary(self) -> dict[tuple[str, str, str], Statistic]:
        return {(row.key, row.place, row.year): row for row in self.statistics if row.rank == "primary"}

    @functools.cached_property
    def _priors_by_name(self) -> dict[tuple[str, str], EffectPrior]:
        return {(prior.mechanism, prior.parameter): prior for prior in self.priors}

    @functools.cached_property
    def _sites_by_name(self) -> dict[tuple[str, str], Site]:
        return {(site.place, site.kind): site for site in self.sites}

    def _missing(self, file: str, key: str, message: str, known: Iterable[str]) -> EvidenceError:
        return EvidenceError([Problem(str(self.folder / file), None, key, message, nearest(key, known))])

    def _missing_site(self, place: str, kind: str) -> EvidenceError:
        places = [site.place for site in self.sites if site.kind == kind]
        if not places:
            kinds = {site.kind for site in self.sites}
            return self._missing(PLACES_FILE, kind, "there is no such kind of site.", kinds)
        message = f"is not given for '{place}'; places are {', '.join(places)}."
        return self._missing(PLACES_FILE, kind, message, ())

    def _missing_statistic(self, key: str, place: str, year: str) -> EvidenceError:
        places = {known_place for known_key, known_place, _ in self._primary if known_key == key}
        years = [given for *name, given in self._primary if name == [key, place]]
        if not places:
            keys = {known_key for known_key, *_ in self._primary}
            return self._missing(BASELINE_FILE, key, "there is no such statistic.", keys)
        if not years:
            message = f"is not given for '{place}'; places are {', '.join(sorted(places))}."
            return self._missing(BASELINE_FILE, key, message, ())
        message = f"is not given for '{place}' in '{year}'; years are {', '.join(years)}."
        return self._missing(BASELINE_FILE, key, message, ())


def load_evidence(folder: str | Path | None = None) -> Evidence:
    """Return the shipped evidence (read once a process), or that of a user's own folder with the same files.

    Raises:
        EvidenceError: the files break their rules; every problem is named with file and line.
    """
    return _shipped() if folder is None else _read(Path(folder))


@functools.cache
def _shipped() -> Evidence:
    return _read(SHIPPED_FOLDER)


def _read(folder: Path) -> Evidence:
    problems: list[Problem] = []
    sources, facts = read_facts(folder / FACTS_FILE, problems)
    statistics = read_statistics(folder / BASELINE_FILE, folder / ASSUMPTIONS_FILE, problems)
    priors = read_priors(folder / PRIORS_FILE, problems)
    sites = read_sites(folder / PLACES_FILE, problems)
    if problems:
        raise EvidenceError(problems)
    return Evidence(folder, sources, facts, statistics, priors, sites)


class EvidenceRow(NamedTuple):
    """One line of the table of facts; `value` is in `unit`."""

    programme: str
    id: str
    role: str
    bound: str
    value: float | tuple[float, ...]
    unit: str
    place: str
    period: str
    source: str
    note: str


def evidence_table(evidence: Evidence) -> list[EvidenceRow]:
    """Return every fact as a row with the title of its source, the facts of a programme together."""
    programmes = {fact.programme: None for fact in evidence.facts}
    return [_row(fact) for programme in programmes for fact in evidence.facts_of(programme)]


def _row(fact: Fact) -> EvidenceRow:
    return EvidenceRow(
        programme=fact.programme,
        id=fact.id,
        role=fact.role,
        bound=fact.bound,
        value=fact.value,
        unit=fact.unit,
        place=fact.place,
        period=fact.period,
        source=fact.source.title,
        note=fact.note,
    )
