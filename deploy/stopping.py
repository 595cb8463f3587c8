"""Stopping: Ctrl-C, and a request to end, are noted and acted upon where it is safe."""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def set_on_signals(stop: threading.Event) -> Iterator[None]:
    """Set `stop` at SIGINT and SIGTERM while inside."""

    def note(_number: int, _frame: FrameType | None) -> None:
        stop.set()

    before = {number: signal.signal(number, note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
