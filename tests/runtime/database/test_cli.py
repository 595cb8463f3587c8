"""The command line, run as a user runs it."""

import asyncio
import sys
from pathlib import Path

import pytest

from tests.runtime.database.test_inventory import FILE

pytestmark = pytest.mark.servers


async def run(url: str | None, *arguments: str) -> tuple[int, str, str]:
    """Run a command; return exit code, output, errors."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "runtime.database", *arguments),
        env={"DATABASE_URL": url} if url else {},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
    )
    output, errors = await process.communicate()
    assert process.returncode is not None
    return process.returncode, output.decode(), errors.decode()


async def test_migrate_then_status(empty_database_url: str) -> None:
    code, _, errors = await run(empty_database_url, "status")
    assert code == 1
    assert "extension is not created" in errors

    code, output, errors = await run(empty_database_url, "migrate")
    assert (code, errors) == (0, "")
    assert "applying 0001_roles.sql" in output

    code, output, _ = await run(empty_database_url, "status")
    assert code == 0
    assert "no migration is pending" in output


async def test_an_inventory_is_imported(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "inventory.jsonl"
    file.write_text(FILE, encoding="utf-8")

    code, output, _ = await run(database_url, "inventory", "--dry-run", str(file))
    assert code == 0
    assert "devices: 2 added: d1, d2" in output
    assert "dry run" in output

    code, output, _ = await run(database_url, "inventory", str(file))
    assert code == 0
    assert "inventory revision 1" in output

    code, output, _ = await run(database_url, "inventory", str(file))
    assert (code, output) == (0, "nothing differs: no new revision\n")


async def test_a_wrong_inventory_is_told_by_line(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "inventory.jsonl"
    file.write_text('{"type":"operator","code":"a.b","name":"X"}\n')

    code, _, errors = await run(database_url, "inventory", str(file))

    assert code == 1
    assert f"{file}:1:" in errors


async def test_settings_that_are_wrong_are_told_by_name() -> None:
    code, _, errors = await run(None, "status")

    assert code == 2
    assert "DATABASE_URL: not set" in errors


async def test_a_server_that_is_away_is_named_without_the_password() -> None:
    code, _, errors = await run("postgresql://ann:s3cr3t@127.0.0.1:1/srepok", "status")

    assert code == 1
    assert "postgresql://ann@127.0.0.1:1/srepok" in errors
    assert "s3cr3t" not in errors
    assert "Traceback" not in errors


@pytest.mark.parametrize("command", [(), ("migrate",), ("status",), ("login",), ("inventory",)])
async def test_help_names_the_environment(command: tuple[str, ...]) -> None:
    code, output, _ = await run(None, *command, "--help")

    assert code == 0
    assert "DATABASE_URL" in output
    assert "DATABASE_PASSWORD_FILE" in output
