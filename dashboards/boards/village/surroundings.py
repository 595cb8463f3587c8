"""*Village*: what it depends on, its neighbours, and what stands in it."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.states import POWER_STATES, PRESENCE_STATES, VILLAGE_STATES
from dashboards.text import Text
from dashboards.words import DEVICES, KINDS

_SQL: Final = queries_of("village")


def path() -> Panel:
    """Return the nodes that it depends on."""
    face = Face(
        title=Text("Path", "Đường đi"),
        shows=Text(
            "Nodes between the village and the operators' cores, the nearest first, with the open "
            "incidents that have them for their cause.",
            "Các nút từ thôn đến lõi nhà mạng, gần nhất trước, kèm số sự cố đang mở do chúng.",
        ),
        when_red=Text(
            "That node is taken for the cause: the villages behind it have the same incident.",
            "Nút đó được coi là nguyên nhân: các thôn sau nó có cùng sự cố.",
        ),
        unit="none",
    )
    columns = (
        Column(name="distance", title=Text("Step", "Bước"), width=60),
        Column(name="kind", title=Text("Kind", "Loại"), words=KINDS, width=110),
        Column(
            name="node_code",
            title=Text("Node", "Nút"),
            link=board_url("site", site="${__data.fields.node_code}"),
        ),
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="operator_code", title=Text("Operator", "Nhà mạng"), width=100),
        Column(name="power_node_code", title=Text("Fed by", "Nguồn điện")),
        Column(
            name="incidents",
            title=Text("Incidents", "Sự cố"),
            limits=alarming(warning=1, bad=1),
            width=80,
        ),
    )
    return table("path", face, _SQL["path"], size=(14, 9), columns=columns)


def neighbours() -> Panel:
    """Return the other villages of its commune."""
    face = Face(
        title=Text("Neighbours", "Lân cận"),
        shows=Text(
            "The other villages of its commune, the worst first.",
            "Các thôn khác cùng xã, xấu nhất trước.",
        ),
        when_red=Text(
            "Several red neighbours: the cause is above the village. Open the commune.",
            "Nhiều thôn lân cận đỏ: nguyên nhân ở phía trên. Mở bảng xã.",
        ),
        unit="none",
        no_data=Text("it is its commune's only village", "là thôn duy nhất của xã"),
    )
    columns = (
        Column(name="village_code", title=Text("Code", "Mã"), width=110),
        Column(
            name="name",
            title=Text("Village", "Thôn"),
            link=board_url("village", village="${__data.fields.village_code}"),
        ),
        Column(name="state", title=Text("State", "Trạng thái"), states=VILLAGE_STATES, width=110),
        Column(name="since", title=Text("Since", "Từ"), unit="dateTimeFromNow", width=130),
        Column(name="households", title=Text("Households", "Số hộ"), width=90),
    )
    return table("neighbours", face, _SQL["neighbours"], size=(10, 9), columns=columns)


def devices() -> Panel:
    """Return its devices."""
    face = Face(
        title=Text("Devices", "Thiết bị"),
        shows=Text(
            "What stands in the village, and what it last said.",
            "Thiết bị trong thôn và báo cáo mới nhất.",
        ),
        when_red=Text(
            "A probe that is silent while the others of the village report is broken or without "
            "power: the link may be well.",
            "Thiết bị im lặng trong khi thiết bị khác cùng thôn báo cáo là hỏng hoặc mất điện: "
            "đường truyền có thể vẫn tốt.",
        ),
        unit="none",
        no_data=Text("the inventory has none here", "danh mục không có thiết bị ở đây"),
    )
    columns = (
        Column(name="device_code", title=Text("Device", "Thiết bị")),
        Column(name="kind", title=Text("Kind", "Loại"), words=DEVICES, width=110),
        Column(
            name="heard",
            title=Text("Heard ago", "Nghe cách đây"),
            unit="s",
            limits=rising(warning=90, bad=300),
            decimals=0,
        ),
        Column(name="online", title=Text("Presence", "Hiện diện"), states=PRESENCE_STATES),
        Column(name="power", title=Text("Power", "Nguồn"), states=POWER_STATES),
        Column(name="rtt_p50_ms", title=Text("Round trip", "Khứ hồi"), unit="ms", decimals=0),
        Column(name="loss_percent", title=Text("Loss", "Mất gói"), unit="percent", decimals=1),
        Column(name="battery_percent", title=Text("Battery", "Ắc quy"), unit="percent", decimals=0),
    )
    return table("devices", face, _SQL["devices"], columns=columns)
