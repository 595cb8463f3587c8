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


def all_boards() -> tuple[Board, ...]:
    """Return every board, in the order of the menu."""
    return (
        wall.board(),
        incidents.board(),
        commune.board(),
        village.board(),
        site.board(),
        city.board(),
        availability.board(),
        load.board(),
        pipeline.board(),
    )
