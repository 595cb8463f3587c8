"""*Province wall*: incidents, operators, and how it came to this."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import state_timeline, table, time_series
from dashboards.query import queries_of
from dashboards.states import SEVERITIES, VILLAGE_STATES
from dashboards.text import Text

_SQL: Final = queries_of("wall")


def incidents() -> Panel:
    """Return the open incidents, ranked."""
    face = Face(
        title=Text("Open incidents, the costliest first", "Sự cố đang mở, tốn kém nhất trước"),
        shows=Text(
            "The fifteen that cost most household-minutes so far.",
            "Mười lăm sự cố tốn nhiều hộ-phút nhất đến nay.",
        ),
        when_red=Text(
            "Critical. Without an owner: take it on. Click for its story.",
            "Nghiêm trọng. Chưa có người nhận: nhận xử lý. Bấm để xem diễn biến.",
        ),
        unit="none",
        no_data=Text(
            "no open incident, if *Rules watched* is green",
            "không có sự cố, nếu *Bộ luật theo dõi* màu xanh",
        ),
    )
    columns = (
        Column(
            name="incident_id",
            title=Text("Incident", "Sự cố"),
            link=board_url("incidents", incident="${__data.fields.incident_id}"),
            width=120,
        ),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("Since", "Từ"), unit="dateTimeFromNow", width=120),
        Column(name="households", title=Text("Households", "Số hộ"), width=90),
        Column(
            name="household_minutes",
            title=Text("Household-minutes", "Hộ-phút"),
            unit="short",
            width=120,
        ),
        Column(name="owner", title=Text("Owner", "Người nhận"), width=90),
    )
    return table("incidents", face, _SQL["incidents"], size=(11, 10), columns=columns)


def operators() -> Panel:
    """Return operators side by side."""
    face = Face(
        title=Text("Operators", "Nhà mạng"),
        shows=Text(
            "Links of each operator by state, households cut off, and what its probes measured in "
            "the last ten minutes. *Working* leaves out links that are unknown or in maintenance.",
            "Đường truyền của từng nhà mạng theo trạng thái, số hộ bị cắt, và kết quả đo trong "
            "mười phút qua. *Hoạt động* không tính đường không rõ hoặc đang bảo trì.",
        ),
        when_red=Text(
            "One operator alone: call its NOC. All of them: power.",
            "Chỉ một nhà mạng: gọi NOC của họ. Tất cả: nguồn điện.",
        ),
        unit="none",
    )
    columns = (
        Column(name="operator", title=Text("Operator", "Nhà mạng")),
        Column(name="links", title=Text("Links", "Đường")),
        Column(
            name="up",
            title=Text("Working", "Hoạt động"),
            unit="percent",
            decimals=1,
            limits=falling(warning=99, bad=95),
        ),
        Column(name="down", title=Text("Down", "Mất")),
        Column(name="degraded", title=Text("Degraded", "Suy giảm")),
        Column(name="unknown", title=Text("Unknown", "Không rõ")),
        Column(name="households", title=Text("Households", "Số hộ")),
        Column(name="rtt", title=Text("Round trip", "Khứ hồi"), unit="ms", decimals=0),
        Column(name="loss", title=Text("Loss", "Mất gói"), unit="percent", decimals=1),
    )
    return table("operators", face, _SQL["operators"], size=(11, 6), columns=columns)


def not_served() -> Panel:
    """Return villages that are not served, over time."""
    face = Face(
        title=Text("Villages not served", "Thôn không có dịch vụ đầy đủ"),
        shows=Text(
            "Villages by state over the time on the screen, the served ones left out.",
            "Số thôn theo trạng thái trong thời gian đang xem, không kể thôn có dịch vụ.",
        ),
        when_red=Text(
            "A step up is one cause: see the mark of its incident. A slope is batteries, one after "
            "the other.",
            "Tăng đột ngột là một nguyên nhân: xem dấu sự cố. Tăng dần là hết ắc quy lần lượt.",
        ),
        unit="none",
    )
    states = {state.name: state for state in VILLAGE_STATES}
    columns = tuple(
        Column(name=name, title=states[name].text, colour=states[name].colour)
        for name in ("dark", "degraded", "unknown", "maintenance")
    )
    return time_series(
        "not-served", face, _SQL["not_served"], size=(12, 8), columns=columns, stacked=True
    )


def worst() -> Panel:
    """Return the villages that were dark longest."""
    face = Face(
        title=Text("Dark for longest", "Mất dịch vụ lâu nhất"),
        shows=Text(
            "States of the fifteen villages that were dark for longest in this time.",
            "Trạng thái của mười lăm thôn mất dịch vụ lâu nhất trong thời gian này.",
        ),
        when_red=Text(
            "Bars that begin together have one cause. One that comes and goes: a flapping link.",
            "Các vạch bắt đầu cùng lúc có chung nguyên nhân. Vạch chập chờn: đường không ổn định.",
        ),
        unit="none",
        states=VILLAGE_STATES,
        no_data=Text("no village was seen dark", "không thấy thôn nào mất dịch vụ"),
    )
    return state_timeline("worst", face, _SQL["worst"], size=(12, 8), per_page=15)
