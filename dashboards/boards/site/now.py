"""*Site*: its state now, and who depends on it."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import stat, state_timeline, table
from dashboards.query import queries_of
from dashboards.states import LINK_STATES, POWER_STATES, PRESENCE_STATES, VILLAGE_STATES, State
from dashboards.text import Text

_SQL: Final = queries_of("site")
_NEVER: Final = Text("never heard", "chưa từng nghe")


def online() -> Panel:
    """Return whether the station is connected."""
    words = (
        Text("Whether the station's MQTT session is up.", "Phiên MQTT của trạm có mở không."),
        Text(
            "Its session ended: see *Events* for a dying gasp (power) or a loss of signal (fibre).",
            "Phiên đã đóng: xem *Sự kiện*, dying gasp là mất điện, mất tín hiệu là đứt cáp.",
        ),
    )
    return _state("online", Text("Presence", "Hiện diện"), words, PRESENCE_STATES)


def power_now() -> Panel:
    """Return what feeds the station."""
    words = (
        Text("What fed the station at its newest report.", "Nguồn điện ở báo cáo mới nhất."),
        Text(
            "On battery (orange): some hours are left. Compare with the other sites below: a "
            "feeder fails for all of them.",
            "Chạy ắc quy (cam): còn vài giờ. So với trạm khác bên dưới: lộ điện hỏng thì mất hết.",
        ),
    )
    return _state("power-now", Text("Power", "Nguồn"), words, POWER_STATES)


def _state(name: str, title: Text, words: tuple[Text, Text], states: tuple[State, ...]) -> Panel:
    shows, when_red = words
    face = Face(
        title=title, shows=shows, when_red=when_red, unit="none", states=states, no_data=_NEVER
    )
    return stat(name, face, _SQL[name.replace("-", "_")])


def heard() -> Panel:
    """Return when the station was last heard."""
    face = Face(
        title=Text("Last heard", "Nghe lần cuối"),
        shows=Text("Time since anything came from it.", "Thời gian từ lần cuối nhận được."),
        when_red=Text(
            "Silent for ten of its intervals. Are its neighbours silent too? Then look above it.",
            "Im lặng mười chu kỳ. Trạm lân cận cũng im? Thì xem phía trên.",
        ),
        unit="s",
        limits=rising(warning=90, bad=300),
        decimals=0,
        no_data=_NEVER,
    )
    return stat("heard", face, _SQL["heard"])


def battery_now() -> Panel:
    """Return the charge of the battery."""
    face = Face(
        title=Text("Battery", "Ắc quy"),
        shows=Text("Charge at the newest report.", "Mức sạc ở báo cáo mới nhất."),
        when_red=Text(
            "Below 10 %: send a generator now, or announce the loss of the villages below.",
            "Dưới 10 %: đưa máy phát đến ngay, hoặc thông báo các thôn bên dưới sẽ mất dịch vụ.",
        ),
        unit="percent",
        limits=falling(warning=25, bad=10),
        decimals=0,
        no_data=Text("it tells none", "không có số liệu"),
    )
    return stat("battery-now", face, _SQL["battery_now"])


def villages_now() -> Panel:
    """Return how many villages depend on it."""
    face = Face(
        title=Text("Villages behind it", "Thôn phía sau"),
        shows=Text(
            "Villages that have a link by this site, and how many of them are dark.",
            "Số thôn có đường qua trạm này, và số thôn mất dịch vụ.",
        ),
        when_red=Text(
            "Villages are dark that this site could serve: see the table for their other links.",
            "Có thôn mất dịch vụ: xem bảng để biết các đường khác của họ.",
        ),
        unit="none",
    )
    columns = (
        Column(name="villages", title=Text("villages", "thôn")),
        Column(name="dark", title=Text("dark", "mất"), limits=rising(warning=1, bad=1)),
    )
    return stat("villages-now", face, _SQL["villages_now"], columns=columns)


def incidents_open() -> Panel:
    """Return the number of open incidents."""
    face = Face(
        title=Text("Open incidents", "Sự cố đang mở"),
        shows=Text(
            "Open incidents that have it for their cause, or cut off links by it.",
            "Sự cố đang mở do trạm này hoặc cắt đường qua nó.",
        ),
        when_red=Text(
            "Open the board *Incidents* and take the greatest one on.",
            "Mở bảng *Sự cố* và nhận xử lý sự cố lớn nhất.",
        ),
        unit="none",
        limits=rising(warning=1, bad=2),
    )
    return stat("incidents-open", face, _SQL["incidents_open"])


def link_states() -> Panel:
    """Return the states of links by the site."""
    face = Face(
        title=Text("States of the links", "Trạng thái đường truyền"),
        shows=Text("Links by this site, over time.", "Các đường qua trạm này theo thời gian."),
        when_red=Text(
            "All red from one moment on: the site itself. A few: single cells or villages.",
            "Tất cả đỏ cùng lúc: chính trạm. Một vài: ô sóng hoặc thôn riêng lẻ.",
        ),
        unit="none",
        states=LINK_STATES,
        no_data=Text("no link goes by this site", "không có đường nào qua trạm này"),
    )
    return state_timeline("link-states", face, _SQL["link_states"])


def villages() -> Panel:
    """Return the villages behind it."""
    face = Face(
        title=Text("Villages", "Các thôn"),
        shows=Text("Villages with a link by it, the worst first.", "Các thôn, xấu nhất trước."),
        when_red=Text(
            "Open the village: its other links tell whether this site is to blame.",
            "Mở bảng thôn: các đường khác cho biết có phải do trạm này.",
        ),
        unit="none",
        no_data=Text("no link goes by this site", "không có đường nào qua trạm này"),
    )
    columns = (
        Column(name="village_code", title=Text("Code", "Mã"), width=110),
        Column(
            name="name",
            title=Text("Village", "Thôn"),
            link=board_url("village", village="${__data.fields.village_code}"),
        ),
        Column(name="commune", title=Text("Commune", "Xã, phường")),
        Column(name="technologies", title=Text("By", "Bằng"), width=100),
        Column(name="state", title=Text("State", "Trạng thái"), states=VILLAGE_STATES, width=110),
        Column(name="since", title=Text("Since", "Từ"), unit="dateTimeFromNow", width=130),
        Column(name="households", title=Text("Households", "Số hộ"), width=90),
    )
    return table("villages", face, _SQL["villages"], columns=columns)
