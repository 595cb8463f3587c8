"""*Province wall*: who has service now, where not, and what is being done about it."""

from dashboards import annotation
from dashboards.board import Board, Row
from dashboards.boards.wall import now, trouble
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="wall",
        title=Text("Province wall", "Toàn cảnh tỉnh"),
        description=Text(
            "Who has broadband now against what the province states, where not, and the open "
            "incidents by what they cost people.",
            "Ai đang có băng rộng so với công bố của tỉnh, nơi nào không, và các sự cố đang mở "
            "theo mức thiệt hại.",
        ),
        folder=Folder.PROVINCE,
        annotations=annotation.of_the_province(),
        time_from="now-24h",
        refresh="30s",
        rows=(
            Row(
                None,
                (
                    now.villages(),
                    now.broadband(),
                    now.coverage(),
                    now.households(),
                    now.watching(),
                ),
            ),
            Row(None, (now.communes(), trouble.incidents(), trouble.operators())),
            Row(None, (trouble.not_served(), trouble.worst())),
        ),
    )
