"""The worst cases: everything dark is nothing, and what nobody can see is neither good nor bad."""

from datetime import timedelta
from typing import Any, Final

import pytest
from psycopg import AsyncConnection

from dashboards.boards import all_boards
from dashboards.expand import expand
from dashboards.preview.asking import ask
from tests.dashboards.asking import panel_queries, screen_of

pytestmark = pytest.mark.servers

QUERIES: Final = {asked.name: asked for board in all_boards() for asked in panel_queries(board)}

DARK: Final = (
    "UPDATE village_spells SET state = 'dark'",
    "UPDATE link_spells SET state = 'down'",
)
UNKNOWN: Final = (
    "UPDATE village_spells SET state = 'unknown'",
    "UPDATE link_spells SET state = 'stale'",
)
WELL: Final = (
    "UPDATE village_spells SET state = 'served'",
    "UPDATE link_spells SET state = 'up'",
)
UNDECIDED: Final = ("DELETE FROM village_spells", "DELETE FROM link_spells")


async def shown(connection: AsyncConnection, name: str) -> list[dict[str, Any]]:
    """Return what a panel shows."""
    screen = await screen_of(connection, QUERIES[name].board, timedelta(hours=6))
    answer = await ask(connection, expand(QUERIES[name].sql, screen))
    return [dict(zip(answer.names, row, strict=True)) for row in answer.rows]


async def figures(connection: AsyncConnection, name: str) -> dict[str, Any]:
    (row,) = await shown(connection, name)
    return {key: None if value is None else float(value) for key, value in row.items()}


async def change(connection: AsyncConnection, *statements: str, **values: object) -> None:
    for statement in statements:
        await connection.execute(statement.encode(), values)


COVERAGE: Final = "wall: People with 4G and 5G"
BROADBAND: Final = "wall: Villages with broadband: 100 % stated"
HOUSEHOLDS: Final = "wall: Households in dark villages"
SHARES: Final = (BROADBAND, COVERAGE, "village: Available", "commune: Available")
FIGURES: Final = (*SHARES, HOUSEHOLDS, "commune: Households in dark villages")


@pytest.mark.parametrize("name", SHARES)
async def test_where_everything_is_dark_the_share_is_nothing(
    name: str, changeable: AsyncConnection
) -> None:
    await change(changeable, *DARK)
    assert set((await figures(changeable, name)).values()) == {0.0}


@pytest.mark.parametrize("name", FIGURES)
@pytest.mark.parametrize("blind", [UNKNOWN, UNDECIDED], ids=["unknown", "undecided"])
async def test_where_nothing_is_known_there_is_no_figure(
    name: str, blind: tuple[str, ...], changeable: AsyncConnection
) -> None:
    await change(changeable, *blind)
    assert set((await figures(changeable, name)).values()) == {None}


async def test_nobody_dark_is_no_household(changeable: AsyncConnection) -> None:
    await change(changeable, *WELL)
    assert await figures(changeable, HOUSEHOLDS) == {"households": 0.0}


async def test_operators_have_no_share_where_nothing_is_known(changeable: AsyncConnection) -> None:
    await change(changeable, *UNKNOWN)
    assert {row["up"] for row in await shown(changeable, "wall: Operators")} == {None}
    await change(changeable, *DARK)
    assert {row["up"] for row in await shown(changeable, "wall: Operators")} == {0}


@pytest.mark.parametrize("state", ["unknown", "stale", "device-silent", "maintenance"])
async def test_links_that_nobody_sees_lower_no_coverage(
    state: str, changeable: AsyncConnection
) -> None:
    await change(changeable, *WELL)
    before = await figures(changeable, COVERAGE)
    assert 0 < before["fifth"] < before["fourth"] <= 100
    await change(
        changeable,
        """
        UPDATE link_spells SET state = %(state)s WHERE link_code IN (
            SELECT link_code FROM links WHERE mod(hashtext(village_code), 3) = 0
        )
        """,
        state=state,
    )
    assert await figures(changeable, COVERAGE) == pytest.approx(before)
    assert {row["up"] for row in await shown(changeable, "wall: Operators")} == {100}


@pytest.mark.parametrize("state", ["unknown", "maintenance"])
async def test_villages_that_are_unknown_or_worked_on_lower_no_share(
    state: str, changeable: AsyncConnection
) -> None:
    await change(changeable, *WELL)
    await change(
        changeable,
        "UPDATE village_spells SET state = %(state)s WHERE mod(hashtext(village_code), 3) = 0",
        state=state,
    )
    assert await figures(changeable, BROADBAND) == {"broadband": 100.0}


@pytest.mark.parametrize("share", [0.0, 0.05, 0.1, 0.4, 1.0])
async def test_the_map_is_grey_where_a_tenth_is_unknown(
    share: float, changeable: AsyncConnection
) -> None:
    await change(
        changeable,
        *WELL,
        """
        UPDATE village_spells SET state = 'unknown' WHERE village_code IN (
            SELECT village_code FROM (
                SELECT village_code, row_number() OVER w AS number, count(*) OVER w AS villages
                FROM villages
                WINDOW w AS (
                    PARTITION BY commune_code ORDER BY village_code
                    ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING
                )
            ) AS numbered
            WHERE number <= floor(villages * %(share)s)
        )
        """,
        share=share,
    )
    cursor = await changeable.execute(
        b"SELECT commune_code, count(*) FROM villages WHERE retired_at IS NULL GROUP BY 1"
    )
    sizes = {str(code): int(count) for code, count in await cursor.fetchall()}
    (row,) = await shown(changeable, "wall: Communes")
    for code, count in sizes.items():
        unknown = int(count * share)
        assert row[code] == (2 if unknown and unknown >= 0.1 * count else 0), count


async def test_one_dark_village_among_unknown_ones_makes_its_commune_red(
    changeable: AsyncConnection,
) -> None:
    await change(changeable, *UNKNOWN)
    await change(
        changeable,
        """
        UPDATE village_spells SET state = 'dark' WHERE village_code IN (
            SELECT DISTINCT ON (commune_code) village_code FROM villages ORDER BY commune_code
        )
        """,
    )
    (row,) = await shown(changeable, "wall: Communes")
    assert set(row.values()) == {2, 4}
