"""Where the broker is and who we are there, from `MQTT_URL` and its companions."""

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar, Final
from urllib.parse import unquote, urlsplit

from pydantic import SecretStr

from runtime.settings import Settings, SettingsError, read_secret

_PORTS: Final = {"mqtt": 1883, "mqtts": 8883}
_FORM: Final = "expected mqtt://USER@HOST:PORT or mqtts://USER@HOST:PORT"


class BrokerSettings(Settings):
    """How to reach the broker.

    Attributes:
        url: `mqtt://user@host:port`, or `mqtts://` for TLS. A password may stand in it, but
            a file keeps it out of process listings.
        password_file: a file with the password.
        ca_file: certificates that may sign the broker's; the system's own by default.
        cert_file: our client certificate, for brokers that ask for one.
        key_file: its private key.
    """

    prefix: ClassVar[str] = "MQTT_"

    url: SecretStr
    password_file: Path | None = None
    ca_file: Path | None = None
    cert_file: Path | None = None
    key_file: Path | None = None


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """One broker, and the user we are there.

    `str()` of it is safe to log.
    """

    host: str
    port: int
    username: str | None = None
    password: SecretStr | None = field(default=None, repr=False)
    tls: ssl.SSLContext | None = field(default=None, repr=False)

    def __str__(self) -> str:
        scheme = "mqtts" if self.tls else "mqtt"
        user = f"{self.username}@" if self.username else ""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{scheme}://{user}{host}:{self.port}"

    @classmethod
    def from_settings(cls, settings: BrokerSettings) -> "BrokerAddress":
        """Parse the URL, read the password file, load the certificates.

        Raises:
            SettingsError: naming the variable; never showing the password.
        """
        parts = urlsplit(settings.url.get_secret_value())
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in {"", "/"}:
            raise SettingsError(f"MQTT_URL: {_FORM}")
        try:
            port = parts.port or _PORTS[parts.scheme]
        except ValueError:
            raise SettingsError(
                f"MQTT_URL: the port is not a number up to 65535; {_FORM}"
            ) from None
        password = SecretStr(unquote(parts.password)) if parts.password else None
        if settings.password_file:
            password = read_secret(settings.password_file, "MQTT_PASSWORD_FILE")
        return cls(
            host=parts.hostname,
            port=port,
            username=unquote(parts.username) if parts.username else None,
            password=password,
            tls=_tls(settings) if parts.scheme == "mqtts" else None,
        )

    @classmethod
    def from_environment(cls, environ: Mapping[str, str]) -> "BrokerAddress":
        """Read the `MQTT_` variables; see `from_settings`."""
        return cls.from_settings(BrokerSettings.from_environment(environ))


def _tls(settings: BrokerSettings) -> ssl.SSLContext:
    try:
        context = ssl.create_default_context(cafile=settings.ca_file)
    except (OSError, ssl.SSLError) as error:
        raise SettingsError(f"MQTT_CA_FILE: cannot load {settings.ca_file}: {error}") from None
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.cert_file:
        try:
            context.load_cert_chain(settings.cert_file, settings.key_file)
        except (OSError, ssl.SSLError) as error:
            raise SettingsError(
                f"MQTT_CERT_FILE: cannot load {settings.cert_file} "
                f"with MQTT_KEY_FILE {settings.key_file}: {error}"
            ) from None
    return context
