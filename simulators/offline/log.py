"""The event log: what a watcher is given, one JSON object a line. docs/events.md describes it."""

import hashlib
import json
from collections.abc import Sequence
from random import Random
from typing import Any, BinaryIO, Final, NamedTuple

from simulators.milliseconds import stamp
from simulators.world.schedule import Schedule

FORMAT: Final = "srepok-events/1"
_LINES: Final = 2_000


class Delivery(NamedTuple):
    """How a disturbed way to the watcher treats messages.

    Attributes:
        duplicates: share that comes twice.
        delayed: share that comes late.
        up_to: the longest delay, in milliseconds.
    """

    duplicates: float
    delayed: float
    up_to: int


class EventLog:
    """Writes lines in the order in which a watcher gets them.

    Args:
        outputs: each gets every line.
        schedule: late copies are planned there.
        random: which messages come late or twice.
    """

    def __init__(self, outputs: Sequence[BinaryIO], schedule: Schedule, random: Random) -> None:
        self.lines = 0
        self._outputs = outputs
        self._schedule = schedule
        self._random = random
        self._digest = hashlib.sha256()
        self._waiting: list[str] = []
        self._delivery: Delivery | None = None
        self._held: list[tuple[int, str]] | None = None

    @property
    def sha256(self) -> str:
        """The digest of all that was written, in hexadecimal."""
        self.flush()
        return self._digest.hexdigest()

    def header(self, at: int) -> None:
        """Begin the log, or its second part."""
        self._write(at, f'"kind":"header","format":"{FORMAT}"')

    def message(self, at: int, topic: str, payload: str, *, retained: bool = False) -> None:
        """Write a message that the broker delivers at QoS 1; `payload` is JSON."""
        retain = "true" if retained else "false"
        line = f'"kind":"message","topic":"{topic}","qos":1,"retain":{retain},"payload":{payload}'
        if self._held is not None:
            self._held.append((at, line))
        elif self._delivery is not None:
            self._disturb(at, line, self._delivery)
        else:
            self._write(at, line)

    def say(self, at: int, kind: str, **fields: Any) -> None:  # noqa: ANN401 - of the line
        """Write any other line."""
        line = json.dumps({"kind": kind, **fields}, separators=(",", ":"))[1:-1]
        if self._held is not None and kind in {"connect", "disconnect"}:
            self._held.append((at, line))
        else:
            self._write(at, line)

    def disturb(self, delivery: Delivery | None) -> None:
        """Treat messages so from now on; None delivers them as they come."""
        self._delivery = delivery

    def hold(self) -> None:
        """Deliver nothing from now on."""
        self._held = []

    def release(self, at: int) -> None:
        """Deliver what was held back, and everything from now on."""
        held, self._held = self._held, None
        for received_at, line in held or ():
            self._write(received_at, line, at)

    def switch(self, at: int, outputs: Sequence[BinaryIO]) -> None:
        """Go on in other files: the watcher is started again."""
        self.flush()
        for output in self._outputs:
            output.close()
        self._outputs = outputs
        self.header(at)

    def flush(self) -> None:
        """Hand over what waits to be written.

        Raises:
            OSError: an output cannot be written.
        """
        data = "".join(self._waiting).encode()
        self._waiting.clear()
        self._digest.update(data)
        for output in self._outputs:
            output.write(data)

    def _disturb(self, at: int, line: str, delivery: Delivery) -> None:
        draw = self._random.random
        if draw() < delivery.duplicates:
            self._schedule.plan(at + round(draw() * delivery.up_to), self._late, (at, line))
        if draw() < delivery.delayed:
            self._schedule.plan(at + round(draw() * delivery.up_to), self._late, (at, line))
        else:
            self._write(at, line)

    def _late(self, at: int, message: tuple[int, str]) -> None:
        received_at, line = message
        self._write(received_at, line, at)

    def _write(self, received_at: int, line: str, delivered_at: int | None = None) -> None:
        self.lines += 1
        if delivered_at is None or delivered_at == received_at:
            self._waiting.append(f'{{"received_at":"{stamp(received_at)}",{line}}}\n')
        else:
            self._waiting.append(
                f'{{"received_at":"{stamp(received_at)}","delivered_at":"{stamp(delivered_at)}",'
                f"{line}}}\n"
            )
        if len(self._waiting) >= _LINES:
            self.flush()
