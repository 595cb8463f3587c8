"""The communes of Dak Lak."""

from itertools import pairwise

from province.codes import is_code
from province.dak_lak import DAK_LAK, load_communes
from province.dak_lak.boundaries import Point, load_boundaries
from province.places import CommuneKind


def test_there_are_14_wards_and_88_communes() -> None:
    kinds = [commune.kind for commune in load_communes()]
    assert kinds.count(CommuneKind.WARD) == 14
    assert kinds.count(CommuneKind.COMMUNE) == 88


def test_codes_are_official_and_unique() -> None:
    codes = [commune.code for commune in load_communes()]
    assert len(set(codes)) == 102
    assert all(is_code(code) and len(code) == 5 and code.isdecimal() for code in codes)


def test_figures_add_up_to_the_published_totals() -> None:
    communes = load_communes()
    assert sum(commune.population for commune in communes) == 3_346_853
    assert abs(sum(commune.area_km2 for commune in communes) - 18_096.40) < 0.1


def test_names_keep_their_diacritics_and_have_an_ascii_twin() -> None:
    by_code = {commune.code: commune for commune in load_communes()}
    assert by_code["22015"].name == "Tuy Hoà"
    assert by_code["22015"].name_ascii == "Tuy Hoa"
    assert DAK_LAK.name == "Đắk Lắk"
    assert all(commune.name_ascii.isascii() for commune in by_code.values())


def test_every_commune_lies_in_the_province() -> None:
    for commune in load_communes():
        assert commune.province == DAK_LAK.code
        assert 12.1 < commune.lat < 13.8, commune.name
        assert 107.4 < commune.lon < 109.6, commune.name


def test_every_commune_has_a_closed_boundary_around_its_point() -> None:
    boundaries = load_boundaries()
    assert set(boundaries) == {commune.code for commune in load_communes()}
    for commune in load_communes():
        rings = boundaries[commune.code]
        assert all(ring[0] == ring[-1] for ring in rings), commune.name
        # Crossings of a ray to the east: odd inside, however many islands there are.
        crossings = sum(
            _crosses(start, end, commune.lon, commune.lat)
            for ring in rings
            for start, end in pairwise(ring)
        )
        assert crossings % 2 == 1, commune.name


def _crosses(start: Point, end: Point, lon: float, lat: float) -> bool:
    (x0, y0), (x1, y1) = start, end
    return (y0 > lat) != (y1 > lat) and x0 + (lat - y0) * (x1 - x0) / (y1 - y0) > lon
