"""A smaller province: fewer communes, as large as ever, and of the same mixture."""

from collections import Counter

import pytest

from province.dak_lak import load_communes
from province.inventory import Inventory
from province.places import Commune, CommuneKind
from simulators.generate.excerpt import choose_communes, is_east
from simulators.generate.villages import count_villages


def share(inventory: Inventory, codes: set[str]) -> float:
    """Return the share of villages that lie in these communes."""
    inside = sum(village.commune in codes for village in inventory.villages)
    return inside / len(inventory.villages)


def codes_of(communes: list[Commune]) -> set[str]:
    return {commune.code for commune in communes}


def test_its_communes_have_all_the_villages_they_have_in_the_whole(
    whole: Inventory, tenth: Inventory
) -> None:
    there = {village.code: village for village in whole.villages}
    assert all(village == there[village.code] for village in tenth.villages)
    counts = Counter(village.commune for village in tenth.villages)
    all_counts = Counter(village.commune for village in whole.villages)
    assert len(counts) == 10
    assert all(all_counts[commune] == count for commune, count in counts.items())


def test_town_and_country_and_east_and_west_keep_their_shares(
    whole: Inventory, tenth: Inventory
) -> None:
    wards = codes_of([each for each in whole.communes if each.kind is CommuneKind.WARD])
    east = codes_of([each for each in whole.communes if is_east(each)])
    assert share(tenth, wards) == pytest.approx(share(whole, wards), abs=0.02)
    assert share(tenth, east) == pytest.approx(share(whole, east), abs=0.02)


def test_the_cities_where_the_cores_stand_are_always_there(tenth: Inventory) -> None:
    codes = [commune.code for commune in tenth.communes]
    assert {"24133", "22015"} <= set(codes)
    assert codes == sorted(codes)
    assert len(codes) <= 12


def test_other_seeds_choose_other_communes() -> None:
    communes = load_communes()
    counts = count_villages(communes, 1.0)
    chosen = {choose_communes(communes, counts, 0.1, seed) for seed in range(5)}
    assert len(chosen) == 5
    assert {sum(counts[commune.code] for commune in each) for each in chosen} == {250}


def test_the_smallest_province_is_one_of_the_smallest_communes() -> None:
    communes = load_communes()
    counts = count_villages(communes, 1.0)
    (only,) = choose_communes(communes, counts, 1e-9, 1)
    assert counts[only.code] == min(counts.values())
