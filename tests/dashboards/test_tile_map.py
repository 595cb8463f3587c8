"""The map of tiles: every commune once, none over another, in their order."""

from typing import Any

from dashboards.boards.wall.now import communes
from dashboards.text import Language, localise
from province.dak_lak import load_communes


def tiles() -> dict[str, dict[str, Any]]:
    root = localise(dict(communes().body), Language.ENGLISH)["options"]["root"]
    return {element["name"]: element for element in root["elements"]}


def test_every_commune_has_a_tile_with_its_name_and_a_link_to_its_board() -> None:
    found = tiles()
    for commune in load_communes():
        tile = found.pop(commune.code)
        assert tile["config"]["text"]["fixed"] == commune.name
        assert f"var-commune={commune.code}" in tile["links"][0]["url"]
        assert tile["background"]["color"]["field"] == commune.code
    assert not found


def test_no_tile_lies_over_another_or_outside() -> None:
    boxes = []
    for tile in tiles().values():
        place = tile["placement"]
        boxes.append((place["left"], 100 - place["right"], place["top"], 100 - place["bottom"]))
    for number, (left, right, top, bottom) in enumerate(boxes):
        assert 0 <= left < right <= 100
        assert 0 <= top < bottom <= 100
        for other in boxes[number + 1 :]:
            apart = right <= other[0] or other[1] <= left or bottom <= other[2] or other[3] <= top
            assert apart


def test_west_is_on_the_left_and_north_on_top() -> None:
    found = tiles()
    by_longitude = sorted(load_communes(), key=lambda commune: commune.lon)
    west, east = found[by_longitude[0].code], found[by_longitude[-1].code]
    assert west["placement"]["left"] < east["placement"]["left"]
    column = [one for one in load_communes() if found[one.code]["placement"]["left"] < 5]
    downward = sorted(column, key=lambda one: float(found[one.code]["placement"]["top"]))
    latitudes = [one.lat for one in downward]
    assert latitudes == sorted(latitudes, reverse=True)
