"""The ledger: every yuan a household receives has a payer, and every public yuan has a programme.

One `Ledger` belongs to a run. Mechanisms book payments as they make them; `open_month` starts a new page. Amounts are
CNY of the month, weighted to the full scale.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numba import njit
from numpy.typing import NDArray

from sim.errors import IdentityError
from sim.levers import Lever, LeverBoard
from sim.places import N_COUNTIES

type Floats = NDArray[np.float64]

COMPONENTS = ("wage", "business", "property", "transfer")
N_COMPONENTS = len(COMPONENTS)
WAGE, BUSINESS, PROPERTY, TRANSFER = range(N_COMPONENTS)

PAYERS = ("enterprises", "collectives", "public", "outside")
N_PAYERS = len(PAYERS)
ENTERPRISES, COLLECTIVES, PUBLIC, OUTSIDE_ACCOUNT = range(N_PAYERS)


class Ledger:
    """Payments of the current month and public cost since the start.

    Attributes:
        paid: CNY paid to households this month, shape (6 counties, 4 components, 4 payers).
        public_cost: CNY spent this month by programme and county, shape (programmes, 6).
        public_total: CNY spent since January 2023 by programme and county, shape (programmes, 6).
        spent: CNY spent this month under each lever that cost something, by name of the lever.
    """

    def __init__(self, programmes: Sequence[str]) -> None:
        self.programmes = tuple(programmes)
        self.paid: Floats = np.zeros((N_COUNTIES, N_COMPONENTS, N_PAYERS))
        self.public_cost: Floats = np.zeros((len(self.programmes), N_COUNTIES))
        self.public_total: Floats = np.zeros((len(self.programmes), N_COUNTIES))
        self.spent: dict[str, float] = {}
        whole = np.eye(len(self.programmes))
        self._own: Floats = np.repeat(whole[:, :, None], N_COUNTIES, axis=2)

    def open_month(self) -> None:
        """Start a new page."""
        self.paid[:] = 0.0
        self.public_cost[:] = 0.0
        self.spent.clear()

    def spend(self, levers: LeverBoard, lever: Lever, by_county: Floats) -> None:
        """Book public money spent under a lever to the programmes that moved it, and take it from their budgets.

        `by_county` is CNY of the month, shape (6,).
        """
        self.spent[lever.name] = self.spent.get(lever.name, 0.0) + float(by_county.sum())
        self._book(levers, levers.shares(lever), by_county)

    def spend_programme(self, levers: LeverBoard, programme: str, by_county: Floats) -> None:
        """Book public money that one programme spends on itself (staff, promotion).

        `by_county` is CNY of the month, shape (6,). Whoever calls asks first whether the budget affords it.
        """
        self._book(levers, self._own[self.programmes.index(programme)], by_county)

    def _book(self, levers: LeverBoard, parts: Floats, by_county: Floats) -> None:
        """Book the programmes' `parts`, shape (programmes, 6), in money spent (CNY, shape (6,))."""
        _book(parts, by_county, self.public_cost, self.public_total, levers.remaining)


@njit(cache=True, nogil=True)  # type: ignore[untyped-decorator]
def _book(parts: Floats, by_county: Floats, page: Floats, total: Floats, remaining: Floats) -> None:
    """Add what was spent to the month's page and to the total, (programmes, 6), and take it out of what remains of the
    budgets, (programmes,)."""
    for p in range(parts.shape[0]):
        spent = 0.0
        for c in range(N_COUNTIES):
            cost = parts[p, c] * by_county[c]
            page[p, c] += cost
            total[p, c] += cost
            spent += cost
        remaining[p] -= spent


def check_payers(paid: Floats, received: Floats, tolerance: float = 1e-6) -> None:
    """Check that what households received equals what payers paid.

    Args:
        paid: shape (6, 4, 4), CNY, from the ledger.
        received: shape (6, 4), CNY, summed over household columns.
        tolerance: relative to the total received (float32 columns).

    Raises:
        IdentityError: a county and component do not balance.
    """
    gap = np.abs(paid.sum(axis=2) - received)
    scale = max(float(received.sum()), 1.0)
    if gap.max() > tolerance * scale:
        county, component = np.unravel_index(int(gap.argmax()), gap.shape)
        raise IdentityError(
            f"{COMPONENTS[component]} income of county {county}: payers booked "
            f"{paid[county, component].sum():.6g} CNY, households received {received[county, component]:.6g} CNY"
        )
