"""Addresses keep their secrets; failures are told apart."""

from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from psycopg import errors

from runtime.database.connection import DatabaseAddress, FailureKind, classify, connect
from runtime.settings import SettingsError

SECRET = "s3cr3t-5ecret"


def test_an_address_shows_everything_but_its_password() -> None:
    address = DatabaseAddress.from_url(f"postgresql://ann:{SECRET}@db.example:5433/srepok")

    assert str(address) == "postgresql://ann@db.example:5433/srepok"
    assert SECRET not in repr(address)
    assert address.password is not None
    assert address.password.get_secret_value() == SECRET


def test_the_password_may_stand_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(f"{SECRET}\n")

    address = DatabaseAddress.from_environment(
        {"DATABASE_URL": "postgresql://ann@[::1]/srepok", "DATABASE_PASSWORD_FILE": str(file)}
    )

    assert str(address) == "postgresql://ann@[::1]/srepok"
    assert address.password is not None
    assert address.password.get_secret_value() == SECRET


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://x", "http://x"),
        (f"mysql://ann:{SECRET}@db:5432/srepok", "mysql://ann:...@db:5432/srepok"),
        (f"mysql://ann:a@{SECRET}?@db/srepok", "mysql://ann:...@db/srepok"),
        (f"mysql://db/srepok?password={SECRET}&user=a@b", "mysql://db/srepok@b"),
        (f"mysql://ann:{SECRET}", "mysql://ann:..."),
        (f"host=db password={SECRET}", "..."),
        (
            f"postgresql://ann:{SECRET}@db/srepok?no_such_parameter=1",
            "postgresql://ann:...@db/srepok",
        ),
        (f"postgresql://ann:%{SECRET}@db/srepok", "postgresql://ann:...@db/srepok"),
    ],
)
def test_a_wrong_url_is_an_error_that_shows_what_is_no_secret(url: str, shown: str) -> None:
    with pytest.raises(SettingsError) as caught:
        DatabaseAddress.from_environment({"DATABASE_URL": url})

    assert str(caught.value).startswith(f"DATABASE_URL={shown!r}: ")
    assert SECRET not in str(caught.value)


def test_two_passwords_are_one_too_many(tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_text(SECRET)

    with pytest.raises(SettingsError, match="use one") as caught:
        DatabaseAddress.from_environment(
            {
                "DATABASE_URL": f"postgresql://ann:{SECRET}@db/srepok",
                "DATABASE_PASSWORD_FILE": str(file),
            }
        )

    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        (errors.AdminShutdown(), FailureKind.CONNECTION),
        (errors.CannotConnectNow(), FailureKind.CONNECTION),
        (errors.ConnectionFailure(), FailureKind.CONNECTION),
        (errors.ReadOnlySqlTransaction(), FailureKind.CONNECTION),
        (psycopg.OperationalError("the connection is lost"), FailureKind.CONNECTION),
        (ConnectionResetError(), FailureKind.CONNECTION),
        (errors.TooManyConnections(), FailureKind.RESOURCES),
        (errors.DiskFull(), FailureKind.RESOURCES),
        (errors.ConfigurationLimitExceeded(), FailureKind.RESOURCES),
        (errors.IoError(), FailureKind.RESOURCES),
        (errors.DeadlockDetected(), FailureKind.CONFLICT),
        (errors.SerializationFailure(), FailureKind.CONFLICT),
        (errors.LockNotAvailable(), FailureKind.CONFLICT),
        (errors.QueryCanceled(), FailureKind.TIMEOUT),
        (TimeoutError(), FailureKind.TIMEOUT),
        (errors.NumericValueOutOfRange(), FailureKind.DATA),
        (errors.UntranslatableCharacter(), FailureKind.DATA),
        (errors.CheckViolation(), FailureKind.DATA),
        (errors.NotNullViolation(), FailureKind.DATA),
        (psycopg.DataError("cannot dump"), FailureKind.DATA),
        (errors.UndefinedTable(), FailureKind.PROGRAMMING),
        (errors.InsufficientPrivilege(), FailureKind.PROGRAMMING),
        (errors.CardinalityViolation(), FailureKind.PROGRAMMING),
        (psycopg.InterfaceError("misused"), FailureKind.PROGRAMMING),
        (ValueError(), FailureKind.PROGRAMMING),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, Exception) else value.value,
)
def test_failures_are_told_apart(error: Exception, kind: FailureKind) -> None:
    assert classify(error) is kind


def test_only_data_and_programming_failures_are_final() -> None:
    assert {kind for kind in FailureKind if not kind.retry} == {
        FailureKind.DATA,
        FailureKind.PROGRAMMING,
    }


@pytest.mark.servers
async def test_a_connection_says_who_it_is_and_speaks_utc(database_server_url: str) -> None:
    address = DatabaseAddress.from_url(database_server_url)
    async with await connect(
        address, "srepok-ingest-7", statement_timeout=timedelta(seconds=1.5)
    ) as connection:
        cursor = await connection.execute(
            "SELECT current_setting('application_name'), current_setting('TimeZone'),"
            " current_setting('statement_timeout')"
        )
        assert await cursor.fetchone() == ("srepok-ingest-7", "UTC", "1500ms")
        assert connection.info.transaction_status is psycopg.pq.TransactionStatus.IDLE


@pytest.mark.servers
async def test_a_statement_beyond_its_time_is_a_timeout(database_server_url: str) -> None:
    address = DatabaseAddress.from_url(database_server_url)
    async with await connect(
        address, "srepok-tests", statement_timeout=timedelta(milliseconds=20)
    ) as connection:
        with pytest.raises(psycopg.Error) as caught:
            await connection.execute("SELECT pg_sleep(60)")

    assert classify(caught.value) is FailureKind.TIMEOUT


async def test_a_server_that_is_away_is_a_connection_failure() -> None:
    # Nobody listens on port 1.
    address = DatabaseAddress.from_url("postgresql://ann@127.0.0.1:1/srepok")

    with pytest.raises(psycopg.OperationalError) as caught:
        await connect(address, "srepok-tests")

    assert classify(caught.value) is FailureKind.CONNECTION


@pytest.mark.servers
async def test_a_connection_cut_by_the_server_is_a_connection_failure(
    database_server_url: str,
) -> None:
    address = DatabaseAddress.from_url(database_server_url)
    async with await connect(address, "srepok-tests") as connection:
        with pytest.raises(psycopg.OperationalError) as caught:
            await connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")

    assert classify(caught.value) is FailureKind.CONNECTION
