"""*Village*: how good its links are."""

from typing import Final

from dashboards.face import Face
from dashboards.limits import Limits, falling, no_limits, rising
from dashboards.lines import operators
from dashboards.panel import Panel
from dashboards.panels import time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("village")
_SILENT: Final = Text("no probe reported", "không có thiết bị đo báo cáo")
_TRAFFIC: Final = Text(
    "It has no red. Nothing at all while others have traffic means that people are cut off even "
    "if probes answer.",
    "Không có màu đỏ. Không có lưu lượng trong khi đường khác có nghĩa là người dân bị cắt dù "
    "thiết bị đo vẫn trả lời.",
)


def rtt() -> Panel:
    """Return round trips."""
    shows = Text(
        "Median round trip of the probes of each link.",
        "Thời gian khứ hồi trung vị của từng đường truyền.",
    )
    when_red = Text(
        "Above 150 ms people notice in calls. All links of one operator together: its backhaul is "
        "full or took a longer way.",
        "Trên 150 ms người dùng nhận ra khi gọi. Mọi đường của một nhà mạng cùng tăng: đường trục "
        "đầy hoặc đi vòng.",
    )
    return _chart("rtt", Text("Round trip", "Thời gian khứ hồi"), shows, when_red, "ms")


def loss() -> Panel:
    """Return losses."""
    shows = Text("Packets lost on each link.", "Tỷ lệ mất gói trên từng đường.")
    when_red = Text(
        "From 5 % on a link counts as degraded. On fibre look at the optical signal, on radio at "
        "*Signal*.",
        "Từ 5 % đường bị coi là suy giảm. Cáp quang: xem tín hiệu quang; vô tuyến: xem *Tín hiệu*.",
    )
    return _chart("loss", Text("Loss", "Mất gói"), shows, when_red, "percent")


def down() -> Panel:
    """Return traffic towards the village."""
    shows = Text("Traffic towards the village.", "Lưu lượng về thôn.")
    return _chart("down", Text("Traffic down", "Lưu lượng xuống"), shows, _TRAFFIC, "Mbits")


def up() -> Panel:
    """Return traffic from the village."""
    shows = Text("Traffic from the village.", "Lưu lượng từ thôn đi.")
    return _chart("up", Text("Traffic up", "Lưu lượng lên"), shows, _TRAFFIC, "Mbits")


def signal() -> Panel:
    """Return received signals."""
    shows = Text(
        "Received signal of each link that has one.", "Tín hiệu thu của từng đường vô tuyến."
    )
    when_red = Text(
        "Below -110 dBm: an antenna moved, something grew into the way, or the cell is down and "
        "another one serves.",
        "Dưới -110 dBm: ăng-ten lệch, có vật cản, hoặc ô sóng hỏng và ô khác phục vụ.",
    )
    return _chart("signal", Text("Signal", "Tín hiệu"), shows, when_red, "dBm")


_LIMITS: Final[dict[str, Limits]] = {
    "rtt": rising(warning=80, bad=150),
    "loss": rising(warning=1, bad=5),
    "signal": falling(warning=-100, bad=-110),
}


def _chart(name: str, title: Text, shows: Text, when_red: Text, unit: str) -> Panel:
    face = Face(
        title=title,
        shows=shows,
        when_red=when_red,
        unit=unit,
        limits=_LIMITS.get(name, no_limits()),
        no_data=_SILENT,
    )
    # A signal is below nothing always: an axis from there would press its lines together.
    return time_series(name, face, _SQL[name], columns=operators(), from_zero=unit != "dBm")
