"""The pipeline of a live run: it is real, so a scenario can only cut sessions, and say the rest."""

from collections.abc import Sequence
from random import Random

from runtime.logs import get_logger
from simulators.live.session import LiveSession
from simulators.world.stage import Fall, Service

log = get_logger(__name__)


class RealPipeline:
    """Servers that other people run.

    Args:
        sessions: of all devices of this process.
        random: which sessions a dying broker node would have had.
    """

    def __init__(self, sessions: Sequence[LiveSession], random: Random) -> None:
        self._sessions = sessions
        self._random = random

    def broker_falls(self, at: int, how: Fall) -> None:  # noqa: ARG002 - the model of a broker needs the time
        """Cut half of the sessions, as one of two nodes would; a whole broker is not ours."""
        if how != "half":
            self._leave_out(f"broker {how}", "restart or kill the broker yourself")
            return
        for session in self._sessions:
            if self._random.random() < 0.5:  # noqa: PLR2004 - a half
                session.drop()

    def broker_rises(self, at: int, how: Fall) -> None:
        """Do nothing: sessions come back by themselves."""

    def service_falls(self, at: int, service: Service) -> None:  # noqa: ARG002 - as above
        """Say that it is for others to do."""
        self._leave_out(f"{service} down", f"stop {service} yourself")

    def service_rises(self, at: int, service: Service) -> None:
        """Do nothing."""

    def disturb(self, duplicates: float, delayed: float, up_to: int) -> None:  # noqa: ARG002 - as above
        """Say that a real broker delivers as it does."""
        self._leave_out("duplicates and delays", "no broker does that at will")

    def calm(self) -> None:
        """Do nothing."""

    def announce(self, at: int, maintenance: str, node: str, window: tuple[int, int]) -> None:  # noqa: ARG002 - as above
        """Say that a window is to be announced."""
        self._leave_out(f"maintenance {maintenance} on {node}", "enter the window yourself")

    def restart_watcher(self, at: int) -> None:  # noqa: ARG002 - as above
        """Say that it is for others to do."""
        self._leave_out("restart of the watcher", "restart it yourself")

    def _leave_out(self, what: str, instead: str) -> None:
        log.warning("left out of a live run", what=what, instead=instead)
