"""NGSI: entities of FIWARE brokers in one shape, however they were sent.

An entity comes in NGSI-v2 or NGSI-LD, as key-values or normalized, alone, in an array or in a
notification. What leaves here is always `{"entities": [...]}`, each entity with its `id` and
`type`, its attributes as plain values, and beside them under `units` the unit codes and under
`times` the times that attributes carried.
"""

from typing import Any, Final

UNITS: Final = {
    "GP": "mg/m3",
    "GQ": "ug/m3",
    "59": "ppm",
    "61": "ppb",
    "CEL": "degC",
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
"""UN/CEFACT common codes, as the units are written here."""

_WRAPPERS: Final = frozenset({"Property", "GeoProperty", "Relationship", "LanguageProperty"})
_AROUND_A_VALUE: Final = frozenset(
    {
        "value",
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
        return {"entities": [_entity(one) for one in body]}
    if not isinstance(body, dict):
        return body
    notified = "id" not in body or body.get("type") == "Notification"
    if isinstance(body.get("data"), list) and notified:
        envelope = {name: value for name, value in body.items() if name != "data"}
        return {**envelope, "entities": [_entity(one) for one in body["data"]]}
    if "id" in body and "type" in body:
        return {"entities": [_entity(body)]}
    return body


def _entity(entity: Any) -> Any:  # noqa: ANN401 - any JSON value
    if not isinstance(entity, dict):
        return entity
    plain: dict[str, Any] = {}
    units: dict[str, Any] = {}
    times: dict[str, Any] = {}
    for name, attribute in entity.items():
        if name in _KEPT or not _is_normalized(attribute):
            plain[name] = attribute
            continue
        plain[name] = _value(attribute)
        metadata = attribute.get("metadata")
        about = metadata if isinstance(metadata, dict) else {}
        unit = attribute.get("unitCode", _inner(about.get("unitCode")))
        if unit is not None:
            units[name] = UNITS.get(unit, unit) if isinstance(unit, str) else unit
        at = attribute.get("observedAt", _inner(about.get("TimeInstant")))
        if at is not None:
            times[name] = at
    return {**plain, **({"units": units} if units else {}), **({"times": times} if times else {})}


def _is_normalized(attribute: Any) -> bool:  # noqa: ANN401 - any JSON value
    """Whether an attribute is an object around a value, and not a value that is an object."""
    if not isinstance(attribute, dict):
        return False
    kind = attribute.get("type")
    return (isinstance(kind, str) and kind in _WRAPPERS) or (
        "value" in attribute and attribute.keys() <= _AROUND_A_VALUE
    )


def _value(attribute: dict[str, Any]) -> Any:  # noqa: ANN401 - any JSON value
    value = attribute.get("value", attribute.get("object", attribute.get("languageMap")))
    if isinstance(value, dict) and "@value" in value:
        return value["@value"]
    return value


def _inner(metadata: Any) -> Any:  # noqa: ANN401 - any JSON value
    return metadata.get("value") if isinstance(metadata, dict) else metadata
