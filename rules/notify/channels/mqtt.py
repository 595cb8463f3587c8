"""MQTT: each notice as JSON on a topic of its place and incident, not retained."""

import asyncio
import re
from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Final

import msgspec

from rules.incidents.record import IncidentRecord
from rules.notify.channel import Publish
from rules.notify.errors import ChannelError
from rules.notify.message import Writer
from rules.notify.model import Dispatch
from rules.notify.payload import notice_json
from runtime.broker.errors import BrokerError, PublishRefusedError

_AT_ONCE: Final = 50
_NOT_A_LEVEL: Final = re.compile(r"[/+#\s\x00]")
NOWHERE: Final = "_"
"""Where an incident touches no commune."""


class Mqtt:
    """Topics below one root.

    Args:
        topic_root: first levels of the topics.
        province: the level behind them.
        publish: publishes at QoS 1.
        writer: gives the incident's page.
    """

    refresh: timedelta | None = None

    def __init__(self, topic_root: str, province: str, publish: Publish, writer: Writer) -> None:
        self._root = f"{topic_root}/{province}"
        self._publish = publish
        self._writer = writer

    async def send(self, dispatch: Dispatch) -> None:
        """Publish each notice of a message; see `Channel`."""
        messages = list(self._messages(dispatch))
        for start in range(0, len(messages), _AT_ONCE):
            some = messages[start : start + _AT_ONCE]
            answers = await asyncio.gather(
                *(self._publish(topic, payload) for topic, payload in some), return_exceptions=True
            )
            for error in answers:
                if isinstance(error, PublishRefusedError):
                    raise ChannelError("the broker refused it: see its access list")
                if isinstance(error, BrokerError):
                    raise ChannelError("the broker did not confirm it", uncertain=True)
                if isinstance(error, BaseException):
                    raise error

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Do nothing: who was told remembers."""

    async def close(self) -> None:
        """Do nothing: the broker session is the service's."""

    def _messages(self, dispatch: Dispatch) -> Iterator[tuple[str, bytes]]:
        for notice in dispatch.notices:
            payload = msgspec.json.encode(notice_json(notice, dispatch.at, self._writer))
            name = _NOT_A_LEVEL.sub("-", notice.record.incident)
            for commune in notice.record.communes or (NOWHERE,):
                yield f"{self._root}/{commune}/{name}", payload
