"""*Availability*: the books: who was without service, for how long, how often and why."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.availability import places, trend
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="availability",
        title=Text("Availability", "Khả dụng"),
        description=Text(
            "The books by month, commune, operator and cause; days are local days. Any table: "
            "panel menu, Inspect, Data, Download CSV.",
            "Sổ theo tháng, xã, nhà mạng và nguyên nhân; ngày theo giờ địa phương. Mọi bảng: trình "
            "đơn, Inspect, Data, Download CSV.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.commune(), variable.operator()),
        annotations=annotation.of_communes(),
        time_from="now-30d",
        refresh="15m",
        rows=(
            Row(
                None,
                (trend.shares(), trend.indices(), trend.observed(), trend.built()),
            ),
            Row(
                Text("Trend and causes", "Xu hướng và nguyên nhân"),
                (trend.daily(), trend.causes(), trend.frequency(), places.months()),
            ),
            Row(
                Text("By place and operator", "Theo nơi và nhà mạng"),
                (places.communes(), places.operators(), places.villages()),
            ),
            Row(Text("Changes in the books", "Thay đổi trong sổ"), (places.revisions(),)),
        ),
    )
