"""Settings of the rules service, from `RULES_` variables."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field

from province.codes import Code
from runtime.settings import Duration, Settings


class RulesSettings(Settings):
    """How this rules process works.

    Attributes:
        state_directory: where it remembers: lock, snapshots, journal, inventory. One process a
            directory.
        name: as `srepok-rules-NAME`, its MQTT client identifier.
        province: code of the province it serves; other provinces' messages are refused.
        rulebook: directory or file of rules; the shipped ones by default.
        routes: file of routes for notifications; without it they are only logged.
        link: address of an incident's page for notices, with `{incident}` where its name goes.
        runbook: address, for notices, of what to do about incidents.
        maximum_payload_bytes: a longer payload is refused.
        session_log: the broker publishes its log, as Mosquitto does with `log_dest topic`: hear
            from it whose sessions end, and why.
        canary_interval: how often a message is sent through the broker to ourselves.
        canary_overdue: without one for so long, nothing can be seen through the broker.
        snapshot_interval: how often the state is written down.
        journal_segment_bytes: a segment of the journal that is larger is followed by another.
        journal_keep: how long segments are kept.
        journal_bytes: how large they may be together.
        journal_sync: how often the journal is brought to the disk itself.
        outbox_limit: most changes that wait for the database.
        write_timeout: a transaction that takes longer is given up and tried again.
        quiet_absence: an absence of our own up to so long is recorded, and nobody is told.
        ingest_url: `/readyz` of ingest, to be asked whether it works.
        ask_interval: how often ingest is asked, and a changed rulebook looked for.
        drain_timeout: how long a stop waits for what is to be written and sent.
        probe_host: address of /healthz, /readyz and /metrics.
        probe_port: their port; 0 lets the system choose.
        probe_port_file: where the port is written once it is known.
    """

    prefix: ClassVar[str] = "RULES_"

    state_directory: Path
    name: Code = "1"
    province: Code = "66"
    rulebook: Path | None = None
    routes: Path | None = None
    link: str = ""
    runbook: str = ""
    maximum_payload_bytes: Annotated[int, Field(ge=64, le=262_144)] = 65_536
    session_log: bool = True
    canary_interval: Duration = timedelta(seconds=1)
    canary_overdue: Duration = timedelta(seconds=5)
    snapshot_interval: Duration = timedelta(seconds=10)
    journal_segment_bytes: Annotated[int, Field(ge=4_096)] = 64 * 1024 * 1024
    journal_keep: Duration = timedelta(hours=6)
    journal_bytes: Annotated[int, Field(ge=65_536)] = 2 * 1024 * 1024 * 1024
    journal_sync: Duration = timedelta(seconds=1)
    outbox_limit: Annotated[int, Field(ge=1_000)] = 200_000
    write_timeout: Duration = timedelta(seconds=20)
    quiet_absence: Duration = timedelta(minutes=5)
    ingest_url: str | None = None
    ask_interval: Duration = timedelta(seconds=5)
    drain_timeout: Duration = timedelta(seconds=5)
    probe_host: str = "127.0.0.1"
    probe_port: Annotated[int, Field(ge=0, le=65_535)] = 9102
    probe_port_file: Path | None = None

    @property
    def client_id(self) -> str:
        """The MQTT client identifier."""
        return f"srepok-rules-{self.name}"
