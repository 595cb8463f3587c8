"""*Commune*: one commune or ward: its villages, links by operator, power, and neighbours."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.commune import now, quality, surroundings
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="commune",
        title=Text("Commune", "Xã, phường"),
        description=Text(
            "One commune or ward: its villages, links by operator, power, and what is around it.",
            "Một xã, phường: các thôn, đường truyền theo nhà mạng, nguồn điện, và xung quanh.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.one_commune(), variable.technology()),
        annotations=annotation.of_communes(),
        time_from="now-24h",
        rows=(
            Row(
                None,
                (
                    now.villages(),
                    now.households(),
                    now.available(),
                    now.incidents_open(),
                    now.on_battery(),
                ),
            ),
            Row(Text("Villages", "Các thôn"), (now.list_of_villages(), now.incidents())),
            Row(Text("History", "Lịch sử"), (now.states(), now.not_served())),
            Row(
                Text("Links, by operator", "Đường truyền, theo nhà mạng"),
                (quality.rtt(), quality.loss(), quality.down(), quality.power()),
            ),
            Row(
                Text("Around it", "Xung quanh"),
                (surroundings.sites(), surroundings.neighbours()),
            ),
        ),
    )
