"""E-mail at a real SMTP server."""

import asyncio
import ssl
from collections.abc import Iterator
from dataclasses import dataclass, field
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from pathlib import Path
from random import Random
from typing import Any

import pytest
import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from deploy.ports import choose_port
from rules.notify.channels.mail import Mail
from rules.notify.errors import ChannelError
from rules.notify.model import Telling
from rules.notify.receivers import MailSettings
from tests.rules.notify.make import NOON, WRITER, clear, make_dispatch, make_record, step
from tests.waiting import DEADLINE

PASSWORD = "mật khẩu"


@dataclass
class MailServer:
    """A server that keeps what it gets.

    Attributes:
        refuses: answers of the next messages; then they are accepted.
    """

    port: int = 0
    ca_file: Path = Path()
    mails: list[EmailMessage] = field(default_factory=list)
    contents: list[bytes] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    envelopes: list[tuple[str | None, list[str]]] = field(default_factory=list)
    refuses: list[str] = field(default_factory=list)
    unknown: str = ""

    def header(self, name: str) -> str:
        """Return a header of the first mail; the library's other reader adds blanks to names."""
        folded = message_from_bytes(self.contents[0])[name]
        return str(make_header(decode_header("".join(folded.splitlines()))))

    async def handle_RCPT(  # noqa: N802 - the server library names it
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: Any,  # noqa: ANN401 - unused
    ) -> str:
        if address == self.unknown:
            return "550 unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 - the server library names it
        self, _server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        if self.refuses:
            return self.refuses.pop(0)
        content = envelope.content
        assert isinstance(content, bytes)
        mail = message_from_bytes(content, policy=default)
        assert isinstance(mail, EmailMessage)
        self.mails.append(mail)
        self.contents.append(content)
        self.encrypted.append(session.ssl is not None)
        self.envelopes.append((envelope.mail_from, list(envelope.rcpt_tos)))
        return "250 OK"


def login(
    _server: SMTP, _session: Session, _envelope: Envelope, _mechanism: str, data: object
) -> AuthResult:
    assert isinstance(data, LoginPassword)
    good = data.login == b"srepok" and data.password.decode() == PASSWORD
    return AuthResult(success=good, handled=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MailServer]:
    """A server on this machine with STARTTLS and a login."""
    authority = trustme.CA()
    certificate = authority.issue_cert("localhost")
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    server = MailServer(ca_file=tmp_path / "ca.pem")
    authority.cert_pem.write_to_path(str(server.ca_file))
    controller = Controller(
        server,
        hostname="127.0.0.1",
        port=choose_port(Random()),
        tls_context=context,
        require_starttls=True,
        auth_require_tls=True,
        enable_SMTPUTF8=False,
        authenticator=login,
        ready_timeout=DEADLINE,
    )
    controller.start()
    server.port = controller.port
    try:
        yield server
    finally:
        controller.stop()


def make_mail(server: MailServer, password: str = PASSWORD, **changes: Any) -> Mail:  # noqa: ANN401 - any setting
    settings = MailSettings(
        host="localhost",
        port=server.port,
        ca_file=server.ca_file,
        user="srepok",
        password_file=Path("password"),
        sender="srepok@province.example",
        recipients=("duty@province.example", "chief@province.example"),
    ).model_copy(update=changes)
    return Mail("desk", settings, password, WRITER)


async def test_text_and_page_arrive_encrypted_in_vietnamese(server: MailServer) -> None:
    await make_mail(server).send(make_dispatch(make_record(), language="vi"))
    (mail,) = server.mails
    assert server.encrypted == [True]
    assert mail["Subject"] == "[LỚN] Mất băng rộng: trạm Ea Huar, Buôn Đôn"
    text, page = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert page is not None
    assert "Thôn, buôn: 2, mất dịch vụ: 2; 240 hộ" in text.get_content()
    assert "Từ: 11:58 18/11/2026" in page.get_content()
    assert 'href="https://srepok.example/incidents/cut-1"' in page.get_content()
    assert mail["Auto-Submitted"] == "auto-generated"


async def test_names_in_vietnamese_stand_in_the_message_and_only_addresses_on_the_envelope(
    server: MailServer,
) -> None:
    mail = make_mail(
        server,
        sender="Trực ban Đắk Lắk <srepok@province.example>",
        recipients=("Nguyễn Thị Hồng Ánh, ca đêm <anh@province.example>", "b@province.example"),
    )
    await mail.send(make_dispatch(make_record()))
    assert server.envelopes == [
        ("srepok@province.example", ["anh@province.example", "b@province.example"])
    ]
    assert server.header("From") == "Trực ban Đắk Lắk <srepok@province.example>"
    assert server.header("To") == (
        "Nguyễn Thị Hồng Ánh, ca đêm <anh@province.example>, b@province.example"
    )


@pytest.mark.parametrize("words", range(4, 60, 5))
async def test_no_blank_of_a_long_vietnamese_text_is_lost(server: MailServer, words: int) -> None:
    text = " ".join(("trạm Ea Huar rất dài (VNPT) thôn Đôn outage " * 9).split()[:words])
    mail = make_mail(server, recipients=(f"{text} <anh@province.example>",))
    await mail.send(make_dispatch(make_record(summary={"vi": text}), language="vi"))
    assert server.mails[0]["Subject"] == f"[LỚN] {text}, Buôn Đôn"
    assert server.header("To") == f"{text} <anh@province.example>"


async def test_what_a_record_says_is_no_markup_in_the_page(server: MailServer) -> None:
    record = make_record(summary={"en": "<script>x</script>\nSubject: other"})
    await make_mail(server).send(make_dispatch(record))
    page = server.mails[0].get_body(("html",))
    assert page is not None
    assert "<script>" not in page.get_content()
    assert server.mails[0]["Subject"].startswith("[MAJOR] <script>")


async def test_one_incident_is_one_thread(server: MailServer) -> None:
    mail = make_mail(server)
    record = make_record()
    await mail.send(make_dispatch(record))
    await mail.send(make_dispatch(step(record), telling=Telling.UPDATE, before="major"))
    await mail.send(make_dispatch(clear(record, NOON + 60), telling=Telling.RESOLVE))
    await mail.send(make_dispatch(record, make_record("cut-2")))
    begun, update, resolve, group = server.mails
    assert begun["References"] is None
    assert update["References"] == resolve["References"] == begun["Message-ID"]
    assert resolve["In-Reply-To"] == begun["Message-ID"]
    assert begun["Message-ID"] in group["References"].split()
    assert len({mail["Message-ID"] for mail in server.mails}) == 4


async def test_a_refusal_is_a_failure_and_comes_again_as_the_same_message(
    server: MailServer,
) -> None:
    server.refuses = ["451 later", "554 never"]
    mail, dispatch = make_mail(server), make_dispatch(make_record())
    for code in (451, 554):
        with pytest.raises(ChannelError, match=f"answered SMTP {code}") as caught:
            await mail.send(dispatch)
        assert not caught.value.uncertain
    await mail.send(dispatch)
    assert server.mails[0]["Message-ID"].startswith(f"<{dispatch.key}@")


async def test_one_unknown_recipient_does_not_keep_it_from_the_others(server: MailServer) -> None:
    server.unknown = "chief@province.example"
    await make_mail(server).send(make_dispatch(make_record()))
    assert len(server.mails) == 1


async def test_a_wrong_password_and_a_stranger_s_certificate_are_failures(
    server: MailServer, tmp_path: Path
) -> None:
    with pytest.raises(ChannelError, match="answered SMTP 535") as caught:
        await make_mail(server, "wrong").send(make_dispatch(make_record()))
    assert "wrong" not in str(caught.value)
    other = tmp_path / "other.pem"
    trustme.CA().cert_pem.write_to_path(str(other))
    with pytest.raises(ChannelError):
        await make_mail(server, ca_file=other).send(make_dispatch(make_record()))
    assert server.mails == []


async def test_nobody_there_is_certain() -> None:
    server = MailServer(port=choose_port(Random()), ca_file=Path("/dev/null"))
    settings = MailSettings(
        host="127.0.0.1",
        port=server.port,
        security="none",
        sender="a@b.example",
        recipients=("c@d.example",),
    )
    with pytest.raises(ChannelError, match="cannot be reached") as caught:
        await Mail("desk", settings, None, WRITER).send(make_dispatch(make_record()))
    assert not caught.value.uncertain


async def test_a_server_that_does_not_answer_to_goodbye_has_the_message() -> None:
    commands = list[str]()
    left = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 here\r\n")
        while line := await reader.readline():
            commands.append(line[:4].decode().strip())
            if commands[-1] == "DATA":
                writer.write(b"354 go on\r\n")
                await reader.readuntil(b"\r\n.\r\n")
            if commands[-1] != "QUIT":
                writer.write(b"250 OK\r\n")
        left.set()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        settings = MailSettings(
            host="127.0.0.1",
            port=server.sockets[0].getsockname()[1],
            security="none",
            sender="a@b.example",
            recipients=("c@d.example",),
        )
        async with asyncio.timeout(6):  # as `Notifications` does, by the receiver's `timeout`
            await Mail("desk", settings, None, WRITER).send(make_dispatch(make_record()))
        async with asyncio.timeout(30):
            await left.wait()
    assert commands == ["EHLO", "MAIL", "RCPT", "DATA", "QUIT"]
