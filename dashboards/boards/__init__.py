"""The boards, one of these modules or packages each; it reads as its board's table of contents."""

from dashboards.board import Board
from dashboards.boards import (
    availability,
    city,
    commune,
    incidents,
    load,
    pipeline,
    site,
    village,
    wall,
)
from dashboards.variable import LOCAL_GATEWAY


def all_boards(gateway: str = LOCAL_GATEWAY) -> tuple[Board, ...]:
    """Return every board, in the order of the menu.

    Args:
        gateway: the address at which people's browsers reach the gateway.
    """
    return (
        wall.board(),
        incidents.board(gateway),
        commune.board(),
        village.board(),
        site.board(),
        city.board(),
        availability.board(),
        load.board(),
        pipeline.board(),
    )
