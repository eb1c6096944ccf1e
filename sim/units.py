"""The units every number of the project carries, with English and Chinese labels.

A unit is one of the names below (``mu``, ``persons``, ``ratio``) or a quotient of them: a unit, or ``1``,
divided by singulars (``CNY/mu/year``, ``persons/household``, ``1/month``). The singular may also stand on top
of a quotient (``day/mu/year``). So a new quotient needs no new entry, and a misspelt part is still found.
"""

from __future__ import annotations

import functools
import math
from dataclasses import dataclass
from typing import Literal

from sim.errors import nearest

Language = Literal["en", "zh"]


@dataclass(frozen=True)
class Unit:
    """A unit of measurement.

    Attributes:
        name: the name used in data files and declarations.
        dimension: what is measured: ``money``, ``area``, ``count`` ..., or a quotient such as ``money/area``.
        en, zh: label after a number, in English (plural) and Chinese.
        en_one: English label after the number one.
        zh_per: Chinese label below the line of a quotient.
    """

    name: str
    dimension: str
    en: str
    zh: str
    en_one: str
    zh_per: str

    def label(self, language: Language = "en") -> str:
        """Return the label in one language, for an axis or the head of a column."""
        return self.en if language == "en" else self.zh


# name: (dimension, English, Chinese); nothing is ever divided by these
_PURE = {
    "ratio": ("share", "ratio", "比率"),
    "percent": ("share", "%", "%"),
    "percentage_points": ("share", "percentage points", "个百分点"),
    "basis_points": ("share", "basis points", "个基点"),
    "per_1000": ("share", "per 1,000", "‰"),
    "per_100000": ("share", "per 100,000", "每十万人"),
    "dimensionless": ("dimensionless", "", ""),
    "index": ("dimensionless", "(index)", "（指数）"),
    "sign": ("dimensionless", "(sign)", "（符号）"),
    "elasticity": ("dimensionless", "(elasticity)", "（弹性）"),
    "logit": ("dimensionless", "logit", "（对数几率）"),
    "log": ("dimensionless", "log", "（对数）"),
    "month": ("date", "(calendar month)", "（月份）"),
    "rank": ("dimensionless", "(rank)", "（名次）"),
    "of 20 indicators": ("count", "of 20 indicators", "项（共 20 项指标）"),
}

# name: (singular, dimension, English, Chinese)
_MEASURED = {
    "CNY": ("CNY", "money", "CNY", "元"),
    "mu": ("mu", "area", "mu", "亩"),
    "km2": ("km2", "area", "km²", "平方公里"),
    "m2": ("m2", "area", "m²", "平方米"),
    "km": ("km", "length", "km", "公里"),
    "t": ("t", "mass", "t", "吨"),
    "kg": ("kg", "mass", "kg", "千克"),
    "t_CO2": ("t_CO2", "mass of CO2", "t CO2", "吨二氧化碳"),
    "kg_CO2": ("kg_CO2", "mass of CO2", "kg CO2", "千克二氧化碳"),
    "g_CO2": ("g_CO2", "mass of CO2", "g CO2", "克二氧化碳"),
    "tkm": ("tkm", "freight", "tkm", "吨公里"),
    "kWh": ("kWh", "energy", "kWh", "千瓦时"),
    "tce": ("tce", "energy", "t of coal equivalent", "吨标准煤"),
    "TEU": ("TEU", "count", "TEU", "标准箱"),
    "h": ("h", "time", "h", "小时"),
    "minutes": ("minute", "time", "minutes", "分钟"),
    "hours": ("hour", "time", "hours", "小时"),
    "days": ("day", "time", "days", "天"),
    "working_days": ("working_day", "time", "working days", "个工作日"),
    "weeks": ("week", "time", "weeks", "周"),
    "months": ("month", "time", "months", "个月"),
    "quarters": ("quarter", "time", "quarters", "个季度"),
    "years": ("year", "time", "years", "年"),
}

# name: (singular, Chinese); the English label is the name
_COUNTED = {
    "persons": ("person", "人"),
    "children": ("child", "名儿童"),
    "workers": ("worker", "名劳动力"),
    "seekers": ("seeker", "名求职者"),
    "graduates": ("graduate", "名毕业生"),
    "cadres": ("cadre", "名干部"),
    "teachers": ("teacher", "名教师"),
    "talents": ("talent", "名人才"),
    "visitors": ("visitor", "名游客"),
    "households": ("household", "户"),
    "growers": ("grower", "户种养户"),
    "firms": ("firm", "家企业"),
    "entities": ("entity", "家经营主体"),
    "operators": ("operator", "家经营主体"),
    "farms": ("farm", "家农场"),
    "institutions": ("institution", "家机构"),
    "departments": ("department", "个部门"),
    "teams": ("team", "个团队"),
    "villages": ("village", "个行政村"),
    "natural_villages": ("natural_village", "个自然村"),
    "hamlets": ("hamlet", "个自然村"),
    "townships": ("township", "个乡镇街道"),
    "counties": ("county", "个县"),
    "provinces": ("province", "个省份"),
    "homes": ("home", "套住房"),
    "houses": ("house", "栋房屋"),
    "homesteads": ("homestead", "宗宅基地"),
    "plots": ("plot", "宗地块"),
    "towers": ("tower", "栋楼宇"),
    "offices": ("office", "个办公位"),
    "beds": ("bed", "张床位"),
    "places": ("place", "个托位"),
    "jobs": ("job", "个岗位"),
    "vacancies": ("vacancy", "个空缺岗位"),
    "centres": ("centre", "个中心"),
    "stations": ("station", "个站点"),
    "bases": ("base", "个基地"),
    "clusters": ("cluster", "个集群"),
    "platforms": ("platform", "个平台"),
    "projects": ("project", "个项目"),
    "routes": ("route", "条航线"),
    "trips": ("trip", "个航次"),
    "cargo_types": ("cargo_type", "类货种"),
    "vehicles": ("vehicle", "辆车"),
    "carts": ("cart", "辆巡诊车"),
    "kits": ("kit", "个助诊包"),
    "cranes": ("crane", "台塔吊"),
    "birds": ("bird", "羽"),
    "productions": ("production", "部作品"),
    "accounts": ("account", "个账户"),
    "certificates": ("certificate", "本证书"),
    "contracts": ("contract", "份合同"),
    "issues": ("issue", "件问题"),
    "cases": ("case", "件案件"),
    "tasks": ("task", "项任务"),
    "task_types": ("task_type", "类任务"),
    "reviews": ("review", "次审核"),
    "approvals": ("approval", "项审批"),
    "sessions": ("session", "场"),
    "attendances": ("attendance", "人次"),
    "contacts": ("contact", "次接触"),
    "visits": ("visit", "次"),
    "services": ("service", "项服务"),
    "measures": ("measure", "项举措"),
    "standards": ("standard", "项标准"),
    "mechanisms": ("mechanism", "项机制"),
    "rights": ("right", "项权利"),
    "channels": ("channel", "条渠道"),
    "segments": ("segment", "个板块"),
    "levels": ("level", "级"),
    "classes": ("class", "类"),
    "domains": ("domain", "个领域"),
    "studies": ("study", "项研究"),
}


def _named_units() -> dict[str, Unit]:
    units = {name: Unit(name, dimension, en, zh, en, zh) for name, (dimension, en, zh) in _PURE.items()}
    for name, (one, dimension, en, zh) in _MEASURED.items():
        en_one = one.replace("_", " ") if en.endswith("s") else en
        units[name] = Unit(name, dimension, en, zh, en_one, zh.removeprefix("个"))
    for name, (one, zh) in _COUNTED.items():
        en, en_one = name.replace("_", " "), one.replace("_", " ")
        units[name] = Unit(name, "count", en, zh, en_one, zh.removeprefix("个"))
    return units


UNITS = _named_units()
"""Every unit with a name of its own, by name."""

_SINGULARS = {one: UNITS[name] for name, (one, *_) in (_MEASURED | _COUNTED).items()}
_ONE = Unit("1", "1", "", "", "", "")
_NUMERATORS = UNITS | _SINGULARS | {"1": _ONE}


@functools.cache
def check_unit(name: str) -> Unit:
    """Return the unit of a name such as ``mu`` or ``CNY/mu/year``.

    Raises:
        ValueError: the name, or a part of a quotient, is unknown; the message gives the nearest name.
    """
    if name in UNITS:
        return UNITS[name]
    top, *below = name.split("/")
    if not below:
        raise ValueError(f"unknown unit '{name}'. {nearest(name, UNITS)}".rstrip())
    return _quotient(name, _part(name, top, _NUMERATORS), [_part(name, part, _SINGULARS) for part in below])


def _part(name: str, part: str, allowed: dict[str, Unit]) -> Unit:
    if part not in allowed:
        raise ValueError(f"unknown part '{part}' of the unit '{name}'. {nearest(part, allowed)}".rstrip())
    return allowed[part]


def _quotient(name: str, top: Unit, below: list[Unit]) -> Unit:
    per = "".join(f" per {unit.en_one}" for unit in below)
    zh_per = "".join(f"/{unit.zh_per}" for unit in below)
    en, zh, en_one = (top.en + per).strip(), top.zh + zh_per, (top.en_one + per).strip()
    return Unit(name, "/".join(unit.dimension for unit in (top, *below)), en, zh, en_one, zh)


# (from this size on, divided by, word): Chinese counts in ten thousands and hundred millions
_SCALES: dict[Language, tuple[tuple[float, float, str], ...]] = {
    "en": ((1e9, 1e9, "bn"), (1e6, 1e6, "million")),
    "zh": ((1e12, 1e12, "万亿"), (1e8, 1e8, "亿"), (1e5, 1e4, "万")),
}
_AXIS_SCALES: dict[Language, tuple[tuple[float, float, str], ...]] = {
    "en": ((1e9, 1e9, "bn "), (1e6, 1e6, "million "), (1e4, 1e3, "thousand ")),
    "zh": ((1e12, 1e12, "万亿"), (1e8, 1e8, "亿"), (1e4, 1e4, "万")),
}
_NEVER_SCALED = {"share", "dimensionless", "date"}
_NO_SPACE_BEFORE = ("%", "‰", "（", "/")


def format_value(value: float | tuple[float, ...], unit: str, language: Language = "en") -> str:
    """Return a number with its unit as a table shows it, for instance ``1.9 million mu`` or ``190 万亩``.

    Large numbers are scaled and keep four significant digits; a ``ratio`` is shown in percent; a value
    that is not finite reads ``n/a``. In Chinese 万 begins at 100,000, so that counts below keep every digit.

    Args:
        value: one number, or several that share the unit, in that unit.
        unit: name of the unit.
        language: ``en`` or ``zh``.

    Raises:
        ValueError: the unit is unknown.
    """
    measure = check_unit(unit)
    values = value if isinstance(value, tuple) else (value,)
    if not all(math.isfinite(number) for number in values):
        return _NOT_FINITE[language]
    if unit == "ratio":
        values, measure = tuple(100 * number for number in values), UNITS["percent"]
    text = (", " if language == "en" else "、").join(_number(number, language) for number in values)
    label = measure.en_one if values == (1,) else measure.en
    return _joined(text, label if language == "en" else measure.zh, language)


def format_change(value: float, unit: str, language: Language = "en") -> str:
    """Return a difference with its sign and unit, for instance ``+1.2 million CNY`` or ``-0.5 个百分点``.

    The difference of two ratios, or of two percentages, is in percentage points.

    Args:
        value: the difference, in `unit`.
        unit: name of the unit.
        language: ``en`` or ``zh``.

    Raises:
        ValueError: the unit is unknown.
    """
    if unit == "ratio":
        return format_change(100 * value, "percentage_points", language)
    measure = UNITS["percentage_points"] if unit == "percent" else check_unit(unit)
    if not math.isfinite(value):
        return _NOT_FINITE[language]
    size = _number(abs(value), language)
    sign = "" if size == "0" else "+" if value > 0 else "-"
    label = measure.en_one if size == "1" else measure.en
    return _joined(f"{sign}{size}", label if language == "en" else measure.zh, language)


_NOT_FINITE: dict[Language, str] = {"en": "n/a", "zh": "无"}


def _joined(number: str, label: str, language: Language) -> str:
    is_close = language == "zh" and (number.endswith(("亿", "万")) or label.startswith(_NO_SPACE_BEFORE))
    return f"{number}{'' if is_close else ' '}{label}".rstrip()


def _number(value: float, language: Language) -> str:
    rounded = float(f"{value:.4g}")
    for threshold, divisor, word in _SCALES[language]:
        if abs(rounded) >= threshold:
            return f"{_digits(rounded / divisor, language)} {word}"
    return f"{value:,.0f}" if abs(rounded) >= 1000 else f"{rounded + 0.0:g}"


def _digits(scaled: float, language: Language) -> str:
    """Return a scaled number; English keeps one decimal of a round number (``60.0 bn``), Chinese none."""
    if language == "en" and abs(scaled) < 1000 and scaled == round(scaled):
        return f"{scaled:.1f}"
    return f"{scaled:,.3f}".rstrip("0").rstrip(".")


@dataclass(frozen=True)
class AxisScale:
    """How numbers of a unit stand on an axis: divided by `divisor`, under `label` (unit and size word)."""

    divisor: float
    label: str


def axis_scale(largest: float, unit: str, language: Language = "en") -> AxisScale:
    """Return the scale that keeps the ticks of an axis short, for instance 万亩 and a divisor of 10,000.

    A ``ratio`` is shown in percent.

    Args:
        largest: largest absolute value on the axis, in `unit`.
        unit: name of the unit.
        language: ``en`` or ``zh``.

    Raises:
        ValueError: the unit is unknown.
    """
    measure = check_unit(unit)
    if unit == "ratio":
        return AxisScale(0.01, "%")
    if measure.dimension in _NEVER_SCALED:
        return AxisScale(1.0, measure.label(language))
    for threshold, divisor, word in _AXIS_SCALES[language]:
        if largest >= threshold:
            return AxisScale(divisor, f"{word}{measure.label(language)}")
    return AxisScale(1.0, measure.label(language))


def change_axis_scale(largest: float, unit: str, language: Language = "en") -> AxisScale:
    """Return the scale of an axis of differences: of a ``ratio`` in percentage points, else as in `axis_scale`."""
    if unit == "ratio":
        return AxisScale(0.01, UNITS["percentage_points"].label(language))
    return axis_scale(largest, "percentage_points" if unit == "percent" else unit, language)
