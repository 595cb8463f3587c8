"""Assembly: the channels of a routes file, with their secrets read from their files."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from aiohttp import BasicAuth
from yarl import URL

from rules.notify.channel import Channel, Publish
from rules.notify.channels.alertmanager import Alertmanager
from rules.notify.channels.apprise_urls import Apprise
from rules.notify.channels.http import Poster
from rules.notify.channels.log_line import LogLines
from rules.notify.channels.mail import Mail
from rules.notify.channels.mqtt import Mqtt
from rules.notify.channels.webhook import Webhook
from rules.notify.errors import ChannelError
from rules.notify.message import Writer
from rules.notify.receivers import (
    AlertmanagerSettings,
    AppriseSettings,
    MailSettings,
    Receiver,
    WebhookSettings,
)
from rules.notify.routes import Routes
from rules.notify.signing import parse_key
from runtime.clock import Clock
from runtime.settings import SettingsError, read_secret


@dataclass(frozen=True, slots=True)
class Outside:
    """What channels need of the service.

    Attributes:
        writer: writes messages.
        clock: tells the time.
        province: code of the province, for topics.
        publish: publishes over MQTT; None where there is no broker.
    """

    writer: Writer
    clock: Clock
    province: str = "66"
    publish: Publish | None = None


def make_channels(routes: Routes, outside: Outside) -> Mapping[str, Channel]:
    """Return a channel for each receiver; nothing is connected yet.

    Raises:
        SettingsError: a secret cannot be read or used; naming its file, never its content.
        MissingExtraError: a library is not installed.
    """
    return {
        name: _Maker(name, routes.source, outside).make(receiver)
        for name, receiver in routes.receivers.items()
    }


class _Maker:
    def __init__(self, name: str, source: str, outside: Outside) -> None:
        self._name = name
        self._source = source
        self._outside = outside

    def make(self, receiver: Receiver) -> Channel:
        if receiver.webhook is not None:
            return self._webhook(receiver.webhook)
        if receiver.mail is not None:
            return self._mail(receiver.mail)
        if receiver.alertmanager is not None:
            return self._alertmanager(receiver.alertmanager)
        if receiver.apprise is not None:
            return self._apprise(receiver.apprise)
        if receiver.mqtt is not None:
            outside = self._outside
            publish = outside.publish or _no_broker
            return Mqtt(receiver.mqtt.topic_root, outside.province, publish, outside.writer)
        return LogLines(self._name, self._outside.writer)

    def _webhook(self, settings: WebhookSettings) -> Webhook:
        url = settings.url
        if settings.url_file is not None:
            url = self._secret(settings.url_file, "webhook.url_file")
        self._check_url(url, "webhook.url")
        what = f"{self._setting('webhook.keys_files')}"
        try:
            keys = [
                parse_key(self._secret(path, "webhook.keys_files"), f"{what}: {path}")
                for path in settings.keys_files
            ]
        except ValueError as error:
            raise SettingsError(str(error)) from None
        clock = self._outside.clock
        poster = Poster(clock, private_addresses=settings.private_addresses)
        return Webhook(url, keys, poster, self._outside.writer, clock)

    def _mail(self, settings: MailSettings) -> Mail:
        password = None
        if settings.password_file is not None:
            password = self._secret(settings.password_file, "mail.password_file")
        if settings.ca_file is not None:
            settings = settings.model_copy(update={"ca_file": self._path(settings.ca_file)})
        try:
            return Mail(self._name, settings, password, self._outside.writer)
        except OSError as error:
            where = self._setting("mail.ca_file")
            said = error.strerror or type(error).__name__
            raise SettingsError(f"{where}: cannot use {settings.ca_file}: {said}") from None

    def _alertmanager(self, settings: AlertmanagerSettings) -> Alertmanager:
        for url in settings.urls:
            self._check_url(url, "alertmanager.urls")
        auth = None
        if settings.password_file is not None:
            password = self._secret(settings.password_file, "alertmanager.password_file")
            auth = BasicAuth(settings.user, password)
        clock = self._outside.clock
        poster = Poster(clock, private_addresses=settings.private_addresses, auth=auth)
        return Alertmanager(settings, poster, self._outside.writer, clock)

    def _apprise(self, settings: AppriseSettings) -> Apprise:
        text = self._secret(settings.urls_file, "apprise.urls_file")
        urls = [line.strip() for line in text.splitlines() if line.strip()]
        source = f"{self._setting('apprise.urls_file')}: {settings.urls_file}"
        return Apprise(urls, source, self._outside.writer)

    def _check_url(self, text: str, key: str) -> None:
        try:
            url = URL(text)
            good = url.scheme in {"http", "https"} and bool(url.host)
        except ValueError:
            good = False
        if not good:
            raise SettingsError(f"{self._setting(key)}: not an http:// or https:// address")

    def _secret(self, path: Path, key: str) -> str:
        return read_secret(self._path(path), self._setting(key)).get_secret_value()

    def _path(self, path: Path) -> Path:
        """Return a path of the routes file: it is relative to that file."""
        return Path(self._source).parent / path

    def _setting(self, key: str) -> str:
        return f"{self._source}: receivers.{self._name}.{key}"


async def _no_broker(_topic: str, _payload: bytes) -> None:
    raise ChannelError("no broker here")
