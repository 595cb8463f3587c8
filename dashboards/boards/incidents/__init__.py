"""*Incidents*: what is open, ranked by what it costs people; and one incident with its story."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.incidents import lists, story
from dashboards.folder import Folder
from dashboards.text import Text


def board(gateway: str) -> Board:
    """Return the board.

    Args:
        gateway: the address at which people's browsers reach the gateway.
    """
    return Board(
        name="incidents",
        title=Text("Incidents", "Sự cố"),
        description=Text(
            "Open incidents, the costliest first; click on one for its timeline, impacts, "
            "evidence, and what was withheld.",
            "Sự cố đang mở, tốn kém nhất trước; bấm vào một sự cố để xem diễn biến, ảnh hưởng, "
            "chứng cứ, và những gì được giữ lại.",
        ),
        folder=Folder.PROVINCE,
        variables=(
            variable.commune(),
            variable.operator(),
            variable.incident(),
            variable.gateway(gateway),
        ),
        annotations=annotation.of_communes(),
        time_from="now-24h",
        refresh="30s",
        rows=(
            Row(
                None,
                (lists.by_severity(), lists.unowned(), lists.households()),
            ),
            Row(None, (lists.open_incidents(), lists.cleared())),
            Row(
                Text("The chosen incident", "Sự cố đang chọn"),
                (
                    story.head(),
                    story.timeline(),
                    story.impacts(),
                    story.evidence(),
                    story.withheld(),
                    story.notices(),
                ),
            ),
        ),
    )
