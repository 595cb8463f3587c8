"""Records: what the objects of an inventory have in common."""

from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from province.codes import Code

Name = Annotated[str, StringConstraints(min_length=1, max_length=200)]
"""A name for people, with diacritics."""

Alias = Annotated[
    str,
    StringConstraints(
        max_length=200, pattern=r"^[a-z0-9][a-z0-9_-]*:[^\x00-\x20\x7f][^\x00-\x1f\x7f]*$"
    ),
]
"""The name of a device in another system: that system, a colon, and the name it gives."""

Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]

RECORD: Final = ConfigDict(strict=True, frozen=True, extra="forbid", allow_inf_nan=False)


class Record(BaseModel):
    """One object of an inventory; frozen, and strict about its fields.

    Attributes:
        code: unique among objects of its type; what other objects refer to it by.
    """

    model_config = RECORD

    code: Code
