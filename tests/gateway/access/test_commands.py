"""`python -m gateway token` and `device`, as somebody meets them who does it for the first time."""

import asyncio
import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from gateway.cli import main
from runtime.arguments import FAILED, OK, USAGE
from runtime.broker.address import BrokerAddress
from runtime.broker.connection import Connection
from runtime.broker.errors import BrokerError
from runtime.broker.options import SessionOptions
from runtime.clock import SystemClock
from runtime.database.connection import DatabaseAddress
from tests.gateway.access.house import House
from tests.inbox import Inbox
from tests.servers import MakeMosquitto
from tests.waiting import eventually_true

pytestmark = pytest.mark.servers


@dataclass
class Terminal:
    """Runs commands and keeps what they printed."""

    environ: dict[str, str]
    capture: pytest.CaptureFixture[str]
    out: str = ""
    err: str = ""

    async def __call__(self, *arguments: str) -> int:
        try:
            code = await asyncio.to_thread(main, arguments, self.environ)
        except SystemExit as ended:
            code = int(str(ended.code))
        self.out, self.err = map(_without_logs, self.capture.readouterr())
        return code


def _without_logs(printed: str) -> str:
    """Leave out what the gateway logs meanwhile, in this same process."""
    lines = printed.splitlines(keepends=True)
    return "".join(line for line in lines if not re.match(r"[-\d]{10} [:\d]{8} \[", line))


def url_of(address: DatabaseAddress) -> str:
    parameters = address.parameters
    password = address.password.get_secret_value() if address.password else ""
    return (
        f"postgresql://{parameters['user']}:{password}@{parameters['host']}:{parameters['port']}"
        f"/{parameters['dbname']}"
    )


@pytest.fixture
def terminal(house: House, capsys: pytest.CaptureFixture[str]) -> Terminal:
    return Terminal({"DATABASE_URL": url_of(house.owner)}, capsys)


async def test_a_token_is_shown_once_and_works_until_it_is_revoked(
    house: House, terminal: Terminal
) -> None:
    commune = house.inventory.communes[0].code
    name = f"Xã {uuid4().hex[:6]}"
    created = await terminal(
        *("token", "create", "--name", name, "--scope", "viewer", "--scope", "hook:grafana"),
        *("--commune", commune, "--expires", "90d", "--by", "Hà"),
    )
    token = terminal.out.strip()
    assert created == OK
    assert re.fullmatch(r"srp_[a-z2-7]{10}_[\w-]{43}", token)
    assert token not in terminal.err
    assert await house.status("/test/see", token) == 200

    assert await terminal("token", "list") == OK
    (line,) = [line for line in terminal.out.splitlines() if name in line]
    assert token[4:14] in line
    assert re.search(rf"viewer hook:grafana +{commune} ", line)
    assert token[15:] not in terminal.out

    assert await terminal("token", "revoke", name, "--by", "Bình") == OK
    assert await terminal("token", "revoke", token[4:14]) == USAGE
    assert "Bình has revoked it already" in terminal.err
    assert await house.rows(
        "SELECT kind, actor, detail -> 'communes' FROM access_entries WHERE subject = %s"
        " ORDER BY entry_id",
        token[4:14],
    ) == [("token_created", "Hà", [commune]), ("token_revoked", "Bình", None)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("--scope", "operater"), "one of viewer, operator, admin, adapter:NAME"),
        (("--scope", "adapter:chirpstak"), "did you mean 'chirpstack'?"),
        (("--scope", "hook:grafna"), "did you mean 'grafana'?"),
        (("--scope", "viewer", "--scope", "admin"), "the widest of them is enough"),
        (("--scope", "admin", "--commune", "1"), "leave --commune out"),
        (("--scope", "adapter:chirpstack", "--commune", "24133"), "leave --commune out"),
        (("--scope", "viewer", "--commune", "24133x"), "did you mean '24133'?"),
        (("--scope", "viewer", "--expires", "90"), "is no age"),
        (("--scope", "viewer", "--expires", "0s"), "is no age above zero, up to 36500d"),
        (("--scope", "viewer", "--expires", f"{'9' * 14}d"), "is no age above zero, up to 36500d"),
    ],
)
async def test_what_is_wrong_with_a_wish_is_said(
    house: House, terminal: Terminal, arguments: tuple[str, ...], told: str
) -> None:
    told = told.replace("24133", house.inventory.communes[0].code)
    arguments = tuple(each.replace("24133", house.inventory.communes[0].code) for each in arguments)
    assert await terminal("token", "create", "--name", "x", *arguments) == USAGE
    assert told in terminal.err
    assert terminal.out == ""


async def test_names_of_communes_help_and_names_of_tokens_are_taken_once(
    house: House, terminal: Terminal
) -> None:
    commune, name = house.inventory.communes[0], f"twice {uuid4().hex[:6]}"
    create = ("token", "create", "--name", name, "--scope", "viewer")
    assert await terminal(*create, "--commune", commune.name) == USAGE
    assert f"did you mean {commune.code!r}, which is {commune.name}?" in terminal.err
    assert await terminal(*create) == OK
    assert await terminal(*create) == USAGE
    assert "one of this name holds" in terminal.err
    assert await terminal("token", "revoke", name[:-1]) == USAGE
    assert f"did you mean {name!r}?" in terminal.err


async def test_whoever_may_not_is_told_who_may(house: House, terminal: Terminal) -> None:
    terminal.environ = {"DATABASE_URL": url_of(house.login)}
    assert await terminal("token", "create", "--name", "x", "--scope", "admin") == USAGE
    assert "must name the owner of the database" in terminal.err
    terminal.environ = {"DATABASE_URL": "postgresql://srepok@127.0.0.1:1/srepok"}
    assert await terminal("device", "list") == FAILED
    assert "postgresql://srepok@127.0.0.1:1/srepok" in terminal.err
    terminal.environ = {}
    assert await terminal("token", "list") == USAGE
    assert "DATABASE_URL: not set" in terminal.err


async def test_a_device_is_let_in_by_broker_and_gateway_with_one_key(
    house: House, terminal: Terminal, make_mosquitto: MakeMosquitto
) -> None:
    broker = make_mosquitto()
    terminal.environ |= {
        "GATEWAY_BROKER_USERS_FILE": str(broker.users_file),
        "GATEWAY_BROKER_RELOAD": f"pid:{broker.pid_file}",
    }
    code = house.inventory.devices[10].code

    assert await terminal("device", "add", code, "--by", "Hà") == OK
    first = terminal.out.strip().removeprefix(f"{code}:")
    await _until(broker.port, code, first, is_in=True)
    assert await terminal("device", "add", code) == USAGE
    assert "it has a key already" in terminal.err

    assert await terminal("device", "rotate", code) == OK
    second = terminal.out.strip().removeprefix(f"{code}:")
    await _until(broker.port, code, second, is_in=True)
    await _until(broker.port, code, first, is_in=False)

    # What the local stack fills the file with at its next start leaves both as they are.
    broker.add_users({code: "of-old", "new": "new"})
    assert await _connects(broker.port, code, second)
    assert not await _connects(broker.port, code, "of-old")
    device = _connection(broker.port, code, second)
    await device.open()
    assert await terminal("device", "revoke", code) == OK
    # The broker ends what was open too.
    assert await device.ends_within(timedelta(seconds=20))
    broker.add_users({code: "of-old"})
    await _until(broker.port, code, second, is_in=False)
    assert not await _connects(broker.port, code, "of-old")
    assert await terminal("device", "revoke", code) == USAGE
    assert "has revoked its key already" in terminal.err
    assert await terminal("device", "list") == OK
    assert re.search(rf"^{code} .* revoked by ", terminal.out, re.MULTILINE)
    kinds = await house.rows("SELECT kind FROM access_entries WHERE subject = %s ORDER BY 1", code)
    assert kinds == [("device_added",), ("device_revoked",), ("device_rotated",)]


async def test_devices_that_cannot_be_are_refused_and_nothing_is_changed(
    house: House, terminal: Terminal, tmp_path: Path
) -> None:
    good = house.inventory.devices[11].code
    assert await terminal("device", "add", good, f"{good}x") == USAGE
    assert f"did you mean {good!r}" in terminal.err
    assert await terminal("device", "rotate", good) == USAGE
    assert "was never given a key" in terminal.err
    terminal.environ["GATEWAY_BROKER_USERS_FILE"] = str(tmp_path / "missing")
    assert await terminal("device", "add", good) == FAILED
    assert "GATEWAY_BROKER_USERS_FILE" in terminal.err
    assert terminal.out == ""
    assert await house.rows("SELECT 1 FROM device_keys WHERE device_code = %s", good) == []


async def _until(port: int, user: str, password: str, *, is_in: bool) -> None:
    """Wait until the broker lets a user in with a password, or does not."""

    async def as_wanted() -> bool:
        return await _connects(port, user, password) is is_in

    await eventually_true(as_wanted)


def _connection(port: int, user: str, password: str) -> Connection:
    url = f"mqtt://{user}:{password}@127.0.0.1:{port}"
    address = BrokerAddress.from_environment({"MQTT_URL": url})
    options = SessionOptions(client_id=f"try-{uuid4().hex}")
    return Connection(1, address, options, Inbox(), SystemClock(), clean_start=True)


async def _connects(port: int, user: str, password: str) -> bool:
    connection = _connection(port, user, password)
    try:
        await connection.open()
    except BrokerError:
        return False
    await connection.close()
    return True
