"""*Village*: what feeds its devices."""

from typing import Final

from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.lines import operators
from dashboards.panel import Panel
from dashboards.panels import time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("village")


def on_battery() -> Panel:
    """Return how much was reported on battery."""
    face = Face(
        title=Text("On battery", "Chạy ắc quy"),
        shows=Text(
            "Share of the reports that each probe sent while its mains had failed.",
            "Tỷ lệ báo cáo gửi khi mất điện lưới.",
        ),
        when_red=Text(
            "The village has no mains. Its links go dark when batteries are empty: see *Battery*, "
            "and whether the utility announced works.",
            "Thôn mất điện lưới. Đường truyền mất khi hết ắc quy: xem *Ắc quy* và lịch cắt điện.",
        ),
        unit="percent",
        limits=rising(warning=1, bad=100),
        minimum=0,
        maximum=100,
    )
    return time_series("on-battery", face, _SQL["power"], columns=operators())


def battery() -> Panel:
    """Return the charge of batteries."""
    face = Face(
        title=Text("Battery", "Ắc quy"),
        shows=Text("Least charge in each step.", "Mức sạc thấp nhất trong mỗi bước."),
        when_red=Text(
            "Below 10 % the device is about to fall silent. Its silence is then no proof that the "
            "link is down.",
            "Dưới 10 % thiết bị sắp ngừng. Khi đó im lặng không chứng minh đường truyền hỏng.",
        ),
        unit="percent",
        limits=falling(warning=25, bad=10),
        minimum=0,
        maximum=100,
        no_data=Text("no probe has a battery", "không thiết bị nào có ắc quy"),
    )
    return time_series("battery", face, _SQL["battery"], columns=operators())
