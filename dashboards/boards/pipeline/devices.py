"""*Pipeline*: who reports, and with what clock."""

from typing import Final

from dashboards.colours import GOOD, WARNING
from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.panel import Panel
from dashboards.panels import bar_gauge, stat, table
from dashboards.query import queries_of
from dashboards.text import Text
from dashboards.words import DEVICES

_SQL: Final = queries_of("pipeline")


def overdue() -> Panel:
    """Return the share of overdue devices of each kind."""
    face = Face(
        title=Text("Devices overdue", "Thiết bị quá hạn"),
        shows=Text(
            "Share of the devices of each kind that are three of their intervals late, or were "
            "never heard.",
            "Tỷ lệ thiết bị từng loại trễ hơn ba chu kỳ, hoặc chưa từng nhận được.",
        ),
        when_red=Text(
            "If all kinds are red, the fault is here: see *Accounts end*. If one is, look at the "
            "incidents: that is where they are silent together.",
            "Nếu mọi loại đều đỏ, lỗi ở đây: xem *Sổ kết thúc*. Nếu chỉ một loại, xem bảng sự cố.",
        ),
        unit="percent",
        limits=rising(warning=2, bad=10),
        decimals=1,
        minimum=0,
        maximum=100,
        no_data=Text("no devices in the inventory", "danh mục không có thiết bị"),
    )
    columns = (Column(name="kind", words=DEVICES),)
    return bar_gauge("overdue", face, _SQL["overdue"], columns=columns)


def clocks() -> Panel:
    """Return how devices' clocks stand."""
    face = Face(
        title=Text("Clocks", "Đồng hồ"),
        shows=Text(
            "Devices heard in the last hour by their newest report: clock ahead of ours, good, or "
            "late (a clock behind, or a delay on the way).",
            "Thiết bị nhận được trong giờ qua theo báo cáo mới nhất: đồng hồ nhanh, tốt, hoặc trễ "
            "(đồng hồ chậm hoặc chậm trên đường).",
        ),
        when_red=Text(
            "It has no red. Devices ahead have no time server: their rows keep our time. See "
            "their codes in `device_states.skew_seconds`.",
            "Không có màu đỏ. Thiết bị chạy nhanh không có máy chủ thời gian: dòng của chúng giữ "
            "giờ của ta. Xem `device_states.skew_seconds`.",
        ),
        unit="none",
    )
    columns = (
        Column(name="ahead", title=Text("ahead", "nhanh"), colour=WARNING),
        Column(name="good", title=Text("good", "tốt"), colour=GOOD),
        Column(name="late", title=Text("late", "trễ"), colour=WARNING),
    )
    return stat("clocks", face, _SQL["clocks"], size=(8, 8), columns=columns)


def canaries() -> Panel:
    """Return when canaries were last heard."""
    face = Face(
        title=Text("Canaries", "Thiết bị canh"),
        shows=Text(
            "Devices of our own that report only to prove that the way is open.",
            "Thiết bị của chính ta, chỉ báo cáo để chứng minh đường truyền thông suốt.",
        ),
        when_red=Text(
            "The way from that canary to the rows is closed: broker, its network, or ingest.",
            "Đường từ thiết bị canh đó đến bảng bị tắc: broker, mạng của nó, hoặc ingest.",
        ),
        unit="none",
        no_data=Text("the inventory has no canaries", "danh mục không có thiết bị canh"),
    )
    columns = (
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="device_code", title=Text("Device", "Thiết bị")),
        Column(
            name="seconds",
            title=Text("Seconds ago", "Giây trước"),
            unit="s",
            limits=rising(warning=120, bad=300),
            decimals=0,
        ),
    )
    return table("canaries", face, _SQL["canaries"], size=(8, 8), columns=columns)
