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
    "feeder-cut": "c7a0568a959732d3f13451eb5060e85904a73db9c8f019343d1976c8b00892af",
    "duplicates-reorder": "2764a06fa316489501f68ab333f46356693069d5965dafc65833b64b2d97cf24",
}


@pytest.mark.parametrize("name", DIGESTS)
def test_a_run_is_the_same_everywhere(name: str) -> None:
    scenario = load_scenario(name)
    province = generate_province(1, 0.05, wrong_edges=scenario.conditions.wrong_edges)
    with Path(os.devnull).open("wb") as nowhere:
        outcome = run_offline(Play(scenario, province.true, 1), [nowhere])
    assert outcome.sha256 == DIGESTS[name]
