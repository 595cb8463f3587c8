"""*Site*: one base station, what feeds it, its way to the core, and who depends on it."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.site import measures, now, surroundings
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="site",
        title=Text("Site", "Trạm"),
        description=Text(
            "One site: its station, power, way to the core, and the villages behind it.",
            "Một trạm: thiết bị, nguồn điện, đường về lõi, và các thôn phía sau.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.commune(), variable.operator(), variable.site()),
        annotations=annotation.of_site(),
        time_from="now-24h",
        rows=(
            Row(
                None,
                (
                    now.online(),
                    now.heard(),
                    now.power_now(),
                    now.battery_now(),
                    now.villages_now(),
                    now.incidents_open(),
                ),
            ),
            Row(
                Text("Service", "Dịch vụ"),
                (now.link_states(), now.villages()),
            ),
            Row(
                Text("Way to the core", "Đường về lõi"),
                (measures.rtt(), measures.loss(), measures.traffic(), measures.clients()),
            ),
            Row(
                Text("Power and heat", "Nguồn và nhiệt"), (measures.power(), measures.temperature())
            ),
            Row(Text("Around it", "Xung quanh"), (surroundings.around(), surroundings.events())),
        ),
    )
