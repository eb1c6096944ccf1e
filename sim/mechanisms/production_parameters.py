"""What is assumed of firms (see `production` for the equations)."""

from __future__ import annotations

from dataclasses import dataclass

from sim.parameters import ParameterSet, parameter


@dataclass(frozen=True)
class ProductionParameters(ParameterSet):
    """Parameters of production; yearly rates unless the unit says otherwise."""

    alpha_above: float = parameter(
        0.60,
        unit="ratio",
        low=0.50,
        high=0.68,
        source="feasibility section 8; labour share of value added 0.32",
        meaning="output elasticity of capital in firms above designated size",
    )
    alpha_below: float = parameter(
        0.42,
        unit="ratio",
        low=0.36,
        high=0.48,
        source="feasibility section 1: 0.40-0.45",
        meaning="output elasticity of capital in services and small firms",
    )
    markup: float = parameter(
        1.25,
        unit="ratio",
        low=1.15,
        high=1.40,
        prior="fixed",
        source="feasibility section 8, not identified",
        meaning="value-added markup of industry, which sells outside",
    )
    services_markup: float = parameter(
        1.60,
        unit="ratio",
        low=1.25,
        high=2.20,
        prior="fixed",
        source="assumption: local markets are less elastic",
        meaning="value-added markup of services and construction, which sell locally",
    )
    depreciation: float = parameter(
        0.08,
        unit="1/year",
        low=0.06,
        high=0.10,
        prior="fixed",
        source="feasibility section 8, not identified",
        meaning="depreciation of capital",
    )
    user_cost: float = parameter(
        0.19,
        unit="1/year",
        low=0.16,
        high=0.23,
        source="feasibility section 8: real rate 5, depreciation 8, risk 6 points",
        meaning="yearly cost of one yuan of capital",
    )
    tfp_trend: float = parameter(
        0.020,
        unit="1/year",
        low=0.012,
        high=0.028,
        source="feasibility section 8",
        meaning="productivity trend of industry above designated size",
    )
    tfp_trend_below: float = parameter(
        0.026,
        unit="1/year",
        low=0.016,
        high=0.036,
        source="assumption: offsets the wage trend, so that the demand trend decides",
        meaning="productivity trend of services and small firms",
    )
    demand_trend: float = parameter(
        0.042,
        unit="1/year",
        low=0.030,
        high=0.050,
        source="feasibility section 8",
        meaning="growth of outside demand for industry",
    )
    services_trend: float = parameter(
        0.046,
        unit="1/year",
        low=0.035,
        high=0.055,
        source="feasibility section 8",
        meaning="growth of demand for services and construction in January 2023",
    )
    services_fade: float = parameter(
        0.0007,
        unit="1/year/year",
        low=0.0,
        high=0.0015,
        source="feasibility section 1: 0.7 point a decade",
        meaning="yearly fall of the services trend",
    )
    services_rebound: float = parameter(
        0.031,
        unit="log",
        low=0.02,
        high=0.045,
        source="feasibility section 8",
        meaning="mean gap of services output to trend in 2022, gone in January 2023",
    )
    local_demand_elasticity: float = parameter(
        0.3,
        unit="elasticity",
        low=0.1,
        high=0.6,
        source="assumption",
        meaning="response of demand for services to local consumption",
    )
    price_trend: float = parameter(
        0.0,
        unit="1/year",
        low=-0.01,
        high=0.02,
        source="assumption: the city's deflator was -0.7 percent in 2023",
        meaning="growth of output prices that deflates wages",
    )
    farm_trend: float = parameter(
        0.035, unit="1/year", low=0.02, high=0.045, source="assumption", meaning="growth of farm output"
    )
    wage_trend_before: float = parameter(
        0.045,
        unit="1/year",
        low=0.035,
        high=0.055,
        source="feasibility section 1: the wage trend of the run itself",
        meaning="growth of wages in the three years before January 2023",
    )
    hiring_speed_before: float = parameter(
        0.30,
        unit="1/month",
        low=0.12,
        high=0.60,
        prior="fixed",
        source="feasibility section 8: hiring speed",
        meaning="part of the gap to desired labour closed in a month before January 2023",
    )
    shock_persistence: float = parameter(
        0.97,
        unit="1/month",
        low=0.95,
        high=0.98,
        prior="fixed",
        source="feasibility section 8, not identified",
        meaning="monthly persistence of a firm's productivity shock",
    )
    shock_sd: float = parameter(
        0.08,
        unit="log",
        low=0.03,
        high=0.15,
        source="feasibility section 8",
        meaning="stationary standard deviation of the shock, above designated size",
    )
    capital_adjustment: float = parameter(
        0.04,
        unit="1/month",
        low=0.01,
        high=0.10,
        source="assumption, not identified",
        meaning="part of the gap to desired capital closed in a month",
    )
    ramp_half_time: float = parameter(
        8.0,
        unit="months",
        low=4.0,
        high=14.0,
        source="feasibility section 8",
        meaning="age at which a new plant uses half of its capital",
    )
