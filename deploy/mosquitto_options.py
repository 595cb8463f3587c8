"""What can be chosen about a broker, and how it stands in Mosquitto's configuration."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from string import Template
from typing import Final

_LOCAL: Final = Path(__file__).with_name("local") / "mosquitto.conf"
_SHARED: Final = Path(__file__).with_name("mosquitto")
ACL_FILE: Final = _SHARED / "acl"
SQLITE_PLUGIN: Final = "/usr/lib/mosquitto_persist_sqlite.so"
"""From Mosquitto 2.1 on; writes as it goes, so that a crash loses nothing."""


@dataclass(frozen=True, slots=True)
class TlsListener:
    """A second listener, for devices that connect by TLS.

    Attributes:
        port: on 127.0.0.1.
        certificate: the broker's, with the chain behind it.
        key: its private key.
        ca: certificates that devices' certificates must be signed by; then a device needs no
            password and is who its certificate names. Without it they need none.
    """

    port: int
    certificate: Path
    key: Path
    ca: Path | None = None

    @property
    def paths(self) -> list[Path]:
        """The files that the broker reads."""
        return [path for path in (self.certificate, self.key, self.ca) if path]


@dataclass(frozen=True, slots=True)
class MosquittoOptions:
    """How a broker is set up, beyond deploy/mosquitto/limits.conf.

    Attributes:
        persistence: sessions, queues and retained messages are kept over a restart.
        autosave_after: without the sqlite plug-in, how often they are saved. A killed broker
            loses what came after the last save, acknowledged or not; each save writes all of
            them anew while the broker does nothing else.
        autosave_changes: save after so many changes instead of after a time.
        max_inflight_messages: unacknowledged messages of a client that names no limit.
        tls: a second listener.
        trusted: certificate of the authority behind it, for our own services to connect there.
        extra: further lines of the configuration; they come last, so they win.
    """

    persistence: bool = True
    autosave_after: timedelta = timedelta(seconds=5)
    autosave_changes: int | None = None
    max_inflight_messages: int = 4000
    tls: TlsListener | None = None
    trusted: Path | None = None
    extra: tuple[str, ...] = ()

    def render(self, directory: Path, port: int, *, sqlite: bool) -> str:
        """Return the text of mosquitto.conf.

        Args:
            directory: of the broker's files.
            port: of the plain listener.
            sqlite: the broker has the plug-in that persists into SQLite.
        """
        local = Template(_LOCAL.read_text(encoding="utf-8"))
        parts = [
            local.substitute(
                port=port,
                directory=directory,
                max_inflight_messages=self.max_inflight_messages,
                tls="\n".join(self._tls()),
            ),
            *self._persistence(directory, sqlite=sqlite),
            (_SHARED / "limits.conf").read_text(encoding="utf-8"),
            *self.extra,
        ]
        return "\n".join(parts) + "\n"

    def _tls(self) -> Iterator[str]:
        if self.tls:
            yield f"listener {self.tls.port} 127.0.0.1"
            yield f"certfile {self.tls.certificate}"
            yield f"keyfile {self.tls.key}"
            yield "tls_version tlsv1.2"
            if self.tls.ca:
                yield f"cafile {self.tls.ca}"
                yield "require_certificate true"
                yield "use_identity_as_username true"

    def _persistence(self, directory: Path, *, sqlite: bool) -> Iterator[str]:
        if not self.persistence:
            yield "persistence false"
            return
        yield f"persistence_location {directory}/data"
        if sqlite:
            yield f"plugin {SQLITE_PLUGIN}"
            yield "plugin_opt_flush_period 0"
            yield "plugin_opt_sync full"
            return
        yield "persistence true"
        changes = self.autosave_changes
        yield f"autosave_on_changes {'false' if changes is None else 'true'}"
        seconds = max(1, round(self.autosave_after.total_seconds()))
        yield f"autosave_interval {seconds if changes is None else changes}"
