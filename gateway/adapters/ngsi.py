"""NGSI: entities of FIWARE brokers in one shape, however they were sent.

An entity comes in NGSI-v2 or NGSI-LD, as key-values or normalized, alone, in an array or in a
notification. What leaves here is always `{"entities": [...]}`, each entity with its `id` and
`type`, its attributes as plain values, and beside them under `units` the unit codes and under
`times` the times that attributes carried. An entity that says no time of its own, and of its
attributes several, is as many entities.
"""

from typing import Any, Final

UNITS: Final = {
    "GP": "mg/m3",
    "GQ": "ug/m3",
    "59": "ppm",
    "61": "ppb",
    "CEL": "degC",
    "C": "degC",
    "Celsius": "degC",
    "celsius": "degC",
    "FAH": "degF",
    "KEL": "K",
    "P1": "%",
    "C62": "/",
    "MTR": "m",
    "CMT": "cm",
    "MMT": "mm",
    "KMT": "km",
    "MTS": "m/s",
    "KMH": "km/h",
    "MQS": "m3/s",
    "A97": "hPa",
    "PAL": "Pa",
    "KPA": "kPa",
    "MBR": "hPa",
    "LUX": "lx",
    "DD": "deg",
    "VLT": "V",
    "2Z": "mV",
    "AMP": "A",
    "4K": "mA",
    "WTT": "W",
    "KWT": "kW",
    "KWH": "kWh",
    "WHR": "Wh",
    "HTZ": "Hz",
    "D54": "W/m2",
    "2N": "dB",
}
"""UN/CEFACT common codes, and what is written in their place, as the units are written here."""

_TIMES: Final = frozenset({"dateObserved", "dateObservedTo", "observationDateTime", "TimeInstant"})
"""Attributes that say of when a whole entity is."""
_WHOSE: Final = frozenset(
    {"id", "type", "@context", "refDevice", "stationID", "stationCode", "refPointOfInterest"}
)
"""What says whose it is."""
_UNIT_NAMES: Final = ("unitCode", "unit", "units", "unitText")
_DELETED: Final = "urn:ngsi-ld:null"
"""In place of a value that was taken away."""
_WRAPPERS: Final = frozenset({"Property", "GeoProperty", "Relationship", "LanguageProperty"})
_AROUND_A_VALUE: Final = frozenset(
    {
        "value",
        "object",
        "type",
        "metadata",
        "unitCode",
        "observedAt",
        "format",
        "datasetId",
        "createdAt",
        "modifiedAt",
    }
)
_KEPT: Final = frozenset({"id", "type", "@context", "units", "times"})


def flattened(body: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the entities of a body; anything else as it is."""
    if isinstance(body, list):
        return {"entities": _entities(body)}
    if not isinstance(body, dict):
        return body
    notified = "id" not in body or body.get("type") == "Notification"
    if isinstance(body.get("data"), list) and notified:
        envelope = {name: value for name, value in body.items() if name != "data"}
        return {**envelope, "entities": _entities(body["data"])}
    if "id" in body and "type" in body:
        return {"entities": _entities([body])}
    return body


def _entities(given: list[Any]) -> list[Any]:
    entities: list[Any] = []
    for one in given:
        entities += _of_each_time(_entity(one)) if isinstance(one, dict) else [one]
    return entities


def _entity(entity: dict[str, Any]) -> dict[str, Any]:
    plain: dict[str, Any] = {}
    units: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for name, given in entity.items():
        attribute = _only(given)
        if name == "type":
            plain[name] = _short(_only(given))
        elif name not in _KEPT and _is_several(attribute):
            plain[name] = [_value(one) for one in attribute]
        elif name in _KEPT or not _is_normalized(attribute):
            plain[name] = given
        else:
            plain[name] = _value(attribute)
            unit, at = _about(attribute)
            if unit is not None:
                units[name] = UNITS.get(unit, unit) if isinstance(unit, str) else unit
            if at is not None:
                times[name] = at
    return {**plain, **({"units": units} if units else {}), **({"times": times} if times else {})}


def _about(attribute: dict[str, Any]) -> tuple[Any, Any]:
    """Return the unit code and the time that an attribute carries; None where it carries none."""
    metadata = attribute.get("metadata")
    about = metadata if isinstance(metadata, dict) else {}
    said = (_inner(of.get(name)) for name in _UNIT_NAMES for of in (attribute, about))
    return (
        next((unit for unit in said if unit is not None), None),
        attribute.get("observedAt", _inner(about.get("TimeInstant"))),
    )


def _of_each_time(entity: dict[str, Any]) -> list[dict[str, Any]]:
    """Return an entity taken apart by the times of its attributes; the last has what has none."""
    times, units = entity.get("times"), entity.get("units")
    if not isinstance(times, dict) or _TIMES & entity.keys():
        return [entity]
    if not all(isinstance(at, str) for at in times.values()):
        return [entity]
    shared = {name: entity[name] for name in _WHOSE & entity.keys()}
    parts: dict[str, dict[str, Any]] = {
        at: {**shared, "times": {}} for at in sorted(set(times.values()))
    }
    last = max(parts)
    for name in [one for one in entity if one not in _WHOSE | {"times", "units"}]:
        at = times.get(name, last)
        parts[at][name] = entity[name]
        if name in times:
            parts[at]["times"][name] = at
        if isinstance(units, dict) and name in units:
            parts[at].setdefault("units", {})[name] = units[name]
    return list(parts.values())


def _only(given: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the one that a list holds; anything else as it is."""
    return given[0] if isinstance(given, list) and len(given) == 1 else given


def _short(kind: Any) -> Any:  # noqa: ANN401 - any JSON value
    """Return the name of a type that may be written as an address."""
    if isinstance(kind, str) and "://" in kind:
        return kind.replace("#", "/").rsplit("/", 1)[-1]
    return kind


def _is_several(attribute: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether an attribute has instances of several data sets."""
    return (
        isinstance(attribute, list) and len(attribute) > 1 and all(map(_is_normalized, attribute))
    )


def _is_normalized(attribute: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether an attribute is an object around a value, and not a value that is an object."""
    if not isinstance(attribute, dict):
        return False
    kind = attribute.get("type")
    return (isinstance(kind, str) and kind in _WRAPPERS) or (
        ("value" in attribute or "object" in attribute) and attribute.keys() <= _AROUND_A_VALUE
    )


def _value(attribute: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    value = attribute.get("value", attribute.get("object", attribute.get("languageMap")))
    if isinstance(value, dict) and "@value" in value:
        return value["@value"]
    return None if value == _DELETED else value


def _inner(metadata: Any) -> Any:  # noqa: ANN401 - any JSON value
    return metadata.get("value") if isinstance(metadata, dict) else metadata
