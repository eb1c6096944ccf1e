"""Collective forest tenure reform (city): service centres, certification, storage, dividends, brand."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from sim.calendar import MONTHS_PER_YEAR
from sim.levers import (
    BRAND_ELIGIBILITY,
    BRAND_PROMOTION,
    FOREST_BLOCK_CAPACITY,
    FOREST_CERTIFICATION,
    FOREST_COLLECTIVE_SHARE,
    FOREST_DIVIDEND,
    FOREST_OPERATOR_SUPPORT,
    FOREST_PUBLICITY,
    FOREST_STORAGE_BUDGET,
    FOREST_STORAGE_PRICE,
    FOREST_TRANSACTION_COST,
    Lever,
    LeverBoard,
)
from sim.policies.base import Policy, Timing, setting


class ForestTenureSettings(Timing):
    """Settings of the forest tenure reform."""

    service_centres: float = setting(
        6.0,
        unit="centres",
        source="forest_service_centres",
        meaning="service centres, spread evenly over the reform's counties",
        low=0.0,
        high=60.0,
    )
    block_capacity: float = setting(
        9_200.0,
        unit="mu/month/centre",
        source="assumption: 55,000 mu a month in the city (feasibility section 8) over six centres",
        meaning="land a centre can pool into blocks",
        low=0.0,
        high=50_000.0,
    )
    transaction_cost_reduction: float = setting(
        0.40,
        unit="ratio",
        source="assumption: priors.csv transaction_cost_service_centre, reduction of 20-60 %",
        meaning="fall of the cost of closing a lease at a service centre",
        low=0.0,
        high=1.0,
    )
    certification: float = setting(
        2_200.0,
        unit="mu/month/centre",
        source="assumption: baseline forest_management_right_certificates, 156,000 mu by the end of 2024",
        meaning="land whose management right a centre certifies",
        low=0.0,
        high=50_000.0,
    )
    dividend: float = setting(
        5.0,
        unit="CNY/mu/year",
        source="assumption: forest_income_channels names share dividends without a figure",
        meaning="consortium dividend on pooled land",
        low=0.0,
        high=60.0,
    )
    collective_share: float = setting(
        0.05,
        unit="ratio",
        source="assumption: the collective is part of the consortium (forest_income_channels)",
        meaning="part of the pooled rent kept by the village collective",
        low=0.0,
        high=0.5,
    )
    storage_budget: float = setting(
        50_000.0,
        unit="CNY/month",
        source="assumption: forest_income_channels names the platform without a figure",
        meaning="money of the storage platform for rents, over all counties of the reform",
        low=0.0,
        high=10_000_000.0,
    )
    storage_price: float = setting(
        40.0,
        unit="CNY/mu/year",
        source="assumption: a little below the market rent (44.5), a buyer of last resort",
        meaning="rent the storage platform offers",
        low=0.0,
        high=130.0,
    )
    operator_support: float = setting(
        0.20,
        unit="ratio",
        source="assumption: inside the rise of land value of 0.2-1.0 (feasibility section 8)",
        meaning="rise of the operators' net return on land by roads, loans and insurance",
        low=0.0,
        high=1.0,
    )
    brand_promotion: float = setting(
        0.0,
        unit="ratio",
        source="assumption: no document speaks of promotion beyond the regional brand that existed",
        meaning="rise of the buyers' mean willingness to pay for the brand",
        low=0.0,
        high=0.2,
    )
    brand_eligibility: float = setting(
        0.15,
        unit="ratio",
        source="assumption: to the eligible share of 0.25 of feasibility section 3",
        meaning="rise of the share of producers who may carry the brand",
        low=0.0,
        high=0.9,
    )
    publicity: float = setting(
        0.5,
        unit="contacts/month",
        source="assumption: every household of a rural hamlet is reached every other month",
        meaning="contacts per household that make the forest programme known",
        low=0.0,
        high=10.0,
    )
    centre_cost: float = setting(
        1_200_000.0,
        unit="CNY/year/centre",
        source="assumption: about ten staff a centre",
        meaning="yearly cost of a service centre",
        low=0.0,
        high=20_000_000.0,
    )


class ForestTenure(Policy[ForestTenureSettings]):
    """Collective forest tenure reform."""

    name: ClassVar[str] = "forest_tenure"
    title: ClassVar[dict[str, str]] = {
        "en": "Collective forest tenure reform",
        "zh": "集体林权制度改革",
    }
    meaning: ClassVar[str] = (
        "service centres pool forest land into blocks, rights are certified, a platform stores rights, "
        "dividends are shared and the regional brand is opened to more producers"
    )
    facts: ClassVar[tuple[str, ...]] = (
        "forestry_gross_output",
        "forestry_income_growth",
        "forest_transfer_area",
        "forest_transfer_rate",
        "forestry_leading_firms",
        "forestry_new_operators",
        "brand_price_premium",
    )
    levers: ClassVar[tuple[Lever, ...]] = (
        FOREST_PUBLICITY,
        FOREST_CERTIFICATION,
        FOREST_TRANSACTION_COST,
        FOREST_BLOCK_CAPACITY,
        FOREST_DIVIDEND,
        FOREST_COLLECTIVE_SHARE,
        FOREST_STORAGE_BUDGET,
        FOREST_STORAGE_PRICE,
        FOREST_OPERATOR_SUPPORT,
        BRAND_PROMOTION,
        BRAND_ELIGIBILITY,
    )
    Settings: ClassVar[type[Timing]] = ForestTenureSettings

    def act(self, levers: LeverBoard, month: int, strength: float) -> None:
        """Write what centres, platform, consortium and brand offer this month."""
        settings = self.settings
        centres = strength * self._centres_each()
        self.write(levers, FOREST_PUBLICITY, strength * settings.publicity)
        self.write(levers, FOREST_CERTIFICATION, centres * settings.certification)
        self.write(levers, FOREST_BLOCK_CAPACITY, centres * settings.block_capacity)
        reduction = settings.transaction_cost_reduction if settings.service_centres > 0.0 else 0.0
        self.write(levers, FOREST_TRANSACTION_COST, 1.0 - strength * reduction)
        self.write(levers, FOREST_DIVIDEND, strength * settings.dividend)
        self.write(levers, FOREST_COLLECTIVE_SHARE, strength * settings.collective_share)
        self.write(levers, FOREST_STORAGE_BUDGET, strength * settings.storage_budget / self.reached)
        self.write(levers, FOREST_STORAGE_PRICE, settings.storage_price)
        self.write(levers, FOREST_OPERATOR_SUPPORT, strength * settings.operator_support)
        self.write(levers, BRAND_PROMOTION, strength * settings.brand_promotion)
        self.write(levers, BRAND_ELIGIBILITY, strength * settings.brand_eligibility)

    def running_cost(self, month: int) -> NDArray[np.float64]:
        """Return CNY of the month for the staff of the centres, by county, shape (6,)."""
        each = self._centres_each() * self.settings.centre_cost / MONTHS_PER_YEAR
        return np.where(self.counties, self.strength(month) * each, 0.0)

    def _centres_each(self) -> float:
        """Return the service centres of a county."""
        return self.settings.service_centres / self.reached


POLICY = ForestTenure
