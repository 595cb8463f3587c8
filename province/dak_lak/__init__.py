"""Dak Lak, the first home: its 102 communes as data. communes.csv names its sources."""

import csv
from functools import lru_cache
from importlib import resources
from typing import Final

from province.places import Commune, Province

DAK_LAK: Final = Province(code="66", name="Đắk Lắk")
"""The province, as it is since it took in Phu Yen on 1 July 2025."""


@lru_cache(maxsize=1)
def load_communes() -> tuple[Commune, ...]:
    """Return the 102 communes and wards, by code."""
    text = (resources.files(__name__) / "communes.csv").read_text(encoding="utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    # Strings become numbers here: the model itself takes nothing but numbers.
    return tuple(
        Commune.model_validate_strings({**row, "province": DAK_LAK.code})
        for row in csv.DictReader(lines)
    )
