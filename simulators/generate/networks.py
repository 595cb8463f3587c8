"""The operators' networks: backbones, access networks, and the links of every village."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from random import Random

from province.places import Commune, Village
from province.topology import Link, Node
from simulators.generate.access import CommuneAccess
from simulators.generate.backbone import build_backbone
from simulators.generate.coverage import plan_coverage
from simulators.generate.power import PowerGrid
from simulators.generate.services import plan_services


@dataclass(frozen=True, slots=True)
class Network:
    """The networks of all operators."""

    nodes: Sequence[Node]
    links: Sequence[Link]


def build_networks(
    communes: Sequence[Commune],
    homes: Sequence[Commune],
    villages: Mapping[str, Sequence[Village]],
    power: PowerGrid,
    seed: int,
) -> Network:
    """Return networks that serve every village with two links or more.

    Args:
        communes: where the villages lie.
        homes: where the operators' cores stand.
        villages: by commune code.
        power: what feeds the nodes.
        seed: of everything that is drawn.
    """
    backbone = build_backbone(communes, homes, power, Random(f"{seed} backbone"))
    coverage = plan_coverage(communes, villages)
    nodes = list(backbone.nodes)
    links: list[Link] = []
    for commune in communes:
        random = Random(f"{seed} access {commune.code}")
        services = [
            service
            for village in villages[commune.code]
            for service in plan_services(village, coverage, random)
        ]
        uplinks = backbone.uplinks[commune.code]
        access = CommuneAccess(commune, services, power, uplinks, random)
        nodes += access.nodes
        links += access.links
    return Network(nodes, links)
