"""Settings of the ingest service, from `INGEST_` variables."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import Field, model_validator

from province.codes import Code
from runtime.settings import Duration, Settings


class IngestSettings(Settings):
    """How this ingest process works.

    Attributes:
        worker: its name in the accounts and, as `srepok-ingest-NAME`, its MQTT client
            identifier: one running process a name, and the name stays with its session.
        province: code of the province it serves; other provinces' topics are dead letters.
        communes: comma-separated commune codes to subscribe to; empty for all.
        batch_size: most messages of one transaction.
        flush_interval: longest wait of a received message for its batch to fill.
        in_flight: most unacknowledged messages the broker may send; at least three
            batches: one being written, one decoded, one arriving.
        maximum_payload_bytes: a longer payload is a dead letter.
        maximum_age: an older reading is a dead letter; keep it below the raw retention.
        maximum_ahead: a reading further in the future is a dead letter.
        ahead_tolerance: a reading up to so far in the future keeps its own time.
        late_tolerance: a reading older than this at arrival is marked late.
        write_timeout: a transaction that takes longer is given up and tried again.
        drain_timeout: how long a stop waits for what was received to be written.
        probe_host: address of /healthz, /readyz and /metrics.
        probe_port: their port; 0 lets the system choose.
        probe_port_file: where the port is written once it is known.
        inventory_refresh: how often a changed inventory is looked for.
        upkeep_interval: how often roll-ups and retention are brought up to date.
    """

    prefix: ClassVar[str] = "INGEST_"

    worker: Code = "1"
    province: Code = "66"
    communes: str = ""
    batch_size: Annotated[int, Field(ge=1, le=20_000)] = 4_000
    flush_interval: Duration = timedelta(milliseconds=250)
    in_flight: Annotated[int, Field(ge=3, le=65_535)] = 12_000
    maximum_payload_bytes: Annotated[int, Field(ge=64, le=262_144)] = 65_536
    maximum_age: Duration = timedelta(days=7)
    maximum_ahead: Duration = timedelta(days=1)
    ahead_tolerance: Duration = timedelta(seconds=5)
    late_tolerance: Duration = timedelta(minutes=5)
    write_timeout: Duration = timedelta(seconds=20)
    drain_timeout: Duration = timedelta(seconds=20)
    probe_host: str = "127.0.0.1"
    probe_port: Annotated[int, Field(ge=0, le=65_535)] = 9101
    probe_port_file: Path | None = None
    inventory_refresh: Duration = timedelta(seconds=10)
    upkeep_interval: Duration = timedelta(seconds=10)

    @model_validator(mode="after")
    def _three_batches_in_flight(self) -> Self:
        if self.in_flight < 3 * self.batch_size:
            raise ValueError(
                f"INGEST_IN_FLIGHT={self.in_flight} must be at least three times "
                f"INGEST_BATCH_SIZE={self.batch_size}, or the broker waits for each commit"
            )
        return self

    @property
    def client_id(self) -> str:
        """The MQTT client identifier."""
        return f"srepok-ingest-{self.worker}"
