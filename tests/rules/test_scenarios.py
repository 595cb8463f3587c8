"""The engine on scenarios whose truth is known: what it says, and above all what it does not."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from rules.snapshot import load_state, save_state
from tests.rules.runs import Line, decide, opened, record


def delay(line: Line, fault: Line) -> timedelta:
    return datetime.fromisoformat(line["at"]) - datetime.fromisoformat(fault["onset"])


def states(lines: list[Line]) -> set[str]:
    return {line["state"] for line in lines if line["kind"] == "village"}


@pytest.mark.parametrize(
    ("name", "within_seconds"),
    [
        ("feeder-cut", 10),
        ("ring-cut", 30),
        ("operator-outage", 30),
        ("olt-card", 120),
        ("cell-site", 180),
        ("flapping-link", 300),
    ],
)
def test_one_fault_is_one_incident_with_the_right_root(name: str, within_seconds: int) -> None:
    recorded = record(name)
    lines, _ = decide(recorded)
    (fault,) = recorded.faults
    (incident,) = opened(lines, "outage", "degradation", "pipeline")
    assert set(incident["root"]) & {fault["root"], *fault["equivalent"]}
    assert incident["class"] == "outage"
    # In the scenario's own time, which no machine's speed changes.
    assert timedelta(0) <= delay(incident, fault) <= timedelta(seconds=within_seconds)


@pytest.mark.parametrize(
    "name", ["calm", "clock-skew", "clock-step", "reboot-storm", "ring-protected", "lone-devices"]
)
def test_what_takes_nobodys_service_away_is_no_incident(name: str) -> None:
    lines, _ = decide(record(name))
    assert opened(lines, "outage", "degradation", "pipeline") == []
    assert states(lines) <= {"unknown", "served"}


@pytest.mark.parametrize("name", ["broker-restart", "broker-node-dies", "ingest-restart"])
def test_a_fault_of_our_own_is_no_outage(name: str) -> None:
    lines, _ = decide(record(name))
    (incident,) = opened(lines, "outage", "degradation", "pipeline")
    assert (incident["class"], incident["root"]) == ("pipeline", ["pipeline"])
    assert states(lines) <= {"unknown", "served"}


def test_a_village_that_fails_while_the_broker_is_away_is_found() -> None:
    recorded = record("broker-crash")
    lines, _ = decide(recorded)
    (village,) = (fault for fault in recorded.faults if fault["class"] == "outage")
    (incident,) = opened(lines, "outage")
    assert incident["villages"] == village["villages"]
    dark = [line for line in lines if line["kind"] == "village" and line["state"] == "dark"]
    assert [line["village"] for line in dark] == village["villages"]


def test_work_in_its_window_is_recorded_and_its_overrun_told() -> None:
    recorded = record("maintenance-overrun")
    lines, _ = decide(recorded)
    work, overrun = recorded.faults
    incidents = [line for line in lines if line["kind"] == "incident" and line["class"] == "outage"]
    first = incidents[0]
    assert (first["planned"], first["notified"]) == (True, False)
    assert delay(first, work) < timedelta(minutes=2)
    (told,) = opened(lines, "outage")
    # Five minutes of grace after the window.
    assert timedelta(minutes=5) <= delay(told, overrun) <= timedelta(minutes=6)


def test_a_slow_degradation_is_found_half_an_hour_after_it_counts() -> None:
    recorded = record("slow-degradation")
    lines, _ = decide(recorded)
    (fault,) = recorded.faults
    (incident,) = opened(lines, "outage", "degradation", "pipeline")
    assert incident["class"] == "degradation"
    crossed = datetime.fromisoformat(fault["crossed"])
    late = datetime.fromisoformat(incident["at"]) - crossed
    assert timedelta(minutes=-30) <= late <= timedelta(minutes=30)


def test_a_stuck_sensor_gets_its_ticket() -> None:
    recorded = record("sensor-stuck")
    lines, _ = decide(recorded)
    (fault,) = recorded.faults
    assert {line["root"][0] for line in opened(lines, "sensor")} == set(fault["devices"])


def test_a_lone_device_gets_a_ticket_and_no_more() -> None:
    recorded = record("lone-devices")
    lines, _ = decide(recorded)
    (fault,) = recorded.faults
    tickets = {line["root"][0] for line in opened(lines, "device")}
    assert set(fault["devices"]) <= tickets


def test_messages_that_come_twice_and_late_change_nothing() -> None:
    lines, _ = decide(record("duplicates-reorder"))
    assert states(lines) <= {"unknown", "served"}
    assert opened(lines, "outage", "degradation", "pipeline") == []


@pytest.mark.parametrize("name", ["storm", "two-faults"])
def test_a_restart_anywhere_changes_nothing(name: str, tmp_path: Path) -> None:
    """Saved, read back and gone on with, the state gives the same words and the same names."""
    recorded = record(name)
    whole, _ = decide(recorded)
    for part in (3, 5, 8):
        cut = len(recorded.events) * part // 10
        before, state = decide(recorded, recorded.events[:cut])
        save_state(tmp_path, state)
        after, _ = decide(recorded, recorded.events[cut:], load_state(tmp_path))
        assert before + after == whole
