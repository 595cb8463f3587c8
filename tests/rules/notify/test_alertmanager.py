"""Incidents at a real Alertmanager."""

from datetime import timedelta
from random import Random
from typing import Any

import aiohttp
import pytest

from deploy.alertmanager import Alertmanager as Server
from deploy.alertmanager import AlertmanagerOptions
from deploy.ports import choose_port
from rules.model import IncidentClass, Severity
from rules.notify.channels.alertmanager import Alertmanager
from rules.notify.channels.http import Poster
from rules.notify.errors import ChannelError
from rules.notify.model import Telling
from rules.notify.receivers import AlertmanagerSettings
from runtime.clock import SystemClock
from tests.rules.notify.make import WRITER, clear, make_dispatch, make_record
from tests.rules.notify.receiving import HttpReceiver
from tests.servers import MakeAlertmanager
from tests.waiting import eventually

pytestmark = pytest.mark.servers

QUICK = timedelta(milliseconds=200)


def make_channel(*urls: str, refresh: timedelta = timedelta(minutes=1)) -> Alertmanager:
    clock = SystemClock()
    settings = AlertmanagerSettings(urls=urls, refresh=refresh, labels={"province": "66"})
    return Alertmanager(settings, Poster(clock, private_addresses=True), WRITER, clock)


def now() -> float:
    return SystemClock().now().timestamp()


async def alerts(server: Server) -> list[dict[str, Any]]:
    async with (
        aiohttp.ClientSession() as session,
        session.get(f"{server.url}/api/v2/alerts") as answer,
    ):
        found: list[dict[str, Any]] = await answer.json()
    return found


async def test_it_receives_groups_and_resolves_and_its_own_webhook_says_so(
    make_alertmanager: MakeAlertmanager, receiver: HttpReceiver
) -> None:
    options = AlertmanagerOptions(receiver.url, ("class",), group_wait=QUICK, group_interval=QUICK)
    server = make_alertmanager(options)
    channel = make_channel(server.url)
    begun = now() - 60
    cuts = [make_record(f"cut-{number}", onset=begun) for number in range(3)]
    lag = make_record("lag", onset=begun, incident_class=IncidentClass.PIPELINE)
    await channel.send(make_dispatch(*cuts, lag))
    await eventually(lambda: len(receiver.received) >= 2)
    groups = {
        each.json["groupLabels"]["class"]: sorted(
            alert["labels"]["incident"] for alert in each.json["alerts"]
        )
        for each in receiver.received
    }
    assert groups == {"outage": ["cut-0", "cut-1", "cut-2"], "pipeline": ["lag"]}
    received = len(receiver.received)
    ended = [clear(cut, now()) for cut in cuts]
    await channel.send(make_dispatch(*ended, telling=Telling.RESOLVE, before="major"))
    await eventually(lambda: len(receiver.received) > received)
    await channel.close()
    last = receiver.received[-1].json
    assert last["status"] == "resolved"
    assert len(last["alerts"]) == 3
    assert [alert["labels"]["incident"] for alert in await alerts(server)] == ["lag"]


async def test_labels_are_the_identity_and_all_else_is_said_beside_them(
    make_alertmanager: MakeAlertmanager,
) -> None:
    server = make_alertmanager()
    channel = make_channel(server.url)
    record = make_record(
        onset=now() - 60, rule="water/high", labels={"station": "s-1", "incident": "forged"}
    )
    await channel.send(make_dispatch(record))
    (alert,) = await alerts(server)
    assert alert["labels"] == {
        "alertname": "water/high",
        "class": "outage",
        "incident": "cut-1",
        "province": "66",
        "rule": "water/high",
        "severity": "major",
        "station": "s-1",
    }
    assert alert["annotations"]["communes"] == "Buôn Đôn"
    assert alert["annotations"]["households"] == "240"
    assert alert["generatorURL"] == "https://srepok.example/incidents/cut-1"
    await channel.close()


async def test_a_worse_severity_ends_the_alert_of_the_old_one(
    make_alertmanager: MakeAlertmanager,
) -> None:
    server = make_alertmanager()
    channel = make_channel(server.url)
    record = make_record(onset=now() - 60)
    await channel.send(make_dispatch(record))
    worse = make_record(onset=record.onset, severity=Severity.CRITICAL, revision=2)
    await channel.send(make_dispatch(worse, telling=Telling.UPDATE, before="major"))
    assert [alert["labels"]["severity"] for alert in await alerts(server)] == ["critical"]
    # Its end was not told yet when it became less bad: what is known there is what ends.
    ended = clear(record, now(), impacts=())
    await channel.send(make_dispatch(ended, telling=Telling.RESOLVE, before="critical"))
    assert await alerts(server) == []
    await channel.close()


async def test_what_is_kept_up_stays_and_what_is_not_ends_by_itself(
    make_alertmanager: MakeAlertmanager,
) -> None:
    server = make_alertmanager()
    channel = make_channel(server.url, refresh=timedelta(seconds=2))
    kept, left = (make_record(name, onset=now() - 60) for name in ("kept", "left"))
    await channel.send(make_dispatch(kept, left))
    names: list[str] = []
    while names != ["kept"]:
        await channel.keep([kept], now())
        names = [alert["labels"]["incident"] for alert in await alerts(server)]
        assert "kept" in names
    await channel.close()


async def test_every_replica_gets_it_and_one_that_is_there_is_enough(
    make_alertmanager: MakeAlertmanager,
) -> None:
    first, second = make_alertmanager(), make_alertmanager()
    down = f"http://127.0.0.1:{choose_port(Random())}"
    channel = make_channel(first.url, down, second.url)
    await channel.send(make_dispatch(make_record(onset=now() - 60)))
    assert len(await alerts(first)) == len(await alerts(second)) == 1
    await channel.close()
    nobody = make_channel(down)
    with pytest.raises(ChannelError, match="cannot be reached"):
        await nobody.send(make_dispatch(make_record()))
    await nobody.close()
