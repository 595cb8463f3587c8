"""The demo's gateway: where it is, and by which certificate one knows it."""

from dataclasses import dataclass
from pathlib import Path
from random import SystemRandom

from deploy.certificates import Certificates
from deploy.ports import check_free, keep_port


@dataclass(frozen=True, slots=True)
class GatewayPlace:
    """Where people, programs and devices reach the demo's gateway.

    Attributes:
        port_file: keeps its port on 127.0.0.1, which is chosen once.
        certificates: it serves HTTPS, and no HTTP, with the servers' one; None: HTTP.
    """

    port_file: Path
    certificates: Certificates | None

    @property
    def url(self) -> str:
        """Its address, as a browser takes it."""
        scheme = "http" if self.certificates is None else "https"
        return f"{scheme}://127.0.0.1:{self._port}"

    @property
    def trusted(self) -> Path | None:
        """The authority's certificate, for whoever asks by HTTPS; None: it speaks HTTP."""
        return None if self.certificates is None else self.certificates.ca

    def settings(self) -> dict[str, str]:
        """Return the gateway's settings that have it serve there.

        Raises:
            PortTakenError: another program has its port.
        """
        check_free(self._port, "the gateway", self.port_file)
        settings = {"GATEWAY_PORT": str(self._port)}
        if self.certificates is not None:
            settings["GATEWAY_TLS_CERTIFICATE"] = str(self.certificates.certificate)
            settings["GATEWAY_TLS_KEY"] = str(self.certificates.key)
        return settings

    @property
    def _port(self) -> int:
        return keep_port(self.port_file, SystemRandom())
