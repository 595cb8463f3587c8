"""Hooks: what other systems say stands once in the story of the incidents that it is about."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.gateway.api.api_world import ApiWorld
from tests.gateway.api.notices import alert, alertmanager, grafana, old_alertmanager

pytestmark = pytest.mark.servers


async def _annotations(api: ApiWorld, incident: str) -> list[Any]:
    story = await api.get(f"/api/v1/incidents/{incident}")
    return [entry for entry in story["timeline"] if entry["kind"] == "annotated"]


async def test_an_alert_stands_once_in_the_story_and_once_more_when_it_is_over(
    api: ApiWorld,
) -> None:
    incident, village = await api.hit(api.here)
    firing = alertmanager(alert(village=village, operator="vnpt"), alert(instance="172.29.254.30"))
    resolved = old_alertmanager(alert("resolved", village=village, operator="vnpt"))
    await api.rows("UPDATE incidents SET operators = '{vnpt}' WHERE incident_id = %s", incident)

    first = (await api.post("/hooks/alertmanager", firing, "hook")).json
    again = (await api.post("/hooks/alertmanager", firing, "hook")).json
    over = (await api.post("/hooks/alertmanager", resolved, "hook")).json

    assert incident in first["results"][0]["incidents"]
    assert [first[name] for name in ("alerts", "unmatched", "truncated")] == [2, 1, 3]
    assert first["added"] == len(first["results"][0]["incidents"])
    assert first["results"][1]["reason"] == "no-label"
    assert again["added"] == 0
    assert again["results"][0]["incidents"] == first["results"][0]["incidents"]
    assert over["added"] == first["added"]
    told = (await _annotations(api, incident))[-2:]
    assert [(entry["actor"], entry["reason"]) for entry in told] == [
        ("noc-alerts", "firing: the cabinet is at 71 °C"),
        ("noc-alerts", "resolved: the cabinet is at 71 °C"),
    ]
    assert told[0]["detail"]["labels"]["village"] == village
    assert told[0]["detail"]["starts_at"] == "2026-11-25T01:27:56.612666+00:00"


async def test_grafana_and_bare_alerts_are_understood_too(api: ApiWorld) -> None:
    incident, _ = await api.hit(api.there)
    bare = [{"labels": {"alertname": "DiskRunningFull", "incident": incident}}]

    one = (await api.post("/hooks/grafana", grafana(alert(incident=incident)))).json
    two = (await api.post("/hooks/alertmanager/api/v2/alerts", bare)).json

    assert (one["added"], two["added"]) == (1, 1)
    told = (await _annotations(api, incident))[-2:]
    assert [entry["detail"]["source"] for entry in told] == ["grafana", "alertmanager"]
    assert told[0]["detail"]["dashboard_url"] == "http://grafana/d/srepok"
    assert told[1]["reason"] == "firing: DiskRunningFull"


async def test_a_device_stands_for_its_village(api: ApiWorld) -> None:
    incident, village = await api.hit(api.there)
    ((device,),) = await api.rows(
        "SELECT device_code FROM devices WHERE village_code = %s LIMIT 1", village
    )
    answered = (await api.post("/hooks/grafana", grafana(alert(device=device)))).json
    assert incident in answered["results"][0]["incidents"]


async def test_what_matches_nothing_is_said_and_is_no_error(api: ApiWorld) -> None:
    incident, village = await api.hit(api.here)
    notice = alertmanager(
        alert(village=village, commune=api.there),
        alert(village="a village"),
        alert(incident="i-gone"),
        alert(village=village),
    )

    answered = (await api.post("/hooks/alertmanager", notice, "neighbour")).json

    assert [(each["reason"], each["incidents"]) for each in answered["results"]] == [
        ("no-incident", []),
        ("not-a-code", []),
        ("no-incident", []),
        ("no-incident", []),  # it is another commune's, so for this sender it is not there
    ]
    assert incident not in str(answered)


async def test_who_may_call_a_hook(api: ApiWorld) -> None:
    notice = alertmanager(alert())
    statuses = [
        (await api.ask(path, who, method="POST", body=notice)).status
        for path, who in (
            ("/hooks/alertmanager", "hook"),
            ("/hooks/grafana", "hook"),
            ("/hooks/alertmanager", "viewer"),
            ("/hooks/alertmanager", None),
            ("/api/v1/incidents/x/comment", "hook"),
        )
    ]
    assert statuses == [200, 403, 403, 401, 403]


async def test_a_notice_that_is_none_is_refused_with_the_place(api: ApiWorld) -> None:
    wrong = old_alertmanager(alert(), {"labels": {"a": 1}, "startsAt": "yesterday"})
    answered = await api.post("/hooks/alertmanager", wrong)
    assert answered.status == 422
    assert {each["pointer"] for each in answered.json["errors"]} == {
        "/alerts/1/labels/a",
        "/alerts/1/startsAt",
    }


@pytest.mark.parametrize(
    ("name", "hook"),
    [
        ("alertmanager-webhook-firing", "/hooks/alertmanager"),
        ("alertmanager-webhook-resolved", "/hooks/alertmanager"),
        ("alertmanager-post-api-v2-alerts", "/hooks/alertmanager"),
        ("grafana-webhook", "/hooks/grafana"),
    ],
)
async def test_every_collected_payload_is_read_and_becomes_an_annotation_once_it_has_a_label(
    api: ApiWorld, alerting: Path, name: str, hook: str
) -> None:
    incident, _ = await api.hit(api.here)
    content = json.loads((alerting / f"{name}.json").read_text())
    alerts = content if isinstance(content, list) else content["alerts"]

    plain = await api.post(hook, content)
    alerts[0]["labels"]["incident"] = incident
    labelled = await api.post(hook, content)

    assert (plain.status, labelled.status) == (200, 200)
    assert {each["reason"] for each in plain.json["results"]} == {"no-label"}
    assert labelled.json["added"] == 1
    assert labelled.json["unmatched"] == len(alerts) - 1
    told = (await _annotations(api, incident))[-1]["detail"]
    assert told["alertname"] == alerts[0]["labels"]["alertname"]
    assert told["status"] == ("resolved" if "resolved" in name else "firing")
