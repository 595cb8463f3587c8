"""Places: communes, villages, sites and links, and how they are at present."""

from typing import Annotated

from pydantic import AwareDatetime, Field

from gateway.api.operation import FormQuestion
from gateway.api.values import Answer, Code, Count, Page, Paging
from rules.model import LinkState, VillageState

Latitude = Annotated[float | None, Field(description="Degrees, WGS 84; null: not known.")]
Longitude = Latitude


class VillageStates(Answer):
    """How many villages are in each state."""

    served: Count = Field(description="With broadband, none of it bad.")
    degraded: Count = Field(description="With broadband that is worse than it should be.")
    dark: Count = Field(description="Without broadband.")
    unknown: Count = Field(description="Of which nothing is known.")
    maintenance: Count = Field(description="In which announced work goes on.")


class Commune(Answer):
    """A commune or ward."""

    code: Code = Field(description="Official code.", examples=["24133"])
    name: str = Field(description="With diacritics.")
    kind: str = Field(description="ward (urban) or commune (rural).")
    population: Count = Field(description="Inhabitants.")
    area_km2: float = Field(description="Square kilometres.")
    lat: Latitude
    lon: Longitude
    villages: VillageStates = Field(description="How many of its villages are in each state.")


class Village(Answer):
    """A village and its state at present."""

    code: Code
    name: str = Field(description="With diacritics.")
    commune: Code
    households: Count
    lat: Latitude
    lon: Longitude
    synthetic: bool = Field(description="Made by the simulators; not a place that exists.")
    state: VillageState = Field(description="unknown while nobody watches.")
    since: AwareDatetime | None = Field(
        description="From when on it is in that state; null: nothing was ever said of it."
    )
    reason: str = Field(description="Name of the decision; empty: none was made.")
    incident: str | None = Field(description="That is the cause; null: none.")


class Link(Answer):
    """One operator's connection of one village, and its state at present."""

    code: Code
    village: Code
    commune: Code = Field(description="The village's.")
    operator: Code
    technology: str = Field(description="ftth, adsl, leased, microwave, 4g, 5g or satellite.")
    node: Code = Field(description="The last node before the village.")
    households: Count | None = Field(description="That use it; null: not known.")
    state: LinkState = Field(description="unknown while nobody watches.")
    since: AwareDatetime | None = Field(
        description="From when on it is in that state; null: nothing was ever said of it."
    )
    reason: str = Field(description="Name of the decision; empty: none was made.")
    incident: str | None = Field(description="That is the cause; null: none.")


class VillageDetail(Village):
    """A village with its links and devices."""

    links: list[Link] = Field(description="By code.")
    devices: list[Code] = Field(description="Devices that stand in it, by code.")


class Site(Answer):
    """A place with radio or access equipment."""

    code: Code
    kind: str = Field(description="site: a mobile site; olt: an optical line terminal.")
    name: str
    operator: Code | None = Field(description="Whose it is; null: not known.")
    commune: Code | None = Field(description="Where it stands; null: not known.")
    power_node: Code | None = Field(
        description="Node of the power grid that feeds it; null: not known."
    )
    parents: list[Code] = Field(description="Nodes upstream; it works while one of them does.")
    lat: Latitude
    lon: Longitude


class SiteDetail(Site):
    """A site with what hangs on it."""

    links: list[Code] = Field(description="Links whose last node it is, by code.")
    devices: list[Code] = Field(description="Devices that report for it, by code.")


class CommunePage(Page[Commune]):
    """Communes, by code."""


class VillagePage(Page[Village]):
    """Villages, by code."""


class LinkPage(Page[Link]):
    """Links, by code."""


class SitePage(Page[Site]):
    """Sites, by code."""


class ListQuestion(Paging, FormQuestion):
    """A list, as JSON or CSV."""


class VillageQuestion(ListQuestion):
    """Which villages."""

    commune: Code | None = Field(None, description="Of this commune only.")
    state: VillageState | None = Field(None, description="In this state only.")


class LinkQuestion(ListQuestion):
    """Which links."""

    commune: Code | None = Field(None, description="Of villages of this commune only.")
    village: Code | None = Field(None, description="Of this village only.")
    operator: Code | None = Field(None, description="Of this operator only.")
    state: LinkState | None = Field(None, description="In this state only.")


class SiteQuestion(ListQuestion):
    """Which sites."""

    commune: Code | None = Field(None, description="In this commune only.")
    operator: Code | None = Field(None, description="Of this operator only.")
