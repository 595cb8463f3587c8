"""Apprise, the optional extra, at a real receiver."""

import sys
from pathlib import Path

import pytest

from rules.notify.assembly import Outside, make_channels
from rules.notify.channel import Channel
from rules.notify.errors import ChannelError, MissingExtraError
from rules.notify.routes_file import parse_routes
from runtime.clock import SystemClock
from tests.rules.notify.make import WRITER, make_dispatch, make_record
from tests.rules.notify.receiving import HttpReceiver

# The library imports a module that Python will drop, and carries its own for that day.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")


def make_apprise(directory: Path, url: str) -> Channel:
    (directory / "urls").write_text(f"{url}\n")
    text = "receivers: {a: {apprise: {urls_file: urls}}}\nroute: {receivers: a}"
    routes = parse_routes(text.encode(), str(directory / "routes.yaml"))
    return make_channels(routes, Outside(WRITER, SystemClock()))["a"]


async def test_a_message_arrives_and_a_refusal_is_a_failure(
    receiver: HttpReceiver, tmp_path: Path
) -> None:
    channel = make_apprise(tmp_path, receiver.url.replace("http:", "json:"))
    await channel.send(make_dispatch(make_record(), language="vi"))
    assert receiver.received[0].json["title"] == "[LỚN] Mất băng rộng: trạm Ea Huar, Buôn Đôn"
    assert "240 hộ" in receiver.received[0].json["message"]
    receiver.answers = [500]
    with pytest.raises(ChannelError) as caught:
        await channel.send(make_dispatch(make_record()))
    assert receiver.url not in str(caught.value)


def test_a_library_that_is_not_installed_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "apprise", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'srepok\[apprise\]'"):
        make_apprise(tmp_path, "json://localhost/")
