"""Coverage: the province's stated figures hold when everything works."""

import pytest

from province.inventory import Inventory
from province.places import CommuneKind
from province.topology import Technology
from simulators.generate.coverage import measure_coverage

TOLERANCES = {"whole": (0.0005, 0.005), "tenth": (0.002, 0.02)}
"""Of 4G and 5G; a tenth has too few villages to lose one in a thousand."""


@pytest.mark.parametrize("name", TOLERANCES)
def test_the_stated_shares_of_households_are_covered(
    name: str, request: pytest.FixtureRequest
) -> None:
    covered = measure_coverage(request.getfixturevalue(name))
    tolerance_4g, tolerance_5g = TOLERANCES[name]
    assert covered.broadband == 1.0
    assert covered.mobile_4g == pytest.approx(0.999, abs=tolerance_4g)
    assert covered.mobile_5g == pytest.approx(0.26, abs=tolerance_5g)


def test_5g_begins_in_the_wards_and_stands_beside_4g(whole: Inventory) -> None:
    kinds = {commune.code: commune.kind for commune in whole.communes}
    communes = {village.code: village.commune for village in whole.villages}
    served = {
        technology: {link.village for link in whole.links if link.technology is technology}
        for technology in (Technology.MOBILE_4G, Technology.MOBILE_5G)
    }
    assert served[Technology.MOBILE_5G] <= served[Technology.MOBILE_4G]
    assert {kinds[communes[code]] for code in served[Technology.MOBILE_5G]} == {CommuneKind.WARD}


def test_villages_without_4g_are_rural_and_have_two_optical_links(whole: Inventory) -> None:
    kinds = {commune.code: commune.kind for commune in whole.communes}
    communes = {village.code: village.commune for village in whole.villages}
    with_4g = {link.village for link in whole.links if link.technology is Technology.MOBILE_4G}
    without = communes.keys() - with_4g
    assert without
    for code in without:
        assert kinds[communes[code]] is CommuneKind.COMMUNE
        technologies = [link.technology for link in whole.links if link.village == code]
        assert technologies == [Technology.FTTH] * 2
