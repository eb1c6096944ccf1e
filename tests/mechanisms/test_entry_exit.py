"""Entry and exit: numbers stay stationary, output is conserved, and what each parameter moves."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sim.accounting import Ledger
from sim.levers import LeverBoard
from sim.mechanisms import entry_exit
from sim.mechanisms.entry_exit import MECHANISM, EntryExitParameters
from sim.mechanisms.entry_exit_kernel import AMOUNTS, LEAST_WEIGHT, closure_factor, moving_part, net_entry
from sim.mechanisms.production import sum_by_cell
from sim.places import N_COUNTIES
from sim.randomness import Purpose, uniform
from sim.sectors import ABOVE, BELOW, MANUFACTURING, N_SECTORS
from sim.world import World
from tests.worlds import small_world

LEVERS = LeverBoard(())


def started(seed: int = 1) -> World:
    world = small_world(seed, villages_per_county=1, hamlets_per_village=1, households=1)
    world.enterprises.demand[:] = world.enterprises.value_added
    world.enterprises.scale[:] = world.enterprises.active
    entry_exit.start(world, EntryExitParameters())
    return world


def step(world: World, p: EntryExitParameters, months: int = 1) -> None:
    for _ in range(months):
        entry_exit.step(world, p, LEVERS, Ledger(()))
        world.month += 1


def quiet(**changes: float) -> EntryExitParameters:
    return EntryExitParameters(graduation=0.001).replaced(changes)


def small(world: World) -> np.ndarray:
    return (world.enterprises.active == 1) & (world.enterprises.size == BELOW)


def test_net_entry_is_zero_at_ordinary_margins_and_numbers() -> None:
    p = EntryExitParameters()
    assert net_entry.py_func(0.0, 0.0, p.entry_response, p.crowding) == 0.0
    steady = net_entry.py_func(0.06, 0.06 * p.entry_response / p.crowding, p.entry_response, p.crowding)
    assert steady == pytest.approx(0.0)


def test_weights_stay_at_ordinary_margins() -> None:
    world = started()
    weights = sum_by_cell(world.enterprises, np.ones(len(world.enterprises)))
    entry_exit._move_below(world, EntryExitParameters())
    after = sum_by_cell(world.enterprises, np.ones(len(world.enterprises)))
    np.testing.assert_allclose(after[:, :, BELOW], weights[:, :, BELOW])


def test_high_margins_bring_entry_only_where_they_are_high() -> None:
    world = started()
    here = small(world) & (world.enterprises.county == 2)
    world.enterprises.desired_labour[here] *= 1.2
    before = world.enterprises.weight.copy()
    step(world, quiet())
    elsewhere = small(world) & ~here & (world.enterprises.sector != MANUFACTURING)
    elsewhere &= world.enterprises.sector != 1
    assert np.all(world.enterprises.weight[here] > before[here])
    np.testing.assert_allclose(world.enterprises.weight[elsewhere], before[elsewhere])


def test_numbers_stay_bounded_however_high_the_margin() -> None:
    world, p = started(), quiet()
    for _ in range(600):
        rows = small(world)
        world.enterprises.desired_labour[rows] = 1.5 * world.enterprises.labour[rows]
        entry_exit._move_below(world, p)
    growth = entry_exit.sums_below(world.enterprises)[0].sum() / world.base.below_firms.sum()
    assert growth == pytest.approx(np.exp(np.log(1.5) * p.entry_response / p.crowding), rel=0.02)


def test_full_stealing_leaves_total_market_alone() -> None:
    world, p = started(), quiet(stealing=1.0)
    rows = small(world)
    world.enterprises.desired_labour[rows] *= 1.3
    market = sum_by_cell(world.enterprises, world.enterprises.demand)
    entry_exit._move_below(world, p)
    np.testing.assert_allclose(sum_by_cell(world.enterprises, world.enterprises.demand), market)


def test_turnover_renews_rows_and_keeps_their_output() -> None:
    world = started()
    ids, demand = world.enterprises.id.copy(), world.enterprises.demand.copy()
    for world.month in range(24):
        entry_exit._move_below(world, quiet(turnover=0.14))
    renewed = (world.enterprises.id != ids) & small(world)
    assert 0.1 < renewed.sum() / small(world).sum() < 0.4
    assert np.all(world.enterprises.age[renewed] == 0)
    np.testing.assert_allclose(world.enterprises.demand, demand)


def test_closures_follow_the_rule_draw_by_draw() -> None:
    world, p = started(), quiet(closure=0.08)
    firms = world.enterprises
    firms.value_added[:] *= np.random.default_rng(1).lognormal(0.0, 1.5, len(firms))
    large = (firms.active == 1) & (firms.size == ABOVE)
    state, mean = world.stream(Purpose.FIRM_EXIT), firms.value_added[large].mean()
    expected = []
    for i in np.flatnonzero(large):
        factor = closure_factor.py_func(
            firms.value_added[i] / mean,
            np.log(firms.desired_labour[i] / firms.labour[i]),
            p.closure_size,
            p.margin_closure,
        )
        if uniform(state, firms.id[i]) < p.closure / 12 * factor:
            expected.append(i)
    entry_exit._close(world, p)
    np.testing.assert_array_equal(np.flatnonzero(large & (firms.active == 0)), expected)


def closed_firms(world: World) -> np.ndarray:
    """Let some firms close and return their rows."""
    before = world.enterprises.active.copy()
    for world.month in range(24):
        entry_exit._close(world, quiet(closure=0.08))
    rows = np.flatnonzero(before > world.enterprises.active)
    assert rows.size
    return rows


def test_closed_firms_leave_empty_rows() -> None:
    world = started()
    firms = world.enterprises
    for column in firms.columns():
        column[:] = np.where(firms.active == 1, np.maximum(column, 1), 0)
    firms.project[:] = -1
    rows = closed_firms(world)
    empty = type(firms).zeros(len(firms))
    empty.project[:] = -1
    for column, expected in zip(firms.columns(), empty.columns(), strict=True):
        np.testing.assert_array_equal(column[rows], expected[rows])


def test_closing_plant_lets_go_of_its_project() -> None:
    world = started()
    firms = world.enterprises
    firms.project[:], world.projects.enterprise[:] = -1, -1
    plants = np.flatnonzero((firms.active == 1) & (firms.size == ABOVE))[:100]
    firms.project[plants], world.projects.enterprise[:100] = np.arange(100), plants
    closed = closed_firms(world)
    assert np.intersect1d(plants, closed).size
    np.testing.assert_array_equal(world.projects.enterprise[:100] == -1, np.isin(plants, closed))


def test_a_plant_still_ramping_up_never_closes() -> None:
    world, p = started(), quiet(closure=0.08)
    world.enterprises.ramp[:] = 0.5
    for world.month in range(200):
        entry_exit._close(world, p)
    assert world.enterprises.active.sum() > 0
    assert np.all(world.enterprises.active[world.enterprises.weight > 0] == 1)


def test_graduation_conserves_every_amount() -> None:
    world, p = started(), EntryExitParameters(graduation=0.01)
    firms = world.enterprises
    firms.research[:], firms.investment[:] = 3.0e5 * firms.active, 1.0e4 * firms.active
    firms.certified[:], firms.certified_year[:] = 2.0 * firms.active, firms.active
    before = {name: float(firms.weight @ getattr(firms, name)) for name in AMOUNTS}
    assert all(before.values())
    number = int(((firms.active == 1) & (firms.size == ABOVE)).sum())
    for world.month in range(60):
        entry_exit._graduate(world, p, entry_exit.sums_below(firms)[0])
    assert ((firms.active == 1) & (firms.size == ABOVE)).sum() > number
    assert {name: float(firms.weight @ getattr(firms, name)) for name in AMOUNTS} == pytest.approx(before)
    assert np.all(firms.weight >= 0.0)


def test_a_row_of_which_next_to_nothing_would_be_left_moves_as_a_whole() -> None:
    assert moving_part.py_func(5.0, 1.0e5, 3.0e5) == pytest.approx(3.0)
    assert moving_part.py_func(3.0 + 0.5 * LEAST_WEIGHT, 1.0e5, 3.0e5) == 3.0 + 0.5 * LEAST_WEIGHT
    world, p = started(), EntryExitParameters()
    firms = world.enterprises
    rows = np.flatnonzero(small(world) & (firms.county == 2) & (firms.sector == MANUFACTURING))
    firms.active[rows[1:]] = 0
    row, output = rows[0], p.threshold_output / 12
    firms.value_added[row], firms.weight[row] = output / 3.0, 3.0 + 0.5 * LEAST_WEIGHT
    firms.active[(firms.county == 2) & (firms.size == BELOW) & (firms.sector != MANUFACTURING)] = 0
    workers = 3.0 * firms.labour[row]
    spare = int(np.flatnonzero(firms.active == 0)[0])
    one = np.zeros((N_COUNTIES, N_SECTORS))
    one[2, MANUFACTURING] = 12.0 / p.graduation
    entry_exit._graduate(world, p, one)
    assert firms.active[row] == 0
    assert firms.labour[spare] == pytest.approx(workers, rel=LEAST_WEIGHT)
    assert firms.demand[spare] == firms.value_added[spare] == pytest.approx(output, rel=LEAST_WEIGHT)


def test_ordinary_closure_is_the_rule_at_ordinary_margins() -> None:
    world, p = started(), EntryExitParameters()
    firms = world.enterprises
    firms.value_added *= np.random.default_rng(1).lognormal(0.0, 1.5, len(firms))
    hazard = entry_exit.ordinary_closure(firms, p)
    large = (firms.active == 1) & (firms.size == ABOVE)
    relative = firms.value_added[large] / firms.value_added[large].mean()
    factors = [closure_factor.py_func(x, 0.0, p.closure_size, p.margin_closure) for x in relative]
    np.testing.assert_allclose(hazard[large], p.closure * np.array(factors))
    assert not hazard[~large].any()


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [("entry_response", 1.5, 1), ("crowding", 0.5, -1), ("stealing", 1.0, 0)],
)
def test_parameters_of_entry_move_the_number_of_firms(name: str, value: float, sign: int) -> None:
    numbers = []
    for p in (quiet(), quiet(**{name: value})):
        world = started()
        world.enterprises.desired_labour[small(world)] *= 1.3
        world.enterprises.weight[small(world)] *= 1.1
        entry_exit._move_below(world, p)
        numbers.append(float(world.enterprises.weight[small(world)].sum()))
    assert np.sign(round(numbers[1] - numbers[0], 9)) == sign


@pytest.mark.parametrize(
    ("name", "value", "sign"),
    [("closure", 0.08, 1), ("closure_size", 0.6, -1), ("margin_closure", 5.0, -1)],
)
def test_parameters_of_closure_move_the_hazard_of_large_thriving_firms(name: str, value: float, sign: int) -> None:
    hazards = []
    for p in (EntryExitParameters(), EntryExitParameters().replaced({name: value})):
        factor = closure_factor.py_func(3.0, 0.1, p.closure_size, p.margin_closure)
        hazards.append(p.closure * factor)
    assert sign * (hazards[1] - hazards[0]) > 0.0


@pytest.mark.parametrize(("name", "value", "sign"), [("graduation", 0.01, 1), ("threshold_output", 8e6, -1)])
def test_parameters_of_graduation(name: str, value: float, sign: int) -> None:
    moved = []
    for p in (EntryExitParameters(), EntryExitParameters().replaced({name: value})):
        world = started()
        start = world.enterprises.active.sum()
        for world.month in range(36):
            entry_exit._graduate(world, p, world.base.below_firms * 20.0)
        moved.append(int(world.enterprises.active.sum() - start))
    assert sign * (moved[1] - moved[0]) > 0


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 1000), st.floats(0.5, 2.0))
def test_table_stays_valid(seed: int, margin: float) -> None:
    world = started(seed)
    world.enterprises.desired_labour *= margin
    step(world, EntryExitParameters(graduation=0.01, closure=0.08), 24)
    firms = world.enterprises
    occupied = firms.active == 1
    assert np.all(firms.id[occupied] != 0)
    assert np.all(firms.weight[occupied] > 0.0)
    assert len(np.unique(firms.id[occupied])) == occupied.sum()
    for name in ("capital", "labour", "demand", "weight"):
        assert np.all(np.isfinite(getattr(firms, name)))
        assert np.all(getattr(firms, name) >= 0.0)


def test_mechanism_reads_no_lever() -> None:
    assert MECHANISM.levers == ()
