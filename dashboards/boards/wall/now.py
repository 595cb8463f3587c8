"""*Province wall*: the figures of now, and the map."""

from typing import Final

from dashboards.column import Column
from dashboards.face import Face
from dashboards.limits import falling, rising
from dashboards.panel import Panel
from dashboards.panels import stat
from dashboards.query import queries_of
from dashboards.states import VILLAGE_STATES
from dashboards.text import Text
from dashboards.tile_map import columns_of, tile_map
from province.dak_lak import load_communes

_SQL: Final = queries_of("wall")
_NO_DECISION: Final = Text("nothing was decided yet", "chưa có quyết định")


def villages() -> Panel:
    """Return villages by state."""
    face = Face(
        title=Text("Villages", "Các thôn"),
        shows=Text(
            "Villages by their state now. Served: all links work; degraded: some do not; dark: "
            "none does; unknown: nobody can see.",
            "Số thôn theo trạng thái hiện tại. Có dịch vụ: mọi đường tốt; suy giảm: một số hỏng; "
            "mất dịch vụ: không đường nào; không rõ: không quan sát được.",
        ),
        when_red=Text(
            "The red figure is always red: it is how many are dark. Start at the top of the "
            "incidents. Many unknown at once: look at *Rules watched* and the board *Pipeline*.",
            "Số đỏ luôn đỏ: là số thôn mất dịch vụ. Bắt đầu từ đầu danh sách sự cố. Nhiều thôn "
            "không rõ cùng lúc: xem *Bộ luật theo dõi* và bảng *Đường ống dữ liệu*.",
        ),
        unit="none",
    )
    order = ("served", "degraded", "dark", "unknown", "maintenance")
    states = {state.name: state for state in VILLAGE_STATES}
    columns = tuple(
        Column(name=name, title=states[name].text, colour=states[name].colour) for name in order
    )
    return stat("villages", face, _SQL["villages"], size=(10, 4), columns=columns)


def broadband() -> Panel:
    """Return the share of villages with broadband."""
    face = Face(
        title=Text("Villages with broadband: 100 % stated", "Thôn có băng rộng: công bố 100 %"),
        shows=Text(
            "Share of the villages that have at least one working link, of those that we can see. "
            "Villages that are unknown or in maintenance are left out.",
            "Tỷ lệ thôn có ít nhất một đường hoạt động, trong số thôn quan sát được. Không tính "
            "thôn không rõ và thôn đang bảo trì.",
        ),
        when_red=Text(
            "More than one village in a hundred is dark: see the map and the incidents.",
            "Hơn một phần trăm số thôn mất dịch vụ: xem bản đồ và các sự cố.",
        ),
        unit="percent",
        limits=falling(warning=100, bad=99),
        decimals=2,
        no_data=_NO_DECISION,
    )
    return stat("broadband", face, _SQL["broadband"])


def coverage() -> Panel:
    """Return the share of people with 4G and 5G."""
    face = Face(
        title=Text("People with 4G and 5G", "Dân số có 4G và 5G"),
        shows=Text(
            "Share of the households whose village has a working mobile link now. Villages whose "
            "links are unknown or in maintenance count as those do that we can see. The province "
            "states 99.9 % for 4G and 26 % for 5G.",
            "Tỷ lệ hộ ở thôn có đường di động đang hoạt động. Thôn có đường không rõ hoặc đang bảo "
            "trì được tính như các thôn quan sát được. Tỉnh công bố 99,9 % cho 4G và 26 % cho 5G.",
        ),
        when_red=Text(
            "Less than is stated: the operators below tell whose sites are down.",
            "Thấp hơn công bố: bảng nhà mạng bên dưới cho biết trạm của ai hỏng.",
        ),
        unit="percent",
        decimals=1,
        no_data=_NO_DECISION,
    )
    columns = (
        Column(name="fourth", title=Text("4G", "4G"), limits=falling(warning=99.9, bad=99)),
        Column(name="fifth", title=Text("5G", "5G"), limits=falling(warning=26, bad=25)),
    )
    return stat("coverage", face, _SQL["coverage"], columns=columns)


def households() -> Panel:
    """Return the households in dark villages."""
    face = Face(
        title=Text("Households in dark villages", "Số hộ ở thôn mất dịch vụ"),
        shows=Text(
            "Households of the villages that have no working link.",
            "Số hộ của các thôn không có đường nào hoạt động.",
        ),
        when_red=Text(
            "Above 1,000: tell the province's duty officer.", "Trên 1.000: báo trực ban của tỉnh."
        ),
        unit="none",
        limits=rising(warning=1, bad=1_000),
        no_data=_NO_DECISION,
    )
    return stat("households", face, _SQL["households"], size=(3, 4))


def watching() -> Panel:
    """Return when the rules last watched."""
    face = Face(
        title=Text("Rules watched", "Bộ luật theo dõi"),
        shows=Text(
            "Time since the rules service last said that it watches and can see.",
            "Thời gian từ lần cuối dịch vụ luật báo rằng nó đang theo dõi.",
        ),
        when_red=Text(
            "We are the blind one: nothing on this wall is news. Open the board *Pipeline*.",
            "Chính ta đang mù: không có gì trên bảng này là mới. Mở bảng *Đường ống dữ liệu*.",
        ),
        unit="s",
        limits=rising(warning=60, bad=180),
        decimals=0,
        no_data=Text("never", "chưa từng"),
    )
    return stat("watching", face, queries_of("pipeline")["watching"], size=(3, 4))


def communes() -> Panel:
    """Return the map."""
    face = Face(
        title=Text("Communes", "Xã, phường"),
        shows=Text(
            "A tile for each commune, west on the left, north on top. Red: a tenth of its "
            "households or more are in dark villages; yellow: some village is dark or degraded; "
            "grey: a tenth of its villages or more are unknown; blue: maintenance; green: all that "
            "we can see are served.",
            "Mỗi ô một xã, phường; trái là tây, trên là bắc. Đỏ: từ một phần mười số hộ ở thôn mất "
            "dịch vụ; vàng: có thôn mất dịch vụ hoặc suy giảm; xám: từ một phần mười số thôn không "
            "rõ; xanh dương: bảo trì; xanh lá: mọi thôn quan sát được đều có dịch vụ.",
        ),
        when_red=Text(
            "Click on the tile. Red neighbours in a row: a power line or a fibre route.",
            "Bấm vào ô. Các ô đỏ liền nhau: đường điện hoặc tuyến cáp.",
        ),
        unit="none",
        states=VILLAGE_STATES,
        no_data=_NO_DECISION,
    )
    every = load_communes()
    unknown = next(state.number for state in VILLAGE_STATES if state.name == "unknown")
    sql = _SQL["map"].replace("{communes}", columns_of(every, "state", unknown))
    return tile_map("communes", face, sql, every, size=(13, 16))
