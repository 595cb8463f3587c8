"""What a simulated device says must be what the wire contract takes."""

import json
import statistics
from random import Random

import pytest

from province.devices import Device, DeviceKind
from province.inventory import Inventory, format_record, parse_inventory
from province.metrics import catalogue
from province.presence import Event, Status
from province.reports import LINK_VALUE_FIELDS, LinkReport, SensorReport
from province.topics import Channel, parse_topic
from province.topology import Technology
from simulators.choice import choose_devices, choose_part
from simulators.device import SimulatedDevice, make_devices
from simulators.generate import generate_province
from simulators.measuring import Effect, choose_signals
from simulators.milliseconds import MINUTE, milliseconds
from simulators.presence import Presence
from simulators.signals import SENSORS
from tests.simulators.make import NOW, make_device, make_inventory

LINK_KINDS = [kind for kind in DeviceKind if kind.watches_link]


AT = milliseconds(NOW)


def a_day(device: SimulatedDevice) -> list[str]:
    return [device.report(AT + 20 * MINUTE * turn) for turn in range(72)]


@pytest.mark.parametrize("kind", LINK_KINDS)
def test_every_link_report_of_a_day_is_valid(kind: DeviceKind) -> None:
    for payload in a_day(make_device(kind)):
        report = LinkReport.model_validate_json(payload)
        for metric, value in (report.values.model_extra or {}).items():
            assert catalogue()[metric].holds(value), metric
        assert report.values.probes_sent is not None
        assert report.values.probes_ok is not None
        assert report.values.probes_ok <= report.values.probes_sent


@pytest.mark.parametrize("variety", SENSORS)
def test_every_sensor_reading_of_a_day_is_in_the_catalogue(variety: str) -> None:
    for payload in a_day(make_device(DeviceKind.SENSOR, f"22015-{variety}")):
        report = SensorReport.model_validate_json(payload)
        assert report.values
        for metric, value in report.values.items():
            assert catalogue()[metric].holds(value), metric


@pytest.mark.parametrize("technology", list(Technology))
def test_every_technology_gives_the_fixed_link_values(technology: Technology) -> None:
    device = Device(
        code="d", kind=DeviceKind.LINK_PROBE, name="D", commune="22015", interval_seconds=30
    )
    names = {signal.name for signal in choose_signals(device, technology)}
    assert names <= set(LINK_VALUE_FIELDS)


def test_a_sensor_of_unknown_variety_measures_weather() -> None:
    device = make_device(DeviceKind.SENSOR, "nobody-knows").device
    assert choose_signals(device, None) is SENSORS["weather"]


def test_load_follows_the_hour_of_the_local_day() -> None:
    def busy(hour: int) -> float:
        device = make_device()
        at = milliseconds(NOW.replace(hour=hour))
        reports = [json.loads(device.report(at)) for _ in range(200)]
        return statistics.mean([int(report["values"]["clients"]) for report in reports])

    assert busy(13) > 2 * busy(1)  # 20:00 and 08:00 in Dak Lak


def test_a_fault_on_the_link_shows_in_its_values() -> None:
    def measure(effect: Effect) -> tuple[float, float]:
        device = make_device()
        device.measurer.effect = effect
        values = [json.loads(device.report(AT))["values"] for _ in range(300)]
        loss = statistics.mean(each["loss_percent"] for each in values)
        return loss, statistics.mean(each["rtt_p50_ms"] for each in values)

    usual_loss, usual_rtt = measure(Effect())
    loss, rtt = measure(Effect(loss=0.08, rtt_factor=4, rtt_ms=5))
    assert loss - usual_loss == pytest.approx(8, abs=1)
    assert rtt == pytest.approx(4 * usual_rtt + 5, rel=0.1)


def test_a_stuck_sensor_repeats_itself_and_lives() -> None:
    device = make_device(DeviceKind.SENSOR, "22015-air")
    first = json.loads(device.report(AT))
    device.measurer.stick()
    later = [json.loads(device.report(AT + turn * MINUTE)) for turn in range(1, 4)]
    assert [report["values"] for report in later] == [first["values"]] * 3
    assert [report["seq"] for report in later] == [2, 3, 4]
    device.measurer.unstick()
    assert json.loads(device.report(AT + 5 * MINUTE))["values"] != first["values"]


def test_a_battery_is_reported_while_it_lasts() -> None:
    device = make_device()
    device.measurer.run_on("battery", 40)
    values = json.loads(device.report(AT))["values"]
    assert (values["power"], values["battery_percent"]) == ("battery", 40)


def test_each_boot_has_a_greater_number() -> None:
    device = make_device()
    device.boot(5_000)
    assert (device.boot_id, device.seq) == (10, 0)
    device.boot(AT)
    assert device.boot_id == AT // 1000


def test_reports_and_events_count_in_one_sequence() -> None:
    device = make_device()
    first = device.event("boot", AT)
    second = device.report(AT)
    assert [json.loads(text)["seq"] for text in (first, second)] == [1, 2]
    assert Event.model_validate_json(first).event == "boot"


def test_a_late_report_is_backfill_and_a_late_event_is_itself() -> None:
    device = make_device()
    report = device.outgoing(Channel.TELEMETRY, device.report(AT), AT)
    event = device.outgoing(Channel.EVENT, device.event("boot", AT), AT)
    assert not LinkReport.model_validate_json(report.payload()).backfill
    report.late = event.late = True
    assert LinkReport.model_validate_json(report.payload()).backfill
    Event.model_validate_json(event.payload())


def test_presence_is_what_the_wire_contract_takes() -> None:
    presence = Presence("d1", "srepok/v1/66/22015/d1/status", 9)
    will = Status.model_validate_json(presence.will(3).payload)
    assert (will.state, will.reason, will.connection) == ("offline", "will", 3)
    assert will.observed_at is None
    online = Status.model_validate_json(presence.online(3, NOW))
    assert (online.state, online.reason, online.observed_at) == ("online", "connect", NOW)
    offline = Status.model_validate_json(presence.offline(3, NOW))
    assert (offline.state, offline.reason) == ("offline", "shutdown")


def test_the_seed_decides_every_value() -> None:
    inventory = make_inventory()

    def say(seed: int) -> list[str]:
        devices = make_devices(inventory, inventory.devices[:20], seed, NOW, 1)
        return [device.report(AT) for device in devices]

    assert say(5) == say(5)
    assert say(5) != say(6)


def test_topics_are_those_of_the_inventory() -> None:
    inventory = make_inventory()
    for device in make_devices(inventory, inventory.devices, 1, NOW, 1):
        topic = parse_topic(device.topics[Channel.TELEMETRY])
        assert (topic.province, topic.commune) == ("66", device.device.commune)
        assert topic.device == device.device.code


def test_a_choice_cuts_one_village_at_most() -> None:
    inventory = make_inventory()
    whole: dict[str | None, int] = {}
    for device in inventory.devices:
        whole[device.village] = whole.get(device.village, 0) + 1
    for count in (1, 7, 25):
        chosen = choose_devices(inventory, count, Random(count).randrange(99))
        assert len(chosen) == count
        part: dict[str | None, int] = {}
        for device in chosen:
            part[device.village] = part.get(device.village, 0) + 1
        cut = [village for village in part if village and part[village] < whole[village]]
        assert len(cut) <= 1


def test_a_part_holds_what_its_devices_need_and_nothing_else() -> None:
    whole = generate_province(1, 0.05).true
    part = choose_part(whole, 60, 3)
    assert len(part.devices) == 60
    assert parse_inventory(text_of(part), "part") == part
    served = {device.village for device in part.devices if device.village}
    assert {village.code for village in part.villages} == served
    assert len(part.nodes) < len(whole.nodes)
    assert choose_part(whole, 100_000, 3) is whole


def text_of(inventory: Inventory) -> bytes:
    return "\n".join(format_record(record) for record in inventory.records()).encode()


def test_a_choice_of_more_than_there_are_is_all_of_them() -> None:
    inventory = make_inventory()
    assert len(choose_devices(inventory, 10_000, 1)) == len(inventory.devices)
