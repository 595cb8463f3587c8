"""The command line: `python -m runtime.database migrate|status|login|inventory`.

Exit codes: 0 done; 1 it did not work, with the reason on standard error; 2 wrong arguments
or settings; 3 (`status`) migrations are pending.
"""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Final, TypeAlias

import psycopg
from psycopg import AsyncConnection

from province.inventory import InventoryError, read_inventory
from province.metrics import CatalogueError, catalogue
from runtime.clock import SystemClock
from runtime.database.capabilities import detect_capabilities
from runtime.database.connection import DatabaseAddress, connect
from runtime.database.errors import DatabaseError
from runtime.database.inventory import Imported, import_inventory
from runtime.database.inventory_rows import ALIASES, PARENTS
from runtime.database.logins import ROLES, make_login
from runtime.database.migrate import migrate, pending
from runtime.output import while_read
from runtime.settings import SettingsError, parse_duration, read_secret

DONE: Final = 0
FAILED: Final = 1
USAGE: Final = 2
PENDING: Final = 3

_CODES_SHOWN: Final = 5

_ENVIRONMENT: Final = """\
environment:
  DATABASE_URL              postgresql://USER@HOST:PORT/DATABASE
  DATABASE_PASSWORD_FILE    a file with the password of USER
  DATABASE_CONNECT_TIMEOUT  for one attempt to connect; default 5s
"""

Command = Callable[[AsyncConnection, argparse.Namespace], Awaitable[int]]
# argparse gives this class no public name.
Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"  # noqa: SLF001


def main(arguments: Sequence[str] | None = None, environ: Mapping[str, str] | None = None) -> int:
    """Run one command and return its exit code."""
    parsed = _make_parser().parse_args(arguments)
    try:
        address = DatabaseAddress.from_environment(os.environ if environ is None else environ)
        return while_read(lambda: asyncio.run(_run(address, parsed.command, parsed)))
    except SettingsError as error:
        return _fail(error, USAGE)
    except (DatabaseError, InventoryError, CatalogueError, OSError) as error:
        return _fail(error, FAILED)
    except psycopg.Error as error:
        return _fail(f"{address}: {str(error).strip()}", FAILED)


async def _run(address: DatabaseAddress, command: Command, parsed: argparse.Namespace) -> int:
    async with await connect(address, "srepok-database") as connection:
        return await command(connection, parsed)


def _fail(error: object, code: int) -> int:
    print(f"runtime.database: {error}", file=sys.stderr)
    return code


async def _migrate(connection: AsyncConnection, parsed: argparse.Namespace) -> int:
    migrated = await migrate(
        connection,
        lock_wait=parsed.lock_wait,
        lock_timeout=parsed.lock_timeout,
        announce=lambda migration: print(f"applying {migration.name}"),
    )
    for name in migrated.skipped:
        print(f"skipped {name}: not for the {migrated.capabilities.edition} edition")
    print(f"{connection.info.dbname}: up to date, {len(migrated.applied)} applied")
    return DONE


async def _status(connection: AsyncConnection, _parsed: argparse.Namespace) -> int:
    capabilities = await detect_capabilities(connection)
    print(
        f"{capabilities.database}: PostgreSQL {capabilities.postgresql}, TimescaleDB "
        f"{capabilities.timescaledb}, {capabilities.edition} edition"
    )
    for sentence in capabilities.missing:
        print(f"  {sentence}")
    names = await pending(connection)
    for name in names:
        print(f"pending {name}")
    if not names:
        print("no migration is pending")
    return PENDING if names else DONE


async def _login(connection: AsyncConnection, parsed: argparse.Namespace) -> int:
    password = read_secret(parsed.password_file, "--password-file")
    await make_login(connection, parsed.name, ROLES[parsed.role], password)
    print(f"login {parsed.name}: role {parsed.role}")
    return DONE


async def _inventory(connection: AsyncConnection, parsed: argparse.Namespace) -> int:
    imported = await import_inventory(
        connection,
        read_inventory(parsed.file),
        catalogue().values(),
        source=parsed.file.name,
        now=SystemClock().now(),
        dry_run=parsed.dry_run,
    )
    _show(imported)
    if imported.is_empty:
        print("nothing differs: no new revision")
    elif parsed.dry_run:
        print("dry run: nothing was written")
    else:
        print(f"inventory revision {imported.revision}")
    return DONE


def _show(imported: Imported) -> None:
    for found in imported.differences:
        for verb, keys in (
            ("added", tuple(found.added)),
            ("changed", tuple(found.changed)),
            ("retired", found.retired),
        ):
            if keys:
                shown = ", ".join(map(str, keys[:_CODES_SHOWN]))
                rest = ", ..." if len(keys) > _CODES_SHOWN else ""
                print(f"{found.table.name}: {len(keys)} {verb}: {shown}{rest}")
    for table, changed in ((PARENTS, imported.parents), (ALIASES, imported.aliases)):
        for verb, pairs in zip(("added", "removed"), changed, strict=True):
            if pairs:
                print(f"{table.name}: {len(pairs)} {verb}")


def _make_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m runtime.database",
        description="The schema, the logins and the inventory of the database.",
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_migrate(commands)
    _add_status(commands)
    _add_login(commands)
    _add_inventory(commands)
    return parser


def _add_migrate(commands: Subparsers) -> None:
    parser = _add(commands, "migrate", _migrate, "bring the schema to this version of the program")
    for option, default, what in (
        ("--lock-wait", timedelta(minutes=1), "for another migrator to end; default 1m"),
        ("--lock-timeout", timedelta(seconds=10), "for a table in use; default 10s"),
    ):
        parser.add_argument(
            option, type=parse_duration, default=default, metavar="DURATION", help=what
        )


def _add_status(commands: Subparsers) -> None:
    _add(commands, "status", _status, "tell the edition, and which migrations are pending")


def _add_login(commands: Subparsers) -> None:
    parser = _add(commands, "login", _login, "make a login of a service, or renew its password")
    parser.add_argument("name", metavar="NAME", help="of the login")
    parser.add_argument("--role", required=True, choices=sorted(ROLES), help="what it may do")
    parser.add_argument(
        "--password-file", required=True, type=Path, metavar="FILE", help="with its password"
    )


def _add_inventory(commands: Subparsers) -> None:
    parser = _add(commands, "inventory", _inventory, "make the inventory that of a file")
    parser.add_argument("file", type=Path, metavar="FILE", help="JSON Lines")
    parser.add_argument("--dry-run", action="store_true", help="only tell what would change")


def _add(
    commands: Subparsers, name: str, command: Command, summary: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=summary,
        description=summary,
        epilog=_ENVIRONMENT,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=command)
    return parser
