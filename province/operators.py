"""Operators: the companies whose networks serve the villages."""

from typing import Literal

from province.records import Name, Record


class Operator(Record):
    """A telecommunications operator."""

    type: Literal["operator"] = "operator"
    name: Name
