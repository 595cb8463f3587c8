"""The broker's password file: a device is let in, gets another password, and is shut out."""

import os
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from uuid import uuid4

import pytest

from deploy import mosquitto_users
from gateway.access.broker_users import BrokerUsers, hash_password
from gateway.access.errors import BrokerUsersError


def names(file: Path) -> list[str]:
    return [line.partition(":")[0] for line in file.read_text().splitlines()]


def test_the_hash_is_the_local_stacks_own() -> None:
    salt = bytes(range(12))
    word = uuid4().hex

    assert hash_password(word, salt) == mosquitto_users.hash_password(word, salt)
    assert hash_password(word) != hash_password(word)


def test_a_change_touches_its_own_lines_only_and_keeps_mode(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("ingest:$7$x\none:$7$old\ntwo:$7$y\n")
    file.chmod(0o640)
    users = BrokerUsers(file)

    users.let_in({"one": "secret", "three": "secret"})
    lines = dict(line.split(":", 1) for line in file.read_text().splitlines())
    assert lines.keys() == {"ingest", "one", "two", "three"}
    assert (lines["ingest"], lines["two"]) == ("$7$x", "$7$y")
    assert "secret" not in file.read_text()
    before = lines["one"]
    users.shut_out(["one"])
    lines = dict(line.split(":", 1) for line in file.read_text().splitlines())
    assert lines["one"] not in {before, "$7$old"}
    assert stat.S_IMODE(file.stat().st_mode) == 0o640
    assert {each.name for each in tmp_path.iterdir()} == {"users", ".users.lock"}


def test_two_at_once_lose_nobody(tmp_path: Path) -> None:
    file = tmp_path / "users"
    file.write_text("")
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda n: BrokerUsers(file).let_in({f"d{n}": "x"}), range(40)))

    assert sorted(names(file)) == sorted(f"d{n}" for n in range(40))


def test_what_is_wrong_is_named_with_its_setting(tmp_path: Path) -> None:
    missing = tmp_path / "none" / "users"
    with pytest.raises(BrokerUsersError, match="GATEWAY_BROKER_USERS_FILE"):
        BrokerUsers(missing).let_in({"one": "x"})
    with pytest.raises(BrokerUsersError, match="exit code 3"):
        BrokerUsers(missing, "sh -c 'exit 3'").reload()
    with pytest.raises(BrokerUsersError, match="no such file"):
        BrokerUsers(missing, f"pid:{missing}").reload()
    own = tmp_path / "pid"
    own.write_text(f"{os.getpid()}\n")
    with pytest.raises(BrokerUsersError, match="is no mosquitto"):
        BrokerUsers(missing, f"pid:{own}").reload()
