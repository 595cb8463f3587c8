"""*Village*: one village, its links, their quality, and what it depends on."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.village import now, power, quality, surroundings
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="village",
        title=Text("Village", "Thôn, buôn"),
        description=Text(
            "One village: its state and links, how good they are, and what they depend on.",
            "Một thôn: trạng thái và đường truyền, chất lượng, và những gì chúng phụ thuộc.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.commune(), variable.village()),
        annotations=annotation.of_village(),
        time_from="now-24h",
        rows=(
            Row(
                None,
                (now.state(), now.lasting(), now.available(), now.incidents_open(), now.links()),
            ),
            Row(Text("History", "Lịch sử"), (now.states(), now.link_states(), now.incidents())),
            Row(
                Text("Quality of the links", "Chất lượng đường truyền"),
                (quality.rtt(), quality.loss(), quality.down(), quality.up(), quality.signal()),
            ),
            Row(Text("Power", "Nguồn điện"), (power.on_battery(), power.battery())),
            Row(
                Text("Around it", "Xung quanh"),
                (surroundings.path(), surroundings.neighbours(), surroundings.devices()),
            ),
        ),
    )
