"""Rubbish: messages that are wrong in any level of their topic and any of their fields."""

import json
import math
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from random import Random
from typing import Any, Final

import cbor2

from province.instants import format_instant

Rubbish = tuple[str, bytes]

_CHANNELS: Final = ("telemetry", "telemetry", "telemetry-cbor", "status", "event")
_WRONG: Final = ("Srepok", "v2", "67", "22051", "stranger", "Telemetry")
"""For each level of a topic something that looks right and is not."""

# What MQTT allows in a topic: no wildcards, no NUL, no surrogates.
_LETTERS: Final = "aZ09_-. $ếạ\u200b\ufffd𐍈"
_NASTY: Final[tuple[Any, ...]] = (
    *(None, True, False, 0, 1, -1, 7, 2**31, 2**63 - 1, 2**63, 2**64, -(2**70), 10**30),
    *(0.5, -0.0, 1e-320, 1e308, math.inf, -math.inf, math.nan),
    *("", "x", "mains", "1", "\0", "a\0b", "buôn Đắk 𐍈", "2026-11-23T00:00:00", "T" * 40),
)
_FIELDS: Final = (
    *("boot_id", "seq", "connection", "uptime_s", "interval_s", "backfill", "config_rev"),
    *("values", "detail", "state", "event", "reason", "observed_at", "x"),
)
_VALUES: Final = (
    *("clients", "rtt_p50_ms", "battery_percent", "loss_percent"),
    *("pm2_5_ugm3", "air_temperature_c", "water_ph", "magic"),
)


def make_rubbish(topics: list[str], now: datetime, number: int, seed: int) -> Iterator[Rubbish]:
    """Yield messages; the same for the same arguments, so that a failure can be looked into."""
    maker = _Maker(Random(seed), topics, now)
    for _ in range(number):
        topic = maker.topic()
        yield topic, maker.payload(topic.rpartition("/")[2])


class _Maker:
    def __init__(self, random: Random, topics: list[str], now: datetime) -> None:
        self._random = random
        self._topics = topics
        hours = (-1, -2, 0.25, 72, -9 * 24)
        self._claims = [format_instant(now + timedelta(hours=each)) for each in hours]

    def topic(self) -> str:
        """Return a topic: more often than not a right one."""
        random = self._random
        levels = [*random.choice(self._topics).split("/")[:-1], random.choice(_CHANNELS)]
        at = random.randrange(len(levels))
        mistakes: tuple[Callable[[], list[str]], ...] = (
            lambda: [*levels[:at], self._text(), *levels[at + 1 :]],
            lambda: [*levels[:at], _WRONG[at], *levels[at + 1 :]],
            lambda: [*levels[:at], self._text(), *levels[at:]],
            lambda: levels[: at + 1],
            lambda: [*levels[:3], *(self._text() for _ in range(random.randrange(5)))],
        )
        topic = "/".join(levels if random.random() < 0.7 else random.choice(mistakes)())
        # What begins with a dollar is the broker's own, and it takes nothing there.
        return topic if topic and topic[0] != "$" else self.topic()

    def payload(self, channel: str) -> bytes:
        """Return a payload: more often than not nearly one of this channel."""
        random = self._random
        if random.random() < 0.2:
            channel = random.choice(_CHANNELS)
        kind = random.random()
        if kind < 0.05:
            return random.randbytes(random.randrange(300))
        if kind < 0.07:
            return bytes([random.randrange(256)]) * 66_000
        if kind < 0.08:
            return json.dumps([1] * random.randrange(990, 1011)).encode()
        if kind < 0.15:
            return self._encode(self._anything(), channel)
        if kind < 0.8:
            return self._encode(self._nearly(channel), channel)
        reports = [self._nearly(channel) for _ in range(random.randrange(6))]
        return self._encode(reports, channel)

    def _encode(self, value: object, channel: str) -> bytes:
        cbor = (channel == "telemetry-cbor") ^ (self._random.random() < 0.1)
        return cbor2.dumps(value) if cbor else json.dumps(value).encode()

    def _nearly(self, channel: str) -> dict[str, Any]:
        """Return a report, a status or an event of which little or nothing is wrong."""
        random = self._random
        said: dict[str, Any] = {"boot_id": 1, "observed_at": random.choice(self._claims)}
        if channel == "status":
            said |= {"connection": random.randrange(50)}
            said |= {"state": random.choice(["online", "offline"])}
        elif channel == "event":
            said |= {"seq": random.randrange(50), "event": random.choice(["boot", "dying_gasp"])}
            said |= {"detail": {"x": self._anything()}} if random.random() < 0.5 else {}
        else:
            said |= {"seq": random.randrange(50), "values": self._values()}
        for _ in range(random.choice((0, 0, 0, 1, 2))):
            said[random.choice(_FIELDS)] = self._anything()
        return said

    def _values(self) -> dict[str, Any]:
        random = self._random
        names = random.sample(_VALUES, random.randrange(4))
        return {
            name: random.choice((1, 7)) if random.random() < 0.8 else random.choice(_NASTY)
            for name in names
        }

    def _anything(self, depth: int = 3) -> Any:  # noqa: ANN401 - any JSON value
        random = self._random
        if depth == 0 or random.random() < 0.7:
            return random.choice(_NASTY)
        inner = [self._anything(depth - 1) for _ in range(random.randrange(4))]
        return inner if random.random() < 0.5 else {self._text(): each for each in inner}

    def _text(self) -> str:
        random = self._random
        return "".join(random.choices(_LETTERS, k=random.randrange(12)))
