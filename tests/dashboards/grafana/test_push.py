"""Pushing dashboards: to a fake, or to a real Grafana where TEST_GRAFANA_URL names one."""

import pytest

from dashboards.boards import all_boards
from dashboards.client import Grafana
from dashboards.errors import HandEditedError
from dashboards.plan import Standing, Wanted, make_plan, wanted_of
from dashboards.push import check_grafana, push
from tests.dashboards.grafana.conftest import MakeWanted, WantedNames


async def pushed(grafana: Grafana, *wanted: Wanted, force: bool = False) -> list[str]:
    lines: list[str] = []
    await push(grafana, wanted, force=force, tell=lines.append)
    return lines


async def standing(grafana: Grafana, wanted: Wanted) -> Standing:
    (step,) = await make_plan(grafana, [wanted])
    return step.standing


async def edit_by_hand(grafana: Grafana, wanted: Wanted, **changes: str) -> None:
    found = await grafana.find(wanted.uid)
    assert found is not None
    changed = {**wanted.dashboard, **changes}
    await grafana.save(changed, wanted.folder_uid, "looks nicer", found.version)


async def test_a_grafana_of_a_known_version_with_the_data_source_is_taken(grafana: Grafana) -> None:
    await check_grafana(grafana)


async def test_a_new_dashboard_is_written_into_its_folder(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    wanted = make_wanted()
    assert await standing(grafana, wanted) is Standing.MISSING
    assert await pushed(grafana, wanted) == [f"{wanted.uid}: written, was missing"]
    assert await grafana.may_save_in(wanted.folder_uid)
    assert await standing(grafana, wanted) is Standing.SAME


async def test_what_is_there_already_is_not_written_again(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    await pushed(grafana, make_wanted())
    assert await pushed(grafana, make_wanted()) == []


async def test_what_was_pushed_before_is_replaced(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    await pushed(grafana, make_wanted())
    newer = make_wanted("A better board")
    assert await standing(grafana, newer) is Standing.OLDER
    assert await pushed(grafana, newer) == [f"{newer.uid}: written, was older"]
    found = await grafana.find(newer.uid)
    assert found is not None
    assert found.dashboard["title"] == newer.dashboard["title"]


async def test_a_dashboard_edited_by_hand_is_shown_and_nothing_is_written(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    first = make_wanted()
    await pushed(grafana, first)
    await edit_by_hand(grafana, first, title="My board")
    newer = make_wanted("A better board")
    with pytest.raises(HandEditedError) as raised:
        await pushed(grafana, newer)
    assert '- title: "My board"' in str(raised.value)
    assert f'+ title: "{newer.dashboard["title"]}"' in str(raised.value)
    assert "--force" in str(raised.value)
    found = await grafana.find(first.uid)
    assert found is not None
    assert found.dashboard["title"] == "My board"


async def test_force_overwrites_what_was_edited_by_hand(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    wanted = make_wanted()
    await pushed(grafana, wanted)
    await edit_by_hand(grafana, wanted, title="My board")
    assert await pushed(grafana, wanted, force=True) == [
        f"{wanted.uid}: written, was edited by hand"
    ]
    assert await standing(grafana, wanted) is Standing.SAME


async def test_differences_name_what_is_there_and_what_should_be(
    grafana: Grafana, make_wanted: MakeWanted
) -> None:
    await pushed(grafana, make_wanted(refresh="1m"))
    (step,) = await make_plan(grafana, [make_wanted(refresh="5m", tags=["srepok"])])
    assert '- refresh: "1m"' in step.differences
    assert '+ refresh: "5m"' in step.differences
    assert '+ tags: ["srepok"]' in step.differences


async def test_a_dashboard_moved_by_hand_is_told_and_force_brings_it_back(
    grafana: Grafana, make_wanted: MakeWanted, wanted_names: WantedNames
) -> None:
    wanted = make_wanted()
    await pushed(grafana, wanted)
    await grafana.make_folder(
        wanted_names.other_folder, f"Srepok tests {wanted_names.other_folder}"
    )
    found = await grafana.find(wanted.uid)
    assert found is not None
    # As a move on the screen: the same once more, with what was said before, elsewhere.
    other = wanted_names.other_folder
    await grafana.save(wanted.dashboard, other, wanted.message, found.version)
    (step,) = await make_plan(grafana, [wanted])
    assert step.standing is Standing.MOVED
    assert step.differences == [f"- folder: {other}", f"+ folder: {wanted.folder_uid}"]
    with pytest.raises(HandEditedError, match="moved to another folder"):
        await pushed(grafana, wanted)
    assert await pushed(grafana, wanted, force=True) == [
        f"{wanted.uid}: written, was moved to another folder"
    ]
    assert await standing(grafana, wanted) is Standing.SAME


async def test_every_board_is_written_and_comes_back_as_it_was(
    grafana: Grafana, wanted_names: WantedNames
) -> None:
    # Under names of this test's own, so that boards in a real Grafana stay as they are.
    boards = [wanted_names.renamed(one) for one in wanted_of(all_boards())]
    assert len(await pushed(grafana, *boards)) == len(boards)
    plan = await make_plan(grafana, boards)
    assert {step.wanted.uid: step.differences for step in plan if step.differences} == {}
    assert {step.standing for step in plan} == {Standing.SAME}
    assert await pushed(grafana, *boards) == []
