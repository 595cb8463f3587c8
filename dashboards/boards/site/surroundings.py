"""*Site*: the sites around it, and its events."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.states import POWER_STATES, PRESENCE_STATES
from dashboards.text import Text
from dashboards.words import ENDINGS, EVENTS

_SQL: Final = queries_of("site")


def around() -> Panel:
    """Return the other sites of the commune."""
    face = Face(
        title=Text("Sites around it", "Trạm xung quanh"),
        shows=Text("Other sites of the same commune.", "Các trạm khác cùng xã."),
        when_red=Text(
            "Several without mains: a feeder. Several silent of one operator: its aggregation.",
            "Nhiều trạm mất điện: lộ điện. Nhiều trạm của một nhà mạng im: nút gom.",
        ),
        unit="none",
        no_data=Text("no other site in its commune", "không có trạm khác trong xã"),
    )
    columns = (
        Column(
            name="node_code",
            title=Text("Site", "Trạm"),
            link=board_url("site", site="${__data.fields.node_code}"),
        ),
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="operator_code", title=Text("Operator", "Nhà mạng")),
        Column(name="online", title=Text("Presence", "Hiện diện"), states=PRESENCE_STATES),
        Column(name="power", title=Text("Power", "Nguồn"), states=POWER_STATES),
        Column(name="battery_percent", title=Text("Battery", "Ắc quy"), unit="percent", decimals=0),
        Column(name="heard", title=Text("Heard ago", "Nghe cách đây"), unit="s", decimals=0),
    )
    return table("around", face, _SQL["around"], size=(14, 8), columns=columns)


def events() -> Panel:
    """Return what the station said of itself."""
    face = Face(
        title=Text("Events", "Sự kiện"),
        shows=Text(
            "Sessions that began and ended, boots, dying gasps.",
            "Phiên mở và đóng, khởi động, báo mất điện.",
        ),
        when_red=Text(
            "It has no red. Dying gasp: power; loss of signal: fibre; many boots: a fault of the "
            "device.",
            "Không có màu đỏ. Báo mất điện: nguồn điện; mất tín hiệu quang: cáp; khởi động nhiều "
            "lần: lỗi thiết bị.",
        ),
        unit="none",
        no_data=Text("nothing happened", "không có gì xảy ra"),
    )
    columns = (
        Column(
            name="observed_at", title=Text("When", "Khi nào"), unit="dateTimeAsLocal", width=170
        ),
        Column(name="kind", title=Text("What", "Gì"), words=EVENTS, width=130),
        Column(name="reason", title=Text("Why", "Tại sao"), words=ENDINGS),
        Column(name="detail", title=Text("More", "Thêm")),
    )
    return table("events", face, _SQL["events"], size=(10, 8), columns=columns)
