"""Settings of `push` and `diff`."""

from pathlib import Path
from typing import Annotated, ClassVar
from urllib.parse import urlsplit

from pydantic import AfterValidator

from runtime.settings import Settings


def _checked(text: str) -> str:
    url = urlsplit(text)
    if url.scheme not in {"http", "https"} or not url.hostname:
        raise ValueError("an address such as https://grafana.example.org is needed")
    if url.username or url.password or url.query:
        raise ValueError("no user, password or query belongs there; the token has its file")
    return text.rstrip("/")


class DashboardsSettings(Settings):
    """Which Grafana is written to.

    Attributes:
        grafana_url: its address, as a browser has it.
        token_file: a file with the token of a service account that may edit dashboards.
    """

    prefix: ClassVar[str] = "DASHBOARDS_"

    grafana_url: Annotated[str, AfterValidator(_checked)]
    token_file: Path
