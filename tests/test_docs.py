"""The pages in docs/ say what the code does: examples run, tables list what there is, links lead somewhere.

A block marked ``run`` is executed, those of a page one after the other in one namespace; a block marked
``file=NAME`` is written first to the folder in which the page runs. A ``pyproject.toml`` among them is installed
as far as its entry points go.
"""

from __future__ import annotations

import re
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import sim
from sim.levers import LEVERS
from sim.policies.base import Policy, Timing
from sim.registry import MECHANISMS, POLICIES, installed_policies
from sim.scenario import TOP_KEYS

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
PAGES = (ROOT / "README.md", *sorted(DOCS.glob("*.md")))
BLOCK = re.compile(r"^```(?P<info>[^\n`]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"\[[^\]]*\]\((?!https?:|#)([^)#\s]+)[^)]*\)")

type Namespace = dict[str, Any]


def name_of(page: Path) -> str:
    return str(page.relative_to(ROOT))


def runs(page: Path) -> bool:
    return any("run" in block["info"].split() for block in BLOCK.finditer(page.read_text(encoding="utf-8")))


@pytest.fixture
def follow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[Path], Namespace]]:
    """Give a function that does what a page says, in a folder of its own, and returns the names it made."""

    def follow_page(page: Path) -> Namespace:
        text = page.read_text(encoding="utf-8")
        for block in BLOCK.finditer(text):
            if "file=" in block["info"]:
                (tmp_path / block["info"].split("file=")[1]).write_text(block["text"], encoding="utf-8")
        install_entry_points(tmp_path)
        namespace: Namespace = {"__name__": "page"}
        for block in BLOCK.finditer(text):
            if "run" in block["info"].split():
                lines_before = "\n" * text.count("\n", 0, block.start("text"))
                exec(compile(lines_before + block["text"], name_of(page), "exec"), namespace)
        return namespace

    (tmp_path / "scenarios").symlink_to(ROOT / "scenarios")
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    installed_policies.cache_clear()
    yield follow_page
    installed_policies.cache_clear()
    for name in [path.stem for path in tmp_path.glob("*.py")]:
        sys.modules.pop(name, None)


def install_entry_points(folder: Path) -> None:
    """Leave in a folder on the path what an installer would: the metadata of its pyproject.toml."""
    if not (folder / "pyproject.toml").exists():
        return
    project = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    info = folder / f"{name}-{version}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    groups = (
        f"[{group}]\n" + "".join(f"{key} = {value}\n" for key, value in entries.items())
        for group, entries in project["entry-points"].items()
    )
    (info / "entry_points.txt").write_text("".join(groups))


@pytest.mark.parametrize("page", [page for page in PAGES if runs(page)], ids=name_of)
def test_the_examples_of_a_page_run(page: Path, follow: Callable[[Path], Namespace]) -> None:
    follow(page)


def test_the_dashboard_of_the_mesa_page_steps_and_resets(follow: Callable[[Path], Namespace]) -> None:
    import ipyvuetify
    import solara

    page = follow(DOCS / "mesa.md")["page"]
    _, rendered = solara.render(solara.AppLayout(children=[page]), handle_error=False)
    for label in ("Step", "Reset", "Step"):
        rendered.find(ipyvuetify.Btn, children=[label]).widget.click()
    rendered.close()


def rows(page: str, section: str = "") -> dict[str, list[str]]:
    """Return the cells of a page's table rows that begin with a code word, by that word, in one ``##`` section."""
    text = (DOCS / page).read_text(encoding="utf-8")
    if section:
        text = text.split(f"\n## {section}\n")[1]
        text = text.split("\n## ")[0]
    found: dict[str, list[str]] = {}
    for line in text.splitlines():
        first, *rest = [cell.strip() for cell in line.strip("|").split("|")]
        if line.startswith("| `") and re.fullmatch(r"`[\w]+`", first):
            found[first.strip("`")] = rest
    return found


def test_the_levers_page_lists_every_lever() -> None:
    listed = rows("levers.md")
    for lever in LEVERS:
        writers = ", ".join(policy.name for policy in POLICIES if lever in policy.levers)
        readers = ", ".join(mechanism.name for mechanism in MECHANISMS if lever in mechanism.levers)
        expected = [lever.unit, f"{lever.neutral:g}", lever.combine, writers, readers, lever.meaning]
        assert listed.get(lever.name) == expected, lever.name
    assert list(listed) == [lever.name for lever in LEVERS]


def test_the_mechanisms_page_lists_every_mechanism_in_month_order() -> None:
    listed = rows("mechanisms.md")
    for mechanism in MECHANISMS:
        module = f"`{mechanism.step.__module__.split('.')[-1]}.py`"
        levers = ", ".join(f"`{lever.name}`" for lever in mechanism.levers) or "none"
        expected = [str(mechanism.phase), module, str(len(mechanism.parameters.declarations())), levers]
        assert listed.get(mechanism.name) == expected, mechanism.name
    assert list(listed) == [mechanism.name for mechanism in MECHANISMS]


def test_the_mechanisms_page_names_every_file() -> None:
    text = (ROOT / "docs/mechanisms.md").read_text(encoding="utf-8")
    files = {path.name for path in (ROOT / "sim/mechanisms").glob("*.py")} - {"__init__.py", "base.py"}
    assert {name for name in files if f"`{name}`" not in text} == set()


def test_the_month_page_lists_the_phases_in_order() -> None:
    text = (DOCS / "month.md").read_text(encoding="utf-8")
    for phase in dict.fromkeys(mechanism.phase for mechanism in MECHANISMS):
        names = ", ".join(f"`{mechanism.name}`" for mechanism in MECHANISMS if mechanism.phase is phase)
        assert f"| {phase} | {names} |" in text


@pytest.mark.parametrize("policy", POLICIES, ids=lambda policy: policy.name)
def test_the_reforms_page_gives_every_setting_as_it_is(policy: type[Policy[Any]]) -> None:
    listed = rows("reforms.md", policy.name)
    fields = {name: field for name, field in policy.Settings.model_fields.items() if name not in Timing.model_fields}
    assert list(listed) == list(fields)
    for name, field in fields.items():
        about: Any = field.json_schema_extra
        assumed = about["source"].startswith("assumption")
        source = "assumption" if assumed else f"fact `{about['source']}`"
        default, unit, _, stated, meaning = listed[name]
        assert (default, unit, stated, meaning) == (f"{field.default:g}", about["unit"], source, field.description)


def test_the_reforms_page_names_every_fact() -> None:
    text = (DOCS / "reforms.md").read_text(encoding="utf-8")
    assert [fact for policy in POLICIES for fact in policy.facts if f"`{fact}`" not in text] == []


def test_the_scenarios_page_lists_every_key_and_common_setting() -> None:
    assert [key for key in TOP_KEYS if key not in rows("scenarios.md")] == []
    settings = (DOCS / "scenarios.md").read_text(encoding="utf-8").split("\n## Policies\n")[1]
    assert [name for name in Timing.model_fields if f"`{name}`" not in settings] == []


@pytest.mark.parametrize("page", sorted(DOCS.rglob("*.md")), ids=name_of)
def test_links_lead_somewhere(page: Path) -> None:
    targets = LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_the_index_names_every_page() -> None:
    index = (DOCS / "README.md").read_text(encoding="utf-8")
    pages = [page.name for page in DOCS.glob("*.md") if page.name not in ("README.md", "index.md")]
    assert [page for page in pages if f"({page})" not in index] == []


def documented(page: str) -> list[str]:
    """Return what a page of the Python reference takes from the code, in order."""
    return re.findall(r"^\.\. auto\w+:: (\S+)$", (DOCS / "api" / page).read_text(encoding="utf-8"), re.MULTILINE)


def test_the_reference_has_every_public_name_reform_and_mechanism() -> None:
    assert [
        name for name in sim.__all__ if f"sim.{name}" not in documented("running.md") + documented("results.md")
    ] == []
    assert documented("policies.md") == ["sim.policies.base", *(policy.__module__ for policy in POLICIES)]
    mechanisms = [mechanism.step.__module__ for mechanism in MECHANISMS]
    assert documented("mechanisms.md") == ["sim.mechanisms.base", *mechanisms]


def test_the_site_leads_to_every_page() -> None:
    index = (DOCS / "index.md").read_text(encoding="utf-8")
    listed = re.findall(r"^(?:.* <)?([\w/]+)>?$", index.split("{toctree}", 1)[1], re.MULTILINE)
    pages = [str(page.relative_to(DOCS).with_suffix("")) for page in DOCS.rglob("*.md")]
    assert sorted(listed) == sorted(set(pages) - {"README", "index"})
