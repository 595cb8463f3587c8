"""Alerts of the rulebook become incidents: with the rule's words, and nobody cut off."""

from typing import Any

import pytest

from province.devices import DeviceKind
from province.inventory import Inventory
from rules.incidents.fold import Desk
from rules.incidents.geography import Geography
from rules.incidents.record import Status, Step
from rules.model import Action, IncidentClass, Severity
from rules.rulebook.changes import AlertChange


@pytest.fixture(scope="module")
def geography(inventory: Inventory) -> Geography:
    return Geography(inventory)


def alert(at: float, action: Action, device: str, **said: Any) -> AlertChange:  # noqa: ANN401 - the caller's own
    values: dict[str, Any] = {
        "fingerprint": "f",
        "rule": "water/high",
        "severity": Severity.MAJOR,
        "labels": {"device": device, "team": "water"},
        "value": 4.2,
        "since": at - 60,
        "reason": "above its threshold",
        "summary": {"en": "Water is high", "vi": "Mực nước cao"},
    }
    return AlertChange(at=at, alert="r1", action=action, device=device, **(values | said))


def test_an_alert_is_an_incident_of_its_device(geography: Geography) -> None:
    desk = Desk(geography)
    sensor = next(each for each in geography.devices.values() if each.kind is DeviceKind.SENSOR)

    opened = desk.take_alert(alert(1000, Action.OPEN, sensor.code))
    worse = desk.take_alert(
        alert(1300, Action.UPDATE, sensor.code, severity=Severity.CRITICAL, since=940, value=5.0)
    )
    over = desk.take_alert(
        alert(2000, Action.CLEAR, sensor.code, ended=1900.0, since=940, value=2.0)
    )

    assert (opened.incident_class, opened.root, opened.root_kind) == (
        IncidentClass.RULE,
        (sensor.code,),
        "sensor",
    )
    assert opened.communes == (sensor.commune,)
    assert (opened.rule, opened.value, opened.labels["team"]) == ("water/high", 4.2, "water")
    assert opened.summary["vi"] == "Mực nước cao"
    assert opened.households == 0
    assert (worse.step, worse.revision, worse.onset) == (Step.SEVERITY_CHANGED, 2, 940)
    assert (over.step, over.status, over.ended_at) == (Step.CLEARED, Status.CLEARED, 1900)
    assert desk.records == {}


def test_an_alert_of_a_group_is_about_the_place_in_its_labels(
    geography: Geography, inventory: Inventory
) -> None:
    commune = inventory.communes[0].code

    record = Desk(geography).take_alert(
        alert(1000, Action.OPEN, "", labels={"commune": commune, "rule": "x"})
    )

    assert (record.root, record.communes, record.operators) == ((commune,), (commune,), ())
