"""Folding notices into records: growth, another root, merging, flapping, the end."""

from collections import Counter
from dataclasses import replace

import pytest
from pydantic import TypeAdapter

from province.inventory import Inventory
from rules.incidents.entries import entry_of
from rules.incidents.fold import Desk, DeskState
from rules.incidents.geography import Geography
from rules.incidents.record import IncidentRecord, LinkImpact, Status, Step
from rules.model import Action, IncidentClass, IncidentNotice, Severity, VillageState
from tests.rules.made import notice, scenario_said


@pytest.fixture(scope="module")
def geography(inventory: Inventory) -> Geography:
    return Geography(inventory)


@pytest.fixture
def desk(geography: Geography) -> Desk:
    return Desk(geography)


def several(geography: Geography) -> tuple[str, tuple[str, ...]]:
    """Return a village of several links, and its links."""
    for village, links in geography.links_of.items():
        if len(links) > 1:
            return village, tuple(links)
    pytest.fail("no village of several links in the inventory")


def outage(
    geography: Geography, at: float, *links: str, action: Action = Action.OPEN, **said: object
) -> IncidentNotice:
    villages = tuple(sorted({geography.links[link].village for link in links}))
    return notice(at, action, villages=villages, links=links, **({"root": links[:1]} | said))


def test_one_link_of_several_takes_its_share_of_the_households(
    desk: Desk, geography: Geography
) -> None:
    village, links = several(geography)

    record = desk.take(outage(geography, 1000, links[0]))

    (impact,) = record.impacts
    assert (impact.village, impact.state, impact.since) == (village, VillageState.DEGRADED, 960)
    assert 0 < impact.share < 1
    assert record.severity is Severity.MAJOR
    assert record.households == round(geography.households(village) * impact.share)
    assert record.root_kind == "link"
    assert record.communes == (geography.villages[village].commune,)
    assert record.operators == (geography.links[links[0]].operator,)


def test_all_links_lost_is_dark_and_critical(desk: Desk, geography: Geography) -> None:
    village, links = several(geography)

    record = desk.take(outage(geography, 1000, *links))

    (impact,) = record.impacts
    assert (impact.state, impact.share) == (VillageState.DARK, 1.0)
    assert record.severity is Severity.CRITICAL
    assert record.households == geography.households(village)


@pytest.mark.parametrize("rest", [5, None])
def test_households_of_links_weigh_them_where_all_are_known(
    inventory: Inventory, rest: int | None
) -> None:
    village, links = several(Geography(inventory))
    counted = [
        link.model_copy(update={"households": 90 if link.code == links[0] else rest})
        for link in inventory.links
    ]
    geography = Geography(replace(inventory, links=tuple(counted)))

    share = geography.share(village, links[:1])

    assert share == (90 / (90 + 5 * (len(links) - 1)) if rest else 1 / len(links))
    assert geography.share(village, ["elsewhere"]) == 0


def test_growth_is_a_step_of_the_same_incident_and_dates_what_joins(
    desk: Desk, geography: Geography
) -> None:
    _, links = several(geography)
    first = desk.take(outage(geography, 1000, links[0]))

    grown = desk.take(
        outage(geography, 1600, *links, action=Action.UPDATE, onset=960, notified=False)
    )

    assert (first.revision, first.step) == (1, Step.OPENED)
    assert (grown.revision, grown.step, grown.opened_at) == (2, Step.GREW, 1000)
    assert grown.notified
    assert grown.impacts[0].since == 960
    assert grown.impacts[0].state is VillageState.DARK
    assert grown.severity is Severity.CRITICAL
    since = {impact.link: impact.since for impact in grown.link_impacts}
    assert since == {links[0]: 960, **dict.fromkeys(links[1:], 1600)}


def test_what_comes_back_first_keeps_its_row_with_an_end(desk: Desk, geography: Geography) -> None:
    village, links = several(geography)
    desk.take(outage(geography, 1000, *links))

    shrunk = desk.take(outage(geography, 1900, links[0], action=Action.UPDATE, onset=960))
    gone = desk.take(
        outage(geography, 2000, action=Action.UPDATE, onset=960, root=(links[0],), reason="x")
    )

    assert shrunk.step is Step.SHRANK
    assert LinkImpact(links[1], 960, 1900) in shrunk.link_impacts
    assert gone.villages == ()
    assert gone.households == 0
    assert [(each.village, each.until) for each in gone.impacts] == [(village, 2000)]


def test_another_root_is_another_opinion_of_the_same_event(
    desk: Desk, geography: Geography
) -> None:
    first, *_, second = geography.links
    desk.take(outage(geography, 1000, first))

    changed = desk.take(outage(geography, 1020, second, action=Action.UPDATE, onset=950))

    assert (changed.step, changed.root, changed.onset) == (Step.ROOT_CHANGED, (second,), 950)
    assert [impact.village for impact in changed.impacts] == [geography.links[second].village]
    assert changed.impacts[0].since == 950
    assert changed.link_impacts == (LinkImpact(second, 950),)


def test_the_end_is_back_dated_and_leaves_the_record_as_bad_as_it_was(
    desk: Desk, geography: Geography
) -> None:
    _, links = several(geography)
    bad = desk.take(outage(geography, 1000, *links))

    over = desk.take(outage(geography, 3000, *links, action=Action.CLEAR, end=2900.0, onset=960))

    assert (over.status, over.ended_at, over.cleared_at) == (Status.CLEARED, 2900, 3000)
    assert over.severity is bad.severity
    assert over.households == bad.households
    assert {impact.until for impact in over.impacts} == {2900}
    assert over.household_minutes(9e9) == pytest.approx(bad.household_minutes(2900))
    assert desk.records == {}


def test_what_it_cost_never_falls_when_a_part_is_over_or_it_begins_again(
    desk: Desk, geography: Geography
) -> None:
    village, links = several(geography)
    households, part = geography.households(village), geography.share(village, links[:1])

    desk.take(outage(geography, 1000, *links, onset=960))
    shrunk = desk.take(outage(geography, 2160, links[0], action=Action.UPDATE, onset=960))
    assert shrunk.household_minutes(2160) == pytest.approx(20 * households)
    assert shrunk.household_minutes(2760) == pytest.approx((20 + 10 * part) * households)

    over = desk.take(outage(geography, 3000, links[0], action=Action.CLEAR, end=2760, onset=960))
    assert over.household_minutes(9e9) == pytest.approx((20 + 10 * part) * households)
    assert over.severity is Severity.CRITICAL

    again = desk.take(outage(geography, 3400, *links, onset=3300))
    assert again.household_minutes(3360) == pytest.approx((21 + 10 * part) * households)
    assert again.impacts[0].since == 3300


def test_another_root_has_cost_what_it_would_have_from_the_beginning(
    desk: Desk, geography: Geography
) -> None:
    village, links = several(geography)
    desk.take(outage(geography, 1000, *links, onset=960))
    other = outage(geography, 2160, links[0], action=Action.UPDATE, onset=960, root=("other",))
    cost = geography.households(village) * geography.share(village, links[:1])
    assert desk.take(other).household_minutes(2160) == pytest.approx(20 * cost)


def test_what_merges_says_into_what_and_does_not_end_loudly(
    desk: Desk, geography: Geography
) -> None:
    link = next(iter(geography.links))
    desk.take(outage(geography, 1000, link))

    merged = desk.take(
        outage(geography, 1100, link, action=Action.CLEAR, end=1100.0, into="x2", notified=False)
    )

    assert (merged.step, merged.into, merged.status) == (Step.MERGED, "x2", Status.CLEARED)
    assert merged.notified  # people were told of it, so they must hear that it is part of x2
    assert entry_of(merged).detail["into"] == "x2"


def test_a_flapping_incident_goes_on_under_its_name_and_counts_on(
    desk: Desk, geography: Geography
) -> None:
    link = next(iter(geography.links))
    desk.take(outage(geography, 1000, link))
    desk.take(outage(geography, 1500, link, action=Action.CLEAR, end=1450.0))

    again = desk.take(outage(geography, 1700, link, flapping=True))

    assert (again.revision, again.step, again.status) == (3, Step.REOPENED, Status.OPEN)
    assert (again.opened_at, again.onset, again.ended_at) == (1000, 960, None)
    assert again.impacts[0].since == 1660
    assert again.impacts[0].until is None


def test_planned_work_is_maintenance_and_nobody_is_told(desk: Desk, geography: Geography) -> None:
    _, links = several(geography)

    record = desk.take(outage(geography, 1000, *links, planned=True, notified=False))

    assert record.impacts[0].state is VillageState.MAINTENANCE
    assert not record.notified
    assert record.summary["en"].startswith("Planned: ")
    assert record.summary["vi"].startswith("Theo kế hoạch: ")


@pytest.mark.parametrize(
    ("part", "severity"), [("database", Severity.MAJOR), ("broker", Severity.CRITICAL)]
)
def test_a_blind_pipeline_is_worse_than_one_that_does_not_store(
    desk: Desk, part: str, severity: Severity
) -> None:
    record = desk.take(
        notice(
            1000,
            incident_class=IncidentClass.PIPELINE,
            root=("pipeline",),
            reason=f"{part} is down",
        )
    )

    assert record.severity is severity
    assert record.summary["en"].endswith(f"; {part} is down")
    assert record.summary["vi"].endswith(" ngừng hoạt động")


def test_a_desk_goes_on_from_its_snapshot(desk: Desk, geography: Geography) -> None:
    _, links = several(geography)
    desk.take(outage(geography, 1000, *links))
    desk.take(outage(geography, 1500, *links, action=Action.CLEAR, end=1450.0))
    desk.take(outage(geography, 1600, links[0], incident="x2"))
    adapter = TypeAdapter(DeskState)

    other = Desk(geography, adapter.validate_json(adapter.dump_json(desk.state)))

    assert other.state == desk.state
    again = outage(geography, 1700, *links, flapping=True)
    assert other.take(again) == desk.take(again)


def test_what_ended_long_ago_is_forgotten(desk: Desk, geography: Geography) -> None:
    link = next(iter(geography.links))
    for number, at in enumerate((1000, 1500, 200_000)):
        name = f"x{number}"
        desk.take(outage(geography, at, link, incident=name))
        desk.take(
            outage(geography, at + 10, link, incident=name, action=Action.CLEAR, end=at + 5.0)
        )

    assert list(desk.state.over) == ["x2"]


def test_thousands_stand_apart_as_the_language_has_it(desk: Desk, geography: Geography) -> None:
    links: list[str] = []
    households = 0
    for village, its_links in geography.links_of.items():
        links += its_links
        households += geography.households(village)
        if households >= 1_000:
            break

    record = desk.take(outage(geography, 1000, *links))

    assert record.households == households
    thousand, rest = divmod(households, 1_000)
    assert f"{thousand},{rest:03} households cut off" in record.summary["en"]
    assert f"{thousand}.{rest:03} hộ mất dịch vụ" in record.summary["vi"]


@pytest.mark.parametrize("name", ["olt-card", "two-faults", "flapping-link", "feeder-cut"])
def test_what_the_engine_says_folds_into_one_story_an_incident(name: str) -> None:
    geography, said = scenario_said(name)
    desk = Desk(geography)
    stories: dict[str, list[IncidentRecord]] = {}
    for transition in said:
        if isinstance(transition, IncidentNotice):
            record = desk.take(transition)
            stories.setdefault(record.incident, []).append(record)

    assert stories
    keys = Counter(entry_of(record).key for story in stories.values() for record in story)
    assert set(keys.values()) == {1}
    for story in stories.values():
        assert [record.revision for record in story] == list(range(1, len(story) + 1))
        assert story[0].step is Step.OPENED
        assert len({record.opened_at for record in story}) == 1
        for record in story:
            assert record.summary.keys() == {"en", "vi"}
            assert all(0 <= impact.share <= 1 for impact in record.impacts)
            assert all((each.until or each.since) >= each.since for each in record.impacts)
            assert set(record.links) <= {each.link for each in record.link_impacts}
    worst = max(
        (story[-1] for story in stories.values()), key=lambda each: each.household_minutes(9e9)
    )
    if name != "feeder-cut":
        assert worst.household_minutes(9e9) > 0
