"""Log: each notice a structured line in the log of the rules."""

from collections.abc import Sequence
from datetime import timedelta

from rules.incidents.record import IncidentRecord
from rules.notify.message import Writer
from rules.notify.model import Dispatch
from runtime.logs import get_logger

log = get_logger(__name__)


class LogLines:
    """The log of the rules.

    Args:
        name: of the receiver.
        writer: writes the title.
    """

    refresh: timedelta | None = None

    def __init__(self, name: str, writer: Writer) -> None:
        self._name = name
        self._writer = writer

    async def send(self, dispatch: Dispatch) -> None:
        """Write a line for a digest, or one for each notice."""
        if dispatch.summary is not None:
            log.info(
                "digest",
                receiver=self._name,
                key=dispatch.key,
                title=self._writer.write(dispatch).title,
                notices=len(dispatch.notices),
                open=dispatch.summary.open_count,
                households=dispatch.summary.households,
                worst=[record.incident for record in dispatch.summary.ranking[:5]],
            )
            return
        for notice in dispatch.notices:
            record = notice.record
            log.info(
                "notice",
                receiver=self._name,
                key=notice.key,
                action=notice.telling.value,
                incident=record.incident,
                incident_class=record.incident_class.value,
                severity=record.severity.value,
                root=list(record.root),
                communes=list(record.communes),
                villages=len(record.villages),
                households=record.households,
                reason=record.reason,
                escalated=notice.escalated,
            )

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Do nothing: a line stays."""

    async def close(self) -> None:
        """Do nothing: the log is not ours."""
