"""The password file: read strictly, never shown."""

from pathlib import Path

import pytest

from runtime.broker.address import BrokerAddress
from runtime.settings import SettingsError
from simulators.passwords import read_passwords
from simulators.settings import Identities, SimulatorSettings


def write(directory: Path, text: str, mode: int = 0o600) -> Path:
    path = directory / "passwords"
    path.write_text(text)
    path.chmod(mode)
    return path


def test_a_password_may_hold_a_colon(tmp_path: Path) -> None:
    passwords = read_passwords(write(tmp_path, "d1:se:cret\nd2:x\n"), "P")
    assert {user: word.get_secret_value() for user, word in passwords.items()} == {
        "d1": "se:cret",
        "d2": "x",
    }


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o644])
def test_a_file_that_others_may_read_is_refused(tmp_path: Path, mode: int) -> None:
    with pytest.raises(SettingsError, match=rf"P: .*passwords has mode 0{mode:o}.*chmod 600"):
        read_passwords(write(tmp_path, "d1:x\n", mode), "P")


@pytest.mark.parametrize("text", ["d1:x\nhunter2\n", "d1:x\n:hunter2\n", "d1:x\nd2:\n"])
def test_a_wrong_line_is_named_without_its_content(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError, match=r"passwords:2: expected USER:PASSWORD") as caught:
        read_passwords(write(tmp_path, text), "P")
    assert "hunter2" not in str(caught.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=r"P: cannot read .*nowhere: No such file"):
        read_passwords(tmp_path / "nowhere", "P")


def test_every_device_is_its_own_user_where_there_are_passwords(tmp_path: Path) -> None:
    path = write(tmp_path, "d1:one\nd2:two\n")
    settings = SimulatorSettings.from_environment({"SIMULATORS_PASSWORDS_FILE": str(path)})
    identities = Identities.from_settings(BrokerAddress("h", 1883, "shared"), settings)
    address = identities.address_of("d2")
    assert (address.host, address.username) == ("h", "d2")
    assert address.password is not None
    assert address.password.get_secret_value() == "two"
    with pytest.raises(SettingsError, match="no line for device d3"):
        identities.address_of("d3")


def test_all_devices_share_one_user_where_there_are_none() -> None:
    shared = BrokerAddress("h", 1883, "shared")
    assert Identities(shared).address_of("d1") is shared
