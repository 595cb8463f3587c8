"""Receivers: where messages go, as the routes file describes them; secrets stay in their files."""

from datetime import timedelta
from pathlib import Path
from typing import Annotated, Final, Literal, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from rules.notify.mailbox import check_mailbox
from runtime.settings import Duration

Language = Literal["en", "vi"]
MailboxText = Annotated[str, AfterValidator(check_mailbox)]
"""An address, with a name before it or without; see `rules.notify.mailbox`."""

_PLAIN_PORT: Final = 587


class Described(BaseModel):
    """A part of a routes file: no key but those that are known."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class WebhookSettings(Described):
    """POST of JSON, signed.

    Attributes:
        url: where to; `url_file` where the address itself is a secret.
        keys_files: files with signing keys (`whsec_...`); each signs, so a key can be replaced.
        private_addresses: the receiver may stand in a private network or on this machine.
    """

    url: str = ""
    url_file: Path | None = None
    keys_files: tuple[Path, ...] = ()
    private_addresses: bool = False

    @model_validator(mode="after")
    def _one_address(self) -> Self:
        _exactly_one(self.url, self.url_file, "url", "url_file")
        return self


class MailSettings(Described):
    """E-mail through a server.

    Attributes:
        host: of the server.
        port: of it.
        security: `starttls` and `tls` verify the server's certificate; `none` for a relay
            on this machine.
        ca_file: certificates to trust instead of the system's.
        user: to log in as; with `password_file`.
        sender: who stands in From, such as `Trực ban <srepok@province.example>`.
        recipients: those in To.
    """

    host: str
    port: Annotated[int, Field(ge=1, le=65_535)] = _PLAIN_PORT
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: Path | None = None
    user: str = ""
    password_file: Path | None = None
    sender: MailboxText
    recipients: Annotated[tuple[MailboxText, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _login_whole(self) -> Self:
        if bool(self.user) != (self.password_file is not None):
            raise ValueError("user and password_file belong together")
        if self.user and self.security == "none":
            raise ValueError("a password needs security: starttls or tls")
        return self


class MqttSettings(Described):
    """JSON through Srepok's own broker.

    Attributes:
        topic_root: before province, commune and incident.
    """

    topic_root: Annotated[str, Field(pattern=r"^[^+#\s/][^+#\s]*[^+#\s/]$")] = "srepok/notices"


class AlertmanagerSettings(Described):
    """Prometheus Alertmanager, by its API v2.

    Attributes:
        urls: of the replicas; every one gets every alert.
        refresh: how often what is open is sent again; without that, Alertmanager resolves it.
        labels: added to every alert.
        private_addresses: as in `WebhookSettings`; Alertmanager usually is a neighbour.
        user: for basic authentication, with `password_file`.
    """

    urls: Annotated[tuple[str, ...], Field(min_length=1)]
    refresh: Duration = timedelta(minutes=1)
    labels: dict[str, str] = {}
    private_addresses: bool = True
    user: str = ""
    password_file: Path | None = None


class AppriseSettings(Described):
    """Telegram, SMS gateways and a hundred more, by the library Apprise (an extra).

    Attributes:
        urls_file: Apprise's addresses, one a line; they hold tokens.
    """

    urls_file: Path


class LogSettings(Described):
    """A line in the log of the rules."""


class DigestSettings(Described):
    """When a receiver gets summaries instead of single messages.

    Attributes:
        above: with more messages than this in `window`.
        window: in which they are counted.
        every: at most one summary in this time.
    """

    above: Annotated[int, Field(ge=1)] = 5
    window: Duration = timedelta(minutes=5)
    every: Duration = timedelta(minutes=5)


class Receiver(Described):
    """One place that messages go to; exactly one of the channels is named.

    Attributes:
        language: of its messages; None leaves it to the route.
        digest: in storms; None tells everything one by one.
        timeout: after it, an attempt has failed.
        give_up: what could not be told for so long is tried only after everything else.
        retry: bound of the first wait after a failure; it doubles up to `retry_cap`.
        retry_cap: bound of every wait.
    """

    webhook: WebhookSettings | None = None
    mail: MailSettings | None = None
    mqtt: MqttSettings | None = None
    alertmanager: AlertmanagerSettings | None = None
    apprise: AppriseSettings | None = None
    log: LogSettings | None = None
    language: Language | None = None
    digest: DigestSettings | None = None
    timeout: Duration = timedelta(seconds=10)
    give_up: Duration = timedelta(hours=6)
    retry: Duration = timedelta(seconds=5)
    retry_cap: Duration = timedelta(minutes=5)

    @model_validator(mode="after")
    def _one_channel(self) -> Self:
        if len(self._channels) != 1:
            raise ValueError(f"exactly one channel is needed: {', '.join(CHANNELS)}")
        return self

    @model_validator(mode="before")
    @classmethod
    def _people_get_digests(cls, value: object) -> object:
        if not isinstance(value, dict) or "digest" in value:
            return value
        # Programs take every notice by itself and do their own grouping.
        programs = "mqtt" in value or "alertmanager" in value
        return {**value, "digest": None if programs else {}}

    @property
    def channel(self) -> str:
        """Name of its channel."""
        return self._channels[0]

    @property
    def bundles(self) -> bool:
        """Whether notices of several groups go in one message, because a program takes them."""
        return self.channel in {"mqtt", "alertmanager", "log"} and self.digest is None

    @property
    def _channels(self) -> list[str]:
        return [name for name in CHANNELS if getattr(self, name) is not None]


CHANNELS: Final = ("webhook", "mail", "mqtt", "alertmanager", "apprise", "log")


def _exactly_one(first: object, second: object, first_name: str, second_name: str) -> None:
    if bool(first) == bool(second):
        raise ValueError(f"one of {first_name} and {second_name} is needed")
