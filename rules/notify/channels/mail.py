"""E-mail: text and simple HTML; all messages about one incident are one thread.

Headers are made by `email.header`, which encodes a text as a whole: `email.message.EmailMessage`
loses blanks where it folds a long one that is not English.
"""

import asyncio
import ssl
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.header import Header
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from email.utils import format_datetime
from typing import Final

import aiosmtplib

from rules.incidents.record import IncidentRecord
from rules.notify.errors import ChannelError
from rules.notify.mailbox import Mailbox
from rules.notify.message import Writer, page_of
from rules.notify.model import Dispatch
from rules.notify.receivers import MailSettings
from runtime.logs import get_logger

log = get_logger(__name__)

_STEP_SECONDS: Final = 8.0
"""For one answer of the server; what the whole takes is the receiver's `timeout`."""
_REFERENCES: Final = 50
"""Threads that one message joins; a header of thousands is refused."""


class Mail:
    """One list of recipients.

    Args:
        name: of the receiver.
        settings: server and addresses.
        password: to log in with; None for none.
        writer: writes the text.
    """

    refresh: timedelta | None = None

    def __init__(
        self, name: str, settings: MailSettings, password: str | None, writer: Writer
    ) -> None:
        self._name = name
        self._settings = settings
        self._password = password
        self._sender = Mailbox.parse(settings.sender)
        self._recipients = tuple(Mailbox.parse(each) for each in settings.recipients)
        self._writer = writer
        ca_file = settings.ca_file
        self._tls = ssl.create_default_context(cafile=str(ca_file) if ca_file else None)

    async def send(self, dispatch: Dispatch) -> None:
        """Send a message; see `Channel`."""
        client = self._client()
        connected = False
        try:
            await client.connect()
            connected = True
            refused, _ = await client.send_message(
                self._compose(dispatch),
                sender=self._sender.address,
                recipients=[each.address for each in self._recipients],
            )
            _say_goodbye(client)
        except aiosmtplib.SMTPRecipientsRefused:
            raise ChannelError("refused every recipient") from None
        except aiosmtplib.SMTPResponseException as error:
            raise ChannelError(f"answered SMTP {error.code}") from None
        except (aiosmtplib.SMTPException, OSError) as error:
            what = "broke off" if connected else "cannot be reached"
            said = f"{what}: {type(error).__name__}"
            raise ChannelError(said, uncertain=connected) from None
        finally:
            client.close()
        if refused:
            # Others have it: sending again would tell them twice.
            log.warning("recipients refused", receiver=self._name, count=len(refused))

    async def keep(self, records: Sequence[IncidentRecord], now: float) -> None:
        """Do nothing: who was told remembers."""

    async def close(self) -> None:
        """Do nothing: each message has its own connection."""

    def _client(self) -> aiosmtplib.SMTP:
        settings = self._settings
        return aiosmtplib.SMTP(
            hostname=settings.host,
            port=settings.port,
            username=settings.user or None,
            password=self._password,
            use_tls=settings.security == "tls",
            start_tls=settings.security == "starttls",
            tls_context=None if settings.security == "none" else self._tls,
            timeout=_STEP_SECONDS,
        )

    def _compose(self, dispatch: Dispatch) -> MIMEMultipart:
        message = self._writer.write(dispatch)
        record = dispatch.notices[0].record
        mail = MIMEMultipart("alternative")
        mail["Subject"] = Header(message.title, header_name="Subject").encode()
        mail["From"] = _mailboxes("From", [self._sender])
        mail["To"] = _mailboxes("To", self._recipients)
        mail["Date"] = format_datetime(datetime.fromtimestamp(dispatch.at, UTC))
        mail["Message-ID"] = self._identifier(dispatch.key)
        threads = list(dict.fromkeys(each.thread for each in dispatch.notices))
        known = [self._identifier(key) for key in threads[:_REFERENCES] if key != dispatch.key]
        if known:
            mail["In-Reply-To"] = known[0]
            mail["References"] = " ".join(known)
        mail["Auto-Submitted"] = "auto-generated"
        mail.attach(MIMEText(message.text, "plain", "utf-8"))
        link = self._writer.page(record) if len(dispatch.notices) == 1 else ""
        mail.attach(MIMEText(page_of(message, link), "html", "utf-8"))
        return mail

    def _identifier(self, key: str) -> str:
        return f"<{key}@{self._sender.address.rpartition('@')[2]}>"


def _say_goodbye(client: aiosmtplib.SMTP) -> None:
    """Send QUIT and wait for no answer: the server has the message, whatever it says now."""
    if isinstance(client.transport, asyncio.WriteTransport):
        client.transport.write(b"QUIT\r\n")


def _mailboxes(field: str, mailboxes: Sequence[Mailbox]) -> str:
    """Return a header's value; only names are encoded, each as one text."""
    header = Header(header_name=field)
    for at, mailbox in enumerate(mailboxes, 1):
        address = f"<{mailbox.address}>" if mailbox.name else mailbox.address
        if mailbox.name:
            header.append(mailbox.name, "utf-8")
        header.append(f"{address}," if at < len(mailboxes) else address, "us-ascii")
    return header.encode()
