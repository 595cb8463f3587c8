"""*Commune*: its links, by operator."""

from typing import Final

from dashboards.face import Face
from dashboards.limits import Limits, no_limits, rising
from dashboards.lines import operators
from dashboards.panel import Panel
from dashboards.panels import time_series
from dashboards.query import queries_of
from dashboards.text import Text

_SQL: Final = queries_of("commune")


def _chart(name: str, words: tuple[Text, Text, Text], unit: str, limits: Limits) -> Panel:
    title, shows, when_red = words
    no_data = Text("no probe reported", "không có thiết bị đo báo cáo")
    face = Face(
        title=title, shows=shows, when_red=when_red, unit=unit, limits=limits, no_data=no_data
    )
    return time_series(name, face, _SQL[name], columns=operators())


def rtt() -> Panel:
    """Return round trips by operator."""
    words = (
        Text("Round trip", "Thời gian khứ hồi"),
        Text(
            "Median round trip, mean of the probes of each operator.",
            "Thời gian khứ hồi trung vị, trung bình theo nhà mạng.",
        ),
        Text(
            "One operator alone: its backhaul to this commune. All: a shared fibre route.",
            "Chỉ một nhà mạng: đường trục đến xã. Tất cả: tuyến cáp chung.",
        ),
    )
    return _chart("rtt", words, "ms", rising(warning=80, bad=150))


def loss() -> Panel:
    """Return losses by operator."""
    words = (
        Text("Loss", "Mất gói"),
        Text(
            "Packets lost, mean of the probes of each operator.",
            "Mất gói, trung bình theo nhà mạng.",
        ),
        Text(
            "From 5 % on links count as degraded. With rain: microwave.",
            "Từ 5 % đường bị coi là suy giảm. Khi mưa: viba.",
        ),
    )
    return _chart("loss", words, "percent", rising(warning=1, bad=5))


def down() -> Panel:
    """Return traffic by operator."""
    words = (
        Text("Traffic down", "Lưu lượng xuống"),
        Text(
            "Traffic towards its villages, sum of the probes of each operator.",
            "Lưu lượng về các thôn, tổng theo nhà mạng.",
        ),
        Text(
            "It has no red. One falls and another rises: people changed over.",
            "Không có màu đỏ. Một nhà mạng giảm, nhà khác tăng: người dùng chuyển mạng.",
        ),
    )
    return _chart("down", words, "Mbits", no_limits())


def power() -> Panel:
    """Return battery operation by operator."""
    words = (
        Text("Reports on battery", "Báo cáo khi chạy ắc quy"),
        Text(
            "Share of the reports sent on battery, mean of the probes of each operator.",
            "Tỷ lệ báo cáo khi chạy ắc quy, trung bình theo nhà mạng.",
        ),
        Text(
            "Mains failed. All operators alike: the utility; compare with the planned outages.",
            "Mất điện lưới. Mọi nhà mạng như nhau: điện lực; so với lịch cắt điện.",
        ),
    )
    return _chart("power", words, "percent", rising(warning=5, bad=25))
