"""Settings of access, which the gateway's own settings begin with."""

from datetime import timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, Field, model_validator

from gateway.access.addresses import Network
from runtime.settings import Duration, Settings


def _networks(text: str) -> str:
    for part in _parts(text):
        ip_network(part)
    return text


def _parts(text: str) -> list[str]:
    return [part for each in text.split(",") if (part := each.strip())]


class AccessSettings(Settings):
    """Who may come in, and how that is found out.

    Attributes:
        tls_certificate: the gateway's, with its chain: it then speaks HTTPS and nothing else.
        tls_key: the certificate's private key.
        trusted_proxies: comma-separated addresses or networks of proxies in front; what they say
            in X-Forwarded-For and X-Forwarded-Proto is believed, and of nobody else.
        hosts: comma-separated names, as `srepok.daklak.gov.vn`, that requests may be addressed
            to; empty: any.
        session_life: after it a login of the page ends, however busy.
        access_refresh: how often tokens and keys are read again, besides at once when the
            database announces a change.
        access_trust: how long those read last go on being good while the database is away.
        token_requests: most requests of one token under way at a time; fewer than `pool_size`, so
            that the others find a connection to the database at once.
        broker_users_file: Mosquitto's password file, for `python -m gateway device`.
        broker_reload: what has the broker read it again: `pid:FILE` with the broker's process
            number, or a command.
    """

    prefix: ClassVar[str] = "GATEWAY_"

    tls_certificate: Path | None = None
    tls_key: Path | None = None
    trusted_proxies: Annotated[str, AfterValidator(_networks)] = ""
    hosts: str = ""
    session_life: Duration = timedelta(hours=12)
    access_refresh: Duration = timedelta(seconds=5)
    access_trust: Duration = timedelta(hours=1)
    token_requests: Annotated[int, Field(ge=1, le=1_000)] = 6
    broker_users_file: Path | None = None
    broker_reload: str = ""

    @model_validator(mode="after")
    def _both_or_neither(self) -> Self:
        if (self.tls_certificate is None) != (self.tls_key is None):
            raise ValueError("GATEWAY_TLS_CERTIFICATE and GATEWAY_TLS_KEY go together")
        return self

    @property
    def proxies(self) -> tuple[Network, ...]:
        """Networks of the proxies that are believed."""
        return tuple(ip_network(part) for part in _parts(self.trusted_proxies))

    @property
    def host_names(self) -> frozenset[str]:
        """Names that requests may be addressed to, in small letters; empty: any."""
        return frozenset(part.lower() for part in _parts(self.hosts))
