"""What one fault alone would do."""

from datetime import timedelta

import pytest

from simulators.milliseconds import HOUR, MINUTE
from simulators.scenarios.model import Conditions
from simulators.world.impact import Impact, Impacts
from simulators.world.topology import Topology
from simulators.world.world import Batteries
from tests.simulators.world.make import make_network


@pytest.fixture
def impacts() -> Impacts:
    settings = Conditions(
        ups=timedelta(minutes=20),
        olt_battery=timedelta(hours=1),
        site_battery=timedelta(hours=4),
    )
    return Impacts(Topology(make_network()), Batteries(settings, "1"))


def test_a_card_takes_its_links_and_their_probes(impacts: Impacts) -> None:
    assert impacts.of(["card"], HOUR) == Impact(
        frozenset({"v1", "v2"}),
        frozenset({"v1-ftth", "v2-ftth"}),
        frozenset({"v1-p1", "v1-p2", "v2-p1"}),
    )


def test_a_short_power_cut_silences_what_has_no_battery(impacts: Impacts) -> None:
    impact = impacts.of(["feeder"], 10 * MINUTE)
    assert impact.villages == {"v1", "v2"}
    assert impact.links == frozenset()
    assert impact.devices == {"v1-p1", "v2-p1"}


def test_a_long_power_cut_outlasts_batteries_one_after_the_other(impacts: Impacts) -> None:
    assert impacts.of(["feeder"], 2 * HOUR).links == {"v1-ftth", "v2-ftth"}
    longest = impacts.of(["substation"], 6 * HOUR)
    assert longest.links == {"v1-ftth", "v2-ftth", "v2-4g"}
    assert longest.devices == {"v1-p1", "v1-p2", "v2-p1", "v2-p2", "site-bs"}


@pytest.mark.parametrize(
    ("code", "same"),
    [
        # The card is the only thing below the olt, and the other way round.
        ("card", {"olt"}),
        ("olt", {"card"}),
        ("splitter1", {"v1-ftth", "v1"}),
        ("v1-ftth", {"splitter1", "v1"}),
        # A base station reports for the site, so that site and cell can be told apart.
        ("cell", {"v2-4g"}),
        ("site", set()),
        ("agg", set()),
        ("v1", {"splitter1", "v1-ftth"}),
        ("v2", set()),
    ],
)
def test_what_silences_the_same_devices_is_the_same_to_a_watcher(
    impacts: Impacts, code: str, same: set[str]
) -> None:
    assert set(impacts.same_as(code)) == same


def test_two_ways_up_are_lost_only_together(impacts: Impacts) -> None:
    assert impacts.of(["core1"], HOUR).links == frozenset()
    assert impacts.of(["core1", "core2"], HOUR).links == {"v1-ftth", "v2-ftth", "v2-4g"}


def test_an_unknown_code_can_do_nothing(impacts: Impacts) -> None:
    with pytest.raises(KeyError, match="nowhere"):
        impacts.of(["nowhere"], HOUR)


def test_a_commune_is_its_villages(impacts: Impacts) -> None:
    assert impacts.of(["22015"], HOUR).villages == {"v1", "v2"}
