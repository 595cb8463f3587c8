"""Subjects: what the rules know of the devices that they are about."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from province.inventory import Inventory
from rules.rulebook.quantities import OWN_DEVICE, OWN_INTERVAL_SECONDS
from rules.rulebook.rule import Match

OWN_KIND: Final = "own"
_STALE_INTERVALS: Final = 3.0
_LEAST_STALE_SECONDS: Final = 60.0
"""Quick devices lose several reports in a row to one lost connection."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A device, in what rules match and templates say.

    Attributes:
        kind: a `DeviceKind`, or `own` for our own instruments.
        interval: seconds between its reports, as declared.
    """

    code: str
    kind: str
    interval: float
    name: str = ""
    commune: str | None = None
    village: str | None = None
    operator: str | None = None
    commune_name: str = ""
    village_name: str = ""
    operator_name: str = ""

    @property
    def stale_seconds(self) -> float:
        """How long a value says something about now."""
        return max(_LEAST_STALE_SECONDS, _STALE_INTERVALS * self.interval)

    def matches(self, match: Match) -> bool:
        """Whether a rule is about it; our own instruments are matched by name only."""
        if self.kind == OWN_KIND and OWN_DEVICE not in match.code:
            return False
        return (
            match.kind.match(self.kind)
            and match.code.match(self.code)
            and match.commune.match(self.commune)
            and match.village.match(self.village)
            and match.operator.match(self.operator)
        )

    def group(self, by: str) -> str | None:
        """Return the group that it is counted in; None if it is in none."""
        if by == "province":
            return "province"
        code: str | None = getattr(self, by)
        return code


OWN: Final = Subject(OWN_DEVICE, OWN_KIND, OWN_INTERVAL_SECONDS, "Srepok")


def subjects_of(inventory: Inventory) -> Mapping[str, Subject]:
    """Return what the rules know of an inventory's devices, and of ourselves, by code."""
    communes = {one.code: one.name for one in inventory.communes}
    villages = {one.code: one.name for one in inventory.villages}
    operators = {one.code: one.name for one in inventory.operators}
    of_link = {link.code: link.operator for link in inventory.links}
    of_node = {node.code: node.operator for node in inventory.nodes}
    subjects = {OWN.code: OWN}
    for device in inventory.devices:
        # A sensor's link is how it publishes, not whose it is.
        carrier = of_link.get(device.link or "") or of_node.get(device.node or "")
        operator = carrier if device.kind.watches_link else None
        subjects[device.code] = Subject(
            device.code,
            device.kind.value,
            device.interval_seconds,
            device.name,
            device.commune,
            device.village,
            operator,
            communes.get(device.commune, ""),
            villages.get(device.village or "", ""),
            operators.get(operator or "", ""),
        )
    return subjects
