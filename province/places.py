"""Places: province, commune, village. Below the province there are two tiers, no districts."""

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from province.codes import Code
from province.records import Latitude, Longitude, Name, Record


class CommuneKind(StrEnum):
    """The two kinds of unit below the province."""

    WARD = "ward"
    """Phường: urban."""
    COMMUNE = "commune"
    """Xã: rural."""


class Province(Record):
    """A province."""

    type: Literal["province"] = "province"
    name: Name


class Commune(Record):
    """A commune or ward.

    Attributes:
        code: its official code, such as 22015.
        province: code of its province.
        name: with diacritics.
        name_ascii: without, for searching and for systems that cannot show them.
        lat: latitude of a point inside, in degrees, WGS 84.
        lon: its longitude.
    """

    type: Literal["commune"] = "commune"
    province: Code
    name: Name
    name_ascii: Name
    kind: CommuneKind
    lat: Latitude
    lon: Longitude
    population: Annotated[int, Field(ge=0)]
    area_km2: Annotated[float, Field(gt=0)]


class Village(Record):
    """A village, hamlet or residential group: the unit whose broadband is watched.

    Attributes:
        households: how many may lose service when it is out.
        synthetic: made by the simulators; not a place that exists.
    """

    type: Literal["village"] = "village"
    commune: Code
    name: Name
    households: Annotated[int, Field(ge=0)]
    lat: Latitude | None = None
    lon: Longitude | None = None
    synthetic: bool = False
