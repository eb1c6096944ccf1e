"""What is assumed of the decision to leave a hill hamlet (see `relocation` for the equation)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters import ParameterSet, parameter


@dataclass(frozen=True)
class RelocationParameters(ParameterSet):
    """Parameters of relocation."""

    acceptance: float = parameter(
        0.6,
        unit="ratio",
        low=0.40,
        high=0.78,
        source="feasibility section 8",
        meaning="mean acceptance of consulted households at the reference values",
    )
    hamlet_spread: float = parameter(
        2.0,
        unit="logit",
        low=1.0,
        high=3.0,
        source="feasibility section 8",
        meaning="standard deviation between hamlets of the logit of acceptance",
    )
    consent_threshold: float = parameter(
        0.95,
        unit="ratio",
        low=0.80,
        high=1.0,
        source="feasibility section 8 (on a ridge with acceptance and its spread: fixed)",
        meaning="consenting share of households at which a hamlet moves as a whole",
        prior="fixed",
    )
    single_share: float = parameter(
        0.4,
        unit="ratio",
        low=0.2,
        high=0.7,
        source="assumption (feasibility section 4: singles and part moves are about 60 % of persons)",
        meaning="chance that an accepter moves alone when its hamlet stays",
    )
    preparation_hazard: float = parameter(
        0.2,
        unit="1/month",
        low=0.08,
        high=0.5,
        source="assumption",
        meaning="monthly hazard that a household that is to move has prepared",
    )
    town_share: float = parameter(
        0.8,
        unit="ratio",
        low=0.6,
        high=0.95,
        source="feasibility sections 4 and 8",
        meaning="part of movers who settle in town; the others in a rural resettlement point",
    )
    work_weight: float = parameter(
        0.5,
        unit="logit",
        low=0.0,
        high=1.5,
        source="assumption (priors: wage income drives the gain of relocation)",
        meaning="rise of the logit from nobody to everybody at home being of working age",
    )
    age_weight: float = parameter(
        0.8,
        unit="logit",
        low=0.0,
        high=2.0,
        source="assumption",
        meaning="fall of the logit from nobody to everybody at home being 65 or over",
    )
    land_weight: float = parameter(
        0.01,
        unit="logit",
        low=0.0,
        high=0.05,
        source="assumption",
        meaning="fall of the logit per mu of forest land, which is harder to reach from town",
    )
    wage_weight: float = parameter(
        1.0,
        unit="logit",
        low=0.0,
        high=3.0,
        source="assumption",
        meaning="rise of the logit per unit of log wage of the county against the mean of the six",
    )
    subsidy_weight: float = parameter(
        0.3,
        unit="logit",
        low=0.0,
        high=1.0,
        source="assumption",
        meaning="rise of the logit per 10,000 CNY of subsidy a person",
    )
    reference_subsidy: float = parameter(
        8400.0,
        unit="CNY/person",
        low=0.0,
        high=50_000.0,
        source="baseline relocation_provincial_subsidy_per_person, zhejiang 2020 (memory)",
        meaning="subsidy at which the mean acceptance holds",
        prior="fixed",
    )
    reference_working: float = parameter(
        0.37,
        unit="ratio",
        low=0.2,
        high=0.8,
        source="assumption: mean of the eligible households of the starting population",
        meaning="share of residents aged 15-59 at which the mean acceptance holds",
        prior="fixed",
    )
    reference_old: float = parameter(
        0.46,
        unit="ratio",
        low=0.1,
        high=0.7,
        source="assumption: mean of the eligible households of the starting population",
        meaning="share of residents aged 65 and over at which the mean acceptance holds",
        prior="fixed",
    )
    reference_land: float = parameter(
        18.0,
        unit="mu",
        low=0.0,
        high=50.0,
        source="assumption: mean of the eligible households of the starting population",
        meaning="forest land of a household at which the mean acceptance holds",
        prior="fixed",
    )
