"""Fixtures: provinces of several scales and seeds, each made once; the data beside the checkout."""

import os
from functools import cache
from pathlib import Path
from typing import Protocol

import pytest

from simulators.generate import generate_inventory
from simulators.world.topology import Topology

_SHARED = Path(__file__).parents[4] / "shared" / "data" / "dak-lak"


class Provinces(Protocol):
    """Gives the topology of a province."""

    def __call__(self, scale: float, seed: int) -> Topology: ...


@pytest.fixture(scope="package")
def provinces() -> Provinces:
    """Topologies by scale and seed."""

    @cache
    def make(scale: float, seed: int) -> Topology:
        return Topology(generate_inventory(seed, scale))

    return make


@pytest.fixture
def tenth(provinces: Provinces) -> Topology:
    """A tenth of the province."""
    return provinces(0.1, 1)


@pytest.fixture(scope="session")
def dak_lak_data() -> Path:
    """The directory with the reported facts; they are kept beside the checkout."""
    if _SHARED.is_dir():
        return _SHARED
    missing = "the reported facts are not there: ../shared/data/dak-lak beside the checkout"
    if "CI" in os.environ:
        pytest.fail(missing)
    pytest.skip(missing)
