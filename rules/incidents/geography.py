"""Geography: where things are, whose they are, what people call them, and who lives there."""

from collections import defaultdict
from collections.abc import Iterable

from province.inventory import Inventory


class Geography:
    """What incidents need to know of an inventory.

    Codes that it does not name are nowhere and nobody's, and are called by their code.

    Args:
        inventory: as published.
    """

    def __init__(self, inventory: Inventory) -> None:
        self.communes = {commune.code: commune for commune in inventory.communes}
        self.villages = {village.code: village for village in inventory.villages}
        self.operators = {operator.code: operator for operator in inventory.operators}
        self.links = {link.code: link for link in inventory.links}
        self.nodes = {node.code: node for node in inventory.nodes}
        self.devices = {device.code: device for device in inventory.devices}
        self.links_of: dict[str, list[str]] = defaultdict(list)
        for link in inventory.links:
            self.links_of[link.village].append(link.code)

    def name(self, code: str) -> str:
        """Return what people call an object; its code where it has no name of its own."""
        if code in self.links:
            link = self.links[code]
            operator = self.operators.get(link.operator)
            return f"{self.name(link.village)} {operator.name if operator else link.operator}"
        for named in (self.villages, self.nodes, self.communes, self.devices, self.operators):
            if code in named:
                return str(named[code].name)
        return code

    def kind(self, code: str) -> str:
        """Return the kind of an object, in the words of `IncidentNotice.root_kind`."""
        if code in self.nodes:
            return str(self.nodes[code].kind)
        if code in self.links:
            return "link"
        if code in self.villages:
            return "village"
        return "device" if code in self.devices else ""

    def households(self, village: str) -> int:
        """Return how many households a village has."""
        known = self.villages.get(village)
        return known.households if known else 0

    def share(self, village: str, lost: Iterable[str]) -> float:
        """Return the share of a village's households that these links leave without service.

        By the households that use each link where that is known of all its links, else by the
        number of links.
        """
        every = self.links_of.get(village, [])
        gone = set(lost).intersection(every)
        if not gone:
            return 0.0
        if len(gone) == len(every):
            return 1.0
        using = {code: self.links[code].households for code in every}
        known = {code: count for code, count in using.items() if count is not None}
        total = sum(known.values())
        if len(known) < len(every) or not total:
            return len(gone) / len(every)
        return sum(known[code] for code in gone) / total

    def communes_of(self, codes: Iterable[str]) -> set[str]:
        """Return the communes in which these objects are."""
        return {commune for code in codes if (commune := self._commune(code)) is not None}

    def operators_of(self, codes: Iterable[str]) -> set[str]:
        """Return the operators whose these objects are."""
        return {operator for code in codes if (operator := self._operator(code)) is not None}

    def _commune(self, code: str) -> str | None:
        if code in self.links:
            code = self.links[code].village
        for placed in (self.villages, self.nodes, self.devices):
            if code in placed:
                return placed[code].commune
        return code if code in self.communes else None

    def _operator(self, code: str) -> str | None:
        if code in self.devices:
            device = self.devices[code]
            code = device.link or device.node or ""
        if code in self.links:
            return self.links[code].operator
        if code in self.nodes:
            return self.nodes[code].operator
        return code if code in self.operators else None
