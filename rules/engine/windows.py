"""Windows of maintenance: which work was announced, and where."""

from collections.abc import Iterable
from typing import Final

from rules.engine.network import Network
from rules.model import Window

_EARLY_SECONDS: Final = 600.0
"""How much earlier than announced work may begin."""
GRACE_SECONDS: Final = 300.0
"""How long work may overrun its window before people are told."""
_KEPT_SECONDS: Final = 3600.0


def find_window(
    windows: Iterable[Window], root: tuple[str, ...], now: float, network: Network
) -> Window | None:
    """Return the window that is open on a root, or on anything above it; the longest if several."""
    found = [
        window
        for window in windows
        if window.starts_at - _EARLY_SECONDS <= now < window.ends_at + GRACE_SECONDS
        and window.starts_at < window.ends_at
        and network.within(root[:1], window.node)
    ]
    return max(found, key=lambda window: window.ends_at, default=None)


def without_old(windows: dict[str, Window], now: float) -> dict[str, Window]:
    """Return the windows that are not long over."""
    return {name: each for name, each in windows.items() if now < each.ends_at + _KEPT_SECONDS}
