"""Fixtures: the whole province and a tenth of it, each made once."""

import pytest

from province.inventory import Inventory
from simulators.generate import generate_inventory


@pytest.fixture(scope="package")
def whole() -> Inventory:
    return generate_inventory(seed=7)


@pytest.fixture(scope="package")
def tenth() -> Inventory:
    return generate_inventory(seed=7, scale=0.1)


@pytest.fixture(params=["whole", "tenth"])
def inventory(request: pytest.FixtureRequest) -> Inventory:
    """Each of the two: what holds for one must hold for the other."""
    made: Inventory = request.getfixturevalue(request.param)
    return made
