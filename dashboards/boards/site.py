"""*Site*: one base station, what feeds it, its way to the core, and who depends on it."""

from typing import Final

from dashboards import annotation, variable
from dashboards.board import Board, Row
from dashboards.column import Column
from dashboards.face import Face
from dashboards.folder import Folder
from dashboards.limits import Limits, falling, no_limits, rising
from dashboards.links import board_url
from dashboards.panel import Panel
from dashboards.panels import stat, state_timeline, table, time_series
from dashboards.query import queries_of
from dashboards.states import LINK_STATES, POWER_STATES, PRESENCE_STATES, VILLAGE_STATES, State
from dashboards.text import Text

_SQL: Final = queries_of("site")
_NEVER: Final = Text("never heard", "chưa từng nghe")


def board() -> Board:
    """Return the board."""
    return Board(
        name="site",
        title=Text("Site", "Trạm"),
        description=Text(
            "One site: its station, power, way to the core, and the villages behind it.",
            "Một trạm: thiết bị, nguồn điện, đường về lõi, và các thôn phía sau.",
        ),
        folder=Folder.PROVINCE,
        variables=(variable.commune(), variable.operator(), variable.site()),
        annotations=annotation.of_communes(),
        time_from="now-24h",
        rows=(
            Row(
                None,
                (online(), heard(), power_now(), battery_now(), villages_now(), incidents_open()),
            ),
            Row(
                Text("Service", "Dịch vụ"),
                (link_states(), villages()),
            ),
            Row(
                Text("Way to the core", "Đường về lõi"),
                (rtt(), loss(), traffic(), clients()),
            ),
            Row(Text("Power and heat", "Nguồn và nhiệt"), (power(), temperature())),
            Row(Text("Around it", "Xung quanh"), (around(), events())),
        ),
    )


def _state(name: str, title: Text, words: tuple[Text, Text], states: tuple[State, ...]) -> Panel:
    shows, when_red = words
    face = Face(
        title=title, shows=shows, when_red=when_red, unit="none", states=states, no_data=_NEVER
    )
    return stat(name, face, _SQL[name.replace("-", "_")])


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


def _chart(name: str, words: tuple[Text, Text, Text], unit: str, limits: Limits) -> Panel:
    title, shows, when_red = words
    face = Face(title=title, shows=shows, when_red=when_red, unit=unit, limits=limits)
    return time_series(name, face, _SQL[name])


def rtt() -> Panel:
    """Return round trips."""
    words = (
        Text("Round trip", "Thời gian khứ hồi"),
        Text("Median round trip to the core.", "Thời gian khứ hồi trung vị đến lõi."),
        Text(
            "The backhaul is full or took a longer way: compare with *Traffic*.",
            "Đường trục đầy hoặc đi vòng: so với *Lưu lượng*.",
        ),
    )
    return _chart("rtt", words, "ms", rising(warning=80, bad=150))


def loss() -> Panel:
    """Return losses."""
    words = (
        Text("Loss", "Mất gói"),
        Text("Packets lost on the way to the core.", "Mất gói trên đường về lõi."),
        Text(
            "From 5 % on all links by this site count as degraded: microwave in rain, or a fibre "
            "about to break.",
            "Từ 5 % mọi đường qua trạm bị coi là suy giảm: viba khi mưa, hoặc cáp sắp đứt.",
        ),
    )
    return _chart("loss", words, "percent", rising(warning=1, bad=5))


def traffic() -> Panel:
    """Return traffic."""
    words = (
        Text("Traffic", "Lưu lượng"),
        Text("Traffic to and from the site.", "Lưu lượng đến và đi."),
        Text(
            "It has no red. Flat at the top is a full backhaul; flat at the bottom, nobody is "
            "served.",
            "Không có màu đỏ. Bằng phẳng ở đỉnh là đầy đường trục; ở đáy là không phục vụ ai.",
        ),
    )
    return _chart("traffic", words, "Mbits", no_limits())


def clients() -> Panel:
    """Return connected clients."""
    words = (
        Text("Clients", "Thuê bao kết nối"),
        Text("Clients connected to the site.", "Số thuê bao đang kết nối."),
        Text(
            "It has no red. A sudden rise: a neighbouring site failed and its people came here.",
            "Không có màu đỏ. Tăng đột ngột: trạm lân cận hỏng và thuê bao chuyển sang đây.",
        ),
    )
    return _chart("clients", words, "none", no_limits())


def power() -> Panel:
    """Return charge and battery operation."""
    words = (
        Text("Battery over time", "Ắc quy theo thời gian"),
        Text(
            "Least charge in each step, and the share of reports sent without mains.",
            "Mức sạc thấp nhất mỗi bước, và tỷ lệ báo cáo khi mất điện lưới.",
        ),
        Text(
            "The slope tells when it will be empty. Below 10 %: generator, now.",
            "Độ dốc cho biết khi nào hết. Dưới 10 %: máy phát, ngay.",
        ),
    )
    return _chart("power", words, "percent", falling(warning=25, bad=10))


def temperature() -> Panel:
    """Return the temperature of the equipment."""
    words = (
        Text("Temperature", "Nhiệt độ"),
        Text("Temperature of the equipment.", "Nhiệt độ thiết bị."),
        Text(
            "Above 65 degrees equipment shuts itself off: the cooling has failed.",
            "Trên 65 độ thiết bị tự tắt: hệ thống làm mát hỏng.",
        ),
    )
    return _chart("temperature", words, "celsius", rising(warning=55, bad=65))


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
            "Phiên mở và đóng, khởi động, dying gasp.",
        ),
        when_red=Text(
            "It has no red. `dying_gasp`: power; `loss_of_signal`: fibre; many `boot`: a fault of "
            "the device.",
            "Không có màu đỏ. `dying_gasp`: mất điện; `loss_of_signal`: cáp; nhiều `boot`: lỗi "
            "thiết bị.",
        ),
        unit="none",
        no_data=Text("nothing happened", "không có gì xảy ra"),
    )
    columns = (
        Column(
            name="observed_at", title=Text("When", "Khi nào"), unit="dateTimeAsLocal", width=170
        ),
        Column(name="kind", title=Text("What", "Gì"), width=130),
        Column(name="reason", title=Text("Why", "Tại sao")),
        Column(name="detail", title=Text("More", "Thêm")),
    )
    return table("events", face, _SQL["events"], size=(10, 8), columns=columns)
