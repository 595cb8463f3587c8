"""The broker's configuration against what our own programs expect of it."""

import re
import stat
import subprocess
from pathlib import Path
from typing import Final

import yaml

from province.topics import CANARY_ROOT, Channel
from runtime.broker.options import SessionOptions
from runtime.settings import parse_duration

ROOT: Final = Path(__file__).parents[2]
DEPLOY: Final = ROOT / "deploy"
LIMITS: Final = dict(
    line.split(maxsplit=1)
    for line in (DEPLOY / "mosquitto/limits.conf").read_text().splitlines()
    if line and not line.startswith("#")
)
ACL: Final = (DEPLOY / "mosquitto/acl").read_text()
START: Final = (DEPLOY / "compose/mosquitto/start.sh").read_text()


def grants(user: str) -> set[str]:
    """Return the access lines of one user."""
    found = re.search(rf"(?m)^user {user}\n((?:(?!user ).*\n)*)", ACL)
    assert found, user
    return {line for line in found[1].splitlines() if line.startswith("topic ")}


def test_the_broker_keeps_a_session_longer_than_ingest_asks_for() -> None:
    kept = parse_duration(LIMITS["persistent_client_expiration"])
    assert kept > SessionOptions(client_id="any").session_expiry


def test_the_broker_takes_no_packet_that_ingest_would_not() -> None:
    assert int(LIMITS["max_packet_size"]) <= SessionOptions(client_id="any").maximum_packet_size


def test_queues_are_bounded_in_messages_and_in_bytes() -> None:
    assert int(LIMITS["max_queued_messages"]) >= 100_000
    assert int(LIMITS["max_queued_bytes"]) > 0


def test_a_device_may_write_its_own_channels_only() -> None:
    patterns = set(re.findall(r"(?m)^pattern (.*)$", ACL))
    assert patterns == {f"write srepok/v1/+/+/%u/{channel}" for channel in Channel}


def test_ingest_may_read_everything_and_write_to_its_canary_only() -> None:
    assert grants("ingest") == {
        "topic read srepok/v1/#",
        f"topic readwrite {CANARY_ROOT}/#",
        "topic read $SYS/#",
    }


def test_the_simulated_fleet_may_write_only() -> None:
    assert grants("fleet") == {f"topic write srepok/v1/+/+/+/{channel}" for channel in Channel}


def test_the_container_lets_nobody_in_whom_the_access_list_does_not_name() -> None:
    users = re.search(r"for user in ([\w ]+);", START)
    assert users
    assert set(users[1].split()) <= set(re.findall(r"(?m)^user (\w+)$", ACL))


def test_acknowledged_messages_are_on_disk() -> None:
    conf = (DEPLOY / "compose/mosquitto/mosquitto.conf").read_text()
    options = [line for line in conf.splitlines() if line and not line.startswith("#")]
    assert "plugin_opt_flush_period 0" in options
    assert "plugin_opt_sync full" in options
    assert "allow_anonymous false" in options
    assert not any(option.startswith("persistence ") for option in options)


def make_secrets(directory: Path, *options: str) -> dict[str, str]:
    script = DEPLOY / "compose/make-secrets.sh"
    subprocess.run([str(script), *options, str(directory)], check=True, capture_output=True)
    return {path.name: path.read_text() for path in directory.iterdir()}


def test_the_script_makes_every_secret_that_compose_mounts(tmp_path: Path) -> None:
    compose = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    made = make_secrets(tmp_path / "secrets")
    assert made.keys() == compose["secrets"].keys()
    assert {name for name, content in made.items() if not content} == {"mqtt_devices", "mqtt_fleet"}
    assert all(re.fullmatch("[0-9a-f]{64}", content) for content in made.values() if content)
    assert len(set(made.values())) == len(made) - 1


def test_the_directory_of_secrets_is_the_lock(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    make_secrets(directory)
    assert stat.S_IMODE(directory.stat().st_mode) == 0o700
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in directory.iterdir()}
    assert modes.pop("mqtt_devices") == 0o644
    assert set(modes.values()) == {0o444}


def test_making_secrets_again_changes_none_but_adds_the_fleet(tmp_path: Path) -> None:
    directory = tmp_path / "secrets"
    first = make_secrets(directory)
    assert make_secrets(directory) == first
    second = make_secrets(directory, "--simulators")
    assert second.pop("mqtt_fleet")
    assert second == {name: text for name, text in first.items() if name != "mqtt_fleet"}
