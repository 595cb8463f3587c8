"""Metrics: those of one message, with the names and types of the birth, to readings."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from gateway.codecs.measured import Measured, instant
from gateway.codecs.sparkplug.nodes import SHARED, Born, EdgeNode
from gateway.codecs.sparkplug.values import ValueRefusedError, number_in
from gateway.translation import ForeignId, RefusalReason

_LONGEST_NAME: Final = 500
_GOOD: Final = 192
_LEFT_OUT: Final = {
    "bdSeq": "the number of the session is no reading",
    "Node Control/": "a switch of the edge node is no reading",
    "Device Control/": "a switch of the device is no reading",
    "Properties/": "what the device is, is no reading",
    "Node Info/": "what the edge node runs is no reading",
    "Node Metrics/": "how the edge node itself fares is no reading",
    "Device Info/": "what the device is, is no reading",
}
"""Names that the specification itself and common edge nodes use, and how others of their kind
begin."""
_UNITS: Final = frozenset({"engunit", "engunits", "engineeringunit", "engineeringunits", "unit"})
"""Properties that say the unit, without blanks and capitals."""
_LONGEST_UNIT: Final = 40


class NameMissingError(ValueError):
    """A metric cannot be named.

    Attributes:
        reason: the word to count by.
    """

    def __init__(self, reason: RefusalReason, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Sender:
    """Whose message it is.

    Attributes:
        node: what is remembered of the edge node.
        device: of the edge node; None: the node itself.
        id: in full.
    """

    node: EdgeNode
    device: str | None
    id: ForeignId


def take_metrics(payload: Any, sender: Sender, measured: Measured) -> bool:  # noqa: ANN401 - a class that protobuf makes at run time
    """Take each metric of a payload; whether an alias was among them that means nothing here."""
    lost = False
    for metric in payload.metrics:
        try:
            name = _name(metric, sender)
            _take(metric, name, payload, sender, measured)
        except NameMissingError as error:
            lost = lost or error.reason is RefusalReason.SEQUENCE
            measured.refuse(sender.id, error.reason, str(error))
        except ValueRefusedError as error:
            measured.refuse(sender.id, error.reason, f"{name!r}: {error}")
    return lost


def names_of(payload: Any) -> tuple[dict[str, Born], dict[int, str]]:  # noqa: ANN401 - the same
    """Return what a birth says of its metrics by name, and their names by alias.

    The name of an alias of several metrics is `SHARED`.
    """
    types: dict[str, Born] = {}
    aliases: dict[int, str] = {}
    for metric in payload.metrics:
        name = _text(metric.name)
        if name and len(name) <= _LONGEST_NAME:
            types[name] = Born(metric.datatype, _unit(dict(_properties(metric))))
            if metric.HasField("alias"):
                known = aliases.setdefault(metric.alias, name)
                aliases[metric.alias] = name if known == name else SHARED
    return types, aliases


def metric_named(payload: Any, name: str) -> Any | None:  # noqa: ANN401 - the same
    """Return the first metric of a name; None if there is none."""
    return next((m for m in payload.metrics if m.name == name.encode()), None)


def _name(metric: Any, sender: Sender) -> str:  # noqa: ANN401 - the same
    if metric.HasField("name"):
        name = _text(metric.name)
        if not name or len(name) > _LONGEST_NAME:
            raise NameMissingError(
                RefusalReason.INVALID, f"name {metric.name[:80]!r} is empty, too long or not UTF-8"
            )
        return name
    if not metric.HasField("alias"):
        raise NameMissingError(RefusalReason.INVALID, "a metric with neither a name nor an alias")
    known = sender.node.aliases.get((sender.device, metric.alias)) if sender.node.trusted else None
    if known is None:
        raise NameMissingError(
            RefusalReason.SEQUENCE, f"alias {metric.alias}: the birth that names it was missed"
        )
    if known == SHARED:
        raise NameMissingError(
            RefusalReason.INVALID, f"alias {metric.alias}: its birth gives it to several metrics"
        )
    return known


def _take(metric: Any, name: str, payload: Any, sender: Sender, measured: Measured) -> None:  # noqa: ANN401 - the same
    why = _why_left_out(metric, name) or _because(measured, sender, name)
    if why is not None:
        measured.leave_out(why)
        return
    if metric.WhichOneof("value") is None:
        raise ValueRefusedError(RefusalReason.INVALID, "no value, and not said to be null")
    milliseconds = metric.timestamp or payload.timestamp
    observed_at = instant(milliseconds / 1000) if milliseconds else None
    if observed_at is None:
        raise ValueRefusedError(RefusalReason.NO_TIME, f"timestamp {milliseconds}")
    properties = dict(_properties(metric))
    quality = properties.get("Quality", _GOOD)
    if quality != _GOOD:
        raise ValueRefusedError(RefusalReason.INVALID, f"its sender gives it the quality {quality}")
    born = sender.node.types.get(sender.device, {}).get(name, Born())
    value = number_in(metric, metric.datatype or born.datatype)
    measured.add(
        sender.id,
        observed_at,
        (name, _unit(properties) or born.unit, value),
        backfill=metric.is_historical,
    )


def _why_left_out(metric: Any, name: str) -> str | None:  # noqa: ANN401 - the same
    if metric.is_null:
        return "null: nothing was measured"
    if metric.is_transient:
        return "transient: its sender wants it not stored"
    for beginning, because in _LEFT_OUT.items():
        if name == beginning or (beginning.endswith("/") and name.startswith(beginning)):
            return because
    return None


def _because(measured: Measured, sender: Sender, name: str) -> str | None:
    left_out = measured.left_out(sender.id, name)
    return None if left_out is None else left_out.because


def _unit(properties: dict[str, object]) -> str:
    """Return the unit among properties; empty where there is none."""
    for name, value in properties.items():
        if name.replace(" ", "").casefold() in _UNITS and isinstance(value, str):
            return value.strip()[:_LONGEST_UNIT]
    return ""


def _properties(metric: Any) -> Iterator[tuple[str, object]]:  # noqa: ANN401 - the same
    # Keys and values are two lists of one length; what is too many in one is of no key or value.
    for key, value in zip(metric.properties.keys, metric.properties.values, strict=False):
        place = value.WhichOneof("value")
        if place is not None and not value.is_null:
            held = getattr(value, place)
            yield key.decode(errors="replace"), _text(held) if place == "string_value" else held


def _text(held: bytes) -> str | None:
    try:
        return held.decode()
    except UnicodeDecodeError:
        return None
