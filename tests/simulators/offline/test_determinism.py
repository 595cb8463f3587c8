"""The same seed gives the same bytes: on every machine, with every Python.

A change of what devices, faults or the modelled broker do changes these digests, and every figure
that was ever scored with them. Whoever means to do that writes the new ones here.
"""

import os
from pathlib import Path

import pytest

from simulators.generate import generate_province
from simulators.offline.run import run_offline
from simulators.scenarios.reader import load_scenario
from simulators.world.production import Play

DIGESTS = {
    "feeder-cut": "f184e30c42b9ac67974874a4fae8ae150c7911e6dadf63719b6a04ce287cce4a",
    "duplicates-reorder": "09d5c229dc8c07e89b5a85130270518868696079b3d8b642a8ef9c3dcd4f3163",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_run_is_the_same_everywhere(name: str) -> None:
    scenario = load_scenario(name)
    province = generate_province(1, 0.05, wrong_edges=scenario.conditions.wrong_edges)
    with Path(os.devnull).open("wb") as nowhere:
        outcome = run_offline(Play(scenario, province.true, 1), [nowhere])
    assert outcome.sha256 == DIGESTS[name]
