"""*Village*: its state, now and over time."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import stat, state_timeline, table
from dashboards.query import queries_of
from dashboards.states import LINK_STATES, SEVERITIES, VILLAGE_STATES
from dashboards.text import Text
from dashboards.words import CLASSES, DECISIONS

_SQL: Final = queries_of("village")
_NO_DECISION: Final = Text("nothing was decided yet", "chưa có quyết định")


def state() -> Panel:
    """Return the state of the village."""
    face = Face(
        title=Text("State", "Trạng thái"),
        shows=Text(
            "Whether the village has broadband now, as the rules decided: served; degraded, if "
            "some links are down or weak; dark, if none works.",
            "Thôn hiện có băng rộng hay không theo bộ luật: có dịch vụ; suy giảm nếu một số đường "
            "hỏng hoặc yếu; mất dịch vụ nếu không đường nào hoạt động.",
        ),
        when_red=Text(
            "Open the incident below: it names the cause and who works on it.",
            "Mở sự cố bên dưới: nó nêu nguyên nhân và ai đang xử lý.",
        ),
        unit="none",
        states=VILLAGE_STATES,
        no_data=_NO_DECISION,
    )
    return stat("state", face, _SQL["state"])


def lasting() -> Panel:
    """Return how long the state has lasted."""
    face = Face(
        title=Text("Lasting", "Kéo dài"),
        shows=Text("How long it has been in that state.", "Đã ở trạng thái đó bao lâu."),
        when_red=Text(
            "It has no red: long is good for served and bad for dark.",
            "Không có màu đỏ: lâu là tốt nếu có dịch vụ, xấu nếu mất dịch vụ.",
        ),
        unit="s",
        decimals=0,
        no_data=_NO_DECISION,
    )
    return stat("lasting", face, _SQL["lasting"])


def available() -> Panel:
    """Return the availability in the time on the screen."""
    face = Face(
        title=Text("Available", "Khả dụng"),
        shows=Text(
            "Share of the time on the screen in which it had service. Time that nobody could see, "
            "and maintenance, is left out; the board *Availability* has the books.",
            "Tỷ lệ thời gian đang xem mà thôn có dịch vụ. Không tính thời gian không rõ và bảo "
            "trì; bảng *Khả dụng* là sổ chính thức.",
        ),
        when_red=Text(
            "Below 99.5 %: compare with its neighbours. If they are well, its last node is the "
            "suspect.",
            "Dưới 99,5 %: so với thôn lân cận. Nếu họ tốt, nghi nút cuối cùng của thôn này.",
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
        shows=Text("Incidents that impair this village now.", "Số sự cố đang ảnh hưởng thôn này."),
        when_red=Text(
            "See the list below; take one on in the gateway, so that it does not escalate.",
            "Xem danh sách bên dưới; nhận xử lý trên cổng để không bị nâng cấp.",
        ),
        unit="none",
        limits=rising(warning=1, bad=2),
    )
    return stat("incidents-open", face, _SQL["incidents_open"])


def links() -> Panel:
    """Return households and links."""
    face = Face(
        title=Text("Households and links", "Số hộ và đường truyền"),
        shows=Text(
            "Households, links, and links that are down or degraded now.",
            "Số hộ, số đường truyền, số đường mất hoặc suy giảm hiện nay.",
        ),
        when_red=Text(
            "A link is down: its operator and technology are in *States of the links*.",
            "Có đường mất kết nối: xem nhà mạng và công nghệ ở *Trạng thái đường truyền*.",
        ),
        unit="none",
    )
    alarming = rising(warning=1, bad=1)
    columns = (
        Column(name="households", title=Text("households", "hộ")),
        Column(name="links", title=Text("links", "đường")),
        Column(name="down", title=Text("down", "mất"), limits=alarming),
        Column(
            name="degraded", title=Text("degraded", "suy giảm"), limits=rising(warning=1, bad=9)
        ),
    )
    return stat("households", face, _SQL["households"], size=(8, 4), columns=columns)


def states() -> Panel:
    """Return the states of the village over time."""
    face = Face(
        title=Text("States of the village", "Trạng thái của thôn"),
        shows=Text(
            "Its states over the time on the screen.", "Trạng thái trong thời gian đang xem."
        ),
        when_red=Text(
            "Compare a red bar with those of the links below it: one operator or all?",
            "So vạch đỏ với các đường bên dưới: một nhà mạng hay tất cả?",
        ),
        unit="none",
        states=VILLAGE_STATES,
        no_data=_NO_DECISION,
    )
    return state_timeline("states", face, _SQL["states"], size=(24, 4))


def link_states() -> Panel:
    """Return the states of its links over time."""
    face = Face(
        title=Text("States of the links", "Trạng thái đường truyền"),
        shows=Text(
            "Each link by operator and technology.", "Từng đường theo nhà mạng và công nghệ."
        ),
        when_red=Text(
            "One link red: its own line or last node. All red at once: power, or a node that they "
            "share; see *Path*.",
            "Một đường đỏ: đường dây hoặc nút cuối. Tất cả cùng đỏ: mất điện hoặc nút chung; "
            "xem *Đường đi*.",
        ),
        unit="none",
        states=LINK_STATES,
        no_data=_NO_DECISION,
    )
    return state_timeline("link-states", face, _SQL["link_states"], size=(24, 6))


def incidents() -> Panel:
    """Return the incidents of the village."""
    face = Face(
        title=Text("Incidents", "Sự cố"),
        shows=Text(
            "Incidents that impaired it in this time, with the share of its households they cut "
            "off.",
            "Các sự cố ảnh hưởng thôn trong thời gian này, kèm tỷ lệ hộ bị cắt.",
        ),
        when_red=Text(
            "Critical: the village is dark by it alone. Click for its timeline.",
            "Nghiêm trọng: chỉ riêng nó làm thôn mất dịch vụ. Bấm để xem diễn biến.",
        ),
        unit="none",
        no_data=Text("no incident in this time", "không có sự cố trong thời gian này"),
    )
    to_incident = board_url("incidents", incident="${__data.fields.incident_id}")
    columns = (
        Column(name="since", title=Text("From", "Từ"), unit="dateTimeAsLocal", width=170),
        Column(name="until", title=Text("To", "Đến"), unit="dateTimeAsLocal", width=170),
        Column(name="incident_id", title=Text("Incident", "Sự cố"), link=to_incident, width=160),
        Column(name="severity", title=Text("Severity", "Mức"), states=SEVERITIES, width=110),
        Column(name="class", title=Text("Class", "Loại"), words=CLASSES, width=110),
        Column(name="words", title=Text("What", "Nội dung")),
        Column(name="reason", title=Text("Decision", "Quyết định"), words=DECISIONS, width=160),
        Column(name="share", title=Text("Cut off", "Bị cắt"), unit="percent", width=90, decimals=0),
    )
    return table("incidents", face, _SQL["incidents"], size=(24, 7), columns=columns)
