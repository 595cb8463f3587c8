"""Topology: the nodes a village's service depends on, and the links that bring it."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from province.codes import Code
from province.records import Latitude, Longitude, Name, Record


class NodeKind(StrEnum):
    """What a node is."""

    OPERATOR_CORE = "operator_core"
    """An operator's core site."""
    AGGREGATION = "aggregation"
    """A backhaul or aggregation node."""
    OLT = "olt"
    """An optical line terminal: the head of a passive optical network."""
    CARD = "card"
    """One line card of an OLT."""
    SPLITTER = "splitter"
    """A passive splitter behind a card."""
    SITE = "site"
    """A mobile site: mast, cabinet, batteries."""
    CELL = "cell"
    """One cell of a site."""
    POWER_SUBSTATION = "power_substation"
    """A substation of the power grid."""
    POWER_FEEDER = "power_feeder"
    """A medium-voltage feeder behind a substation."""

    @property
    def supplies_power(self) -> bool:
        """Whether it belongs to the power grid rather than to an operator's network."""
        return self in {NodeKind.POWER_SUBSTATION, NodeKind.POWER_FEEDER}


class Node(Record):
    """A node of an operator's network or of the power grid.

    Attributes:
        parents: the nodes upstream. With several, the node works while one of them does.
        power_node: the node of the power grid that feeds it.
        operator: whose it is; none for the power grid.
        commune: where it stands.
    """

    type: Literal["node"] = "node"
    kind: NodeKind
    name: Name
    parents: tuple[Code, ...] = ()
    power_node: Code | None = None
    operator: Code | None = None
    commune: Code | None = None
    lat: Latitude | None = None
    lon: Longitude | None = None


class Technology(StrEnum):
    """How a link reaches the village."""

    FTTH = "ftth"
    ADSL = "adsl"
    LEASED = "leased"
    MICROWAVE = "microwave"
    MOBILE_4G = "4g"
    MOBILE_5G = "5g"
    SATELLITE = "satellite"

    @property
    def mobile(self) -> bool:
        """Whether it is the coverage of a mobile network."""
        return self in {Technology.MOBILE_4G, Technology.MOBILE_5G}


class Link(Record):
    """One operator's service of one village.

    Attributes:
        node: the last node before the village, such as a card, splitter or cell.
        households: how many of the village use it; not known where absent.
    """

    type: Literal["link"] = "link"
    village: Code
    operator: Code
    technology: Technology
    node: Code
    households: Annotated[int, Field(ge=0)] | None = None
