"""*Alarm load*: what the alerts ask of the people who answer them."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.load import figures, lists
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="load",
        title=Text("Alarm load", "Tải cảnh báo"),
        description=Text(
            "Alerts an hour, floods, chatterers, stale alerts, and what was withheld, by the "
            "measures of EEMUA 191.",
            "Cảnh báo mỗi giờ, lũ cảnh báo, nguồn lắm lời, cảnh báo cũ, và những gì giữ lại, theo "
            "thước đo EEMUA 191.",
        ),
        folder=Folder.SYSTEM,
        variables=(variable.commune(), variable.operator()),
        annotations=annotation.of_communes(),
        time_from="now-7d",
        refresh="5m",
        rows=(
            Row(
                None,
                (
                    figures.last_hour(),
                    figures.periods(),
                    figures.storm(),
                    figures.stale(),
                    figures.answered(),
                ),
            ),
            Row(
                None,
                (figures.hourly(), figures.severities(), figures.withheld()),
            ),
            Row(
                Text("Where it comes from", "Nguồn gốc"),
                (lists.chatterers(), lists.stale()),
            ),
            Row(
                Text("Notices, silences, works", "Thông báo, tắt tiếng, bảo trì"),
                (lists.receivers(), lists.mutes(), lists.windows()),
            ),
        ),
    )
