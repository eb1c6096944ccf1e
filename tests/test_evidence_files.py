"""One message, with file and line, for every rule that an evidence file can break."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from sim.errors import EvidenceError
from sim.evidence import (
    ASSUMPTIONS_FILE,
    BASELINE_FILE,
    BORDERS_FILE,
    FACTS_FILE,
    PLACES_FILE,
    PRIORS_FILE,
    load_evidence,
)
from sim.places import COUNTIES

FACTS = """\
sources:
  report: {title: A report, publisher: An office, published: autumn 2024, confidence: press}
facts:
  - {id: homes, programme: relocation, place: qujiang, period: "2024", value: 5, unit: homes, bound: eq, role: target, source: report}
  - {id: limits, programme: window, place: quzhou, period: "2024-12-31", value: [0, 1], unit: days, bound: eq, role: input, source: report, note: two classes}
  - {id: covered, programme: clinic, place: kaihua, period: 2023-01/2024-09, value: 4.0e+5, unit: persons, bound: ge, upper: 4.1e+5, role: target, source: report}
"""  # noqa: E501 - one fact a line, as in the shipped file
STATISTIC_HEADER = "key,place,year,value,unit,rank,confidence,source,address,note\n"
BASELINE = STATISTIC_HEADER + (
    "gdp,quzhou,2022,2.0e11,CNY,primary,press,A bulletin,,\n"
    'gdp,quzhou,2022,1.9e11,CNY,alternative,memory,,,"rough, unconfirmed"\n'
    "population,kecheng+qujiang,2023H1,900000,persons,primary,official,A census,,\n"
    "moved,songyang,to 2022-07,39744,persons,primary,press,A feature,,\n"
    "cover,zhejiang,undated,0.6,ratio,primary,aggregator,A page,,\n"
)
ASSUMPTIONS = STATISTIC_HEADER + "gdp_share,qujiang,2022,0.2,ratio,primary,assumption,fitting,,a guess\n"
PRIORS = (
    "mechanism,parameter,low,central,high,unit,context,confidence,source,url\n"
    "relocation,effect,4,9.61,15,percent,one county,paper,A paper,\n"
    "carbon,discount,-120,-40,-10,basis_points,a guess,memory,judgement,\n"
)
SITES = "place,kind,longitude,latitude,confidence,note\n" + "".join(
    f"{place},county_seat,118.{i},28.{i},memory,\n" for i, place in enumerate(COUNTIES)
)
FILES = {
    FACTS_FILE: FACTS,
    BASELINE_FILE: BASELINE,
    ASSUMPTIONS_FILE: ASSUMPTIONS,
    PRIORS_FILE: PRIORS,
    PLACES_FILE: SITES,
}


def written(folder: Path, file: str = FACTS_FILE, old: str = "", new: str = "") -> Path:
    """Write the small evidence with one text replaced, and return its folder."""
    for name, text in FILES.items():
        assert name != file or old in text
        (folder / name).write_text(text.replace(old, new, 1) if name == file else text, encoding="utf-8")
    return folder


def test_a_folder_of_one_s_own_loads(tmp_path: Path) -> None:
    own = load_evidence(written(tmp_path))
    assert own.fact("limits").value == (0.0, 1.0)
    assert own.fact("limits").note == "two classes"
    assert own.fact("covered").interval == (4.0e5, 4.1e5)
    assert own.value("gdp", "quzhou", 2022) == 2.0e11
    assert own.statistic("gdp_share", "qujiang", 2022).confidence == "assumption"
    assert own.value("moved", "songyang", "to 2022-07") == 39_744
    assert own.prior("carbon", "discount").low == -120.0
    assert own.seat("qujiang") == (118.1, 28.1)


def test_a_file_with_a_byte_order_mark_and_windows_line_ends_loads(tmp_path: Path) -> None:
    folder = written(tmp_path)
    (folder / BASELINE_FILE).write_bytes(BASELINE.replace("\n", "\r\n").encode("utf-8-sig"))
    assert load_evidence(folder).value("gdp", "quzhou", 2022) == 2.0e11


BROKEN_FACTS = [
    ("place: qujiang", "plaze: qujiang", [":4: facts.homes.plaze: unknown key", "Did you mean 'place'?"]),
    ("place: qujiang, ", "", [":4: facts.homes.place: is missing"]),
    ("place: kaihua", "place: kaihwa", [":6: facts.covered.place: 'kaihwa'", "Did you mean 'kaihua'?"]),
    ("place: kaihua", "place: zhejiang", [":6: facts.covered.place: 'zhejiang' is not allowed"]),
    ("id: limits", "id: homes", [":5: facts.homes.id: a second fact 'homes'", f"{FACTS_FILE}:4"]),
    ("id: homes", 'id: ""', [":4: facts..id: is missing or empty"]),
    ("id: homes", "id: 12", [":4: facts.12.id: '12' is not text", 'Write it in quotes: "12".']),
    ("unit: homes", "unit: homs", [":4: facts.homes.unit: unknown unit 'homs'", "Did you mean 'homes'?"]),
    ("value: 5,", "value: five,", [":4: facts.homes.value: 'five' is not a number", "Write digits only"]),
    ("value: 5,", "value: 5_000 CNY,", [":4: facts.homes.value: '5_000 CNY' is not a number"]),
    ("value: 5,", "value: true,", [":4: facts.homes.value: 'True' is not a number"]),
    ("value: 5,", "value: .nan,", [":4: facts.homes.value: 'nan' is not a finite number"]),
    ("value: 5,", "value: .inf,", [":4: facts.homes.value: 'inf' is not a finite number"]),
    ("value: 5, ", "", [":4: facts.homes.value: is missing"]),
    ("value: [0, 1]", "value: [0, x]", [":5: facts.limits.value: 'x' is not a number"]),
    ("value: [0, 1]", "value: []", [":5: facts.limits.value: '[]' is not a number"]),
    (
        "role: input",
        "role: imput",
        [":5: facts.limits.role: 'imput'", "target, input", "Did you mean 'input'?"],
    ),
    ("bound: eq", "bound: equal", [":4: facts.homes.bound: 'equal'", "eq, approx, ge, nearly"]),
    (
        "value: [0, 1], unit: days, bound: eq",
        "value: [0, 1], unit: days, bound: ge",
        [":5: facts.limits.bound: 'ge'"],
    ),
    (
        "value: 5, unit: homes, bound: eq",
        "value: -5, unit: homes, bound: nearly",
        ["needs a positive value, not -5"],
    ),
    ("bound: ge, upper", "bound: eq, upper", [":6: facts.covered.upper: belongs to a fact with bound ge"]),
    ("upper: 4.1e+5", "upper: 3.9e+5", [":6: facts.covered.upper: 390000 lies below the value 400000"]),
    ("upper: 4.1e+5", "upper: many", [":6: facts.covered.upper: 'many' is not a number"]),
    (
        "role: target, source: report",
        "role: target, source: repport",
        [":4: facts.homes.source: 'repport'", "report"],
    ),
    ('"2024-12-31"', '"2024-12-32"', [":5: facts.limits.period: '2024-12-32' is no period", "write 2024,"]),
    ('"2024-12-31"', "2024-12-31", [":5: facts.limits.period:", "is not text", "Write it in quotes"]),
    ('period: "2024",', "period: 2024,", [":4: facts.homes.period: '2024' is not text", 'quotes: "2024".']),
    ("2023-01/2024-09", "2024-09/2023-01", [":6: facts.covered.period:", "must not come after"]),
    ("publisher: An office, ", "", [":2: sources.report.publisher: is missing"]),
    ("publisher: An office", "editor: An office", [":2: sources.report.editor: unknown key", "publisher"]),
    (
        "confidence: press",
        "confidence: pres",
        [":2: sources.report.confidence: 'pres'", "Did you mean 'press'?"],
    ),
    (
        "facts:\n",
        "fakts:\n",
        [":3: fakts: unknown key", "Did you mean 'facts'?", "facts: is missing or not a list"],
    ),
    ("facts:\n", "facts:\n  - five\n", [":4: facts.0: 'five' is not a mapping"]),
    ("report: {", "other: 5\n  report: {", [":2: sources.other: '5' is not a mapping"]),
    ("id: homes,", "id: homes, id: homes,", [":4:", "is not valid YAML: found duplicate key"]),
    ("facts:", "facts: [", ["is not valid YAML"]),
]
BROKEN_TABLES = [
    (
        BASELINE_FILE,
        "key,place",
        "key,plase",
        [":1: plase: unknown column", "Did you mean 'place'?", ":1: place:"],
    ),
    (BASELINE_FILE, "address,note", "address", [":1: note: the column is missing"]),
    (BASELINE_FILE, "source,address", "source,source", [":1: source: the column stands twice"]),
    (
        BASELINE_FILE,
        '"rough, unconfirmed"',
        "rough, unconfirmed",
        [":3: gdp: the row has 11 cells", "quotes"],
    ),
    (
        BASELINE_FILE,
        "alternative",
        "primary",
        [":3: gdp.quzhou.2022.key: a second primary row", f"{BASELINE_FILE}:2"],
    ),
    (BASELINE_FILE, "alternative", "second", [":3: gdp.quzhou.2022.rank: 'second'", "primary, alternative"]),
    (BASELINE_FILE, "2.0e11", "2e11 CNY", [":2: gdp.quzhou.2022.value: '2e11 CNY' is not a number"]),
    (BASELINE_FILE, "2.0e11", "nan", [":2: gdp.quzhou.2022.value: 'nan' is not a finite number"]),
    (BASELINE_FILE, "2.0e11", "-inf", [":2: gdp.quzhou.2022.value: '-inf' is not a finite number"]),
    (BASELINE_FILE, "2.0e11", "200_000", [":2: gdp.quzhou.2022.value: '200_000' is not a number"]),
    (BASELINE_FILE, "2.0e11", "", [":2: gdp.quzhou.2022.value: is missing or empty"]),
    (
        BASELINE_FILE,
        "ratio",
        "ration",
        [":6: cover.zhejiang.undated.unit: unknown unit", "Did you mean 'ratio'?"],
    ),
    (BASELINE_FILE, "1.9e11,CNY", "1.9e11,mu", [":3: gdp.quzhou.2022.unit: 'mu' differs from 'CNY'"]),
    (BASELINE_FILE, "kecheng+qujiang", "kecheng+kaihua", [":4:", "'kecheng+kaihua' is not allowed"]),
    (BASELINE_FILE, "songyang", "songyan", [":5: moved.songyan.", "Did you mean 'songyang'?"]),
    (BASELINE_FILE, "2023H1", "2023H3", [":4:", "'2023H3' is no period"]),
    (BASELINE_FILE, "to 2022-07", "to 2022-17", [":5:", "'2022-17' is no period"]),
    (BASELINE_FILE, "undated", "", [":6: cover.zhejiang..year: is missing or empty"]),
    (BASELINE_FILE, "official", "offical", [":4:", "'offical'", "Did you mean 'official'?"]),
    (
        BASELINE_FILE,
        "memory",
        "assumption",
        [":3: gdp.quzhou.2022.confidence: 'assumption' is not allowed here"],
    ),
    (
        ASSUMPTIONS_FILE,
        "assumption",
        "memory",
        [":2:", "'memory' is not allowed here; allowed are assumption."],
    ),
    (
        ASSUMPTIONS_FILE,
        "gdp_share,qujiang,2022,0.2,ratio",
        "gdp,quzhou,2022,2.1e11,CNY",
        [
            f"{ASSUMPTIONS_FILE}:2: gdp.quzhou.2022.key: a second primary row",
            f"first stands in {BASELINE_FILE}:2",
        ],
    ),
    (PRIORS_FILE, "carbon,discount", "relocation,effect", [":3:", "a second prior 'relocation, effect'"]),
    (PRIORS_FILE, "9.61", "19.61", [":2: relocation.effect.central: 19.61 lies outside low 4 and high 15"]),
    (PRIORS_FILE, "percent", "per cent", [":2: relocation.effect.unit: unknown unit 'per cent'"]),
    (PRIORS_FILE, "A paper", "", [":2: relocation.effect.source: is missing or empty"]),
    (PRIORS_FILE, "mechanism", "process", [":1: process: unknown column"]),
    (
        PLACES_FILE,
        "qujiang,county_seat",
        "qujiang,seat",
        ["qujiang: the county has no row of kind county_seat"],
    ),
    (PLACES_FILE, "118.1", "218.1", [":3: qujiang.county_seat.longitude: 218.1 degrees lies outside"]),
    (PLACES_FILE, "28.1", "128.1", [":3: qujiang.county_seat.latitude: 128.1 degrees lies outside"]),
    (PLACES_FILE, "qujiang,", "quzhou,", [":3:", "'quzhou' is not allowed"]),
    (PLACES_FILE, "qujiang,county", "kecheng,county", [":3:", "a second site 'kecheng, county_seat'"]),
]
BROKEN = [(FACTS_FILE, *case) for case in BROKEN_FACTS] + BROKEN_TABLES


@pytest.mark.parametrize(("file", "old", "new", "words"), BROKEN, ids=[f"{c[0]}-{c[3][0]}" for c in BROKEN])
def test_a_broken_rule_is_named_with_file_and_line(
    tmp_path: Path, file: str, old: str, new: str, words: list[str]
) -> None:
    with pytest.raises(EvidenceError) as caught:
        load_evidence(written(tmp_path, file, old, new))
    message = str(caught.value)
    assert str(tmp_path / file) in message
    assert all(word in message for word in words), message


@pytest.mark.parametrize("case", BROKEN_FACTS[:2] + BROKEN_FACTS[7:14], ids=lambda case: case[1])
def test_one_mistake_gives_no_second_message(tmp_path: Path, case: tuple[str, str, list[str]]) -> None:
    old, new, words = case
    with pytest.raises(EvidenceError) as caught:
        load_evidence(written(tmp_path, FACTS_FILE, old, new))
    expected = 2 if "plaze" in new else 1
    assert len(caught.value.problems) == expected, words


def test_all_mistakes_of_all_files_come_at_once(tmp_path: Path) -> None:
    folder = written(tmp_path)
    for file, old, new in [
        (FACTS_FILE, "role: input", "role: imput"),
        (FACTS_FILE, "unit: homes", "unit: homs"),
        (BASELINE_FILE, "2.0e11", "nan"),
        (ASSUMPTIONS_FILE, "ratio", "ration"),
        (PRIORS_FILE, "9.61", "x"),
        (PLACES_FILE, "118.1", "218.1"),
    ]:
        path = folder / file
        path.write_text(path.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        load_evidence(folder)
    found = Counter(Path(problem.file).name for problem in caught.value.problems)
    expected = {FACTS_FILE: 2, BASELINE_FILE: 1, ASSUMPTIONS_FILE: 1, PRIORS_FILE: 1, PLACES_FILE: 1}
    assert found == expected


@pytest.mark.parametrize("file", FILES)
def test_a_missing_file_is_named(tmp_path: Path, file: str) -> None:
    (written(tmp_path) / file).unlink()
    with pytest.raises(EvidenceError, match="is missing from the evidence folder") as caught:
        load_evidence(tmp_path)
    assert str(tmp_path / file) in str(caught.value)


def test_a_file_that_is_no_utf8_is_named(tmp_path: Path) -> None:
    (written(tmp_path) / PRIORS_FILE).write_bytes("机制".encode("gbk"))
    with pytest.raises(EvidenceError, match="is not UTF-8 text"):
        load_evidence(tmp_path)


SQUARE = '{"type": "Polygon", "coordinates": [[[0, 0], [1, 0], [1, 1], [0, 0]]]}'
FEATURES = ", ".join(f'{{"properties": {{"place": "{place}"}}, "geometry": {SQUARE}}}' for place in COUNTIES)
BORDERS = f'{{"type": "FeatureCollection", "features": [{FEATURES}]}}'


def test_borders_are_read_only_when_asked_for(tmp_path: Path) -> None:
    own = load_evidence(written(tmp_path))
    (tmp_path / BORDERS_FILE).write_text(BORDERS, encoding="utf-8")
    assert own.borders["kaihua"].polygons[0][0].shape == (4, 2)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('"Polygon"', '"Point"', ["is no GeoJSON of county polygons", "Point"]),
        ('"kaihua"', '"elsewhere"', ["kaihua: the county has no border"]),
        ('"features"', '"rows"', ["is no GeoJSON of county polygons", "features"]),
        ('"FeatureCollection",', '"FeatureCollection"', [":1:", "is not JSON"]),
        ("[1, 0], ", "[1], ", ["is no GeoJSON of county polygons"]),
    ],
)
def test_broken_borders_are_named(tmp_path: Path, old: str, new: str, words: list[str]) -> None:
    own = load_evidence(written(tmp_path))
    assert old in BORDERS
    (tmp_path / BORDERS_FILE).write_text(BORDERS.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(EvidenceError) as caught:
        _ = own.borders
    assert str(tmp_path / BORDERS_FILE) in str(caught.value)
    assert all(word in str(caught.value) for word in words), str(caught.value)


def test_missing_borders_are_named(tmp_path: Path) -> None:
    with pytest.raises(EvidenceError, match="is missing from the evidence folder"):
        _ = load_evidence(written(tmp_path)).borders
