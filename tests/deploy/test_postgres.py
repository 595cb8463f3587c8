"""A real PostgreSQL: started, stopped, killed, taken over."""

import os
import signal
import socket
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import urlsplit

import psycopg
import pytest

from deploy.errors import PortTakenError, ServerError
from deploy.postgres import Postgres
from deploy.processes import find_processes
from deploy.toolchain import Toolchain
from tests.servers import MakePostgres
from tests.waiting import DEADLINE

pytestmark = [pytest.mark.servers, pytest.mark.faults]


def test_the_owner_makes_roles_and_the_extension_and_is_no_superuser(
    make_postgres: MakePostgres,
) -> None:
    server = make_postgres()
    server.create_database("srepok")
    server.psql("CREATE EXTENSION timescaledb; CREATE ROLE grp NOLOGIN;", "srepok", "srepok")
    asked = "SELECT rolsuper, rolcreaterole, rolcreatedb FROM pg_roles WHERE rolname = current_user"
    assert server.psql(asked, "srepok", "srepok") == "f|t|f\n"


def test_commits_are_durable_and_pages_have_checksums(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    for name, value in {
        "fsync": "on",
        "synchronous_commit": "on",
        "full_page_writes": "on",
        "data_checksums": "on",
        "server_encoding": "UTF8",
        "timescaledb.telemetry_level": "off",
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "password_encryption": "scram-sha-256",
    }.items():
        assert server.psql(f"SHOW {name}") == f"{value}\n", name


def test_only_who_knows_the_password_comes_in(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    good = server.url("postgres", with_password=True)
    with psycopg.connect(good) as connection:
        assert connection.execute("SELECT current_user").fetchone() == ("srepok",)
    password = urlsplit(good).password
    assert password
    wrong = good.replace(password, "guess")
    with pytest.raises(psycopg.OperationalError, match="password authentication failed"):
        psycopg.connect(wrong)
    assert password not in server.url("postgres")


def test_files_are_open_to_their_owner_only(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    directory = server.log.parent
    for path in (directory, directory / "passwords", directory / "data"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o700, path
    for path in (server.password_file(), server.password_file("postgres"), server.log):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_no_password_is_in_the_log_or_in_a_process_listing(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    server.create_database("srepok")
    for user in ("srepok", "postgres"):
        password = server.password_file(user).read_text().strip()
        assert password not in server.log.read_text()
        for process in find_processes("postgres", server.log.parent / "data"):
            assert password.encode() not in Path(f"/proc/{process.pid}/cmdline").read_bytes()
            process.close()


def test_what_was_committed_outlives_a_kill(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    with psycopg.connect(server.url("postgres", "postgres", with_password=True)) as connection:
        connection.execute("CREATE TABLE kept (number int)")
        connection.execute("INSERT INTO kept SELECT generate_series(1, 10000)")
        connection.commit()
        connection.execute("INSERT INTO kept VALUES (0)")
        server.kill()
        with pytest.raises(psycopg.OperationalError):
            connection.commit()
    assert not server.running
    server.start()
    assert server.psql("SELECT count(*), min(number) FROM kept") == "10000|1\n"


def test_a_kill_leaves_no_process_behind(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    data = server.log.parent / "data"
    found = find_processes("postgres", data)
    assert len(found) > 4
    server.kill()
    # Each has ended, not only vanished from our search.
    for process in found:
        assert process.wait(DEADLINE)
        process.close()
    assert find_processes("postgres", data) == []


def test_the_main_process_killed_alone_is_survived(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    server.psql("CREATE TABLE kept AS SELECT 1")
    pid = server.pid
    (main,) = [
        process
        for process in find_processes("postgres", server.log.parent / "data")
        if process.pid == pid
    ]
    main.signal(signal.SIGKILL)
    # A kill takes effect when the process is next scheduled, which may be after the start.
    assert main.wait(DEADLINE)
    main.close()
    server.start()
    assert server.pid != pid
    assert server.psql("SELECT * FROM kept") == "1\n"


def test_a_start_waits_for_a_server_on_its_way_out(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    pid = server.pid
    assert pid is not None
    pid_file = server.log.parent / "data" / "postmaster.pid"
    with ThreadPoolExecutor() as threads:
        with psycopg.connect(server.url("postgres", "postgres", with_password=True)):
            # A smart stop waits for its clients, of whom we are one.
            os.kill(pid, signal.SIGTERM)
            while "stopping" not in pid_file.read_text():
                assert server.running
            starting = threads.submit(server.start)
        starting.result(DEADLINE)
    assert server.pid != pid
    assert server.psql("SELECT 1") == "1\n"


def test_a_start_takes_a_running_server_over(
    make_postgres: MakePostgres, toolchain: Toolchain
) -> None:
    server = make_postgres()
    again = Postgres(toolchain, server.log.parent)
    again.start()
    assert again.pid == server.pid
    assert again.port == server.port
    again.stop()
    assert not server.running


def test_the_port_stays_over_restarts(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    port = server.port
    server.stop()
    server.start()
    assert server.port == port


def test_the_pid_of_another_process_is_not_taken_for_the_servers(
    make_postgres: MakePostgres,
) -> None:
    server = make_postgres()
    server.kill()
    # As after a reboot: the number in the file is somebody else's now; here it is ours.
    note = server.log.parent / "data/postmaster.pid"
    lines = note.read_text().splitlines()
    note.write_text("\n".join([str(os.getppid()), *lines[1:]]) + "\n")
    assert not server.running
    server.stop()
    server.start()
    assert server.psql("SELECT 1") == "1\n"


def test_a_taken_port_is_named_with_the_remedy(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    server.stop()
    with socket.create_server(("127.0.0.1", server.port)):
        with pytest.raises(
            PortTakenError, match=rf"port {server.port} .*PostgreSQL.*remove .*/port"
        ):
            server.start()
        assert not server.running
    server.start()


def test_a_server_that_cannot_start_shows_its_log(make_postgres: MakePostgres) -> None:
    server = make_postgres(start=False, shared_buffers="all of it")
    with pytest.raises(ServerError, match=r"(?s)ended and did.*shared_buffers"):
        server.start()


def test_an_interrupted_making_is_made_again(toolchain: Toolchain, tmp_path: Path) -> None:
    server = Postgres(toolchain, tmp_path / "server")
    half = tmp_path / "server/data.partial"
    half.mkdir(parents=True)
    (half / "PG_VERSION").write_text("17\n")
    server.start()
    assert server.psql("SELECT 1") == "1\n"
    server.kill()


@pytest.mark.parametrize("mode", ["smart", "fast", "immediate"])
def test_every_way_to_stop_keeps_what_was_committed(mode: str, make_postgres: MakePostgres) -> None:
    server = make_postgres()
    server.psql("CREATE TABLE kept AS SELECT 1")
    server.stop(mode)  # type: ignore[arg-type] # parametrize gives plain text
    assert not server.running
    server.start()
    assert server.psql("SELECT * FROM kept") == "1\n"


def test_a_stop_that_is_not_obeyed_is_reported(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    with (
        # A smart stop waits for this client.
        psycopg.connect(server.url("postgres", with_password=True)),
        pytest.raises(ServerError, match=r"pid \d+\) still runs 0 s after a smart stop"),
    ):
        server.stop("smart", timeout_seconds=0.2)


def test_a_database_with_any_name_can_be_made_twice_if_asked(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    name = 'odd "name"'
    server.create_database(name)
    server.create_database(name, exist_ok=True)
    with pytest.raises(ServerError, match="already exists"):
        server.create_database(name)


def test_a_wrong_statement_ends_the_script(make_postgres: MakePostgres) -> None:
    server = make_postgres()
    with pytest.raises(ServerError, match='relation "nowhere" does not exist'):
        server.psql("SELECT * FROM nowhere; CREATE TABLE later ();")
    assert server.psql("SELECT to_regclass('later') IS NULL") == "t\n"


def test_the_status_of_a_server_that_was_never_started(
    toolchain: Toolchain, tmp_path: Path
) -> None:
    status = Postgres(toolchain, tmp_path / "server").status()
    assert (status.running, status.port, status.started_at) == (False, None, None)
