"""`python -m gateway device`: the keys of devices, for uploads and for the broker."""

import argparse
import sys
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

from psycopg import AsyncConnection

from gateway.access.broker_users import BrokerUsers
from gateway.access.device_keys import Enrolment, KeptKey, list_keys
from gateway.commands.asking import add_person, local, run_with, show_table
from gateway.settings import GatewaySettings

_EXAMPLE: Final = """\
examples:
  python -m gateway device add 66-demo-air
  python -m gateway device rotate 66-demo-air >new-key

A key is the device's password at the broker and for uploads by HTTP, with its code as user name.
DATABASE_URL, DATABASE_PASSWORD_FILE: the database, as its owner.
GATEWAY_BROKER_USERS_FILE: Mosquitto's password file; without it the broker is left alone.
GATEWAY_BROKER_RELOAD: pid:FILE, or the command that has the broker read it again.
docs/operations/access.md has both for the local stack and for Docker Compose.
"""

_Give = Callable[[Enrolment, Sequence[str]], Awaitable[Mapping[str, str]]]
"""Gives devices keys: of an enrolment, `add` or `rotate`."""


def configure(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Add the command's parser."""
    parser = commands.add_parser(
        "device",
        help="add, rotate, revoke and list keys of devices",
        epilog=_EXAMPLE,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add, rotate = partial(_give, Enrolment.add), partial(_give, Enrolment.rotate)
    for action, work, text in (
        ("add", add, "give devices of the inventory their keys, which are shown this once"),
        ("rotate", rotate, "give devices new keys; the old ones end at once"),
        ("revoke", _revoke, "end devices' keys"),
    ):
        each = actions.add_parser(action, help=text)
        each.add_argument("codes", nargs="+", metavar="CODE", help="the device's code")
        add_person(each)
        each.set_defaults(run=run_with(work))
    listing = actions.add_parser("list", help="devices that have, or had, a key")
    listing.set_defaults(run=run_with(_list))


async def _give(
    give: _Give,
    connection: AsyncConnection,
    options: argparse.Namespace,
    environ: Mapping[str, str],
    now: datetime,
) -> int:
    users = _users(environ)
    keys = await give(Enrolment(connection, users, options.by, now), _once(options.codes))
    _show(keys)
    _reload(users)
    return 0


async def _revoke(
    connection: AsyncConnection,
    options: argparse.Namespace,
    environ: Mapping[str, str],
    now: datetime,
) -> int:
    users = _users(environ)
    codes = _once(options.codes)
    await Enrolment(connection, users, options.by, now).revoke(codes)
    for code in codes:
        print(f"device {code}: revoked")
    _reload(users)
    return 0


async def _list(
    connection: AsyncConnection,
    _options: argparse.Namespace,
    _environ: Mapping[str, str],
    _now: datetime,
) -> int:
    keys = await list_keys(connection)
    if not keys:
        print("no device has a key")
        return 0
    rows = [(key.device_code, local(key.created_at), key.created_by, _state(key)) for key in keys]
    show_table(("device", "key made", "by", "state"), rows)
    return 0


def _state(key: KeptKey) -> str:
    if key.revoked_at is not None:
        return f"revoked by {key.revoked_by}, {local(key.revoked_at)}"
    return "good" if key.is_known else "good, but not in the inventory"


def _users(environ: Mapping[str, str]) -> BrokerUsers | None:
    settings = GatewaySettings.from_environment(environ)
    if settings.broker_users_file is None:
        return None
    return BrokerUsers(settings.broker_users_file, settings.broker_reload)


def _once(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(codes))


def _show(keys: Mapping[str, str]) -> None:
    # Apart from the keys, so that a script may take them from the standard output.
    print("This is the only time that they are shown, as CODE:KEY:", file=sys.stderr)
    for code, key in keys.items():
        print(f"{code}:{key}")
    sys.stdout.flush()


def _reload(users: BrokerUsers | None) -> None:
    """Have the broker obey; the keys were shown before, so that a failure loses none."""
    if users is None:
        print(
            "HTTP only: GATEWAY_BROKER_USERS_FILE is not set, so the broker was left as it is",
            file=sys.stderr,
        )
    elif not users.reloads:
        print(
            "GATEWAY_BROKER_RELOAD is not set: have the broker read its users again yourself",
            file=sys.stderr,
        )
    else:
        users.reload()
