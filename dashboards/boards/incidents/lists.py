"""*Incidents*: figures and lists."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import stat, table
from dashboards.query import queries_of
from dashboards.states import SEVERITIES
from dashboards.text import Text
from dashboards.words import CLASSES, DECISIONS, YES

_SQL: Final = queries_of("incidents")
_SEVERITY: Final = Column(
    name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=110
)
_TO_STORY: Final = board_url("incidents", incident="${__data.fields.incident_id}")


def by_severity() -> Panel:
    """Return open incidents by severity."""
    face = Face(
        title=Text("Open, by severity", "Đang mở, theo mức"),
        shows=Text(
            "Open incidents of the chosen communes and operators. Critical: a village is dark; "
            "major: many are impaired, or one with several links.",
            "Sự cố đang mở của xã và nhà mạng đã chọn. Nghiêm trọng: có thôn mất dịch vụ; nặng: "
            "nhiều thôn bị ảnh hưởng.",
        ),
        when_red=Text(
            "Work down the list below from the top: it is ranked by households and minutes.",
            "Xử lý danh sách bên dưới từ trên xuống: xếp theo số hộ và thời gian.",
        ),
        unit="none",
    )
    colours = {state.name: state.colour for state in SEVERITIES}
    columns = tuple(
        Column(name=state.name, title=state.text, colour=colours[state.name])
        for state in reversed(SEVERITIES)
        if state.name != "indeterminate"
    )
    return stat("by-severity", face, _SQL["by_severity"], size=(12, 4), columns=columns)


def unowned() -> Panel:
    """Return what nobody has taken on."""
    face = Face(
        title=Text("Not taken on", "Chưa ai nhận"),
        shows=Text(
            "Open critical and major incidents that nobody has acknowledged, and how long the "
            "oldest has been waiting.",
            "Sự cố nghiêm trọng và nặng chưa ai xác nhận, và sự cố cũ nhất đã chờ bao lâu.",
        ),
        when_red=Text(
            "Take it on in the gateway (the link in the list), or it escalates.",
            "Nhận xử lý trên cổng (liên kết trong danh sách), nếu không sẽ bị nâng cấp.",
        ),
        unit="none",
    )
    columns = (
        Column(name="incidents", title=Text("incidents", "sự cố"), limits=rising(warning=1, bad=3)),
        Column(
            name="oldest",
            title=Text("oldest", "cũ nhất"),
            unit="s",
            decimals=0,
            limits=rising(warning=300, bad=900),
        ),
    )
    return stat("unowned", face, _SQL["unowned"], size=(6, 4), columns=columns)


def households() -> Panel:
    """Return households without service."""
    face = Face(
        title=Text("Households without service", "Số hộ mất dịch vụ"),
        shows=Text(
            "Households that open incidents cut off; a village counts once.",
            "Số hộ bị cắt bởi sự cố đang mở; mỗi thôn tính một lần.",
        ),
        when_red=Text(
            "Above 1,000 households: tell the province's duty officer.",
            "Trên 1.000 hộ: báo trực ban của tỉnh.",
        ),
        unit="none",
        limits=rising(warning=1, bad=1_000),
    )
    return stat("households", face, _SQL["households"], size=(6, 4))


def open_incidents() -> Panel:
    """Return the open incidents, ranked."""
    face = Face(
        title=Text("Open incidents, the costliest first", "Sự cố đang mở, tốn kém nhất trước"),
        shows=Text(
            "Ranked by household-minutes: households cut off times minutes so far. A click on the "
            "incident shows its story below; a click on *Owner* opens the gateway to take it on.",
            "Xếp theo hộ-phút: số hộ bị cắt nhân số phút. Bấm vào sự cố để xem diễn biến bên dưới; "
            "bấm *Người nhận* để mở cổng và nhận xử lý.",
        ),
        when_red=Text(
            "Critical and without an owner: take it on first.",
            "Nghiêm trọng và chưa có người nhận: nhận xử lý trước tiên.",
        ),
        unit="none",
        no_data=Text(
            "no open incident, if the rules watch (board *Pipeline*)",
            "không có sự cố, nếu bộ luật đang theo dõi (bảng *Đường ống dữ liệu*)",
        ),
    )
    to_gateway = Text(*("${gateway}/?incident=${__data.fields.incident_id}",) * 2)
    columns = (
        Column(name="incident_id", title=Text("Incident", "Sự cố"), link=_TO_STORY, width=150),
        _SEVERITY,
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("Since", "Từ"), unit="dateTimeFromNow", width=130),
        Column(name="households", title=Text("Households", "Số hộ"), width=100),
        Column(name="villages", title=Text("Villages", "Thôn"), width=80),
        Column(
            name="household_minutes",
            title=Text("Household-minutes", "Hộ-phút"),
            unit="short",
            width=140,
        ),
        Column(name="owner", title=Text("Owner", "Người nhận"), link=to_gateway, width=110),
        Column(name="assigned", title=Text("Works on it", "Người xử lý"), width=110),
        Column(
            name="escalation",
            title=Text("Escalated", "Nâng cấp"),
            limits=alarming(warning=1, bad=2),
            width=90,
        ),
        Column(name="flapping", title=Text("Flapping", "Chập chờn"), words=YES, width=90),
    )
    return table("open-incidents", face, _SQL["open_incidents"], size=(24, 10), columns=columns)


def cleared() -> Panel:
    """Return incidents that cleared."""
    face = Face(
        title=Text("Cleared in this time", "Đã khắc phục trong thời gian này"),
        shows=Text(
            "Incidents that ended in the time on the screen, the newest first.",
            "Sự cố đã kết thúc trong thời gian đang xem, mới nhất trước.",
        ),
        when_red=Text(
            "It was critical while it lasted; *Commune* and *Availability* have the sum.",
            "Đã nghiêm trọng khi diễn ra; xem tổng ở bảng *Xã* và *Khả dụng*.",
        ),
        unit="none",
        no_data=Text("none ended in this time", "không có sự cố kết thúc trong thời gian này"),
    )
    columns = (
        Column(name="incident_id", title=Text("Incident", "Sự cố"), link=_TO_STORY, width=150),
        _SEVERITY,
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("From", "Từ"), unit="dateTimeAsLocal", width=170),
        Column(name="ended_at", title=Text("To", "Đến"), unit="dateTimeAsLocal", width=170),
        Column(name="seconds", title=Text("Lasted", "Kéo dài"), unit="s", width=90, decimals=0),
        Column(name="households", title=Text("Households", "Số hộ"), width=100),
        Column(name="villages", title=Text("Villages", "Thôn"), width=80),
        Column(name="owner", title=Text("Owner", "Người nhận"), width=110),
        Column(name="reason", title=Text("Ended by", "Kết thúc do"), words=DECISIONS, width=150),
    )
    return table("cleared", face, _SQL["cleared"], columns=columns)
