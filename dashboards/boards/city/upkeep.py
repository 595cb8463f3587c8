"""*City sensors*: alerts about them, and those that are silent."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import table
from dashboards.query import queries_of
from dashboards.states import SEVERITIES
from dashboards.text import Text

_SQL: Final = queries_of("city")


def alerts() -> Panel:
    """Return open alerts of the rulebook."""
    face = Face(
        title=Text("Open alerts", "Cảnh báo đang mở"),
        shows=Text(
            "Open alerts of the rulebook in the chosen communes.",
            "Cảnh báo đang mở của bộ luật ở các xã đã chọn.",
        ),
        when_red=Text(
            "Critical. Click: the rule says what to do.",
            "Nghiêm trọng. Bấm: luật nêu việc cần làm.",
        ),
        unit="none",
        no_data=Text("no open alert", "không có cảnh báo"),
    )
    columns = (
        Column(
            name="incident_id",
            title=Text("Incident", "Sự cố"),
            link=board_url("incidents", incident="${__data.fields.incident_id}"),
            width=130,
        ),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("Since", "Từ"), unit="dateTimeFromNow", width=130),
        Column(name="value", title=Text("Value", "Giá trị"), decimals=1, width=90),
        Column(name="rule", title=Text("Rule", "Luật"), width=160),
    )
    return table("alerts", face, _SQL["alerts"], size=(12, 8), columns=columns)


def silent() -> Panel:
    """Return silent sensors."""
    face = Face(
        title=Text("Silent sensors", "Cảm biến im lặng"),
        shows=Text(
            "Sensors that are three of their intervals late, the longest first.",
            "Cảm biến trễ hơn ba chu kỳ, lâu nhất trước.",
        ),
        when_red=Text(
            "Silent for a day: battery or theft; put it on the next tour.",
            "Im lặng cả ngày: hết pin hoặc mất cắp; đưa vào chuyến kiểm tra tới.",
        ),
        unit="none",
        no_data=Text("every sensor reports", "mọi cảm biến đều báo cáo"),
    )
    columns = (
        Column(name="device_code", title=Text("Sensor", "Cảm biến"), width=160),
        Column(name="name", title=Text("Name", "Tên")),
        Column(name="commune", title=Text("Commune", "Xã, phường")),
        Column(
            name="received_at", title=Text("Last heard", "Nghe lần cuối"), unit="dateTimeAsLocal"
        ),
        Column(
            name="seconds",
            title=Text("Silent for", "Im lặng"),
            unit="s",
            decimals=0,
            limits=rising(warning=3_600, bad=86_400),
        ),
    )
    return table("silent", face, _SQL["silent"], size=(12, 8), columns=columns)
