"""Notices over a real broker."""

import json
from random import Random
from uuid import uuid4

import pytest

from deploy.ports import choose_port
from rules.notify.channels.mqtt import Mqtt
from rules.notify.errors import ChannelError
from runtime.broker.address import BrokerAddress
from runtime.broker.options import SessionOptions
from runtime.broker.session import BrokerSession
from runtime.clock import SystemClock
from tests.inbox import Inbox
from tests.rules.notify.make import WRITER, make_dispatch, make_record
from tests.runtime.broker.sessions import Observed, running

pytestmark = pytest.mark.servers


async def test_a_notice_goes_to_the_topic_of_each_commune_and_of_its_incident(
    broker_address: BrokerAddress,
) -> None:
    root = f"srepok/canary/{uuid4().hex}"
    options = SessionOptions(f"notices-{uuid4().hex}", (f"{root}/#",))
    dispatch = make_dispatch(
        make_record("a", communes=("24133", "24175")), make_record("b/1", communes=())
    )
    async with running(broker_address, options) as run:
        await Mqtt(root, "66", run.session.publish, WRITER).send(dispatch)
        await run.inbox.reach(3)
    assert sorted(message.topic for message in run.inbox) == [
        f"{root}/66/24133/a",
        f"{root}/66/24175/a",
        f"{root}/66/_/b-1",
    ]
    assert not any(message.retain for message in run.inbox)
    first = json.loads(run.inbox[0].payload)
    assert (first["id"], first["action"]) == (dispatch.notices[0].key, "raise")


async def test_a_topic_that_the_access_list_forbids_is_said(broker_address: BrokerAddress) -> None:
    options = SessionOptions(f"notices-{uuid4().hex}")
    async with running(broker_address, options) as run:
        with pytest.raises(ChannelError, match="access list"):
            await Mqtt("forbidden/here", "66", run.session.publish, WRITER).send(
                make_dispatch(make_record())
            )


async def test_without_a_broker_it_is_tried_again() -> None:
    address = BrokerAddress.from_environment(
        {"MQTT_URL": f"mqtt://nobody@127.0.0.1:{choose_port(Random())}"}
    )
    session = BrokerSession(
        address, SessionOptions("nobody"), Inbox(), Observed(), SystemClock(), Random(1)
    )
    with pytest.raises(ChannelError, match="did not confirm"):
        await Mqtt("srepok/notices", "66", session.publish, WRITER).send(
            make_dispatch(make_record())
        )
