"""Sparkplug B messages as an edge node would send them, and an edge node that counts right."""

from dataclasses import dataclass, field
from typing import Any

from gateway.codecs.sparkplug.schema import payload_class
from gateway.translation import Outcome
from tests.gateway.codecs.conftest import Translate

BORN_AT = 1_795_608_000_000
INT8, INT16, INT32, INT64, UINT8, UINT16, UINT32, UINT64, FLOAT, DOUBLE, BOOLEAN, STRING = range(
    1, 13
)


def make_metric(name: str = "", datatype: int = DOUBLE, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - any field of a metric
    metric: dict[str, Any] = {"datatype": datatype, **fields}
    return metric | {"name": name.encode()} if name else metric


def make_payload(
    *metrics: dict[str, Any], at: int | None = BORN_AT, seq: int | None = None
) -> bytes:
    fields = {"timestamp": at, "seq": seq}
    given = {name: value for name, value in fields.items() if value is not None}
    return bytes(payload_class()(metrics=metrics, **given).SerializeToString())


def make_bd_seq(number: int, datatype: int = UINT64) -> dict[str, Any]:
    return make_metric("bdSeq", datatype, long_value=number)


@dataclass
class Node:
    """An edge node; its clock goes on by a second with each message."""

    translate: Translate
    name: str = "pump"
    bd_seq: int = 0
    seq: int = field(default=-1)
    at: int = BORN_AT

    def birth(self, *metrics: dict[str, Any]) -> Outcome:
        self.seq = -1
        return self.send("NBIRTH", make_bd_seq(self.bd_seq), *metrics)

    def send(self, kind: str, *metrics: dict[str, Any], device: str = "", skip: int = 0) -> Outcome:
        """Send the next message, after so many that get lost."""
        self.seq = (self.seq + 1 + skip) % 256
        self.at += 1000
        return self.translate(
            "sparkplug", make_payload(*metrics, at=self.at, seq=self.seq), self.topic(kind, device)
        )

    def death(self, bd_seq: int | None = None, datatype: int = INT64) -> Outcome:
        metric = make_bd_seq(self.bd_seq if bd_seq is None else bd_seq, datatype)
        return self.translate("sparkplug", make_payload(metric), self.topic("NDEATH"))

    def topic(self, kind: str, device: str = "") -> str:
        return f"spBv1.0/Water/{kind}/{self.name}" + (f"/{device}" if device else "")


def readings(outcome: Outcome) -> list[tuple[str, dict[str, float]]]:
    """Return whose values they are, and the values, of each report."""
    return [
        (translated.device.id, translated.record["values"])
        for translated in outcome.translated
        if "values" in translated.record
    ]


def states(outcome: Outcome) -> list[tuple[str, str]]:
    """Return who came and who went."""
    return [
        (translated.device.id, translated.record["state"])
        for translated in outcome.translated
        if "state" in translated.record
    ]
