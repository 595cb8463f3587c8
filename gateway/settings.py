"""Settings of the gateway, from `GATEWAY_` variables."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, ClassVar

from pydantic import Field, SecretStr

from gateway.access.settings import AccessSettings
from province.codes import Code
from runtime.broker.address import BrokerAddress, BrokerSettings
from runtime.settings import Duration


class GatewaySettings(AccessSettings):
    """How this gateway process works; what is about access, TLS among it, is `AccessSettings`.

    Attributes:
        name: as `srepok-gateway-NAME`, the beginning of its MQTT client identifiers: one running
            process a name, and the name stays with its session.
        host: address of uploads, webhooks, API and page; not of the probes.
        port: their port; 0 lets the system choose.
        port_file: where the port is written once it is known.
        connections: most that may be open at a time, on `port`; less where this process may open
            few files.
        address_connections: most of them from one address that is no trusted proxy's.
        header_timeout: how long a connection may take until its first request is whole but for
            its body, a TLS handshake included.
        idle_timeout: how long it may be kept between two requests.
        probe_host: address of /healthz, /readyz and /metrics.
        probe_port: their port; 0 lets the system choose.
        probe_port_file: where that port is written once it is known.
        maximum_payload_bytes: a longer upload is refused, packed or unpacked; what is accepted is
            one message to ingest, so keep it within `INGEST_MAXIMUM_PAYLOAD_BYTES`.
        maximum_body_bytes: any other body that is longer is refused, packed or unpacked.
        body_timeout: how long a body may take to arrive.
        upload_rate: uploads a second that a device may go on sending.
        upload_burst: uploads that it may send at once.
        maximum_age: an older reading is refused, as `INGEST_MAXIMUM_AGE` has it.
        maximum_ahead: a reading further in the future is refused, as `INGEST_MAXIMUM_AHEAD` has it.
        in_flight: most messages that wait for the broker's confirmation; one more is answered with
            503 at once.
        publish_timeout: how long the broker may take to confirm one.
        inventory_refresh: how often a changed inventory is looked for.
        pool_size: most connections to the database at a time.
        adapters: directory of adapters besides those shipped.
        foreign_mqtt_url: broker that foreign devices publish to, as `MQTT_URL`; `MQTT_URL`'s own
            where there is none.
        foreign_mqtt_password_file: file with the password for it.
        foreign_mqtt_ca_file: certificates that may sign its own; the system's by default.
        drain_timeout: how long a stop waits for what is under way.
    """

    prefix: ClassVar[str] = "GATEWAY_"

    name: Code = "1"
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65_535)] = 8080
    port_file: Path | None = None
    connections: Annotated[int, Field(ge=1, le=1_000_000)] = 16_000
    address_connections: Annotated[int, Field(ge=1, le=1_000_000)] = 1_000
    header_timeout: Duration = timedelta(seconds=20)
    idle_timeout: Duration = timedelta(seconds=75)
    probe_host: str = "127.0.0.1"
    probe_port: Annotated[int, Field(ge=0, le=65_535)] = 9103
    probe_port_file: Path | None = None
    maximum_payload_bytes: Annotated[int, Field(ge=64, le=262_144)] = 65_536
    maximum_body_bytes: Annotated[int, Field(ge=1_024, le=16_777_216)] = 1_048_576
    body_timeout: Duration = timedelta(seconds=10)
    upload_rate: Annotated[float, Field(gt=0, le=10_000)] = 2.0
    upload_burst: Annotated[int, Field(ge=1, le=100_000)] = 60
    maximum_age: Duration = timedelta(days=7)
    maximum_ahead: Duration = timedelta(days=1)
    in_flight: Annotated[int, Field(ge=1, le=65_535)] = 2_000
    publish_timeout: Duration = timedelta(seconds=10)
    inventory_refresh: Duration = timedelta(seconds=10)
    pool_size: Annotated[int, Field(ge=1, le=24)] = 8
    adapters: Path | None = None
    foreign_mqtt_url: SecretStr | None = None
    foreign_mqtt_password_file: Path | None = None
    foreign_mqtt_ca_file: Path | None = None
    drain_timeout: Duration = timedelta(seconds=5)

    @property
    def client_id(self) -> str:
        """The MQTT client identifier of what publishes to Srepok's own topics."""
        return f"srepok-gateway-{self.name}"

    @property
    def foreign_client_id(self) -> str:
        """The MQTT client identifier of what hears foreign devices; its session is kept."""
        return f"srepok-gateway-{self.name}-foreign"

    def foreign_broker(self, own: BrokerAddress) -> BrokerAddress:
        """Return the broker of foreign devices; `own` where no other is named.

        Raises:
            SettingsError: its URL or its password file cannot be used.
        """
        if self.foreign_mqtt_url is None:
            return own
        return BrokerAddress.from_settings(
            BrokerSettings(
                url=self.foreign_mqtt_url,
                password_file=self.foreign_mqtt_password_file,
                ca_file=self.foreign_mqtt_ca_file,
            )
        )
