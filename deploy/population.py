"""The demo's population: the inventory of its province, and a password for each device in it."""

import json
import secrets
from pathlib import Path
from typing import Final

from deploy.commands import GENERATE, fill
from deploy.files import keep_password, write_private
from deploy.mosquitto import Mosquitto
from deploy.services import run_step

_COMMUNE: Final = "24133"
_PROBE: Final = "66-demo-probe"
_AIR: Final = "66-demo-air"
_BY_HAND: Final = (
    {"code": _PROBE, "kind": "link_probe", "name": "Probe to publish as by hand"},
    {"code": _AIR, "kind": "sensor", "name": "Sensor to publish as by hand"},
)


class Population:
    """What lives in a demo's province.

    Args:
        directory: of the demo.

    Attributes:
        inventory: the file of the province.
        passwords: the file of all devices' passwords, as `USER:PASSWORD` lines.
        by_hand: the file of the password of the devices that people publish as by hand.
    """

    def __init__(self, directory: Path) -> None:
        self.inventory = directory / "inventory.jsonl"
        self.passwords = directory / "devices.passwords"
        self.by_hand = directory / "by-hand.password"

    def make(self, broker: Mosquitto, *, seed: int, scale: float) -> None:
        """Invent the province unless it is there, and let its devices into the broker."""
        if not self.inventory.exists():
            fresh = self.inventory.with_suffix(".new")
            words = {"seed": str(seed), "scale": str(scale)}
            run_step(fill(GENERATE, path=str(fresh), **words), {})
            with fresh.open("a", encoding="utf-8") as file:
                for device in _BY_HAND:
                    more = {"type": "device", "commune": _COMMUNE, "interval_seconds": 30}
                    file.write(json.dumps(device | more) + "\n")
            fresh.replace(self.inventory)
        self._let_in(broker)

    def count_devices(self) -> int:
        """Return how many devices the inventory has."""
        return len(self._devices())

    def _devices(self) -> list[str]:
        lines = self.inventory.read_text(encoding="utf-8").splitlines()
        records = map(json.loads, lines)
        return [record["code"] for record in records if record["type"] == "device"]

    def _let_in(self, broker: Mosquitto) -> None:
        passwords = dict.fromkeys((_PROBE, _AIR), keep_password(self.by_hand))
        # Once they are known to the broker, `python -m gateway device` may have changed them.
        let_in = broker.add_users if self.passwords.exists() else broker.set_users
        if self.passwords.exists():
            lines = self.passwords.read_text(encoding="utf-8").splitlines()
            passwords |= dict(line.split(":", 1) for line in lines)
        for code in self._devices():
            if code not in passwords:
                passwords[code] = secrets.token_urlsafe(12)
        text = "".join(f"{code}:{password}\n" for code, password in passwords.items())
        write_private(self.passwords, text)
        let_in(passwords)
