"""*Commune*: its villages, now and over time."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import alarming, falling, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import stat, state_timeline, table, time_series
from dashboards.query import queries_of
from dashboards.states import SEVERITIES, VILLAGE_STATES
from dashboards.text import Text
from dashboards.words import CLASSES, STATUSES

_SQL: Final = queries_of("commune")
_NO_DECISION: Final = Text("nothing was decided yet", "chưa có quyết định")
_STATES: Final = {state.name: state for state in VILLAGE_STATES}


def villages() -> Panel:
    """Return villages by state."""
    face = Face(
        title=Text("Villages", "Các thôn"),
        shows=Text(
            "Villages of the commune by their state now.",
            "Số thôn của xã theo trạng thái hiện tại.",
        ),
        when_red=Text(
            "The red figure is always red: it is how many are dark. The list below has them on "
            "top.",
            "Số đỏ luôn đỏ: là số thôn mất dịch vụ. Danh sách bên dưới xếp chúng lên đầu.",
        ),
        unit="none",
    )
    order = ("served", "degraded", "dark", "unknown", "maintenance")
    columns = tuple(
        Column(name=name, title=_STATES[name].text, colour=_STATES[name].colour) for name in order
    )
    return stat("villages", face, _SQL["villages"], size=(8, 4), columns=columns)


def households() -> Panel:
    """Return households in dark villages."""
    face = Face(
        title=Text("Households in dark villages", "Số hộ ở thôn mất dịch vụ"),
        shows=Text("Households of its dark villages.", "Số hộ của các thôn mất dịch vụ."),
        when_red=Text(
            "Above 200: tell the commune's office, so that people know where to turn.",
            "Trên 200: báo ủy ban xã để người dân biết liên hệ ở đâu.",
        ),
        unit="none",
        limits=rising(warning=1, bad=200),
        no_data=_NO_DECISION,
    )
    return stat("households", face, _SQL["households"])


def available() -> Panel:
    """Return the availability in the time on the screen."""
    face = Face(
        title=Text("Available", "Khả dụng"),
        shows=Text(
            "Share of the time on the screen in which its villages had service, weighted by "
            "households. Unknown time and maintenance are left out.",
            "Tỷ lệ thời gian đang xem mà các thôn có dịch vụ, theo trọng số hộ. Không tính thời "
            "gian không rõ và bảo trì.",
        ),
        when_red=Text(
            "Below 99.5 %: see *States of its villages* for which, and their incidents for why.",
            "Dưới 99,5 %: xem *Trạng thái các thôn* để biết thôn nào, và sự cố để biết vì sao.",
        ),
        unit="percent",
        limits=falling(warning=99.9, bad=99.5),
        decimals=2,
        no_data=_NO_DECISION,
    )
    return stat("available", face, _SQL["available"])


def incidents_open() -> Panel:
    """Return the number of open incidents."""
    face = Face(
        title=Text("Open incidents", "Sự cố đang mở"),
        shows=Text("Open incidents that touch it.", "Sự cố đang mở liên quan đến xã."),
        when_red=Text(
            "Several at once may be one cause that is not found yet: compare their onsets.",
            "Nhiều sự cố cùng lúc có thể cùng nguyên nhân chưa tìm ra: so thời điểm bắt đầu.",
        ),
        unit="none",
        limits=rising(warning=1, bad=4),
    )
    return stat("incidents-open", face, _SQL["incidents_open"])


def on_battery() -> Panel:
    """Return the share of devices on battery."""
    face = Face(
        title=Text("On battery", "Chạy ắc quy"),
        shows=Text(
            "Share of its probes and stations whose newest report came from a battery.",
            "Tỷ lệ thiết bị đo và trạm đang chạy ắc quy ở báo cáo mới nhất.",
        ),
        when_red=Text(
            "Mains failed for a part of the commune: call the utility, and watch the batteries of "
            "the sites.",
            "Một phần xã mất điện lưới: gọi điện lực, và theo dõi ắc quy của các trạm.",
        ),
        unit="percent",
        limits=rising(warning=5, bad=25),
        decimals=0,
        no_data=Text("nobody tells", "không có số liệu"),
    )
    return stat("on-battery", face, _SQL["on_battery"])


def list_of_villages() -> Panel:
    """Return its villages."""
    face = Face(
        title=Text("Villages, the worst first", "Các thôn, xấu nhất trước"),
        shows=Text(
            "Every village with its state, links, and the best round trip of its links.",
            "Từng thôn với trạng thái, đường truyền, và thời gian khứ hồi tốt nhất.",
        ),
        when_red=Text("Open the village.", "Mở bảng thôn."),
        unit="none",
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
        Column(name="links", title=Text("Links", "Đường"), width=70),
        Column(name="down", title=Text("Down", "Mất"), limits=alarming(warning=1, bad=2), width=70),
        Column(name="rtt", title=Text("Round trip", "Khứ hồi"), unit="ms", decimals=0, width=90),
    )
    return table("list", face, _SQL["list"], size=(12, 10), columns=columns)


def incidents() -> Panel:
    """Return its incidents."""
    face = Face(
        title=Text("Incidents", "Sự cố"),
        shows=Text(
            "Incidents of the commune in this time, the open ones first.",
            "Sự cố của xã trong thời gian này, đang mở trước.",
        ),
        when_red=Text("Critical. Click for its story.", "Nghiêm trọng. Bấm để xem diễn biến."),
        unit="none",
        no_data=Text("no incident in this time", "không có sự cố trong thời gian này"),
    )
    columns = (
        Column(
            name="incident_id",
            title=Text("Incident", "Sự cố"),
            link=board_url("incidents", incident="${__data.fields.incident_id}"),
            width=120,
        ),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=100),
        Column(name="status", title=Text("Status", "Tình trạng"), words=STATUSES, width=80),
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES, width=100),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="onset_at", title=Text("From", "Từ"), unit="dateTimeAsLocal", width=160),
        Column(name="ended_at", title=Text("To", "Đến"), unit="dateTimeAsLocal", width=160),
        Column(name="households", title=Text("Households", "Số hộ"), width=90),
        Column(name="villages", title=Text("Villages", "Thôn"), width=70),
    )
    return table("incidents", face, _SQL["incidents"], size=(12, 10), columns=columns)


def states() -> Panel:
    """Return the states of its villages over time."""
    face = Face(
        title=Text("States of its villages", "Trạng thái các thôn"),
        shows=Text(
            "Villages that were not served all the time; at most forty.",
            "Các thôn có lúc không có dịch vụ đầy đủ; nhiều nhất bốn mươi.",
        ),
        when_red=Text(
            "Bars that begin together have one cause: find the node that they share.",
            "Các vạch bắt đầu cùng lúc có chung nguyên nhân: tìm nút chung.",
        ),
        unit="none",
        states=VILLAGE_STATES,
        no_data=Text(
            "none was seen to be anything but served", "không thấy thôn nào ngoài có dịch vụ"
        ),
    )
    return state_timeline("states", face, _SQL["states"], size=(14, 9))


def not_served() -> Panel:
    """Return villages that are not served, over time."""
    face = Face(
        title=Text("Villages not served", "Thôn không có dịch vụ đầy đủ"),
        shows=Text("Its villages by state over time.", "Số thôn theo trạng thái theo thời gian."),
        when_red=Text(
            "A step is a cut; a slope is batteries.", "Tăng đột ngột là đứt; tăng dần là ắc quy."
        ),
        unit="none",
    )
    columns = tuple(
        Column(name=name, title=_STATES[name].text, colour=_STATES[name].colour)
        for name in ("dark", "degraded", "unknown", "maintenance")
    )
    return time_series(
        "not-served", face, _SQL["not_served"], size=(10, 9), columns=columns, stacked=True
    )
