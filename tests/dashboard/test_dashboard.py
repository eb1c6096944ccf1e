"""SolaraViz draws a page over a model whose agents are rows, steps it and resets it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import ipyvuetify
import mesa
import numpy as np
import pytest
import solara
from mesa.visualization import SolaraViz, make_plot_component
from solara.widgets import GridLayout

from sim.agents import Household, register
from tests.worlds import small_world


class Town(mesa.Model):
    """Households whose wages rise by ten yuan a month."""

    def __init__(self, start: float = 1000.0) -> None:
        super().__init__(rng=1)
        self.world = small_world()
        self.households = register(self, Household, self.world.households)
        self.households.set("wage_income", start)
        self.datacollector = mesa.DataCollector({"income": lambda m: m.households.agg("income", np.mean)})
        self.datacollector.collect(self)

    def step(self) -> None:
        """Raise wages."""
        self.households.set("wage_income", self.households.column("wage_income") + 10)
        self.datacollector.collect(self)


def summary(model: Town) -> Any:
    """Draw a line made from the model's sets and from a view."""
    richest = next(iter(model.households.sort("income")))
    agents = f"{len(model.agents)} agents"
    return solara.Text(f"{agents}, the richest in {richest.county_name} with {richest.income:.0f}")


class Page:
    """A rendered SolaraViz page over a Town, as a browser would see it."""

    def __init__(self) -> None:
        self.model = solara.reactive(Town())
        components = [make_plot_component({"income": "green"}), (summary, 0)]
        start = {"type": "SliderInt", "value": 500, "label": "Start", "min": 0, "max": 2000}
        viz = SolaraViz(self.model, components=components, model_params={"start": start})
        _, self._rendered = solara.render(solara.AppLayout(children=[viz]), handle_error=False)

    def click(self, label: str) -> None:
        """Click the button of that label."""
        self._rendered.find(ipyvuetify.Btn, children=[label]).widget.click()

    def text(self) -> str:
        """Return the line of the summary."""
        return str(self._items()[1].children[0])

    def plot(self) -> bytes:
        """Return the plot as PNG bytes."""
        return bytes(self._items()[0].value)

    def close(self) -> None:
        """Close the page's widgets."""
        self._rendered.close()

    def _items(self) -> list[Any]:
        return self._rendered.find(GridLayout).widget.items


@pytest.fixture
def page() -> Iterator[Page]:
    page = Page()
    yield page
    page.close()


def test_the_page_shows_the_agents(page: Page) -> None:
    n = len(page.model.value.households)
    assert page.text() == f"{n} agents, the richest in kecheng with 1000"
    assert page.plot().startswith(b"\x89PNG")


def test_a_step_changes_text_and_plot(page: Page) -> None:
    before = page.plot()
    page.click("Step")
    assert page.text().endswith("with 1010")
    assert page.plot() != before


def test_a_reset_makes_a_new_model_with_its_own_agents(page: Page) -> None:
    old = page.model.value
    page.click("Step")
    page.click("Reset")
    assert page.model.value is not old
    assert page.text().endswith("with 500")
    assert old.households.agg("income", max) == 1010.0
