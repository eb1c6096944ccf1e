"""The JSON Schema of a scenario: what an editor needs to complete and check one while it is written.

It is made from the declared settings and parameters, so it never says anything else than the reader. What a schema
cannot see (an end before the start, a counterfactual of a reform that is off, the product of a sweep) is left to
``countysim validate``. Draft 7, the version editors know best.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import NoneType
from typing import Any, get_args

from pydantic.fields import FieldInfo

from sim.calendar import month_label
from sim.parameters import Declaration, Parameters
from sim.policies.base import Policy
from sim.scenario import DEFAULT_MONTHS, DEFAULT_SEEDS, DEFAULT_SHARE, MAX_DRAWS, MAX_MONTHS, MAX_SHARE, MIN_SHARE
from sim.scenario.fields import LARGEST_SEED, MAX_SEEDS
from sim.scenario.files import CALIBRATED, PRIOR
from sim.scenario.settings import DOCUMENTED, NONE
from sim.scenario.sweep import MAX_POINTS, RANGE_KEYS, is_list_valued, is_whole

type Schema = dict[str, Any]

DIALECT = "http://json-schema.org/draft-07/schema#"
_MONTH = r"^(19|2\d)\d{2}-(0[1-9]|1[0-2])$"
_TEXT = {"type": "string", "pattern": r"\S"}
_SWITCHES = r"^([Oo][Nn]|[Oo][Ff][Ff]|[Yy][Ee][Ss]|[Nn][Oo]|[Tt][Rr][Uu][Ee]|[Ff][Aa][Ll][Ss][Ee])$"


def scenario_schema(policies: Mapping[str, type[Policy[Any]]], parameters: Parameters) -> Schema:
    """Return the JSON Schema of a scenario file.

    Args:
        policies: the known policies by name.
        parameters: every mechanism's parameters at their defaults.
    """
    return {
        "$schema": DIALECT,
        "title": "countysim scenario",
        "description": "A question to the model: which reforms run, when, where and with how much money.",
        "type": "object",
        "additionalProperties": False,
        "not": _replicates_and_seeds(),
        "definitions": {"range": _range()},
        "properties": {
            "extends": _TEXT | {"description": "another scenario this one begins with; write only what differs"},
            "title": _object({"en": _TEXT, "zh": _TEXT}, "the question in a few words, in English and Chinese"),
            "start": {
                "const": month_label(0),
                "description": "month of the starting world; there is only this one",
            },
            "months": _whole(1, MAX_MONTHS, f"months to simulate from {month_label(0)} on; default {DEFAULT_MONTHS}"),
            "replicates": _whole(1, MAX_SEEDS, f"runs that differ by chance alone; default {DEFAULT_SEEDS}"),
            "population": _population(),
            "parameters": _parameters(parameters.declarations()),
            "draws": _whole(1, MAX_DRAWS, "parameter sets drawn from the priors, one run each"),
            "policies": _object(
                {name: _policy(policy) for name, policy in policies.items()},
                "the reforms that run; one that no scenario of the chain names is off",
            ),
            "counterfactuals": _counterfactuals(tuple(policies)),
            "outputs": _object(
                {
                    "folder": _TEXT | {"description": "the run folder; default out/<name>"},
                    "households": {"type": "array", "items": _month("a month at whose end households are saved")},
                },
                "where results go, and which months' household tables are saved",
            ),
        },
    }


def _object(properties: Mapping[str, Schema], description: str) -> Schema:
    return {
        "type": "object",
        "description": description,
        "additionalProperties": False,
        "properties": dict(properties),
    }


def _whole(low: int, high: int, description: str) -> Schema:
    return {"type": "integer", "minimum": low, "maximum": high, "description": description}


def _month(description: str) -> Schema:
    return {"type": "string", "pattern": _MONTH, "description": description}


def _replicates_and_seeds() -> Schema:
    """Return the schema of what contradicts itself: how many runs, and which."""
    seeds = {"anyOf": [{"required": ["seed"]}, {"required": ["seeds"]}]}
    return {"required": ["replicates", "population"], "properties": {"population": seeds}}


def _range() -> Schema:
    ends: dict[str, Schema] = {name: {"type": "number"} for name in RANGE_KEYS[:2]}
    steps = {RANGE_KEYS[2]: _whole(2, MAX_POINTS, "number of values, both ends included")}
    return _object(ends | steps, "a sweep over evenly spaced values") | {"required": list(RANGE_KEYS)}


def _population() -> Schema:
    seed = _whole(0, LARGEST_SEED, "this one seed")
    listed = {"type": "array", "items": seed, "minItems": 1, "maxItems": MAX_SEEDS, "uniqueItems": True}
    share: Schema = {"type": "number", "minimum": MIN_SHARE, "maximum": MAX_SHARE}
    population = _object(
        {
            "share": share | {"description": f"part of the households to simulate; default {DEFAULT_SHARE:g}"},
            "seed": seed,
            "seeds": {"anyOf": [listed, _whole(1, MAX_SEEDS, "how many")], "description": "which seeds are run"},
        },
        "which part of the households is simulated, and with which seeds",
    )
    return population | {"not": {"required": ["seed", "seeds"]}}


def _parameters(declared: Mapping[str, Declaration]) -> Schema:
    named = _object({name: _parameter(about) for name, about in declared.items()}, "parameters by flat name")
    file: Schema = {"type": "string", "pattern": r"\.ya?ml$", "description": "a YAML file beside this one"}
    words: Schema = {
        "const": PRIOR,
        "description": f"the prior medians; '{CALIBRATED}' does not exist yet",
    }
    return {"anyOf": [named, words, file], "description": "model parameters that are not at their prior median"}


def _parameter(about: Declaration) -> Schema:
    value: Schema = {"type": "number", "minimum": about.low, "maximum": about.high}
    said = f"{about.meaning} [{about.unit}, {about.low:g} to {about.high:g}, default {about.default:g}]"
    return _swept(value) | {"description": said, "default": about.default}


def _policy(policy: type[Policy[Any]]) -> Schema:
    settings = {name: _setting(field) for name, field in policy.Settings.model_fields.items()}
    switch: Schema = {"enum": [DOCUMENTED, "on", "off", True, False]}
    said = f"{policy.title['en']}: {policy.meaning}"
    return {
        "description": said,
        "anyOf": [switch, {"type": "string", "pattern": _SWITCHES}, _object(settings, said)],
    }


def _setting(field: FieldInfo) -> Schema:
    about = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    default = list(field.default) if isinstance(field.default, tuple) else field.default
    said = f"{field.description} [{about['unit']}; {about['source']}]"
    if is_list_valued(field):
        return _list_valued(field) | {"description": said, "default": default}
    value = _one_value(field, str(about["unit"]))
    return _swept(value) | {"description": said, "default": NONE if default is None else default}


def _list_valued(field: FieldInfo) -> Schema:
    """Return the schema of a setting that is a list by itself: of words where it names them, else of anything."""
    words = [word for kind in get_args(field.annotation) for word in get_args(getattr(kind, "__value__", kind))]
    return {"type": "array", "items": {"enum": words}} if words and all(isinstance(w, str) for w in words) else {}


def _one_value(field: FieldInfo, unit: str) -> Schema:
    kinds = get_args(field.annotation) or (field.annotation,)
    value: Schema = {}
    if unit == "month":
        value = {"type": "string", "pattern": _MONTH}
    elif float in kinds or int in kinds:
        value = {"type": "integer" if is_whole(field) else "number"} | _bounds(field)
    return {"anyOf": [value, {"enum": [NONE, None]}]} if NoneType in kinds else value


def _bounds(field: FieldInfo) -> Schema:
    names = {"ge": "minimum", "le": "maximum", "gt": "exclusiveMinimum", "lt": "exclusiveMaximum"}
    return {key: getattr(rule, at) for rule in field.metadata for at, key in names.items() if hasattr(rule, at)}


def _swept(value: Schema) -> Schema:
    """Return the schema of a value that may also be a list of values or, for numbers, a range."""
    several: Schema = {"type": "array", "items": value, "minItems": 2, "maxItems": MAX_POINTS, "uniqueItems": True}
    alternatives = [value, several | {"description": "a sweep over these values"}]
    if any(part.get("type") in ("number", "integer") for part in (value, *value.get("anyOf", ()))):
        alternatives.append({"$ref": "#/definitions/range"})
    return {"anyOf": alternatives}


def _counterfactuals(policies: tuple[str, ...]) -> Schema:
    name: Schema = {"enum": list(policies)}
    names: Schema = {"anyOf": [name, {"type": "array", "items": name, "minItems": 1}]}
    kinds: list[Schema] = [{"enum": [NONE, DOCUMENTED]}]
    for kind, said in (("without", "the scenario without these reforms"), ("only", "the scenario with only these")):
        kinds.append(_object({kind: names}, said) | {"required": [kind]})
    return {
        "type": "array",
        "items": {"anyOf": kinds},
        "uniqueItems": True,
        "description": "runs beside the scenario with the same months, seeds and chance events",
    }
