"""What a module logs, as a list: whatever an earlier test has set up, and on whichever stream."""

from types import ModuleType

import pytest
import structlog
from structlog.testing import LogCapture
from structlog.typing import EventDict


def log_of(module: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[EventDict]:
    """Return the list that gets each line the module logs from now on, until the test ends."""
    capture = LogCapture()
    monkeypatch.setattr(module, "log", structlog.wrap_logger(None, processors=[capture]))
    return capture.entries
