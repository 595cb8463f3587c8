"""Settings of the simulators that do not belong on a command line."""

from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

from pydantic import SecretStr

from runtime.broker.address import BrokerAddress
from runtime.settings import Settings, SettingsError
from simulators.passwords import read_passwords


class SimulatorSettings(Settings):
    """What every command that publishes reads.

    Attributes:
        passwords_file: `user:password` lines, one for each device, mode 0600. Without it
            every session uses the user of `MQTT_URL`.
    """

    prefix: ClassVar[str] = "SIMULATORS_"

    passwords_file: Path | None = None


class Identities:
    """Who each device is at the broker.

    Args:
        address: the broker, with the user of `MQTT_URL`.
        passwords: password by device code; None where all devices share that user.
    """

    def __init__(
        self, address: BrokerAddress, passwords: Mapping[str, SecretStr] | None = None
    ) -> None:
        self._address = address
        self._passwords = passwords

    @classmethod
    def from_settings(cls, address: BrokerAddress, settings: SimulatorSettings) -> "Identities":
        """Read the password file, if one is set.

        Raises:
            SettingsError: naming the variable and the file.
        """
        path = settings.passwords_file
        return cls(address, read_passwords(path, "SIMULATORS_PASSWORDS_FILE") if path else None)

    def address_of(self, device: str) -> BrokerAddress:
        """Return the broker's address with the device as its user.

        Raises:
            SettingsError: the password file has no line for the device.
        """
        if self._passwords is None:
            return self._address
        if device not in self._passwords:
            raise SettingsError(f"SIMULATORS_PASSWORDS_FILE: no line for device {device}")
        return BrokerAddress(
            self._address.host,
            self._address.port,
            device,
            self._passwords[device],
            self._address.tls,
        )
