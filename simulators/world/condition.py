"""The condition of villages: what is true of them, which a watcher has to find out."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Literal

from simulators.world.effects import Effects, is_bad
from simulators.world.topology import Failed, Standing, Topology

State = Literal["served", "degraded", "dark"]
Reason = Literal["network", "power", "quality"]


@dataclass(frozen=True, slots=True)
class Condition:
    """How a village is.

    Attributes:
        state: dark: no link works; degraded: one of them does not, or is bad, or there are no
            mains; else served.
        reason: why; None if it is served.
    """

    state: State
    reason: Reason | None


SERVED = Condition("served", None)


def power_nodes(topology: Topology) -> Mapping[str, str]:
    """Return what feeds each village: the node that feeds most of its devices, by village."""
    fed: dict[str, str] = {}
    for village, devices in topology.devices_of_village.items():
        nodes = sorted(device.power_node for device in devices if device.power_node)
        if nodes:
            fed[village] = max(nodes, key=nodes.count)
    return fed


class Conditions:
    """Tells the condition of villages.

    Args:
        topology: of the true inventory.
    """

    def __init__(self, topology: Topology) -> None:
        self._topology = topology
        self._fed = power_nodes(topology)

    def without_mains(self, standing: Standing) -> frozenset[str]:
        """Return the villages whose mains are off."""
        return frozenset(village for village, node in self._fed.items() if not standing.fed(node))

    def all(
        self, standing: Standing, failed: Failed, effects: Effects | None = None
    ) -> dict[str, Condition]:
        """Return the condition of each village that is not served, by its code."""
        dark = self.without_mains(standing)
        without_power_faults = standing
        if failed.mains or failed.batteries:
            rest = Failed(failed.nodes, failed.links, failed.villages)
            without_power_faults = self._topology.standing(rest)
        bad = self._bad_links(standing.links, effects)
        found = {}
        for village, links in self._topology.links_of_village.items():
            down = [link.code for link in links if link.code not in standing.links]
            if down:
                state: State = "dark" if len(down) == len(links) else "degraded"
                by_power = all(code in without_power_faults.links for code in down)
                found[village] = Condition(state, "power" if by_power else "network")
            elif village in dark:
                found[village] = Condition("degraded", "power")
            elif bad and any(link.code in bad for link in links):
                found[village] = Condition("degraded", "quality")
        return found

    @staticmethod
    def _bad_links(links: AbstractSet[str], effects: Effects | None) -> AbstractSet[str]:
        if effects is None:
            return frozenset()
        return {code for code in effects.codes() & links if is_bad(effects.on(code))}
