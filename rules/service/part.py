"""A part of ours that nothing is seen through: it may be away, and the rules go on."""

from datetime import datetime, timedelta

from rules.service.lines import Line, part_line


class Part:
    """Says when a part goes down and comes up; a short absence is none.

    Args:
        name: of the part.
        patience: how long it may be away.

    Attributes:
        said_down: it was said to be down, and not yet to be up.
    """

    def __init__(self, name: str, patience: timedelta) -> None:
        self.name = name
        self.said_down = False
        self._patience = patience
        self._failed_at: datetime | None = None

    @property
    def up(self) -> bool:
        """Whether it answered when it was asked last."""
        return self._failed_at is None

    def failed(self, now: datetime) -> list[Line]:
        """Note that it did not answer; return what is to be said of it."""
        since = self._failed_at = self._failed_at or now
        if self.said_down or now - since < self._patience:
            return []
        self.said_down = True
        return [part_line(since, self.name, up=False, blinding=False, now=now)]

    def answered(self, now: datetime) -> list[Line]:
        """Note that it answered; return what is to be said of it."""
        self._failed_at = None
        if not self.said_down:
            return []
        self.said_down = False
        return [part_line(now, self.name, up=True, blinding=False, now=now)]
