"""Annotations: what touches what is chosen is marked, wherever it is worked, and nothing else."""

from dataclasses import replace
from datetime import timedelta
from typing import Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.preview.asking import ask
from dashboards.screen import Chosen
from dashboards.text import Language
from tests.dashboards.asking import screen_of

pytestmark = pytest.mark.servers

BOARDS: Final = {board.name: board for board in all_boards()}
SPAN: Final = timedelta(days=2)

WORK: Final = """
    INSERT INTO maintenance_windows (
        name, scope_kind, scope_code, starts_at, ends_at, created_at, created_by
    ) VALUES ('splicing', %(kind)s, %(code)s, now() - INTERVAL '2 hours',
        now() - INTERVAL '1 hour', now() - INTERVAL '3 days', 'an')
"""
NO_WORK: Final = ("DELETE FROM maintenance_windows", "UPDATE incidents SET planned = false")

LINK: Final = "SELECT {column} FROM links WHERE {of} LIMIT 1"
ABOVE: Final = """
    WITH RECURSIVE above AS (
        SELECT node_code FROM links WHERE {of}
        UNION
        SELECT parent_code FROM above JOIN node_parents USING (node_code)
    )
    SELECT node_code FROM above JOIN nodes USING (node_code) WHERE kind = '{kind}' LIMIT 1
"""
FEEDS: Final = """
    SELECT parent_code FROM devices JOIN node_parents AS p ON p.node_code = power_node_code
    WHERE {of} LIMIT 1
"""
OF_COMMUNE: Final = "village_code IN (SELECT village_code FROM villages WHERE commune_code = '{0}')"
OF_VILLAGE: Final = "village_code = '{0}'"
OF_SITE: Final = "node_code IN (SELECT node_code FROM node_parents WHERE parent_code = '{0}')"

SCOPES: Final = {
    "commune: itself": ("commune", "SELECT '{0}'"),
    "commune: a village": (
        "village",
        "SELECT village_code FROM villages WHERE commune_code = '{0}' LIMIT 1",
    ),
    "commune: a link": ("link", LINK.format(column="link_code", of=OF_COMMUNE)),
    "commune: a mast": (
        "node",
        "SELECT node_code FROM nodes WHERE kind = 'site' AND commune_code = '{0}' LIMIT 1",
    ),
    "commune: what it hangs on": ("node", ABOVE.format(of=OF_COMMUNE, kind="aggregation")),
    "commune: what feeds it": ("node", FEEDS.format(of=OF_COMMUNE)),
    "commune: an operator": ("operator", LINK.format(column="operator_code", of=OF_COMMUNE)),
    "village: its commune": (
        "commune",
        "SELECT commune_code FROM villages WHERE village_code = '{0}'",
    ),
    "village: a link": ("link", LINK.format(column="link_code", of=OF_VILLAGE)),
    "village: its last node": ("node", LINK.format(column="node_code", of=OF_VILLAGE)),
    "village: a core": ("node", ABOVE.format(of=OF_VILLAGE, kind="operator_core")),
    "village: what feeds it": ("node", FEEDS.format(of=OF_VILLAGE)),
    "village: an operator": ("operator", LINK.format(column="operator_code", of=OF_VILLAGE)),
    "site: itself": ("node", "SELECT '{0}'"),
    "site: a link": ("link", LINK.format(column="link_code", of=OF_SITE)),
    "site: what it hangs on": (
        "node",
        "SELECT parent_code FROM node_parents WHERE node_code = '{0}' LIMIT 1",
    ),
    "site: its operator": ("operator", "SELECT operator_code FROM nodes WHERE node_code = '{0}'"),
    "site: its commune": ("commune", "SELECT commune_code FROM nodes WHERE node_code = '{0}'"),
}
"""Board and thing that is worked on: its kind, and its code by what is chosen on the board."""

ELSEWHERE: Final = {
    "village": "SELECT max(village_code) FROM villages",
    "commune": "SELECT max(commune_code) FROM villages",
    "link": "SELECT link_code FROM links ORDER BY village_code DESC LIMIT 1",
    "node": "SELECT node_code FROM links ORDER BY village_code DESC LIMIT 1",
}

CHOICES: Final = {
    "commune": "SELECT min(commune_code) FROM villages JOIN links USING (village_code)",
    "village": "SELECT min(village_code) FROM links",
    "site": """
        SELECT min(parent_code) FROM node_parents JOIN links USING (node_code)
        JOIN nodes ON nodes.node_code = parent_code WHERE nodes.kind = 'site'
    """,
}
"""What is chosen on each board: something with links."""


async def one(connection: AsyncConnection, sql: str) -> str:
    return str((await ask(connection, sql)).rows[0][0])


async def marks(connection: AsyncConnection, board: str, annotation: str) -> set[str]:
    """Return text and tags of what is marked on a board on which something is chosen."""
    screen = await screen_of(connection, BOARDS[board], SPAN)
    chosen = Chosen((await one(connection, CHOICES[board]),), several=False)
    listed = BOARDS[board].dashboard(Language.ENGLISH)["annotations"]["list"]
    (sql,) = [each["target"]["rawSql"] for each in listed if each["name"] == annotation]
    asked = expand(sql, replace(screen, chosen={**screen.chosen, board: chosen}))
    answer = await ask(connection, asked)
    assert answer.names == ["time", "timeend", "text", "tags"]
    return {f"{text} {tags}" for _, _, text, tags in answer.rows}


async def work(connection: AsyncConnection, kind: str, code: str) -> None:
    for statement in NO_WORK:
        await connection.execute(statement.encode())
    await connection.execute(WORK.encode(), {"kind": kind, "code": code})


@pytest.mark.parametrize("scope", SCOPES)
async def test_work_is_marked_where_it_touches_what_is_chosen(
    scope: str, changeable: AsyncConnection
) -> None:
    board, _, _ = scope.partition(":")
    kind, sql = SCOPES[scope]
    code = await one(changeable, sql.format(await one(changeable, CHOICES[board])))
    await work(changeable, kind, code)
    assert await marks(changeable, board, "Maintenance") == {f"splicing maintenance,{kind},{code}"}


@pytest.mark.parametrize("board", CHOICES)
@pytest.mark.parametrize("kind", ELSEWHERE)
async def test_work_elsewhere_is_not_marked(
    board: str, kind: str, changeable: AsyncConnection
) -> None:
    await work(changeable, kind, await one(changeable, ELSEWHERE[kind]))
    assert await marks(changeable, board, "Maintenance") == set()


@pytest.mark.parametrize("board", CHOICES)
async def test_what_work_took_down_is_marked_as_maintenance_and_as_no_incident(
    board: str, changeable: AsyncConnection
) -> None:
    for statement in NO_WORK:
        await changeable.execute(statement.encode())
    before = await marks(changeable, board, "Incidents")
    assert before
    await changeable.execute(b"UPDATE incidents SET planned = true")
    assert await marks(changeable, board, "Incidents") == set()
    assert await marks(changeable, board, "Maintenance") == before


async def test_a_site_has_its_own_incidents_and_those_of_links_by_it(
    changeable: AsyncConnection,
) -> None:
    await changeable.execute(b"UPDATE incidents SET planned = false")
    site = await one(changeable, CHOICES["site"])
    cursor = await changeable.execute(
        b"""
        SELECT DISTINCT incident_id FROM incident_links JOIN links USING (link_code)
        WHERE node_code IN (SELECT node_code FROM node_parents WHERE parent_code = %(site)s)
        """,
        {"site": site},
    )
    by_it = {str(incident) for (incident,) in await cursor.fetchall()}
    before = await marks(changeable, "site", "Incidents")
    assert before
    assert {mark.rpartition(",")[2] for mark in before} <= by_it
    await changeable.execute(
        b"""
        UPDATE incidents SET root = ARRAY[%(site)s]
        WHERE incident_id = (SELECT max(incident_id) FROM incidents WHERE class = 'sensor')
        """,
        {"site": site},
    )
    assert len(await marks(changeable, "site", "Incidents") - before) == 1
