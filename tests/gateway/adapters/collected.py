"""The collected payloads, each with the adapter that takes it and how it arrives."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from gateway.translation import Translated
from province.metrics import catalogue
from province.presence import Event, Status
from province.reports import SensorReport
from province.topics import Channel

_MODELS: dict[Channel, type[BaseModel]] = {
    Channel.TELEMETRY: SensorReport,
    Channel.STATUS: Status,
    Channel.EVENT: Event,
}
INTEGRATIONS = {
    "ChirpStack": "chirpstack",
    "ThingsStackCommunity": "the-things-stack",
    "ThingsStackIndustries": "the-things-stack",
    "LORIOT": "loriot",
    "ThingPark": "thingpark",
    "ThingParkEnterprise": "thingpark",
    "HTTP": "lorawan-gateway",
}
DECODERS = {
    "Bosch/Parking_Lot_Sensor": "bosch-parking-lot",
    "Decentlab/DL-ATM41": "decentlab-dl-atm41",
    "Decentlab/DL-PM": "decentlab-dl-pm",
    "Decentlab/DL-TBRG": "decentlab-dl-tbrg",
    "Elsys/ERS2_CO2": "elsys-ers2-co2",
    "Milesight/AM319": "milesight-am319",
    "Milesight/EM310-TILT": "milesight-em310-tilt",
    "Milesight/EM500-UDL": "milesight-em500-udl",
    "Milesight/WS302": "milesight-ws302",
    "Netvox/R718N3": "netvox-r718n3",
    "Tektelic/Comfort": "tektelic-comfort",
    "Yobiiq/EM4301": "yobiiq-em4301",
}
MQTT = {
    "shelly-gen2.jsonl": "shelly-gen2",
    "tasmota.jsonl": "tasmota",
    "zigbee2mqtt.jsonl": "zigbee2mqtt",
}
SCHEMAS = {"README.md", "lwm2m/objects.json", "sparkplug-b/sparkplug_b.proto"}
"""What is there to be read by people and is no payload."""


@dataclass(frozen=True)
class Collected:
    """One payload: an adapter of None means that it is no telemetry, and `body` why."""

    place: str
    adapter: str | None
    body: bytes
    topic: str | None = None
    route: str = ""
    expected: list[dict[str, Any]] = field(default_factory=list)


NOTHING = Collected("none", None, b"nothing was collected")


def words(text: str) -> list[str]:
    """Return the words of a text."""
    return text.split()


def takes(translated: Translated) -> None:
    """Check that ingest would take a record: the contract's own model, each value plausible."""
    text = json.dumps(translated.record, allow_nan=False)
    _MODELS[translated.channel].model_validate_json(text)
    for metric, value in translated.record.get("values", {}).items():
        assert catalogue()[metric].holds(value), (metric, value)


def find_payloads() -> Path | None:
    """Return the directory of collected payloads, which is kept beside the checkout."""
    for parent in Path(__file__).parents:
        if (parent / "shared/data/gateway-payloads").is_dir():
            return parent / "shared/data/gateway-payloads"
    return None


def collected(root: Path) -> Iterator[Collected]:
    """Yield every payload of the directory, with nothing left out."""
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        place = path.relative_to(root).as_posix()
        if place not in SCHEMAS:
            found = list(_of_file(path, place))
            assert found, f"{place} has no payload"
            yield from found


def _of_file(path: Path, place: str) -> Iterator[Collected]:
    match path.parent.name:
        case "alerting":
            yield Collected(
                place, None, b"an alert, which /hooks/alertmanager and /hooks/grafana take"
            )
        case "fiware":
            yield Collected(place, "fiware", path.read_bytes())
        case "lorawan-chirpstack":
            yield Collected(place, "chirpstack", path.read_bytes())
        case "lorawan-the-things-stack":
            yield Collected(place, "the-things-stack", path.read_bytes())
        case "senml" | "lwm2m":
            document = json.loads(path.read_text())
            body = json.dumps(document["senml_json"]).encode()
            yield Collected(place, path.parent.name, body, route=f"{path.parent.name}-device")
        case "lorawan-devices" | "mqtt-devices" | "sparkplug-b":
            yield from _of_lines(path, place)


def _of_lines(path: Path, place: str) -> Iterator[Collected]:
    if path.suffix == ".json":
        generation = "shelly-gen1" if "gen1" in path.name else "shelly-gen2"
        status = json.loads(path.read_text())["status"]
        yield Collected(place, generation, json.dumps(status).encode())
        return
    for number, line in enumerate(path.read_text().splitlines(), 1):
        yield _of_line(json.loads(line), path, f"{place}:{number}")


def _of_line(row: dict[str, Any], path: Path, place: str) -> Collected:
    if path.parent.name == "sparkplug-b":
        body = bytes.fromhex(row.get("hex", "")) or json.dumps(row["payload_json"]).encode()
        return Collected(place, "sparkplug", body, row["topic"])
    payload = row["payload"]
    body = payload.encode() if isinstance(payload, str) else json.dumps(payload).encode()
    if path.parent.name == "mqtt-devices":
        return Collected(place, MQTT[path.name], body, row["topic"])
    expected = row["expected"] if isinstance(row["expected"], list) else [row["expected"]]
    telemetry = expected[0]["telemetry"]
    return Collected(
        place,
        INTEGRATIONS[row["integration"]],
        body,
        route=f"?event=up&decoder={DECODERS[row['device']]}",
        expected=telemetry if isinstance(telemetry, list) else [telemetry],
    )
