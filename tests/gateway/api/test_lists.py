"""Lists: complete page by page while rows arrive, as CSV, and never silently empty."""

import asyncio
import base64
import csv
import io
import json
from collections import Counter

import pytest

from gateway.api.cursors import list_digest, write_cursor
from tests.gateway.api.api_world import ApiWorld

pytestmark = pytest.mark.servers


async def _reports(api: ApiWorld, device: str, first: int, last: int) -> None:
    """Store reports of a device, one a second, numbered by `seq`."""
    await api.rows(
        """
        INSERT INTO link_reports (device_id, observed_at, boot_id, seq, received_at, skew, backfill,
            rtt_p50_ms)
        SELECT device_id,
            date_trunc('hour', now()) - INTERVAL '2 hours' + seq * INTERVAL '1 second',
            1, seq, now(), 'ok', false, seq
        FROM devices, generate_series(%s::integer, %s::integer) AS seq WHERE device_code = %s
        """,
        first,
        last,
        device,
    )


async def _probe(api: ApiWorld, number: int) -> str:
    items = await api.pages("/api/v1/devices", kind="link_probe")
    return str(items[number]["code"])


async def test_pages_of_readings_have_no_gap_and_no_repeat_while_rows_arrive(
    api: ApiWorld,
) -> None:
    device = await _probe(api, 0)
    await _reports(api, device, 1, 100)
    path = f"/api/v1/devices/{device}/readings"
    seen = []
    page = await api.get(path, limit="30")
    while True:
        seen += [report["seq"] for report in page["items"]]
        if page["next"] is None:
            break
        await _reports(api, device, 101 + len(seen), 130 + len(seen) - 30 + 5)
        page = await api.get(path, limit="30", cursor=page["next"])

    assert seen == sorted(set(seen))
    assert set(range(1, 101)) < set(seen), "and some of those that came meanwhile"


async def test_a_sheet_has_what_the_pages_have_however_long_it_is(api: ApiWorld) -> None:
    device = await _probe(api, 1)
    await _reports(api, device, 1, 2500)
    path = f"/api/v1/devices/{device}/readings"

    answered = await api.ask(path, headers={"Accept": "text/csv"})

    assert answered.headers["Content-Type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answered.content.decode())))
    items = await api.pages(path, limit="1000")
    assert [row["seq"] for row in rows] == [str(item["seq"]) for item in items]
    assert rows[7] | {"loss_percent": "", "backfill": "false", "rtt_p50_ms": "8.0"} == rows[7]


async def test_a_sheet_has_what_stands_within_a_field(api: ApiWorld) -> None:
    answered = await api.ask("/api/v1/devices", query={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answered.content.decode())))
    items = await api.pages("/api/v1/devices", limit="1000")

    assert [row["code"] for row in rows] == [item["code"] for item in items]
    for row, item in zip(rows, items, strict=True):
        measures, values = item["state"]["measures"], item["state"]["values"]
        assert row["state.measures.power"] == (measures or {}).get("power", "")
        assert json.loads(row["state.values"] or "[]") == values


async def test_levels_of_roll_ups_are_read_by_their_bucket(api: ApiWorld) -> None:
    device = (await api.pages("/api/v1/devices", kind="sensor"))[0]["code"]
    for resolution in ("1m", "1h", "1d"):
        page = await api.get(f"/api/v1/devices/{device}/readings", resolution=resolution, limit="2")
        assert page["series"] == "reading_rollups"
        assert {"bucket", "metric", "unit", "mean", "least", "greatest"} < set(page["items"][0])


async def test_every_list_gives_the_same_in_small_pages_as_in_one(api: ApiWorld) -> None:
    for kind in ("communes", "villages", "sites", "links", "devices", "incidents", "windows"):
        whole = await api.pages(f"/api/v1/{kind}", limit="1000")
        parts = await api.pages(f"/api/v1/{kind}", limit="7")
        assert [one.get("code", one.get("id")) for one in whole] == [
            one.get("code", one.get("id")) for one in parts
        ]
        assert len(whole) > 4


async def test_codes_that_are_not_there_are_refused_and_not_an_empty_list(api: ApiWorld) -> None:
    near = await api.ask("/api/v1/villages", query={"commune": api.here[:-1]})
    assert (near.status, near.json["errors"][0]["pointer"]) == (422, "/commune")
    assert "did you mean" in near.json["detail"]
    for path, query in (
        ("/api/v1/incidents", {"operator": "vnptt"}),
        ("/api/v1/availability", {"month": "2026-11", "commune": "1"}),
        ("/api/v1/counters", {"commune": "1"}),
        (f"/api/v1/devices/{await _probe(api, 0)}/readings", {"metric": "pm2_5"}),
    ):
        assert (await api.ask(path, query=query)).status == 422


async def test_unknown_and_repeated_parameters_are_refused_by_name(api: ApiWorld) -> None:
    answered = await api.ask("/api/v1/villages?comune=1&limit=5&limit=6")

    reasons = {error["pointer"]: error["reason"] for error in answered.json["errors"]}
    assert answered.status == 422
    assert reasons == {
        "/comune": "no such parameter; did you mean 'commune'?",
        "/limit": "given 2 times",
    }


async def test_an_incident_whose_beginning_is_mended_is_listed_once_all_the_same(
    api: ApiWorld,
) -> None:
    whole = [each["id"] for each in await api.pages("/api/v1/incidents", limit="1000")]
    first = await api.get("/api/v1/incidents", limit="2")
    seen = [each["id"] for each in first["items"]]
    mend = (
        "UPDATE incidents SET onset_at = onset_at + %s * INTERVAL '90 days' WHERE incident_id = %s"
    )
    mended = ((-1, seen[0]), (1, whole[-1]))
    for sign, incident in mended:
        await api.rows(mend, sign, incident)
    rest = await api.pages("/api/v1/incidents", limit="1000", cursor=first["next"])
    for sign, incident in mended:
        await api.rows(mend, -sign, incident)
    assert seen + [each["id"] for each in rest] == whole


async def test_a_cursor_is_good_for_its_own_list_only(api: ApiWorld) -> None:
    cursor = (await api.get("/api/v1/villages", limit="1"))["next"]
    version, digest, code = json.loads(base64.urlsafe_b64decode(cursor + "=="))
    made_up = [[version, digest, 1], [version, digest], [2, digest, code], [version, "x", code], {}]
    made_up += [[version, digest, "a\0b"], [version, digest, "\ud800"]]
    forged = [
        base64.urlsafe_b64encode(json.dumps(each).encode()).decode().rstrip("=") for each in made_up
    ]

    assert (await api.ask("/api/v1/villages", query={"limit": "5", "cursor": cursor})).status == 200
    for path, query in (
        ("/api/v1/links", {"cursor": cursor}),
        ("/api/v1/villages", {"cursor": cursor, "commune": api.here}),
        *(("/api/v1/villages", {"cursor": each}) for each in forged),
    ):
        answered = await api.ask(path, query=query)
        assert answered.json["type"] == "/api/docs#problem-bad-cursor", answered.content


@pytest.mark.parametrize("key", [10**30, -(10**19), 1.5, True])
async def test_a_cursor_with_a_number_that_no_list_has_is_none(api: ApiWorld, key: object) -> None:
    digest = list_digest("/api/v1/mutes", {"over": False}, None)
    good, made_up = write_cursor(digest, (5,)), write_cursor(digest, (key,))

    assert (await api.ask("/api/v1/mutes", query={"cursor": good})).status == 200
    answered = await api.ask("/api/v1/mutes", query={"cursor": made_up})
    assert answered.json["type"] == "/api/docs#problem-bad-cursor", answered.content


@pytest.mark.parametrize("name", ["=1+1", "-1+1"])
async def test_names_in_a_sheet_are_never_taken_for_formulas(api: ApiWorld, name: str) -> None:
    await api.rows(
        "UPDATE villages SET name = %s WHERE village_code ="
        " (SELECT min(village_code) FROM villages)",
        name,
    )

    answered = await api.ask("/api/v1/villages", query={"format": "csv", "limit": "1"})

    assert f",'{name}," in answered.content.decode().splitlines()[1]


async def test_a_form_that_there_is_not_is_refused(api: ApiWorld) -> None:
    statuses = Counter(
        [
            (await api.ask("/api/v1/villages", headers={"Accept": accept})).status
            for accept in ("image/png", "text/csv;q=0, */*;q=0", "text/html, */*;q=0.1", "text/*")
        ]
    )
    assert statuses == {406: 2, 200: 2}


async def test_what_a_village_is_like_is_unknown_while_nobody_watches(api: ApiWorld) -> None:
    (moment,) = await api.rows(
        "UPDATE watch_spells SET seen_at = seen_at - INTERVAL '1 hour', since = since -"
        " INTERVAL '1 hour' WHERE until IS NULL RETURNING 1"
    )
    assert moment
    try:
        counters = await api.get("/api/v1/counters")
        states = {each["state"] for each in await api.pages("/api/v1/villages")}
    finally:
        await api.rows(
            "UPDATE watch_spells SET seen_at = seen_at + INTERVAL '1 hour', since = since +"
            " INTERVAL '1 hour' WHERE until IS NULL"
        )
    assert states == {"unknown"}
    assert not counters["watching"]
    assert sum(counters["villages"].values()) == counters["villages"]["unknown"] > 0
    again = await api.get("/api/v1/counters")
    assert again["watching"]
    assert again["villages"]["dark"] > 0


async def test_requests_at_once_do_not_get_into_each_others_way(api: ApiWorld) -> None:
    lists = await asyncio.gather(*(api.pages("/api/v1/villages", limit="9") for _ in range(20)))
    assert all(each == lists[0] for each in lists)
