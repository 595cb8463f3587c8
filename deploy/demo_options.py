"""How large a demo is, and what happens in it."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """How large the demo is.

    Attributes:
        devices: simulated devices that connect.
        interval: between two reports of one, such as `15s`.
        scale: of the province's inventory; 1 is 2,500 villages.
        seed: of everything invented.
        scenario: what happens to the province.
        speed: how many times as fast as it would.
        seconds: stop by itself after so long; None: at Ctrl-C.
        status_seconds: between two states of the status line.
    """

    devices: int = 2000
    interval: str = "15s"
    scale: float = 1.0
    seed: int = 1
    scenario: str = "calm"
    speed: float = 1.0
    seconds: float | None = None
    status_seconds: float = 1.0
