"""What is observed each month: name, unit, label in both languages, stock or flow, and how the city follows.

A city value is the sum of the counties, a ratio of two city sums, a mean weighted by another indicator, or a
measure of the whole city's households.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from sim.sectors import OFFICIAL, SECTORS
from sim.units import Language, check_unit

type Kind = Literal["stock", "flow"]
type City = Literal["sum", "ratio", "mean", "distribution"]


@dataclass(frozen=True)
class Indicator:
    """One observed quantity.

    Attributes:
        name: unique name.
        unit: a unit of `sim.units`.
        en, zh: label in English and Chinese.
        kind: ``stock`` at the end of a month, or ``flow`` of (or mean over) a month.
        city: how the city's value follows from the counties: ``sum``; ``ratio`` of the two in `of`;
            ``mean`` weighted by the one in `of`; ``distribution`` over all the city's persons.
        of: names of the indicators that `city` speaks of.
    """

    name: str
    unit: str
    en: str
    zh: str
    kind: Kind
    city: City = "sum"
    of: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        check_unit(self.unit)

    def label(self, language: Language = "en") -> str:
        """Return what it is called in one language."""
        return self.en if language == "en" else self.zh


def _flow(name: str, unit: str, en: str, zh: str) -> Indicator:
    return Indicator(name, unit, en, zh, "flow")


def _stock(name: str, unit: str, en: str, zh: str) -> Indicator:
    return Indicator(name, unit, en, zh, "stock")


def _ratio(name: str, top: str, bottom: str, unit: str, en: str, zh: str, kind: Kind = "flow") -> Indicator:
    return Indicator(name, unit, en, zh, kind, "ratio", (top, bottom))


def _mean(name: str, weight: str, unit: str, en: str, zh: str, kind: Kind = "flow") -> Indicator:
    return Indicator(name, unit, en, zh, kind, "mean", (weight,))


def _spread(name: str, unit: str, en: str, zh: str) -> Indicator:
    return Indicator(name, unit, en, zh, "flow", "distribution")


ZONES = {"rural": ("rural", "农村"), "urban": ("urban", "城镇")}
INCOME_PARTS = {
    "wage": ("wage income", "工资性收入"),
    "business": ("business income", "经营净收入"),
    "property": ("property income", "财产净收入"),
    "transfer": ("transfer income", "转移净收入"),
}
SKILL_LABELS = {"ordinary": ("ordinary skill", "普通技能"), "tertiary": ("tertiary education", "大专以上")}
SECTOR_LABELS = {
    "farming": ("farming", "农业"),
    "forestry_processing": ("forestry processing", "林产加工"),
    "manufacturing": ("manufacturing", "制造业"),
    "construction": ("construction", "建筑业"),
    "logistics": ("logistics", "物流"),
    "trade_tourism": ("trade and tourism", "商贸旅游"),
    "digital_culture": ("digital and culture", "数字文化"),
    "professional": ("professional services", "专业服务"),
    "finance_property": ("finance and property", "金融房地产"),
    "public_services": ("public services", "公共服务"),
    "primary": ("primary sector", "第一产业"),
    "secondary": ("secondary sector", "第二产业"),
    "tertiary": ("tertiary sector", "第三产业"),
}

OUTPUT = (
    _flow("gdp", "CNY/month", "GDP at 2022 prices", "地区生产总值（2022年价）"),
    *(
        _flow(
            f"value_added_{s}",
            "CNY/month",
            f"Value added at 2022 prices, {SECTOR_LABELS[s][0]}",
            f"{SECTOR_LABELS[s][1]}增加值",
        )
        for s in (*SECTORS, *OFFICIAL)
    ),
    _flow("value_added_above", "CNY/month", "Value added of industry above designated size", "规上工业增加值"),
    _flow("construction_spending", "CNY/month", "Building work of projects", "项目建设支出"),
    _flow("investment", "CNY/month", "Gross investment of firms", "企业投资"),
    _stock("firms", "firms", "Firms", "企业数"),
    _stock("firms_above", "firms", "Firms above designated size", "规上企业数"),
    _flow("consumption", "CNY/month", "Household consumption, nominal", "居民消费支出"),
)

PEOPLE = (
    _stock("residents", "persons", "Resident population", "常住人口"),
    _stock("residents_rural", "persons", "Rural residents", "农村常住人口"),
    _stock("residents_urban", "persons", "Urban residents, collective households included", "城镇常住人口"),
    _stock("residents_collective", "persons", "Residents of collective households", "集体户人口"),
    _stock("family_residents_rural", "persons", "Rural residents of family households", "农村家庭户人口"),
    _stock("family_residents_urban", "persons", "Urban residents of family households", "城镇家庭户人口"),
    _stock("registered", "persons", "Registered population", "户籍人口"),
    _ratio("urbanisation", "residents_urban", "residents", "ratio", "Urbanisation rate", "城镇化率", "stock"),
    _stock("households_rural", "households", "Rural family households", "农村家庭户"),
    _stock("households_urban", "households", "Urban family households", "城镇家庭户"),
    _flow("births", "persons", "Births", "出生人数"),
    _flow("deaths", "persons", "Deaths", "死亡人数"),
    _flow("arrivals", "persons", "Returned from outside the city", "返乡人数"),
    _flow("departures", "persons", "Left the city", "外出人数"),
)

WORK = (
    *(
        _stock(f"employment_{s}", "persons", f"Off-farm employment, {en}", f"非农就业，{zh}")
        for s, (en, zh) in SKILL_LABELS.items()
    ),
    *(
        _mean(f"wage_{s}", f"employment_{s}", "CNY/month", f"Wage, {en}", f"工资，{zh}")
        for s, (en, zh) in SKILL_LABELS.items()
    ),
    *(
        _stock(f"vacancies_{s}", "persons", f"Vacancies, {en}", f"空缺岗位，{zh}")
        for s, (en, zh) in SKILL_LABELS.items()
    ),
    *(
        _stock(f"seekers_{s}", "persons", f"Effective job seekers, {en}", f"有效求职者，{zh}")
        for s, (en, zh) in SKILL_LABELS.items()
    ),
    *(
        _ratio(
            f"tightness_{s}",
            f"vacancies_{s}",
            f"seekers_{s}",
            "ratio",
            f"Vacancies per seeker, {en}",
            f"求人倍率，{zh}",
            "stock",
        )
        for s, (en, zh) in SKILL_LABELS.items()
    ),
    _stock("labour_force", "persons", "Labour force of family households", "家庭户劳动力"),
    _stock("unemployed", "persons", "Unemployed of family households", "家庭户失业人数"),
    _ratio("unemployment_rate", "unemployed", "labour_force", "ratio", "Unemployment rate", "失业率", "stock"),
)

INCOME = (
    *(
        _flow(
            f"{part}_income_total_{zone}",
            "CNY/month",
            f"{en.capitalize()} of {z_en} residents",
            f"{z_zh}居民{zh}总额",
        )
        for zone, (z_en, z_zh) in ZONES.items()
        for part, (en, zh) in INCOME_PARTS.items()
    ),
    _flow("income_total_rural", "CNY/month", "Disposable income of rural residents", "农村居民可支配收入总额"),
    _flow("income_total_urban", "CNY/month", "Disposable income of urban residents", "城镇居民可支配收入总额"),
    *(
        _ratio(
            f"{part}_income_{zone}",
            f"{part}_income_total_{zone}",
            f"family_residents_{zone}",
            "CNY/person/month",
            f"{en.capitalize()} per {z_en} resident",
            f"{z_zh}居民人均{zh}",
        )
        for zone, (z_en, z_zh) in ZONES.items()
        for part, (en, zh) in INCOME_PARTS.items()
    ),
    *(
        _ratio(
            f"income_{zone}",
            f"income_total_{zone}",
            f"family_residents_{zone}",
            "CNY/person/month",
            f"Disposable income per {z_en} resident",
            f"{z_zh}居民人均可支配收入",
        )
        for zone, (z_en, z_zh) in ZONES.items()
    ),
    _flow(
        "origin_rural_income_total",
        "CNY/month",
        "Income of rural-hamlet households, movers included",
        "原农村户收入总额",
    ),
    _stock(
        "origin_rural_persons",
        "persons",
        "Residents of rural-hamlet households, movers included",
        "原农村户人口",
    ),
    _ratio(
        "origin_rural_income",
        "origin_rural_income_total",
        "origin_rural_persons",
        "CNY/person/month",
        "Income per head at fixed membership (rural-hamlet households)",
        "固定样本农村人均收入",
    ),
    _flow(
        "forestry_income_total_rural",
        "CNY/month",
        "Forestry income of rural residents",
        "农村居民林业收入总额",
    ),
    _ratio(
        "forestry_income_rural",
        "forestry_income_total_rural",
        "family_residents_rural",
        "CNY/person/month",
        "Forestry income per rural resident",
        "农村居民人均林业收入",
    ),
)

SPREAD = (
    _spread("gini", "ratio", "Gini coefficient of income per head", "人均收入基尼系数"),
    _spread("theil", "index", "Theil index of income per head", "泰尔指数"),
    _spread("theil_within_zones", "index", "Theil index within rural and urban", "城乡内部泰尔指数"),
    _spread("theil_between_zones", "index", "Theil index between rural and urban", "城乡之间泰尔指数"),
    _spread("theil_within_counties", "index", "Theil index within counties", "县域内部泰尔指数"),
    _spread("theil_between_counties", "index", "Theil index between counties", "县域之间泰尔指数"),
    *(
        _spread(
            f"income_decile_{k}",
            "CNY/person/month",
            f"Mean income per head of tenth {k}",
            f"人均收入第{k}十分位组均值",
        )
        for k in range(1, 11)
    ),
)

FOREST = (
    _stock("forest_transferable", "mu", "Transferable forest land", "可流转林地"),
    _stock("forest_let", "mu", "Forest land let", "流转林地"),
    _stock("forest_let_single", "mu", "Forest land let by single households", "单户流转林地"),
    _stock("forest_let_pooled", "mu", "Forest land let in village blocks", "连片流转林地"),
    _stock("forest_let_stored", "mu", "Forest land let to the storage platform", "收储林地"),
    _ratio(
        "forest_transfer_share",
        "forest_let",
        "forest_transferable",
        "ratio",
        "Share of transferable forest land let",
        "林地流转率",
        "stock",
    ),
    _flow("forest_renewed", "mu", "Forest leases renewed", "续租林地"),
    _flow("forest_flow_single", "mu", "Forest land newly let by single households", "新增单户流转"),
    _flow("forest_flow_pooled", "mu", "Forest land newly let in blocks", "新增连片流转"),
    _flow("forest_flow_stored", "mu", "Forest land newly let to the platform", "新增收储"),
    _mean("forest_rent", "forest_let", "CNY/mu/year", "Rent of forest land", "林地租金"),
    _stock("forest_demand", "mu", "Forest land that operators want", "经营主体用地需求"),
    _stock("forest_block_queue", "mu", "Land of blocks that wait for the service centre", "待办连片林地"),
    _stock("forest_operators", "firms", "New-type forest operators", "新型林业经营主体"),
    _stock(
        "forest_leading_firms",
        "firms",
        "Forestry leading firms, provincial level and above",
        "省级以上林业龙头企业",
    ),
    _mean(
        "brand_premium",
        "forest_transferable",
        "ratio",
        "Price premium of branded forest products",
        "品牌溢价",
    ),
    _mean(
        "branded_share",
        "forest_transferable",
        "ratio",
        "Share of speciality products sold branded",
        "品牌产品占比",
    ),
)

PROGRAMMES = (
    _stock("relocated_persons", "persons", "Registered persons relocated since January 2023", "累计搬迁人数"),
    _stock("relocated_hamlets", "hamlets", "Hamlets moved as a whole since January 2023", "累计整村搬迁自然村"),
    _stock("relocation_queue", "households", "Accepted households that wait for a home", "等待安置户数"),
    _stock("homes_empty", "households", "Finished resettlement homes still empty", "空置安置房"),
    _stock("homes_built", "households", "Resettlement homes finished since January 2023", "累计安置房"),
    _flow("projects_signed", "projects", "Projects signed", "签约项目"),
    _flow("projects_signed_value", "CNY", "Value of projects signed", "签约金额"),
    _flow("projects_landed", "projects", "Projects above 100 million CNY landed", "亿元以上落地项目"),
    _stock("projects_waiting", "projects", "Signed projects that have not landed", "待落地项目"),
    _stock("projects_building", "projects", "Projects under construction", "在建项目"),
    _stock("projects_operating", "projects", "Projects in operation", "投产项目"),
    _flow("talents_certified", "persons", "Talents certified by firms", "企业自主评价人才"),
    _stock(
        "talents_self_certified",
        "persons",
        "Talents certified by city-administered firms",
        "市属企业累计自评人才",
    ),
    _stock("platform_phds", "persons", "Doctorate holders at high-level platforms", "高能级平台博士"),
    _stock("phds_before", "persons", "Doctorate holders attracted in the ten years before", "此前十年引进博士"),
    _flow("collective_income", "CNY/year", "Operating income of village collectives", "村集体经营性收入"),
    _flow("public_cost", "CNY", "Public cost of all programmes", "各项改革公共支出"),
)

INDICATORS: tuple[Indicator, ...] = (*OUTPUT, *PEOPLE, *WORK, *INCOME, *SPREAD, *FOREST, *PROGRAMMES)
"""Every observed quantity, in the order of the record's last axis."""

NAMES: tuple[str, ...] = tuple(indicator.name for indicator in INDICATORS)
POSITION: dict[str, int] = {name: i for i, name in enumerate(NAMES)}
"""Position of an indicator on the record's last axis."""
