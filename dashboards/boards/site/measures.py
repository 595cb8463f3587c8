"""*Site*: its way to the core, its power and its heat."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import Limits, falling, no_limits, rising
from dashboards.panel import Panel
from dashboards.panels import time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("site")
_TITLES: Final = {
    "rtt_ms": Text("round trip", "khứ hồi"),
    "loss_percent": Text("loss", "mất gói"),
    "down_mbps": Text("to the site", "đến trạm"),
    "up_mbps": Text("from the site", "từ trạm đi"),
    "clients": Text("clients", "thuê bao"),
    "battery_percent": Text("charge", "mức sạc"),
    "on_battery_percent": Text("reports on battery", "báo cáo khi chạy ắc quy"),
    "temperature_c": Text("temperature", "nhiệt độ"),
}
"""What its lines are called."""


def _chart(
    name: str, lines: tuple[str, ...], words: tuple[Text, Text, Text], unit: str, limits: Limits
) -> Panel:
    title, shows, when_red = words
    face = Face(title=title, shows=shows, when_red=when_red, unit=unit, limits=limits)
    columns = [Column(name=line, title=_TITLES[line]) for line in lines]
    return time_series(name, face, _SQL[name], columns=columns)


def rtt() -> Panel:
    """Return round trips."""
    words = (
        Text("Round trip", "Thời gian khứ hồi"),
        Text("Median round trip to the core.", "Thời gian khứ hồi trung vị đến lõi."),
        Text(
            "The backhaul is full or took a longer way: compare with *Traffic*.",
            "Đường trục đầy hoặc đi vòng: so với *Lưu lượng*.",
        ),
    )
    return _chart("rtt", ("rtt_ms",), words, "ms", rising(warning=80, bad=150))


def loss() -> Panel:
    """Return losses."""
    words = (
        Text("Loss", "Mất gói"),
        Text("Packets lost on the way to the core.", "Mất gói trên đường về lõi."),
        Text(
            "From 5 % on all links by this site count as degraded: microwave in rain, or a fibre "
            "about to break.",
            "Từ 5 % mọi đường qua trạm bị coi là suy giảm: viba khi mưa, hoặc cáp sắp đứt.",
        ),
    )
    return _chart("loss", ("loss_percent",), words, "percent", rising(warning=1, bad=5))


def traffic() -> Panel:
    """Return traffic."""
    words = (
        Text("Traffic", "Lưu lượng"),
        Text("Traffic to and from the site.", "Lưu lượng đến và đi."),
        Text(
            "It has no red. Flat at the top is a full backhaul; flat at the bottom, nobody is "
            "served.",
            "Không có màu đỏ. Bằng phẳng ở đỉnh là đầy đường trục; ở đáy là không phục vụ ai.",
        ),
    )
    return _chart("traffic", ("down_mbps", "up_mbps"), words, "Mbits", no_limits())


def clients() -> Panel:
    """Return connected clients."""
    words = (
        Text("Clients", "Thuê bao kết nối"),
        Text("Clients connected to the site.", "Số thuê bao đang kết nối."),
        Text(
            "It has no red. A sudden rise: a neighbouring site failed and its people came here.",
            "Không có màu đỏ. Tăng đột ngột: trạm lân cận hỏng và thuê bao chuyển sang đây.",
        ),
    )
    return _chart("clients", ("clients",), words, "none", no_limits())


def power() -> Panel:
    """Return charge and battery operation."""
    words = (
        Text("Battery over time", "Ắc quy theo thời gian"),
        Text(
            "Least charge in each step, and the share of reports sent without mains.",
            "Mức sạc thấp nhất mỗi bước, và tỷ lệ báo cáo khi mất điện lưới.",
        ),
        Text(
            "The slope tells when it will be empty. Below 10 %: generator, now.",
            "Độ dốc cho biết khi nào hết. Dưới 10 %: máy phát, ngay.",
        ),
    )
    lines = ("battery_percent", "on_battery_percent")
    return _chart("power", lines, words, "percent", falling(warning=25, bad=10))


def temperature() -> Panel:
    """Return the temperature of the equipment."""
    words = (
        Text("Temperature", "Nhiệt độ"),
        Text("Temperature of the equipment.", "Nhiệt độ thiết bị."),
        Text(
            "Above 65 degrees equipment shuts itself off: the cooling has failed.",
            "Trên 65 độ thiết bị tự tắt: hệ thống làm mát hỏng.",
        ),
    )
    return _chart("temperature", ("temperature_c",), words, "celsius", rising(warning=55, bad=65))
