"""What there is to say about a server, and how it is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from deploy.files import size


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One server at one moment.

    Attributes:
        name: of the server.
        pid: its main process; None if it does not run.
        started_at: when that started.
        port: on 127.0.0.1; None if it has none yet.
        directory: its files.
    """

    name: str
    pid: int | None
    started_at: datetime | None
    port: int | None
    directory: Path

    @property
    def running(self) -> bool:
        """Whether it runs."""
        return self.pid is not None


def render(statuses: Sequence[ServerStatus], now: datetime) -> str:
    """Return the table of servers as text."""
    rows = [("SERVER", "STATE", "PID", "PORT", "UPTIME", "SIZE", "DIRECTORY")]
    for status in statuses:
        uptime = _duration(now - status.started_at) if status.started_at else "-"
        rows.append(
            (
                status.name,
                "running" if status.running else "stopped",
                str(status.pid or "-"),
                str(status.port or "-"),
                uptime,
                _megabytes(size(status.directory)),
                str(status.directory),
            )
        )
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    form = "  ".join(f"{{:<{width}}}" for width in widths)
    return "\n".join(form.format(*row).rstrip() for row in rows)


def _duration(duration: timedelta) -> str:
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d {hours}h"
    return f"{hours}h {minutes}m" if hours else f"{minutes}m {seconds}s"


def _megabytes(count: int) -> str:
    return f"{count / 1e6:.1f} MB"
