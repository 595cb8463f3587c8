"""*Commune*: its sites, and the communes around it."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming, falling
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.states import POWER_STATES, PRESENCE_STATES
from dashboards.text import Text

_SQL: Final = queries_of("commune")


def sites() -> Panel:
    """Return its sites."""
    face = Face(
        title=Text("Sites", "Trạm"),
        shows=Text("Its sites, those without mains first.", "Các trạm, mất điện lưới trước."),
        when_red=Text(
            "Offline, or a battery below 10 %: send a generator, the longest way first.",
            "Ngoại tuyến, hoặc ắc quy dưới 10 %: đưa máy phát, nơi xa nhất trước.",
        ),
        unit="none",
        no_data=Text("no site in this commune", "xã không có trạm"),
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
        Column(
            name="battery_percent",
            title=Text("Battery", "Ắc quy"),
            unit="percent",
            decimals=0,
            limits=falling(warning=25, bad=10),
        ),
        Column(name="heard", title=Text("Heard ago", "Nghe cách đây"), unit="s", decimals=0),
    )
    return table("sites", face, _SQL["sites"], size=(14, 8), columns=columns)


def neighbours() -> Panel:
    """Return the nearest communes."""
    face = Face(
        title=Text("Nearest communes", "Xã lân cận"),
        shows=Text(
            "The eight nearest communes and their villages by state.",
            "Tám xã gần nhất và số thôn theo trạng thái.",
        ),
        when_red=Text(
            "Dark villages there too: the cause is larger than this commune.",
            "Ở đó cũng có thôn mất dịch vụ: nguyên nhân lớn hơn xã này.",
        ),
        unit="none",
        no_data=Text("no other commune in the inventory", "danh mục không có xã khác"),
    )
    columns = (
        Column(name="commune_code", title=Text("Code", "Mã"), width=80),
        Column(
            name="name",
            title=Text("Commune", "Xã, phường"),
            link=board_url("commune", commune="${__data.fields.commune_code}"),
        ),
        Column(name="villages", title=Text("Villages", "Thôn")),
        Column(name="dark", title=Text("Dark", "Mất"), limits=alarming(warning=1, bad=1)),
        Column(name="degraded", title=Text("Degraded", "Suy giảm")),
        Column(name="unknown", title=Text("Unknown", "Không rõ")),
    )
    return table("neighbours", face, _SQL["neighbours"], size=(10, 8), columns=columns)
