"""*City sensors*: water, rain, air, street lights, traffic, energy."""

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.boards.city import air, streets, upkeep, water
from dashboards.folder import Folder
from dashboards.text import Text


def board() -> Board:
    """Return the board."""
    return Board(
        name="city",
        title=Text("City sensors", "Cảm biến đô thị"),
        description=Text(
            "Water against alarm levels, rain, air, street lights, traffic and energy.",
            "Mực nước so với báo động, mưa, không khí, đèn đường, giao thông và điện năng.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.commune(), variable.device()),
        annotations=annotation.of_communes(),
        time_from="now-24h",
        rows=(
            Row(
                Text("Water and rain", "Nước và mưa"),
                (
                    water.levels(),
                    water.levels_over_time(),
                    water.rain(),
                    water.rain_over_time(),
                ),
            ),
            Row(Text("Air", "Không khí"), (air.stations(), air.pollutants())),
            Row(
                Text("Streets", "Đường phố"),
                (
                    streets.lights(),
                    streets.lights_over_time(),
                    streets.traffic(),
                    streets.power(),
                ),
            ),
            Row(Text("Upkeep", "Bảo dưỡng"), (upkeep.alerts(), upkeep.silent())),
        ),
    )
