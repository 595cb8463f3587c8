"""Settings: which Grafana is written to, and where the boards' links lead."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, ClassVar, Final
from urllib.parse import urlsplit

from pydantic import AfterValidator

from dashboards.variable import LOCAL_GATEWAY
from runtime.settings import Settings, SettingsError

GATEWAY_VARIABLE: Final = "DASHBOARDS_GATEWAY_URL"


def _checked(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("an address such as https://srepok.example.org is needed")
    if url.username or url.password or url.query:
        raise ValueError("no user, password or query belongs there; secrets have their files")
    return text.rstrip("/")


def gateway_url(environ: Mapping[str, str]) -> str:
    """Return the address at which people's browsers reach the gateway.

    Raises:
        SettingsError: it is no address.
    """
    try:
        return _checked(environ.get(GATEWAY_VARIABLE, LOCAL_GATEWAY))
    except ValueError as error:
        raise SettingsError(f"{GATEWAY_VARIABLE}={environ[GATEWAY_VARIABLE]!r}: {error}") from None


class DashboardsSettings(Settings):
    """Which Grafana is written to.

    Attributes:
        grafana_url: its address, as a browser has it.
        token_file: a file with the token of a service account that may edit dashboards.
        gateway_url: the address at which people's browsers reach the gateway.
    """

    prefix: ClassVar[str] = "DASHBOARDS_"

    grafana_url: Annotated[str, AfterValidator(_checked)]
    token_file: Path
    gateway_url: Annotated[str, AfterValidator(_checked)] = LOCAL_GATEWAY
