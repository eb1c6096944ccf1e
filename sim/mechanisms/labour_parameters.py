"""Parameters of the labour market."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters import ParameterSet, parameter


@dataclass(frozen=True)
class LabourParameters(ParameterSet):
    """Parameters of the labour market."""

    separation: float = parameter(
        0.018,
        unit="1/month",
        low=0.012,
        high=0.030,
        source="feasibility section 8",
        meaning="hazard of a worker to lose or leave a job",
    )
    normal_turnover: float = parameter(
        0.003,
        unit="1/month",
        low=0.001,
        high=0.006,
        source="assumption: a working life of some thirty years",
        meaning="part of posts that fall vacant in a normal month because workers retire or move away",
    )
    hiring_speed: float = parameter(
        0.30,
        unit="1/month",
        low=0.12,
        high=0.60,
        source="feasibility section 8, not identified",
        meaning="part of the wanted increase of workers that firms try to hire in a month",
    )
    firing_speed: float = parameter(
        0.10,
        unit="1/month",
        low=0.03,
        high=0.40,
        source="assumption",
        meaning="part of surplus workers that firms dismiss in a month",
    )
    matching_efficiency: float = parameter(
        0.40,
        unit="1/month",
        low=0.25,
        high=0.60,
        source="feasibility section 8, not identified",
        meaning="matches a month at one vacancy for each effective seeker",
    )
    matching_elasticity: float = parameter(
        0.5,
        unit="elasticity",
        low=0.3,
        high=0.7,
        source="feasibility section 1",
        meaning="elasticity of matches to seekers",
    )
    farm_search: float = parameter(
        0.06,
        unit="ratio",
        low=0.02,
        high=0.20,
        source="assumption: at 0.15 (feasibility section 1) jobs lost could not feed 4.5 percent unemployment",
        meaning="search of an under-employed farm worker relative to one without work",
    )
    upgrade_search: float = parameter(
        0.10,
        unit="ratio",
        low=0.02,
        high=0.30,
        source="assumption",
        meaning="search for a skilled job of the educated in ordinary jobs, relative to one without work",
    )
    trade_down: float = parameter(
        0.60,
        unit="ratio",
        low=0.2,
        high=1.0,
        source="assumption",
        meaning="search for an ordinary job of the educated without work, relative to others without work",
    )
    remoteness_search: float = parameter(
        0.5,
        unit="1/hour",
        low=0.1,
        high=1.5,
        source="assumption",
        meaning="fall of search intensity with travel time to the county seat",
    )
    care_search: float = parameter(
        0.3,
        unit="ratio",
        low=0.1,
        high=0.6,
        source="assumption",
        meaning="part of search intensity that the care of an infant takes",
    )
    farm_refuge: float = parameter(
        0.05,
        unit="1/month",
        low=0.02,
        high=0.12,
        source="assumption: the surveyed unemployment of rural people is low because the land takes them back",
        meaning="hazard of a rural job seeker without success to return to the family's land",
    )
    town_farm_exit: float = parameter(
        0.10,
        unit="1/month",
        low=0.02,
        high=0.30,
        source="assumption",
        meaning="hazard of a farm worker who has moved to town to give up the farm",
    )
    wage_trend: float = parameter(
        0.045,
        unit="1/year",
        low=0.035,
        high=0.055,
        source="feasibility section 8",
        meaning="nominal growth of wages in a normal market",
    )
    wage_response: float = parameter(
        0.02,
        unit="1/year",
        low=0.005,
        high=0.06,
        source="feasibility section 8, not identified",
        meaning="yearly wage growth per log of tightness",
    )
    participation_drift: float = parameter(
        0.012,
        unit="1/year",
        low=0.008,
        high=0.020,
        source="feasibility section 8",
        meaning="yearly growth of rural off-farm work out of farm work at the start",
    )
